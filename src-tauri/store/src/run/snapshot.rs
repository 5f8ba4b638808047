//! A run at one moment, for readers.
//!
//! Promises: what a snapshot shows does not change, whatever is appended, compacted or healed
//! meanwhile (it keeps the files it reads open); damage reads as markers and is noted, never as
//! an error; only the system's refusal to read is one.

mod columns;

use std::sync::Arc;

use crosscut_model::{LevelSet, UnixNanos};

use super::error::ReadError;
use super::state::Shared;
use crate::columns::Tail;
use crate::frame::{FrameBuf, FrameText, HEADER_BYTES, Header, decode_ends};
use crate::segment::{Directory, FrameEntry, FrameState, Segment};
use crate::totals::Totals;

/// What is known of a frame without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameInfo {
    /// Its first record's row.
    pub first_row: u64,
    /// Records in it.
    pub rows: u32,
    /// Bytes of text in it, newlines included; 0 when nothing of it can be read.
    pub text_bytes: u32,
    /// The lowest of its records' times.
    pub min_time: UnixNanos,
    /// The highest.
    pub max_time: UnixNanos,
    /// The levels that occur.
    pub levels: LevelSet,
}

/// A run at one moment. Cheap to clone; stays as it is whatever is appended or compacted.
#[derive(Debug, Clone)]
pub struct Snapshot {
    shared: Arc<Shared>,
    directory: Directory,
    segments: Arc<Vec<Arc<Segment>>>,
    tail: Tail,
    totals: Totals,
}

impl Snapshot {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let state = shared.state.lock();
        Self {
            shared: Arc::clone(shared),
            directory: state.directory.clone(),
            segments: Arc::clone(&state.segments),
            tail: state.tail.clone(),
            totals: state.totals,
        }
    }

    /// Records.
    pub fn rows(&self) -> u64 {
        self.totals.rows
    }

    /// What the run amounted to.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Frames. Their numbers hold within this snapshot only: compaction joins frames.
    pub fn frame_count(&self) -> usize {
        self.directory.len()
    }

    /// What is known of a frame.
    pub fn frame_info(&self, frame: usize) -> Option<FrameInfo> {
        self.directory.get(frame).map(|entry| FrameInfo {
            first_row: u64::from(entry.first_row),
            rows: entry.rows,
            text_bytes: entry.text_raw,
            min_time: UnixNanos(entry.min_time),
            max_time: UnixNanos(entry.max_time),
            levels: entry.levels,
        })
    }

    /// The frame that holds a row.
    pub fn frame_of_row(&self, row: u64) -> Option<usize> {
        self.directory.find(row)
    }

    /// A frame's text, through the cache.
    pub fn read_frame(&self, frame: usize) -> Result<Arc<FrameText>, ReadError> {
        let (entry, segment) = self.place(frame)?;
        let key = (segment.generation, entry.offset);
        if let Some(text) = self
            .shared
            .frames
            .get(key)
            .filter(|_| entry.state == FrameState::Whole)
        {
            return Ok(text);
        }
        let mut buf = FrameBuf::new();
        self.read_frame_uncached(frame, &mut buf)?;
        let text = Arc::new(buf.text);
        if !text.is_damaged() {
            self.shared
                .frames
                .insert(key, Arc::clone(&text), text.memory());
        }
        Ok(text)
    }

    /// A frame's text, past the cache: for scans. Allocates nothing once the buffers have grown.
    pub fn read_frame_uncached<'b>(
        &self,
        frame: usize,
        buf: &'b mut FrameBuf,
    ) -> Result<&'b FrameText, ReadError> {
        let (entry, segment) = self.place(frame)?;
        let stored = entry.stored as usize;
        let whole = entry.state == FrameState::Whole && {
            if buf.stored.len() < stored {
                buf.stored = vec![0; stored];
            }
            let bytes = buf.stored.get_mut(..stored).unwrap_or_default();
            let got = segment.file.read_at(bytes, u64::from(entry.offset));
            got.map_err(|source| ReadError::Io {
                path: segment.path.clone(),
                source,
            })? == stored
                && unpack(entry, stored, buf, || {
                    self.shared
                        .note_damage(u64::from(entry.first_row)..entry.end_row());
                })
                .is_some()
        };
        if !whole && entry.state == FrameState::Whole {
            // What was read before it was damaged is as good as the file was.
            let key = (segment.generation, entry.offset);
            if let Some(text) = self.shared.frames.get(key) {
                self.shared
                    .note_damage(u64::from(entry.first_row)..entry.end_row());
                buf.text.copy_from(&text);
                return Ok(&buf.text);
            }
        }
        if !whole {
            let first_row = u64::from(entry.first_row);
            // What opening found has been told.
            if entry.state == FrameState::Whole {
                self.shared.note_damage(first_row..entry.end_row());
            }
            buf.text.fill_damaged(first_row, entry.rows);
        }
        Ok(&buf.text)
    }

    /// A record's bytes.
    pub fn read_row(&self, row: u64) -> Result<Vec<u8>, ReadError> {
        let out_of_range = ReadError::OutOfRange {
            what: "row",
            index: row,
        };
        let frame = self.directory.find(row).ok_or(out_of_range)?;
        let text = self.read_frame(frame)?;
        let within = usize::try_from(row - text.first_row()).unwrap_or(usize::MAX);
        Ok(text.row(within).to_vec())
    }

    fn place(&self, frame: usize) -> Result<(&FrameEntry, &Segment), ReadError> {
        let entry = self.directory.get(frame);
        entry
            .and_then(|entry| Some((entry, &**self.segments.get(entry.segment as usize)?)))
            .ok_or(ReadError::OutOfRange {
                what: "frame",
                index: frame as u64,
            })
    }
}

/// Checks and unpacks the frame in `buf.stored` into `buf.text`. Calls `healed` when it is damaged and
/// can be read all the same.
fn unpack(
    entry: &FrameEntry,
    stored: usize,
    buf: &mut FrameBuf,
    healed: impl FnOnce(),
) -> Option<()> {
    let bytes = buf.stored.get(..stored)?;
    let header = Header::decode(bytes, None).ok()?;
    let rows = header.rows as usize;
    if header.first_row != u64::from(entry.first_row) || header.rows != entry.rows {
        return None;
    }
    let (meta, rest) = bytes
        .get(HEADER_BYTES..)?
        .split_at_checked(header.meta_stored as usize)?;
    let text = rest.get(header.filter_stored as usize..)?;
    if crc32c::crc32c(text) != header.text_crc || text.len() != header.text_stored as usize {
        return None;
    }
    if crc32c::crc32c(meta) != header.meta_crc {
        let text_raw = header.text_raw as usize;
        let (text_out, _) = buf.text.start(header.first_row, text_raw);
        let unpacked = buf.unpacker.unpack(header.text_codec, text, text_out);
        return (unpacked && buf.text.ends_by_newlines(rows)).then(healed);
    }
    let meta_raw = header.meta_raw as usize;
    if buf.meta.len() < meta_raw {
        buf.meta = vec![0; meta_raw];
    }
    let meta_out = buf.meta.get_mut(..meta_raw)?;
    if !buf.unpacker.unpack(header.meta_codec, meta, meta_out) {
        return None;
    }
    let (text_out, ends) = buf.text.start(header.first_row, header.text_raw as usize);
    decode_ends(meta_out, rows, header.text_raw as usize, ends)?;
    buf.unpacker
        .unpack(header.text_codec, text, text_out)
        .then_some(())
}
