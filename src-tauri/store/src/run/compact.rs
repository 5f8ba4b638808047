//! Joining the small frames of closed segments, and packing their text with more care.
//!
//! Live frames are small, since they are written at once, and all are packed in a hurry; what rests is
//! better kept in frames of [`limits::FRAME_TEXT_BYTES`], packed well. Promises: a segment is replaced
//! as a whole or not at all; a compaction that is told to stop leaves nothing behind; records,
//! their numbers and the last checkpoint of every source stay; a segment with any damage in it is
//! left as it is.

use std::collections::HashSet;
use std::io::{self, IoSlice};
use std::path::PathBuf;
use std::sync::Arc;

use crosscut_model::limits;
use parking_lot::Mutex;

use super::error::CompactError;
use super::state::Shared;
use super::writer::Writer;
use crate::frame::{
    Codec, Columns, FrameBuilder, FrameText, HEADER_BYTES, Header, Unpacker, decode_checkpoints,
    decode_columns, decode_ends,
};
use crate::segment::{
    Directory, Expected, Found, FrameEntry, FrameState, Health, Item, Segment, Summary, Walk,
    Window, walk,
};
use crate::storage::{OpenMode, StoredFile};

/// Compacts one segment at a time.
#[derive(Debug, Default)]
pub(super) struct Compaction {
    /// Segments that cannot be compacted: something in them is damaged.
    skip: Mutex<HashSet<u32>>,
}

/// How writing a segment anew went.
enum Outcome {
    Written(Rewritten),
    /// Something in the old one is damaged.
    Damaged,
    /// It was told to stop.
    Stopped,
}

/// A segment written anew, not yet in place.
struct Rewritten {
    file: Arc<dyn StoredFile>,
    aside: PathBuf,
    frames: Vec<(u64, Header)>,
}

impl Compaction {
    pub(super) fn run(
        &self,
        shared: &Shared,
        writer: &Writer,
        codec: Codec,
        go_on: &dyn Fn() -> bool,
    ) -> Result<bool, CompactError> {
        // Held throughout, so that there is one compaction at a time.
        let mut skip = self.skip.lock();
        loop {
            let Some((old, first_row)) = candidate(shared, &skip, codec) else {
                return Ok(false);
            };
            let fail = |source| CompactError {
                path: old.path.clone(),
                source,
            };
            match rewrite(shared, &old, first_row, codec, go_on).map_err(fail)? {
                Outcome::Written(new) => {
                    put_in_place(shared, writer, &old, new).map_err(fail)?;
                    return Ok(true);
                }
                Outcome::Damaged => {
                    skip.insert(old.number);
                }
                Outcome::Stopped => return Ok(false),
            }
        }
    }
}

/// The first closed segment in which a quarter of the frames could be joined with the one before or
/// packed better, and its first row.
fn candidate(shared: &Shared, skip: &HashSet<u32>, codec: Codec) -> Option<(Arc<Segment>, u64)> {
    let (directory, segments) = {
        let state = shared.state.lock();
        (state.directory.clone(), Arc::clone(&state.segments))
    };
    let mut counts = vec![(0u32, 0u32, u64::MAX, true); segments.len()];
    let mut before: Option<&FrameEntry> = None;
    for entry in directory.iter() {
        let Some((frames, joins, first, whole)) = counts.get_mut(entry.segment as usize) else {
            continue;
        };
        *frames += 1;
        *first = (*first).min(u64::from(entry.first_row));
        *whole &= entry.state == FrameState::Whole;
        let joined = before
            .filter(|before| before.segment == entry.segment)
            .is_some_and(|a| {
                fits(
                    a.text_raw as usize,
                    a.rows as usize,
                    entry.text_raw,
                    entry.rows,
                )
            });
        let hasty = entry.text_codec == Codec::Lz4 && codec != Codec::Lz4;
        *joins += u32::from(joined || hasty);
        before = Some(entry);
    }
    // The last segment is open.
    let closed = segments
        .iter()
        .zip(counts)
        .take(segments.len().saturating_sub(1));
    let mut worth = closed.filter(|(segment, (frames, joins, _, whole))| {
        *whole && *joins > 0 && joins * 4 >= *frames && !skip.contains(&segment.number)
    });
    worth
        .next()
        .map(|(segment, (_, _, first, _))| (Arc::clone(segment), first))
}

/// Whether a frame may be added to another.
fn fits(text: usize, rows: usize, more_text: u32, more_rows: u32) -> bool {
    text + more_text as usize <= limits::FRAME_TEXT_BYTES
        && rows + more_rows as usize <= limits::FRAME_ROWS
}

/// Writes a segment anew, durably, beside the old one. `None` when it is damaged.
fn rewrite(
    shared: &Shared,
    old: &Segment,
    first_row: u64,
    codec: Codec,
    go_on: &dyn Fn() -> bool,
) -> io::Result<Outcome> {
    let len = old.file.len()?;
    let expected = Expected {
        stamp: Some(shared.stamp),
        row: first_row,
    };
    let Walk::Items(items) = walk(&*old.file, len, expected, true)? else {
        return Ok(Outcome::Damaged);
    };
    let aside = old.path.with_extension("log.tmp");
    let file = shared.storage.open(&aside, OpenMode::Truncate)?;
    let new = Rewritten {
        file,
        aside,
        frames: Vec::new(),
    };
    let mut out = Out {
        new,
        row: first_row,
        end: 0,
        codec,
        stamp: shared.stamp,
    };
    let mut builder = FrameBuilder::new();
    let mut reader = Reader::default();
    let mut window = Window::new(&*old.file);
    for item in items {
        if !go_on() {
            return abandon(shared, &out.new, Outcome::Stopped);
        }
        let Item::Frame(
            found @ Found {
                health: Health::Whole,
                ..
            },
        ) = item
        else {
            return abandon(shared, &out.new, Outcome::Damaged);
        };
        let header = &found.header;
        if !fits(
            builder.text_bytes(),
            builder.rows(),
            header.text_raw,
            header.rows,
        ) {
            out.write(std::mem::take(&mut builder))?;
        }
        let joined = builder.rows() as u64 + out.row == header.first_row
            && reader.add(&found, &mut window, &mut builder)?;
        if !joined {
            return abandon(shared, &out.new, Outcome::Damaged);
        }
    }
    out.write(builder)?;
    out.new.file.sync()?;
    Ok(Outcome::Written(out.new))
}

/// Takes away what was written so far.
fn abandon(shared: &Shared, new: &Rewritten, outcome: Outcome) -> io::Result<Outcome> {
    shared.storage.remove_file(&new.aside)?;
    Ok(outcome)
}

/// Where joined frames go.
struct Out {
    new: Rewritten,
    row: u64,
    end: u64,
    codec: Codec,
    stamp: u32,
}

impl Out {
    fn write(&mut self, builder: FrameBuilder) -> io::Result<()> {
        if builder.is_empty() {
            return Ok(());
        }
        let frame = builder.encode(self.codec);
        let header = Header {
            first_row: self.row,
            synced_rows: self.row,
            stamp: self.stamp,
            ..frame.header
        };
        let encoded = header.encode();
        let mut parts = [&encoded, frame.meta.as_slice(), &frame.text].map(IoSlice::new);
        self.new.file.append(&mut parts)?;
        self.new.frames.push((self.end, header));
        self.row += u64::from(header.rows);
        self.end += header.frame_bytes();
        Ok(())
    }
}

/// Reads frames whole.
#[derive(Default)]
struct Reader {
    unpacker: Unpacker,
    meta: Vec<u8>,
    text: FrameText,
    columns: Columns,
}

impl Reader {
    /// Adds a frame's records and checkpoints to a builder; `false` when it cannot be unpacked.
    fn add(
        &mut self,
        found: &Found,
        window: &mut Window<'_>,
        builder: &mut FrameBuilder,
    ) -> io::Result<bool> {
        let header = &found.header;
        let bytes = usize::try_from(header.frame_bytes()).map_err(io::Error::other)?;
        let frame = window.get(found.offset, bytes)?;
        Ok(self.unpack(header, frame, builder).is_some())
    }

    fn unpack(&mut self, header: &Header, frame: &[u8], builder: &mut FrameBuilder) -> Option<()> {
        let rows = header.rows as usize;
        let meta = frame
            .get(HEADER_BYTES..)?
            .get(..header.meta_stored as usize)?;
        let text = frame.get(usize::try_from(header.text_offset()).ok()?..)?;
        self.meta.resize(header.meta_raw as usize, 0);
        self.columns.clear();
        let (out, ends) = self.text.start(header.first_row, header.text_raw as usize);
        let unpacked = self
            .unpacker
            .unpack(header.meta_codec, meta, &mut self.meta)
            && self.unpacker.unpack(header.text_codec, text, out);
        unpacked.then_some(())?;
        decode_ends(&self.meta, rows, header.text_raw as usize, ends)?;
        decode_columns(&self.meta, rows, header.min_time, &mut self.columns)?;
        let checkpoints = decode_checkpoints(&self.meta, rows)?;
        builder.absorb(&self.text, &self.columns).ok()?;
        for (source, bytes) in checkpoints {
            builder.checkpoint(source, bytes);
        }
        Some(())
    }
}

/// Renames the new file over the old and makes the directory say where frames are now.
fn put_in_place(shared: &Shared, writer: &Writer, old: &Segment, new: Rewritten) -> io::Result<()> {
    // Keeps the writer from adding frames to a directory that is about to be replaced.
    let _writing = writer.lock();
    let old_len = old.file.len()?;
    let summary = Summary::read(&*shared.storage, old, shared.stamp);
    Summary::remove(&*shared.storage, &old.path)?;
    shared.storage.rename(&new.aside, &old.path)?;
    if let Err(error) = shared.storage.sync_dir(&shared.dir) {
        // Whichever of the two the name stands for after a power cut, it is whole and synced.
        tracing::warn!(path = %old.path.display(), %error, "a compacted segment may come back");
    }
    let mut state = shared.state.lock();
    let Some(at) = state
        .segments
        .iter()
        .position(|s| s.generation == old.generation)
    else {
        return Ok(());
    };
    let generation = shared.new_generation();
    let segment = Arc::new(Segment {
        generation,
        number: old.number,
        path: old.path.clone(),
        file: new.file,
    });
    if let Some(place) = Arc::make_mut(&mut state.segments).get_mut(at) {
        *place = Arc::clone(&segment);
    }

    let mut directory = Directory::default();
    let mut disk_bytes = state.totals.disk_bytes;
    let new_bytes = new.frames.iter().map(|(_, header)| header.frame_bytes());
    disk_bytes = (disk_bytes + new_bytes.sum::<u64>()).saturating_sub(old_len);
    let before = state
        .directory
        .iter()
        .take_while(|entry| (entry.segment as usize) < at);
    before.for_each(|entry| directory.push(*entry));
    for (offset, header) in new.frames.iter().filter(|(_, header)| header.rows > 0) {
        directory.push(FrameEntry::new(header, at, *offset, FrameState::Whole));
    }
    let after = state
        .directory
        .iter()
        .skip_while(|entry| entry.segment as usize <= at);
    after.for_each(|entry| directory.push(*entry));
    state.directory = directory;
    state.totals.disk_bytes = disk_bytes;
    drop(state);
    if let Some(summary) = summary {
        let frames = new.frames.iter().filter(|(_, header)| header.rows > 0);
        let frames =
            frames.map(|(offset, header)| FrameEntry::new(header, at, *offset, FrameState::Whole));
        // What the run amounted to at its end is as it was.
        let frames = frames.collect();
        shared.keep_summary(&segment, &Summary { frames, ..summary });
    }
    Ok(())
}
