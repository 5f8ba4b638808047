//! Followed files: a thread per file, one watcher for all.
//!
//! The truth is a poll (stat and read, every 100 to 250 ms); change events only make a follower look
//! sooner. See `identity` for how a file is known again, `chunk` for how it is read, `follow` for
//! what happens to paths, `checkpoint` for what is stored.

mod checkpoint;
mod chunk;
mod follow;
mod held;
mod identity;
mod rotated;
mod settings;
mod watch;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::ApiError;
use crosscut_engine::source::{Connection, Feed, FeedClosed};
use crosscut_model::SourceSpec;

use crate::signal::{Signal, Wake};
use crate::{error, worker};
use follow::{Follower, Next};
use settings::Settings;
use watch::Hints;

/// How long news may gather after some were handed over; bounds the number of batches in a flood.
const GATHER: Duration = Duration::from_millis(2);

/// All followed files.
#[derive(Debug)]
pub(crate) struct Files {
    hints: Arc<Hints>,
}

impl Files {
    /// No files yet.
    pub(crate) fn new() -> Self {
        Self {
            hints: Arc::new(Hints::new()),
        }
    }

    /// Starts to follow a file.
    pub(crate) fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let signal = Arc::new(Signal::default());
        let stop = Arc::clone(&signal);
        let hints = Arc::clone(&self.hints);
        let path = PathBuf::from(&spec.key);
        let name = spec.name.clone();
        worker::spawn(
            &spec.name,
            Arc::clone(&feed),
            move || stop.stop(),
            move || {
                hints.register(&path, &signal);
                let ended = run(
                    Follower::new(path, name, feed, Settings::default()),
                    &signal,
                );
                hints.forget(&signal);
                ended
            },
        )
    }
}

fn run(mut follower: Follower, signal: &Signal) -> Result<(), FeedClosed> {
    while !signal.stopped() {
        let wake = match follower.poll_once(Instant::now())? {
            Next::Again => continue,
            Next::Soon => signal.wait_stop(GATHER),
            Next::Wait(limit) => signal.wait(limit),
        };
        if wake == Wake::Stop {
            break;
        }
    }
    Ok(())
}

/// Makes the path absolute and gives the source its file's name.
pub(crate) fn resolve(mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
    if spec.key.is_empty() {
        return Err(error("bad_path", "the path is empty", "name a file"));
    }
    if spec.key.contains('\0') {
        return Err(error(
            "bad_path",
            "the path contains a NUL byte",
            "name a file",
        ));
    }
    let path = std::path::absolute(&spec.key).map_err(|cause| {
        error(
            "bad_path",
            format!("`{}` is no path: {cause}", spec.key),
            "name a file",
        )
    })?;
    let path = without_dots(&path);
    if spec.name.is_empty() {
        spec.name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
    }
    match path.into_os_string().into_string() {
        Ok(key) => spec.key = key,
        Err(key) => {
            return Err(error(
                "bad_path",
                format!("`{}` is not valid UTF-8", key.to_string_lossy()),
                "rename the file or a folder above it, or follow it through a link",
            ));
        }
    }
    Ok(spec)
}

/// The path without `.` and, where no link is passed, without `..`: one file, one key.
fn without_dots(path: &Path) -> PathBuf {
    use std::path::Component;
    let dotted = path.components().any(|part| part == Component::ParentDir);
    match (dotted, path.parent(), path.file_name()) {
        (true, Some(folder), Some(name)) => match std::fs::canonicalize(folder) {
            Ok(folder) => folder.join(name),
            Err(_) => path.to_owned(),
        },
        _ => path.to_owned(),
    }
}
