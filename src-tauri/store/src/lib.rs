//! The run store: keeps every record of a run on disk, byte for byte, and reads it back fast.
//!
//! ```text
//!  <data>/lock                       one process owns the directory
//!  <data>/runs/<run id>/
//!      run.json                      who the run is: name, times, sources
//!      frames-00000.log …            segments: frames one after the other
//!      columns/{time,level,stream,source}     a value a row, made from the frames
//! ```
//!
//! | layer | file | owns |
//! |---|---|---|
//! | [`Storage`] | `storage/` | the file operations; [`DiskStorage`], and one that fails on demand |
//! | frame | `frame/` | the bytes of a frame: header, meta, text, codecs |
//! | segment | `segment/` | files of frames: names, the walk through damage, the directory |
//! | columns | `columns/` | fixed-width files and the rows in memory behind them |
//! | run | `run/` | [`RunStore`] (one writer) and [`Snapshot`] (many readers), recovery, compaction |
//! | data directory | `data_dir/` | [`DataDir`]: the lock, the runs, small private files |
//!
//! The formats are drawn in the documentation of `frame`, `columns` and `run::manifest`.
//!
//! # What is promised
//!
//! - A record is visible when [`RunStore::append`] returns, and survives the end of the process
//!   from then on, with the checkpoint that rode in its frame. It survives a power cut after the
//!   next [`RunStore::sync`].
//! - After a crash the run is a prefix of what was appended that reaches at least as far as the
//!   last append (killed) or the last sync (power cut), and each source's checkpoint speaks for
//!   exactly the records that are there: nothing is lost to it and nothing doubled.
//! - An append is all or nothing. When the disk is full or fails nothing of it is seen, then or
//!   after a restart, and the same call can be made again.
//! - Damage stays where it is: records of damaged frames read as a marker, one per record, so that
//!   numbers stay; everything else is as it was; opening tells ([`Recovery`]).
//! - Files of an older version stay readable; those of a newer one are refused untouched.
//!
//! Memory does not grow with the text: some 50 bytes a frame, the columns of the last chunk, and
//! two caches with a budget.

mod columns;
mod data_dir;
mod frame;
mod lru;
mod run;
mod segment;
mod storage;
mod totals;

pub use data_dir::{DataDir, DataDirError, ListedRun, read_private};
pub use frame::{Codec, EncodedFrame, FrameBuf, FrameBuilder, FrameFull, FrameOutline, FrameText};
pub use lru::ByteLru;
pub use run::{
    AppendError, CompactError, CreateError, FrameInfo, LayoutFrom, MANIFEST_SCHEMA, ManifestError,
    ManifestReadError, NOTES, OpenError, ReadError, Recovery, RecoveryEvent, RunManifest, RunStore,
    Snapshot, SourceEntry, Standing, StoreOptions, SyncError, UNKNOWN_SOURCE,
};
pub use storage::{DirItem, DiskStorage, FileLock, OpenMode, Storage, StoredFile};
#[cfg(any(test, feature = "testing"))]
pub use storage::{Fault, FaultStorage};
pub use totals::{SourceTotals, Totals};
