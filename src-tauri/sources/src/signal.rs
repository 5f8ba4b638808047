//! How a follower is told to look sooner, or to end.
//!
//! One small mailbox per follower: hints from the file watcher and the wish to stop come in from
//! other threads, and the follower waits for either with a time limit. Hints that come while the
//! follower works are kept (as one), so none is missed.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// The follower is to end.
    Stop,
    /// Something may have changed.
    Hint,
    /// The time is up.
    Timeout,
}

#[derive(Debug, Default)]
struct Flags {
    stop: bool,
    hint: bool,
}

/// The mailbox.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    flags: Mutex<Flags>,
    changed: Condvar,
}

impl Signal {
    /// Something may have changed.
    pub(crate) fn hint(&self) {
        let mut flags = self.flags.lock();
        if !flags.hint {
            flags.hint = true;
            self.changed.notify_all();
        }
    }

    /// The follower is to end.
    pub(crate) fn stop(&self) {
        self.flags.lock().stop = true;
        self.changed.notify_all();
    }

    /// Whether the follower is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.flags.lock().stop
    }

    /// Waits for a hint or the stop, at most until `limit` has passed; takes the hint.
    pub(crate) fn wait(&self, limit: Duration) -> Wake {
        self.wait_for(limit, true)
    }

    /// Waits for the stop alone, at most until `limit` has passed; hints are kept for later.
    pub(crate) fn wait_stop(&self, limit: Duration) -> Wake {
        self.wait_for(limit, false)
    }

    fn wait_for(&self, limit: Duration, hints: bool) -> Wake {
        let until = Instant::now() + limit;
        let mut flags = self.flags.lock();
        loop {
            if flags.stop {
                return Wake::Stop;
            }
            if hints && flags.hint {
                flags.hint = false;
                return Wake::Hint;
            }
            if self.changed.wait_until(&mut flags, until).timed_out() {
                return if flags.stop {
                    Wake::Stop
                } else {
                    Wake::Timeout
                };
            }
        }
    }
}
