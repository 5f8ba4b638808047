//! A run: one writer, many readers.
//!
//! Owns a run's directory: manifest, segments, columns. Promises: see the crate's documentation;
//! the parts are [`writer`] (append, sync, heal), [`snapshot`] (reading), [`recover`] (opening),
//! [`compact`] and [`manifest`].

mod compact;
mod error;
mod manifest;
mod recover;
mod recovery;
mod snapshot;
mod state;
mod writer;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{Level, RowMeta, RunId, SourceId, Stream, UnixNanos};
use parking_lot::Mutex;

pub use error::{
    AppendError, CompactError, CreateError, ManifestError, OpenError, ReadError, SyncError,
};
pub use manifest::{
    LayoutFrom, MANIFEST_SCHEMA, ManifestReadError, RunManifest, SourceEntry, Standing,
};
pub use recovery::{Recovery, RecoveryEvent};
pub use snapshot::{FrameInfo, Snapshot};

pub(crate) use manifest::{MANIFEST_NAME, load as load_manifest};

use self::compact::Compaction;
use self::state::{Shared, State};
use self::writer::{Inner, Writer};
use crate::columns::ColumnStore;
use crate::frame::{Codec, EncodedFrame};
use crate::segment::{Segment, segment_path};
use crate::storage::{OpenMode, Storage};
use crate::totals::{SourceTotals, Totals};

/// The source that records belong to whose frame cannot be read any more.
pub const UNKNOWN_SOURCE: SourceId = SourceId(u16::MAX);

/// Checkpoints under these numbers belong to no source: each is a note of whoever keeps the run,
/// durable together with the frame it rides in, and replaced by the next under its number.
pub const NOTES: Range<u16> = 0xf000..0xf400;

/// The directory of a run's columns, in its own.
const COLUMNS_DIR: &str = "columns";

/// Sizes of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreOptions {
    /// A segment takes no more frames beyond this. Bytes.
    pub segment_bytes: u32,
    /// Rows in a chunk of a column. Another number than the files were made with makes them
    /// anew; small under test only.
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

/// What a run's frames are known by.
fn stamp(id: &RunId) -> u32 {
    crc32c::crc32c(id.as_str().as_bytes())
}

/// What stands in the columns of records whose frame is lost.
fn hole_meta(time: i64) -> RowMeta {
    RowMeta {
        time: UnixNanos(time),
        level: Level::Error,
        stream: Stream::System,
        source: UNKNOWN_SOURCE,
        ..RowMeta::default()
    }
}

/// A run, open for writing and reading. All methods may be called from any thread.
#[derive(Debug)]
pub struct RunStore {
    shared: Arc<Shared>,
    writer: Writer,
    manifest: Mutex<Arc<RunManifest>>,
    compaction: Compaction,
}

impl RunStore {
    /// Makes a run in a directory that holds none. Durable when it returns.
    pub fn create(
        storage: Arc<dyn Storage>,
        dir: impl Into<PathBuf>,
        manifest: RunManifest,
        options: StoreOptions,
    ) -> Result<Self, CreateError> {
        let dir = dir.into();
        let make = || -> std::io::Result<Option<Arc<Segment>>> {
            storage.create_dir_all(&dir)?;
            if !storage.list(&dir)?.is_empty() {
                return Ok(None);
            }
            let path = segment_path(&dir, 0);
            let file = storage.open(&path, OpenMode::Truncate)?;
            manifest::save(&*storage, &dir, &manifest).map_err(|fault| fault.source)?;
            storage.sync_dir(&dir)?;
            if let Some(parent) = dir.parent() {
                storage.sync_dir(parent)?;
            }
            Ok(Some(Arc::new(Segment {
                generation: 0,
                number: 0,
                path,
                file,
            })))
        };
        let segment = match make() {
            Ok(Some(segment)) => segment,
            Ok(None) => return Err(CreateError::Exists { path: dir }),
            Err(source) => return Err(CreateError::Io { path: dir, source }),
        };
        let (columns, _) = open_columns(&*storage, &dir, &options);
        let mut state = State::empty();
        state.segments = Arc::new(vec![Arc::clone(&segment)]);
        let stamp = stamp(&manifest.id);
        let shared = Shared::new(storage, dir, options, stamp, columns, state);
        Ok(Self::from_parts(shared, Inner::at(segment, 0, 0), manifest))
    }

    /// Opens a run; whatever is damaged is cut, marked or rebuilt, and told.
    pub fn open(
        storage: Arc<dyn Storage>,
        dir: impl Into<PathBuf>,
        options: StoreOptions,
    ) -> Result<(Self, Recovery), OpenError> {
        let opened = recover::open(storage, dir.into(), options)?;
        let store = Self::from_parts(opened.shared, opened.inner, opened.manifest);
        Ok((store, opened.recovery))
    }

    fn from_parts(shared: Shared, inner: Inner, manifest: RunManifest) -> Self {
        Self {
            shared: Arc::new(shared),
            writer: Writer::new(inner),
            manifest: Mutex::new(Arc::new(manifest)),
            compaction: Compaction::default(),
        }
    }

    /// Its directory.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    /// The manifest as it stands.
    pub fn manifest(&self) -> Arc<RunManifest> {
        Arc::clone(&self.manifest.lock())
    }

    /// Changes the manifest; durable when it returns, unchanged on an error.
    pub fn update_manifest<T>(
        &self,
        change: impl FnOnce(&mut RunManifest) -> T,
    ) -> Result<T, ManifestError> {
        let mut current = self.manifest.lock();
        let mut changed = RunManifest::clone(&current);
        let answer = change(&mut changed);
        if changed != **current {
            manifest::save(&*self.shared.storage, &self.shared.dir, &changed).map_err(|fault| {
                ManifestError {
                    path: fault.path,
                    source: fault.source,
                }
            })?;
            *current = Arc::new(changed);
        }
        Ok(answer)
    }

    /// How far a source has been read: the last checkpoint in the frames, else the manifest's.
    pub fn checkpoint(&self, source: SourceId) -> Option<Vec<u8>> {
        let stored = self.shared.state.lock().checkpoints.get(&source).cloned();
        stored.or_else(|| self.manifest.lock().source(source)?.resume.clone())
    }

    /// Appends frames in one write, all or none; gives the rows their records have. They are
    /// visible to readers, and survive the end of the process, when it returns; they survive a
    /// power cut after the next [`sync`](Self::sync).
    ///
    /// On an error nothing of them is kept; the same call may be made again, and first puts right
    /// what the failed one left.
    pub fn append(&self, frames: &[EncodedFrame]) -> Result<Range<u64>, AppendError> {
        self.writer.append(&self.shared, frames)
    }

    /// Makes all appended frames durable; gives how many rows are. Appending goes on meanwhile.
    pub fn sync(&self) -> Result<u64, SyncError> {
        self.writer.sync(&self.shared)
    }

    /// Rows known to be durable.
    pub fn synced_rows(&self) -> u64 {
        self.writer.synced_rows()
    }

    /// Repairs the end of the last segment after a failed write or sync. [`append`](Self::append)
    /// and [`sync`](Self::sync) do so by themselves.
    pub fn reopen_tail(&self) -> Result<(), SyncError> {
        self.writer.heal(&self.shared)
    }

    /// Syncs, leaves a mark behind the last frame that says so, and keeps the totals in the
    /// manifest: for the end of a run and of the program. More may be appended after it.
    pub fn seal(&self) -> Result<(), AppendError> {
        let ended = self.manifest().ended.is_some();
        self.writer.seal(&self.shared, ended)?;
        let totals = self.totals();
        self.update_manifest(|manifest| manifest.totals = Some(totals))
            .map_err(AppendError::from)
    }

    /// The run as it is now.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(&self.shared)
    }

    /// What the run amounts to.
    pub fn totals(&self) -> Totals {
        self.shared.state.lock().totals
    }

    /// What each source has given, by source.
    pub fn source_totals(&self) -> Vec<(SourceId, SourceTotals)> {
        self.shared
            .state
            .lock()
            .sources
            .iter()
            .map(|(id, totals)| (*id, *totals))
            .collect()
    }

    /// Rows whose frames were found damaged while they were read since the run was opened.
    pub fn damage(&self) -> Vec<Range<u64>> {
        self.shared
            .damage
            .lock()
            .iter()
            .map(|(start, end)| *start..*end)
            .collect()
    }

    /// Compacts one closed segment of frames that are small, or packed in less time than `codec`
    /// takes; `false` when there is none.
    ///
    /// Records, their numbers and the last checkpoint of each source stay as they are; snapshots
    /// taken before go on reading the old file.
    pub fn compact_some(&self, codec: Codec) -> Result<bool, CompactError> {
        self.compact_while(codec, &|| true)
    }

    /// Compacts as [`compact_some`](Self::compact_some) does, asking before every frame whether to
    /// go on; when not, all is as it was.
    pub fn compact_while(
        &self,
        codec: Codec,
        go_on: &dyn Fn() -> bool,
    ) -> Result<bool, CompactError> {
        self.compaction
            .run(&self.shared, &self.writer, codec, go_on)
    }

    /// Closes the segment that is written to when that is worth it, so that it can be compacted:
    /// for a run that nothing was added to for a while.
    pub fn rest(&self) -> Result<(), AppendError> {
        self.writer.rest(&self.shared)
    }
}

/// Opens the columns of the run in `dir`.
fn open_columns(storage: &dyn Storage, dir: &Path, options: &StoreOptions) -> (ColumnStore, u64) {
    let (rows, bytes) = (options.chunk_rows.max(1), options.column_cache_bytes);
    ColumnStore::open(storage, &dir.join(COLUMNS_DIR), rows, bytes)
}

#[cfg(test)]
mod tests;
