//! Followed files: a thread per file, one watcher for all.
//!
//! The truth is a poll (stat and read, every 100 to 250 ms); change events only make a follower look
//! sooner. What a path means is told by `resolve`, and what a file holds by `sniff`:
//!
//! - a plain file is followed: see `follow` for what happens to paths, `held` and `identity` for how a
//!   file is known again, `cut` and `decode` for how bytes become records, `checkpoint` for what is
//!   stored;
//! - a compressed file or an archive is read once: see `unpack`;
//! - a folder or a glob brings the files in it, each as a source of its own: see `find`.

mod checkpoint;
mod cut;
mod decode;
mod find;
mod follow;
mod held;
mod identity;
mod read;
mod resolve;
mod rotated;
mod settings;
mod sniff;
mod unpack;
mod watch;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Connection, Feed, FeedClosed};
use crosscut_model::SourceSpec;

use crate::signal::{Signal, Wake};
use crate::worker;
use find::Finder;
use follow::{Follower, Next};
pub(crate) use resolve::resolve;
use settings::Settings;
use sniff::Content;
use unpack::progress::Progress;
pub(crate) use unpack::stream::text_of;
use unpack::{Outcome, Shelf, Target, Unpacker};
use watch::Hints;

/// How long news may gather after some were handed over; bounds the number of batches in a flood.
const GATHER: Duration = Duration::from_millis(2);
/// A folder is looked into at most this often, however often something changes in it.
const HURRY: Duration = Duration::from_millis(200);

/// All followed files.
#[derive(Debug)]
pub(crate) struct Files {
    hints: Arc<Hints>,
    /// Archives that are open.
    shelf: Arc<Shelf>,
}

impl Files {
    /// No files yet.
    pub(crate) fn new() -> Self {
        Self {
            hints: Arc::new(Hints::new()),
            shelf: Arc::default(),
        }
    }

    /// Starts to follow a file, or to read one that is packed.
    pub(crate) fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let hints = Arc::clone(&self.hints);
        let source = One {
            path: PathBuf::from(&spec.key),
            name: spec.name.clone(),
            feed: Arc::clone(&feed),
            shelf: Arc::clone(&self.shelf),
        };
        let signal = Arc::new(Signal::default());
        let stop = Arc::clone(&signal);
        worker::spawn(
            &spec.name,
            feed,
            move || stop.stop(),
            move || {
                hints.register(&source.path, &signal);
                let ended = source.run(&signal);
                hints.forget(&signal);
                ended
            },
        )
    }

    /// Starts to look for the files of a folder or a glob.
    pub(crate) fn connect_many(
        &self,
        spec: &SourceSpec,
        feed: Arc<dyn Feed>,
    ) -> Box<dyn Connection> {
        let hints = Arc::clone(&self.hints);
        let key = spec.key.clone();
        let signal = Arc::new(Signal::default());
        let stop = Arc::clone(&signal);
        worker::spawn(
            &spec.name,
            Arc::clone(&feed),
            move || stop.stop(),
            move || {
                let Ok(mut finder) = Finder::new(&key, Arc::clone(&feed), find::Limits::default())
                else {
                    feed.state(bad_glob(&key));
                    return Ok(());
                };
                hints.register_folder(finder.root(), &signal);
                let ended = search(&mut finder, &signal);
                hints.forget(&signal);
                ended
            },
        )
    }
}

fn bad_glob(key: &str) -> SourceState {
    SourceState::Failed {
        code: "bad_glob".to_owned(),
        message: format!("`{key}` is no glob"),
        hint: "remove it, and add it again without what cannot be read in it".to_owned(),
    }
}

fn search(finder: &mut Finder, signal: &Signal) -> Result<(), FeedClosed> {
    while !signal.stopped() {
        let rest = finder.look(Instant::now())?;
        // Hints are for the folder itself; they may come in floods.
        if signal.wait_stop(HURRY.min(rest)) == Wake::Stop
            || signal.wait(rest.saturating_sub(HURRY)) == Wake::Stop
        {
            break;
        }
    }
    Ok(())
}

/// One file that is a source.
struct One {
    path: PathBuf,
    name: String,
    feed: Arc<dyn Feed>,
    shelf: Arc<Shelf>,
}

impl One {
    fn run(&self, signal: &Signal) -> Result<(), FeedClosed> {
        let mut packed = self.is_packed();
        while !signal.stopped() {
            let settings = Settings::default();
            if packed {
                let unpacker = Unpacker::new(
                    Target::of(self.path.clone()),
                    self.name.clone(),
                    Arc::clone(&self.feed),
                    Arc::clone(&self.shelf),
                    unpack::Limits::default(),
                );
                if unpacker.run(signal)? == Outcome::Done {
                    break;
                }
                packed = false;
            } else {
                let feed = Arc::clone(&self.feed);
                let follower = Follower::new(self.path.clone(), self.name.clone(), feed, settings);
                packed = follow(follower, signal)?;
            }
        }
        Ok(())
    }

    /// Whether it was packed when it was last read, or is and was never read.
    fn is_packed(&self) -> bool {
        if let Some(checkpoint) = self.feed.checkpoint() {
            return Progress::decode(&checkpoint).is_some();
        }
        if Target::of(self.path.clone()).member.is_some() {
            return true;
        }
        let is_file = std::fs::metadata(&self.path).is_ok_and(|meta| meta.is_file());
        is_file && looks_packed(&self.path)
    }
}

fn looks_packed(path: &Path) -> bool {
    matches!(
        sniff::of_file(path),
        Ok(Content::Packed(_) | Content::Zip | Content::Tar)
    )
}

/// Follows a file until it is stopped (`false`) or turns out to be packed (`true`).
fn follow(mut follower: Follower, signal: &Signal) -> Result<bool, FeedClosed> {
    while !signal.stopped() {
        let wake = match follower.poll_once(Instant::now())? {
            Next::Again => continue,
            Next::Packed => return Ok(true),
            Next::Soon => signal.wait_stop(GATHER),
            Next::Wait(limit) => signal.wait(limit),
        };
        if wake == Wake::Stop {
            break;
        }
    }
    Ok(false)
}
