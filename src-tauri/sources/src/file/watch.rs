//! Hints that a file may have changed.
//!
//! One watcher for all followed files, on their parent directories (a file's own watch dies with the
//! file). It may miss events, or not work at all: followers poll anyway, a hint only makes them look
//! sooner. Directories that are watched by several files are watched once.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;

use crate::signal::Signal;

/// Stands for all names in a folder; no file can be called so.
const ANY: &str = "\0";

/// Who wants to know about a name in a directory.
type Wanted = HashMap<PathBuf, Vec<(OsString, Weak<Signal>)>>;

/// The shared watcher.
#[derive(Debug)]
pub(crate) struct Hints {
    wanted: Arc<Mutex<Wanted>>,
    /// Absent until the first file is followed, and where the platform gives none.
    watcher: Mutex<Option<RecommendedWatcher>>,
}

impl Hints {
    /// No file watched yet.
    pub(crate) fn new() -> Self {
        Self {
            wanted: Arc::default(),
            watcher: Mutex::new(None),
        }
    }

    /// Sends hints about `path`, and about what it links to, until [`Self::forget`].
    pub(crate) fn register(&self, path: &Path, signal: &Arc<Signal>) {
        self.want(path, signal);
        if let Ok(target) = std::fs::canonicalize(path)
            && target != path
        {
            self.want(&target, signal);
        }
    }

    /// Sends hints about what is in `folder` itself, until [`Self::forget`].
    pub(crate) fn register_folder(&self, folder: &Path, signal: &Arc<Signal>) {
        self.want(&folder.join(ANY), signal);
    }

    /// Sends no more hints to `signal`.
    pub(crate) fn forget(&self, signal: &Arc<Signal>) {
        // Held throughout: who wants a folder now must not find it unwatched afterwards.
        let mut watcher = self.watcher.lock();
        let mut idle = Vec::new();
        self.wanted.lock().retain(|folder, names| {
            names.retain(|(_, wanting)| {
                wanting
                    .upgrade()
                    .is_some_and(|wanting| !Arc::ptr_eq(&wanting, signal))
            });
            if names.is_empty() {
                idle.push(folder.clone());
            }
            !names.is_empty()
        });
        if let Some(watcher) = watcher.as_mut() {
            for folder in idle {
                if let Err(cause) = watcher.unwatch(&folder) {
                    tracing::debug!(folder = %folder.display(), %cause, "unwatching failed");
                }
            }
        }
    }

    fn want(&self, path: &Path, signal: &Arc<Signal>) {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return;
        };
        let mut watcher = self.watcher.lock();
        let known = {
            let mut wanted = self.wanted.lock();
            let names = wanted.entry(folder.to_owned()).or_default();
            names.push((name.to_owned(), Arc::downgrade(signal)));
            names.len() > 1
        };
        if known {
            return;
        }
        if watcher.is_none() {
            let wanted = Arc::clone(&self.wanted);
            match notify::recommended_watcher(move |event| spread(&wanted, event)) {
                Ok(made) => *watcher = Some(made),
                Err(cause) => {
                    tracing::info!(%cause, "no file watcher here: followed files are polled");
                    return;
                }
            }
        }
        if let Some(watcher) = watcher.as_mut()
            && let Err(cause) = watcher.watch(folder, RecursiveMode::NonRecursive)
        {
            tracing::debug!(folder = %folder.display(), %cause, "not watched: files are polled");
        }
    }
}

fn spread(wanted: &Mutex<Wanted>, event: notify::Result<Event>) {
    let Ok(event) = event else { return };
    // Followers' own opening and reading must not wake them.
    if matches!(event.kind, EventKind::Access(_)) {
        return;
    }
    let wanted = wanted.lock();
    if event.need_rescan() || event.paths.is_empty() {
        wanted
            .values()
            .flatten()
            .filter_map(|(_, signal)| signal.upgrade())
            .for_each(|s| s.hint());
        return;
    }
    for path in &event.paths {
        let names = path.parent().and_then(|folder| wanted.get(folder));
        for (name, signal) in names.into_iter().flatten() {
            if (path.file_name() == Some(name) || name == ANY)
                && let Some(signal) = signal.upgrade()
            {
                signal.hint();
            }
        }
    }
}
