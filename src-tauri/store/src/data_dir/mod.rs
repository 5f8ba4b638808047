//! The data directory: one owner, many runs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{RunId, UnixNanos};
use thiserror::Error;

use crate::run::{CreateError, OpenError, Recovery, RunManifest, RunStore, StoreOptions};
use crate::storage::Storage;

/// The data directory could not be used.
#[derive(Debug, Error)]
pub enum DataDirError {
    /// Another process owns it.
    #[error("{} belongs to another Crosscut that is running", .path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot {verb} {}: {source}", .path.display())]
    Io {
        /// What was to be done.
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// The data directory, owned by this process until this is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
}

impl DataDir {
    /// Makes the directory if need be, takes its lock, removes what half-deleted runs left.
    pub fn open(storage: Arc<dyn Storage>, path: impl Into<PathBuf>) -> Result<Self, DataDirError> {
        todo!()
    }
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
    /// Its runs, newest first, with what their manifests say.
    pub fn runs(&self) -> Result<Vec<(RunId, Result<RunManifest, OpenError>)>, DataDirError> {
        todo!()
    }
    /// A run's directory.
    pub fn run_path(&self, run: &RunId) -> PathBuf {
        todo!()
    }
    /// An id for a run that starts now; no run has it yet.
    pub fn new_run_id(&self, now: UnixNanos) -> RunId {
        todo!()
    }
    /// Makes the directory of the run the manifest names, and the run in it.
    pub fn create_run(
        &self,
        manifest: RunManifest,
        options: StoreOptions,
    ) -> Result<RunStore, CreateError> {
        todo!()
    }
    /// Opens a run, repairing what can be repaired.
    pub fn open_run(
        &self,
        run: &RunId,
        options: StoreOptions,
    ) -> Result<(RunStore, Recovery), OpenError> {
        todo!()
    }
    /// Deletes a run and all that belongs to it.
    pub fn delete_run(&self, run: &RunId) -> Result<(), DataDirError> {
        todo!()
    }
    /// Puts a small file into the directory, whole or not at all, readable by its owner alone.
    pub fn write_private(&self, name: &str, bytes: &[u8]) -> Result<(), DataDirError> {
        todo!()
    }
    /// Removes a small file; one that is not there is fine.
    pub fn remove_private(&self, name: &str) -> Result<(), DataDirError> {
        todo!()
    }
    /// Reads a small file; `None` when it is not there.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, DataDirError> {
        todo!()
    }
}

/// Reads a small file of a data directory that another process may own; `None` when it is not
/// there.
pub fn read_private(
    storage: &dyn Storage,
    dir: &Path,
    name: &str,
) -> Result<Option<Vec<u8>>, DataDirError> {
    todo!()
}
