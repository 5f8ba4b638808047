//! What can go wrong with a run, an enum per operation.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::storage::is_disk_full;

/// A run could not be made.
#[derive(Debug, Error)]
pub enum CreateError {
    /// There is a run in the directory already.
    #[error("{} holds a run already", .path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot make the run {}: {source}", .path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A run could not be opened. Damage is never a reason: see [`Recovery`](crate::Recovery).
#[derive(Debug, Error)]
pub enum OpenError {
    /// The directory is not there.
    #[error("there is no run in {}", .path.display())]
    NotFound {
        /// The directory.
        path: PathBuf,
    },
    /// It was written by a newer Crosscut, in a format this one does not know.
    #[error(
        "{} was written by a newer Crosscut (format {found}, this one knows {known})",
        .path.display()
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The version found.
        found: u32,
        /// The newest version known here.
        known: u32,
    },
    /// A file operation failed.
    #[error("cannot read {}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Frames could not be appended. Nothing of them is visible or will be after a restart; the same
/// call may be made again.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The disk, or the user's share of it, is full.
    #[error("the disk is full: {}: {source}", .path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file operation failed.
    #[error("cannot write {}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The run holds as many records as a run can ([`crosscut_model::limits::MAX_RUN_ROWS`]).
    #[error("the run is full: {rows} records")]
    RunFull {
        /// Records in it.
        rows: u64,
    },
    /// The frames together are larger than a segment can be.
    #[error("{bytes} bytes are too many for one append")]
    TooLarge {
        /// Their size.
        bytes: u64,
    },
}

impl AppendError {
    pub(crate) fn from_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        if is_disk_full(&source) {
            Self::DiskFull { path, source }
        } else {
            Self::Io { path, source }
        }
    }
}

/// Frames could not be made durable. They stay visible; the next append or
/// [`reopen_tail`](crate::RunStore::reopen_tail) writes them anew.
#[derive(Debug, Error)]
#[error("cannot make {} durable: {source}", .path.display())]
pub struct SyncError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// The manifest could not be changed; the old one holds.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}", .path.display())]
pub struct ManifestError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl From<ManifestError> for AppendError {
    fn from(error: ManifestError) -> Self {
        Self::from_io(&error.path, error.source)
    }
}

/// Records could not be read. Damage is not an error: it reads as a marker text.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The snapshot has no such row, frame or chunk.
    #[error("there is no {what} {index}")]
    OutOfRange {
        /// `row`, `frame` or `chunk`.
        what: &'static str,
        /// Which.
        index: u64,
    },
    /// A file operation failed.
    #[error("cannot read {}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A segment could not be compacted; it is as it was.
#[derive(Debug, Error)]
#[error("cannot compact {}: {source}", .path.display())]
pub struct CompactError {
    /// The segment.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}
