//! What the writer publishes and readers see.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crosscut_model::SourceId;
use parking_lot::Mutex;

use super::StoreOptions;
use crate::columns::{ColumnStore, Tail};
use crate::frame::{
    Checkpoints, Columns, FrameText, HEADER_BYTES, Header, Unpacker, decode_columns,
};
use crate::lru::ByteLru;
use crate::segment::{Directory, FrameEntry, FrameState, Segment, Summary, Window};
use crate::storage::Storage;
use crate::totals::{SourceTotals, Tally, Totals};

/// All that a run's parts share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) dir: PathBuf,
    pub(crate) options: StoreOptions,
    /// Stands in the header of every frame.
    pub(crate) stamp: u32,
    pub(crate) columns: ColumnStore,
    pub(crate) frames: ByteLru<(u64, u32), Arc<FrameText>>,
    pub(crate) state: Mutex<State>,
    /// Rows whose frames were found damaged while they were read.
    pub(crate) damage: Mutex<BTreeMap<u64, u64>>,
    generations: AtomicU64,
}

impl Shared {
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        dir: PathBuf,
        options: StoreOptions,
        stamp: u32,
        columns: ColumnStore,
        state: State,
    ) -> Self {
        Self {
            storage,
            dir,
            options,
            stamp,
            columns,
            frames: ByteLru::new(options.frame_cache_bytes),
            state: Mutex::new(state),
            damage: Mutex::default(),
            generations: AtomicU64::new(u64::from(u32::MAX)),
        }
    }

    /// A number that no other segment file of this store has had. Those of the segments there were
    /// at opening are their numbers.
    pub(crate) fn new_generation(&self) -> u64 {
        self.generations.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Bytes beyond which a segment takes no more frames.
    pub(crate) fn segment_limit(&self) -> u64 {
        u64::from(self.options.segment_bytes).min(1 << 30)
    }

    /// Keeps what a closed segment holds. A failure costs time at the next opening, no more.
    pub(crate) fn keep_summary(&self, segment: &Segment, summary: &Summary) {
        if let Err(error) = summary.write(&*self.storage, segment, self.stamp) {
            let path = segment.path.display();
            tracing::warn!(%path, %error, "the summary of a segment was not written");
        }
    }

    /// Notes that the frame of some rows cannot be read, and says so once.
    pub(crate) fn note_damage(&self, rows: Range<u64>) {
        if self.damage.lock().insert(rows.start, rows.end).is_none() {
            let dir = self.dir.display();
            tracing::warn!(%dir, ?rows, "a stored frame is damaged; its records are lost");
        }
    }
}

/// The run as the next snapshot will see it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) directory: Directory,
    pub(crate) segments: Arc<Vec<Arc<Segment>>>,
    pub(crate) tail: Tail,
    pub(crate) totals: Totals,
    pub(crate) sources: BTreeMap<SourceId, SourceTotals>,
    pub(crate) checkpoints: HashMap<SourceId, Vec<u8>>,
}

impl State {
    pub(crate) fn empty() -> Self {
        Self {
            directory: Directory::default(),
            segments: Arc::default(),
            tail: Tail::new(0),
            totals: Totals::default(),
            sources: BTreeMap::new(),
            checkpoints: HashMap::new(),
        }
    }

    /// Counts rows; `text_raw` is their text with a newline each.
    pub(crate) fn count(&mut self, rows: u32, text_raw: u32, tally: &Tally) {
        self.totals.rows += u64::from(rows);
        self.totals.raw_bytes += u64::from(text_raw.saturating_sub(rows));
        for (total, count) in self.totals.levels.iter_mut().zip(tally.levels) {
            *total += count;
        }
        for (source, count) in &tally.sources {
            let totals = self.sources.entry(*source).or_default();
            totals.records += count.records;
            totals.errors += count.errors;
        }
    }

    /// What the last segment holds, which is about to be closed. `None` when not all of it can be
    /// read.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let last = self.segments.len().checked_sub(1)?;
        let mut frames = Vec::new();
        for frame in (0..self.directory.len()).rev() {
            let entry = self.directory.get(frame)?;
            if entry.segment as usize != last {
                break;
            }
            let whole = entry.state == FrameState::Whole;
            frames.push(whole.then_some(*entry)?);
        }
        frames.reverse();
        Some(Summary {
            frames,
            totals: self.totals,
            sources: self.sources.clone(),
            checkpoints: self.checkpoints.clone(),
        })
    }

    pub(crate) fn keep_checkpoints(&mut self, checkpoints: &Checkpoints) {
        for (source, bytes) in checkpoints {
            self.checkpoints.insert(*source, bytes.clone());
        }
    }
}

/// Adds rows to the tail; calls `full` with each chunk that became full. The old tails stay with
/// the snapshots that have them.
pub(crate) fn extend_tail(
    tail: &mut Tail,
    columns: &Columns,
    chunk_rows: u32,
    mut full: impl FnMut(u64, &Columns),
) {
    let chunk_rows = chunk_rows.max(1) as usize;
    let mut from = 0;
    while from < columns.len() {
        let room = chunk_rows.saturating_sub(tail.len()).max(1);
        let to = columns.len().min(from + room);
        tail.extend(columns, from..to);
        from = to;
        if tail.len() >= chunk_rows {
            tail.with(|rows| full(tail.index, rows));
            *tail = Tail::new(tail.index + 1);
        }
    }
}

/// Reads a frame's columns; `false` when they are damaged.
pub(crate) fn read_columns(
    entry: &FrameEntry,
    segment: &Segment,
    meta: &mut Vec<u8>,
    out: &mut Columns,
) -> io::Result<bool> {
    if entry.state == FrameState::Lost {
        return Ok(false);
    }
    let mut window = Window::new(&*segment.file);
    let len = HEADER_BYTES + entry.meta_stored as usize;
    let bytes = window.get(u64::from(entry.offset), len)?;
    Ok(unpack_columns(bytes, entry, meta, out).is_some())
}

fn unpack_columns(
    bytes: &[u8],
    entry: &FrameEntry,
    meta: &mut Vec<u8>,
    out: &mut Columns,
) -> Option<()> {
    let header = Header::decode(bytes, None).ok()?;
    let stored = bytes
        .get(HEADER_BYTES..)?
        .get(..header.meta_stored as usize)?;
    let same = header.first_row == u64::from(entry.first_row) && header.rows == entry.rows;
    if !same || crc32c::crc32c(stored) != header.meta_crc {
        return None;
    }
    meta.resize(header.meta_raw as usize, 0);
    let unpacked = Unpacker::default().unpack(header.meta_codec, stored, meta);
    unpacked.then(|| decode_columns(meta, header.rows as usize, header.min_time, out))?
}
