//! Whether a file that ends in the middle is still being written.

use std::time::{Duration, Instant};

use crosscut_model::{Clock, SystemClock};

use super::Limits;

/// A file that grows without a rest is read again when this many times what that took has passed.
const READING_SHARE: u32 = 20;

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Look again.
    Longer,
    /// Read it again: it grew.
    Over,
    /// It will not go on.
    InVain,
}

/// How a file grows.
#[derive(Debug)]
pub(crate) struct Growth {
    /// Its size when it was read.
    read: u64,
    size: u64,
    since: Instant,
    /// When it last grew, and how long that was ago then.
    grew: (Instant, Duration),
    took: Duration,
}

impl Growth {
    /// Of a file of `read` bytes that was read in `took`, and broke off.
    pub(crate) fn new(read: u64, took: Duration, modified: Option<i64>, now: Instant) -> Self {
        let age = modified.map_or(0, |at| SystemClock.now().0.saturating_sub(at));
        let age = Duration::from_nanos(u64::try_from(age).unwrap_or(0));
        Self {
            read,
            size: read,
            since: now,
            grew: (now, age),
            took,
        }
    }

    /// Takes in its size now.
    pub(crate) fn look(&mut self, size: u64, now: Instant, limits: &Limits) -> Wait {
        if size != self.size {
            self.size = size;
            self.grew = (now, Duration::ZERO);
        }
        let (at, age) = self.grew;
        let rested = now.saturating_duration_since(at) + age;
        let waited = now.saturating_duration_since(self.since);
        if size != self.read
            && (rested >= limits.rest || waited >= self.took.saturating_mul(READING_SHARE))
        {
            Wait::Over
        } else if rested >= limits.patience {
            Wait::InVain
        } else {
            Wait::Longer
        }
    }
}
