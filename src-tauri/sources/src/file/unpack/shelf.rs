//! Archives that are open, so that their members share one way through them.
//!
//! The files in a compressed tar lie one behind the other in one stream: each of them read on its own
//! would unpack all that lies before it. So the stream is put back on the shelf where a member leaves
//! it, and members that wait are let on in the order in which they lie in it; then one way through is
//! enough for all. One that comes later, or goes back, opens a stream of its own.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::contents::Contents;
use super::decoder::Output;
use super::trouble::Trouble;
use crate::file::identity::{Identity, Stamp};

/// How long a member waits for its turn before it looks whether it was stopped.
const LOOK: Duration = Duration::from_millis(50);

/// The archives that are in use.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<HashMap<PathBuf, Arc<Archive>>>);

/// One archive.
#[derive(Debug)]
pub(crate) struct Archive {
    file: (Identity, Stamp),
    contents: Mutex<Option<Arc<Contents>>>,
    turn: Mutex<Turn>,
    changed: Condvar,
}

#[derive(Default)]
struct Turn {
    busy: bool,
    waiting: BTreeSet<u64>,
    stream: Option<Stream>,
}

/// A stream that has come this far.
pub(crate) struct Stream {
    pub(crate) output: Output,
    /// Bytes unpacked.
    pub(crate) at: u64,
    /// Bytes read for them.
    pub(crate) read: Arc<AtomicU64>,
}

impl std::fmt::Debug for Turn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Turn")
            .field("busy", &self.busy)
            .finish_non_exhaustive()
    }
}

impl Shelf {
    /// The archive at `path`, which is `file` now.
    pub(crate) fn archive(&self, path: &Path, file: (Identity, Stamp)) -> Arc<Archive> {
        let mut archives = self.0.lock();
        archives.retain(|_, archive| Arc::strong_count(archive) > 1);
        match archives.get(path) {
            Some(archive) if archive.file == file => Arc::clone(archive),
            _ => {
                let archive = Arc::new(Archive {
                    file,
                    contents: Mutex::default(),
                    turn: Mutex::default(),
                    changed: Condvar::new(),
                });
                archives.insert(path.to_owned(), Arc::clone(&archive));
                archive
            }
        }
    }
}

impl Archive {
    /// What it holds; looked up once.
    pub(crate) fn contents(
        &self,
        look: impl FnOnce() -> Result<Contents, Trouble>,
    ) -> Result<Arc<Contents>, Trouble> {
        let mut known = self.contents.lock();
        if let Some(contents) = &*known {
            return Ok(Arc::clone(contents));
        }
        let contents = Arc::new(look()?);
        // What was cut short may be more the next time.
        if contents.trouble.is_none() {
            *known = Some(Arc::clone(&contents));
        }
        Ok(contents)
    }

    /// Waits for the turn of whoever wants to read at `at`; gives the stream if it may be used.
    pub(crate) fn take(
        &self,
        at: u64,
        stopped: &dyn Fn() -> bool,
    ) -> Result<Option<Stream>, Trouble> {
        let mut turn = self.turn.lock();
        turn.waiting.insert(at);
        loop {
            if stopped() {
                turn.waiting.remove(&at);
                self.changed.notify_all();
                return Err(Trouble::Stopped);
            }
            if !turn.busy && turn.next() == Some(at) {
                turn.busy = true;
                turn.waiting.remove(&at);
                return Ok(turn.stream.take().filter(|stream| stream.at <= at));
            }
            self.changed.wait_for(&mut turn, LOOK);
        }
    }

    /// The turn is over; the stream, where it is fit for use, stays for the next.
    pub(crate) fn give_back(&self, stream: Option<Stream>) {
        let mut turn = self.turn.lock();
        turn.busy = false;
        turn.stream = stream;
        self.changed.notify_all();
    }
}

impl Turn {
    /// Whose turn it is: the first one at or behind the stream's place, else the very first.
    fn next(&self) -> Option<u64> {
        let at = self.stream.as_ref().map_or(0, |stream| stream.at);
        let ahead = self.waiting.range(at..).next();
        ahead.or_else(|| self.waiting.first()).copied()
    }
}
