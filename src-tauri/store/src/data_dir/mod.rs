//! The data directory: one owner, many runs.
//!
//! Owns the lock, the directory of runs, and small private files (token, endpoint). Promises: two
//! processes never own it at once; a deleted run is gone from the list at once, and what is left
//! of it on disk goes at the latest when the directory is opened next.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{RunId, UnixNanos};
use parking_lot::Mutex;
use thiserror::Error;

use crate::run::{
    self, CreateError, ManifestReadError, OpenError, Recovery, RunManifest, RunStore, StoreOptions,
};
use crate::storage::{FileLock, Storage, read_file, replace_file};

const LOCK_NAME: &str = "lock";
const RUNS_DIR: &str = "runs";

/// Begins the names of runs that are being deleted; no run id has a dot.
const DELETED: &str = ".deleted-";

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

impl DataDirError {
    fn io(verb: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { verb, path, source }
    }
}

/// A run's id and its manifest, or why that cannot be read.
pub type ListedRun = (RunId, Result<RunManifest, ManifestReadError>);

/// The data directory, owned by this process until this is dropped.
#[derive(Debug)]
pub struct DataDir {
    storage: Arc<dyn Storage>,
    path: PathBuf,
    lock: Mutex<Option<Box<dyn FileLock>>>,
}

impl DataDir {
    /// Makes the directory if need be, takes its lock, removes what half-deleted runs left.
    pub fn open(storage: Arc<dyn Storage>, path: impl Into<PathBuf>) -> Result<Self, DataDirError> {
        let path = path.into();
        let runs = path.join(RUNS_DIR);
        let is_new = storage.list(&path).is_err();
        storage
            .create_dir_all(&runs)
            .map_err(DataDirError::io("make", &runs))?;
        let lock_path = path.join(LOCK_NAME);
        let lock = storage
            .try_lock(&lock_path)
            .map_err(DataDirError::io("lock", &lock_path))?;
        let Some(lock) = lock else {
            return Err(DataDirError::Locked { path });
        };
        storage
            .sync_dir(&path)
            .map_err(DataDirError::io("sync", &path))?;
        // Directories above that were made too. One may be such as may not be read; then its
        // owner's word must do.
        for above in path.ancestors().skip(1).filter(|_| is_new) {
            if let Err(error) = storage.sync_dir(above) {
                tracing::debug!(path = %above.display(), %error, "a directory was not synced");
            }
        }

        let items = storage
            .list(&runs)
            .map_err(DataDirError::io("list", &runs))?;
        for item in items.iter().filter(|item| item.name.starts_with(DELETED)) {
            let left = runs.join(&item.name);
            if let Err(error) = storage.remove_dir_all(&left) {
                tracing::warn!(path = %left.display(), %error, "a deleted run still takes space");
            }
        }
        Ok(Self {
            storage,
            path,
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Gives the lock back before the value goes: nothing may be written from here on.
    pub fn release(&self) {
        self.lock.lock().take();
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn runs_path(&self) -> PathBuf {
        self.path.join(RUNS_DIR)
    }

    /// Its runs, newest first, with what their manifests say. A run whose manifest cannot be read
    /// is listed too: opening it makes the manifest anew.
    pub fn runs(&self) -> Result<Vec<ListedRun>, DataDirError> {
        let mut ids = self.run_ids()?;
        ids.sort_by(|a, b| b.cmp(a));
        let load = |id: RunId| {
            let loaded = run::load_manifest(&*self.storage, &self.run_path(&id));
            (id, loaded.map(|loaded| loaded.manifest))
        };
        Ok(ids.into_iter().map(load).collect())
    }

    fn run_ids(&self) -> Result<Vec<RunId>, DataDirError> {
        let runs = self.runs_path();
        let items = self
            .storage
            .list(&runs)
            .map_err(DataDirError::io("list", &runs))?;
        let dirs = items.into_iter().filter(|item| item.is_dir);
        Ok(dirs
            .filter_map(|item| RunId::try_from(item.name).ok())
            .collect())
    }

    /// A run's directory.
    pub fn run_path(&self, run: &RunId) -> PathBuf {
        self.runs_path().join(run.as_str())
    }

    /// An id for a run that starts now; no run has it yet.
    pub fn new_run_id(&self, now: UnixNanos) -> RunId {
        let base = utc_name(now);
        let taken = self.run_ids().unwrap_or_else(|error| {
            // Making a run under an id that is taken is refused, so nothing is lost by guessing.
            tracing::warn!(%error, "the runs cannot be listed");
            Vec::new()
        });
        let mut name = base.clone();
        let mut next = 2u64;
        loop {
            match RunId::try_from(name) {
                Ok(id) if !taken.contains(&id) => return id,
                Ok(_) | Err(_) => name = format!("{base}-{next}"),
            }
            next += 1;
        }
    }

    /// Makes the run that a manifest describes, in the directory its id names.
    pub fn create_run(
        &self,
        manifest: RunManifest,
        options: StoreOptions,
    ) -> Result<RunStore, CreateError> {
        let dir = self.run_path(&manifest.id);
        RunStore::create(Arc::clone(&self.storage), dir, manifest, options)
    }

    /// Opens a run, repairing what can be repaired.
    pub fn open_run(
        &self,
        run: &RunId,
        options: StoreOptions,
    ) -> Result<(RunStore, Recovery), OpenError> {
        RunStore::open(Arc::clone(&self.storage), self.run_path(run), options)
    }

    /// Deletes a run and all that belongs to it. Whoever has it open goes on reading (not on
    /// Windows, where that makes it fail); one that is not there is fine.
    pub fn delete_run(&self, run: &RunId) -> Result<(), DataDirError> {
        let (from, runs) = (self.run_path(run), self.runs_path());
        let aside = runs.join(format!("{DELETED}{run}"));
        match self.storage.rename(&from, &aside) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(DataDirError::io("delete", &from)(error)),
        }
        self.storage
            .sync_dir(&runs)
            .map_err(DataDirError::io("sync", &runs))?;
        self.storage
            .remove_dir_all(&aside)
            .map_err(DataDirError::io("delete", &aside))
    }

    /// Puts a small file into the directory, whole or not at all, readable by its owner alone.
    pub fn write_private(&self, name: &str, bytes: &[u8]) -> Result<(), DataDirError> {
        let path = self.path.join(name);
        // One that was left by a crash, or put there by someone, might be readable by others.
        let aside = self.path.join(format!("{name}.tmp"));
        remove_if_there(&*self.storage, &aside).map_err(DataDirError::io("remove", &aside))?;
        replace_file(&*self.storage, &path, bytes).map_err(DataDirError::io("write", &path))
    }

    /// Removes a small file; one that is not there is fine.
    pub fn remove_private(&self, name: &str) -> Result<(), DataDirError> {
        let path = self.path.join(name);
        remove_if_there(&*self.storage, &path).map_err(DataDirError::io("remove", &path))
    }

    /// Reads a small file; `None` when it is not there.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, DataDirError> {
        read_private(&*self.storage, &self.path, name)
    }
}

/// Reads a small file of a data directory that another process may own; `None` when it is not
/// there.
pub fn read_private(
    storage: &dyn Storage,
    dir: &Path,
    name: &str,
) -> Result<Option<Vec<u8>>, DataDirError> {
    let path = dir.join(name);
    match read_file(storage, &path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DataDirError::io("read", &path)(error)),
    }
}

fn remove_if_there(storage: &dyn Storage, path: &Path) -> io::Result<()> {
    match storage.remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// An instant as `20261121T101500123Z`. The date is Howard Hinnant's `civil_from_days`.
fn utc_name(at: UnixNanos) -> String {
    let millis = at.as_millis();
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}{millis:03}Z")
}

#[cfg(test)]
mod tests;
