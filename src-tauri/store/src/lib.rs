//! The run store: keeps every record of a run on disk, byte for byte, and reads it back fast.

mod data_dir;
mod frame;
mod run;
mod storage;

pub use data_dir::{DataDir, DataDirError, read_private};
pub use frame::{Codec, EncodedFrame, FrameBuf, FrameBuilder, FrameFull, FrameText};
pub use run::{
    AppendError, CompactError, CreateError, FrameInfo, MANIFEST_SCHEMA, ManifestError, OpenError,
    ReadError, Recovery, RecoveryEvent, RunManifest, RunStore, Snapshot, SourceEntry, SourceTotals,
    StoreOptions, SyncError, Totals, UNKNOWN_SOURCE,
};
pub use storage::{DirItem, DiskStorage, FileLock, OpenMode, Storage, StoredFile};
#[cfg(any(test, feature = "testing"))]
pub use storage::{Fault, FaultStorage};
