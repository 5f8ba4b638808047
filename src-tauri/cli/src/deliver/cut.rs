//! Bytes of a command into records, and how long a record that may go on is waited for.

use std::time::{Duration, Instant};

use crosscut_engine::source::{self, Lines};
use crosscut_model::limits::JOIN_WAIT;

/// One stream's bytes that are no whole record yet.
#[derive(Debug)]
pub(crate) struct Cut {
    bytes: source::Cut,
    /// When a line was ended last. A line that only begins (dots of progress) is no reason to keep
    /// what stands before it.
    added: Instant,
}

impl Cut {
    /// Lines that belong together become one record.
    pub(crate) fn joined() -> Self {
        Self {
            bytes: source::Cut::new(true),
            added: Instant::now(),
        }
    }

    /// Lines as they are.
    pub(crate) fn lines() -> Self {
        Self {
            bytes: source::Cut::new(false),
            added: Instant::now(),
        }
    }

    /// Adds what was read; gives the records that are whole by now.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Lines {
        if memchr::memchr(b'\n', bytes).is_some() {
            self.added = Instant::now();
        }
        self.bytes.add(bytes)
    }

    /// How long a record that may go on is waited for; `None` when there is none.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let waits = || JOIN_WAIT.saturating_sub(self.added.elapsed());
        self.bytes.holds().then(waits)
    }

    /// The record that was waited for, when that has been long enough.
    pub(crate) fn waited(&mut self) -> Lines {
        match self.patience() {
            Some(Duration::ZERO) => self.bytes.close(),
            Some(_) | None => Lines::new(),
        }
    }

    /// The stream has ended: its last record is whole, and its last line needs no newline.
    pub(crate) fn finish(&mut self) -> Lines {
        self.bytes.finish()
    }
}

#[cfg(test)]
mod tests;
