//! What the writer publishes and readers see.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crosscut_model::SourceId;
use parking_lot::Mutex;

use super::StoreOptions;
use crate::columns::{ColumnStore, Tail};
use crate::frame::{Checkpoints, Columns, FrameText};
use crate::lru::ByteLru;
use crate::segment::{Directory, Segment};
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
