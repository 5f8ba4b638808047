//! A run: one writer, many readers.

mod error;
mod manifest;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{LevelSet, RowMeta, SourceId, UnixNanos};

pub use error::{
    AppendError, CompactError, CreateError, ManifestError, OpenError, ReadError, SyncError,
};
pub use manifest::{MANIFEST_SCHEMA, RunManifest, SourceEntry, SourceTotals, Totals};

use crate::frame::{Codec, EncodedFrame, FrameBuf, FrameText};
use crate::storage::Storage;

/// The source that records belong to whose frame cannot be read any more.
pub const UNKNOWN_SOURCE: SourceId = SourceId(u16::MAX);

/// Sizes of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreOptions {
    /// A segment takes no more frames beyond this. Bytes; at most 1 GiB.
    pub segment_bytes: u32,
    /// Rows in a chunk of a column. Small under test only.
    pub chunk_rows: u32,
    /// Memory for unpacked frames. Bytes.
    pub frame_cache_bytes: usize,
    /// Memory for chunks of columns. Bytes.
    pub column_cache_bytes: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            chunk_rows: 65_536,
            frame_cache_bytes: 64 << 20,
            column_cache_bytes: 64 << 20,
        }
    }
}

/// What opening a run found amiss, in the order it was met; empty when nothing was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// What was found.
    pub events: Vec<RecoveryEvent>,
}

/// Something amiss in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoveryEvent {
    /// The end of the last segment was not whole (a crash or power cut while it was written) and
    /// was cut off.
    TailCut {
        /// The segment.
        segment: PathBuf,
        /// Where it ends now.
        offset: u64,
        /// Bytes cut off.
        bytes: u64,
        /// Whole records cut off with it: written after the last sync, behind something torn.
        rows: u64,
    },
    /// Frames cannot be read; their records are lost, markers stand in their place.
    FramesLost {
        /// The segment.
        segment: PathBuf,
        /// The records.
        rows: Range<u64>,
    },
    /// A frame's text cannot be read; time, level and source of its records are known.
    TextLost {
        /// The segment.
        segment: PathBuf,
        /// The records.
        rows: Range<u64>,
    },
    /// `run.json` was missing or damaged and was made anew from what the frames say.
    ManifestRebuilt {
        /// What was wrong with it.
        reason: String,
    },
    /// Frames name sources that the manifest does not.
    SourcesUnknown {
        /// Them.
        sources: Vec<SourceId>,
    },
    /// Chunks of columns were missing and were made anew from the frames.
    ColumnsRebuilt {
        /// How many.
        chunks: u64,
    },
    /// The run can be read but something could not be repaired on disk.
    Unrepaired {
        /// What.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

/// What is known of a frame without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameInfo {
    /// Its first record's row.
    pub first_row: u64,
    /// Records in it.
    pub rows: u32,
    /// Bytes of text in it, newlines included.
    pub text_bytes: u32,
    /// The lowest of its records' times.
    pub min_time: UnixNanos,
    /// The highest.
    pub max_time: UnixNanos,
    /// The levels that occur.
    pub levels: LevelSet,
}

/// A run.
#[derive(Debug)]
pub struct RunStore {}

impl RunStore {
    /// Makes a run in a directory that holds none. Durable when it returns.
    pub fn create(
        storage: Arc<dyn Storage>,
        dir: impl Into<PathBuf>,
        manifest: RunManifest,
        options: StoreOptions,
    ) -> Result<Self, CreateError> {
        todo!()
    }
    /// Opens a run; whatever is damaged is cut, marked or rebuilt, and told.
    pub fn open(
        storage: Arc<dyn Storage>,
        dir: impl Into<PathBuf>,
        options: StoreOptions,
    ) -> Result<(Self, Recovery), OpenError> {
        todo!()
    }
    /// Its directory.
    pub fn dir(&self) -> &Path {
        todo!()
    }
    /// The manifest as it stands.
    pub fn manifest(&self) -> Arc<RunManifest> {
        todo!()
    }
    /// Changes the manifest; durable when it returns, unchanged on an error.
    pub fn update_manifest<T>(
        &self,
        change: impl FnOnce(&mut RunManifest) -> T,
    ) -> Result<T, ManifestError> {
        todo!()
    }
    /// How far a source has been read: the last checkpoint in the frames, else the manifest's.
    pub fn checkpoint(&self, source: SourceId) -> Option<Vec<u8>> {
        todo!()
    }
    /// Appends frames in one write, all or none; gives the rows their records have. They are
    /// visible to readers, and survive the end of the process, when it returns; they survive a
    /// power cut after the next [`sync`](Self::sync).
    pub fn append(&self, frames: &[EncodedFrame]) -> Result<Range<u64>, AppendError> {
        todo!()
    }
    /// Makes all appended frames durable; gives how many rows are.
    pub fn sync(&self) -> Result<u64, SyncError> {
        todo!()
    }
    /// Rows known to be durable.
    pub fn synced_rows(&self) -> u64 {
        todo!()
    }
    /// Repairs the end of the last segment after a failed write or sync. [`append`](Self::append)
    /// does so by itself.
    pub fn reopen_tail(&self) -> Result<(), SyncError> {
        todo!()
    }
    /// Syncs, leaves a mark behind the last frame that says so, and keeps the totals in the
    /// manifest: for the end of a run and of the program.
    pub fn seal(&self) -> Result<(), SyncError> {
        todo!()
    }
    /// The run as it is now.
    pub fn snapshot(&self) -> Snapshot {
        todo!()
    }
    /// What the run amounts to.
    pub fn totals(&self) -> Totals {
        todo!()
    }
    /// What each source has given, by source.
    pub fn source_totals(&self) -> Vec<(SourceId, SourceTotals)> {
        todo!()
    }
    /// Rows whose text was found damaged since the run was opened.
    pub fn damage(&self) -> Vec<Range<u64>> {
        todo!()
    }
    /// Compacts one closed segment of many small frames; `false` when there is none.
    pub fn compact_some(&self, codec: Codec) -> Result<bool, CompactError> {
        todo!()
    }
}

/// A run at one moment. Cheap to clone; stays as it is whatever is appended or compacted.
#[derive(Debug, Clone)]
pub struct Snapshot {}

impl Snapshot {
    /// Records.
    pub fn rows(&self) -> u64 {
        todo!()
    }
    /// What the run amounted to.
    pub fn totals(&self) -> &Totals {
        todo!()
    }
    /// Frames. Their numbers hold within this snapshot only: compaction joins frames.
    pub fn frame_count(&self) -> usize {
        todo!()
    }
    /// What is known of a frame.
    pub fn frame_info(&self, frame: usize) -> Option<FrameInfo> {
        todo!()
    }
    /// The frame that holds a row.
    pub fn frame_of_row(&self, row: u64) -> Option<usize> {
        todo!()
    }
    /// A frame's text, through the cache.
    pub fn read_frame(&self, frame: usize) -> Result<Arc<FrameText>, ReadError> {
        todo!()
    }
    /// A frame's text, past the cache: for scans. Allocates nothing once the buffers have grown.
    pub fn read_frame_uncached<'b>(
        &self,
        frame: usize,
        buf: &'b mut FrameBuf,
    ) -> Result<&'b FrameText, ReadError> {
        todo!()
    }
    /// A record's bytes.
    pub fn read_row(&self, row: u64) -> Result<Vec<u8>, ReadError> {
        todo!()
    }
    /// A record's columns.
    pub fn row_meta(&self, row: u64) -> Result<RowMeta, ReadError> {
        todo!()
    }
    /// The columns of some records in a row.
    pub fn row_metas(&self, rows: Range<u64>) -> Result<Vec<RowMeta>, ReadError> {
        todo!()
    }
    /// Appends the times of some records, in nanoseconds.
    pub fn times(&self, rows: Range<u64>, out: &mut Vec<i64>) -> Result<(), ReadError> {
        todo!()
    }
    /// Rows in a chunk; only the last chunk has fewer.
    pub fn chunk_rows(&self) -> usize {
        todo!()
    }
    /// Chunks.
    pub fn chunk_count(&self) -> usize {
        todo!()
    }
    /// A chunk of times, in nanoseconds.
    pub fn time_chunk(&self, chunk: usize) -> Result<Arc<[i64]>, ReadError> {
        todo!()
    }
    /// A chunk of levels, as [`crosscut_model::Level::code`].
    pub fn level_chunk(&self, chunk: usize) -> Result<Arc<[u8]>, ReadError> {
        todo!()
    }
    /// A chunk of streams and flags, as [`RowMeta::stream_code`].
    pub fn stream_chunk(&self, chunk: usize) -> Result<Arc<[u8]>, ReadError> {
        todo!()
    }
    /// A chunk of sources.
    pub fn source_chunk(&self, chunk: usize) -> Result<Arc<[u16]>, ReadError> {
        todo!()
    }
}
