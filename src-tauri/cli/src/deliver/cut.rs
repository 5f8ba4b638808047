//! Bytes that begin and end anywhere, into records.

use std::time::{Duration, Instant};

use crosscut_engine::source::Lines;
use crosscut_model::RowFlags;
use crosscut_model::limits::{JOIN_WAIT, MAX_LINE_BYTES};
use crosscut_parse::Joiner;

/// One stream's bytes that are no whole record yet.
#[derive(Debug)]
pub(crate) struct Cut {
    rest: Vec<u8>,
    /// Joins lines that belong together; without it each line is a record.
    joiner: Option<Joiner>,
    /// When a line was ended last. A line that only begins (dots of progress) is no reason to keep
    /// what stands before it.
    added: Instant,
}

impl Cut {
    /// Lines that belong together become one record.
    pub(crate) fn joined() -> Self {
        Self {
            joiner: Some(Joiner::new()),
            ..Self::lines()
        }
    }

    /// Lines as they are.
    pub(crate) fn lines() -> Self {
        Self {
            rest: Vec::new(),
            joiner: None,
            added: Instant::now(),
        }
    }

    /// Adds what was read; gives the records that are whole by now.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> Lines {
        self.rest.extend_from_slice(bytes);
        if memchr::memchr(b'\n', bytes).is_some() {
            self.added = Instant::now();
        }
        let mut lines = self.take(true);
        // A line without an end does not fill the memory.
        while self.rest.len() - self.whole() >= MAX_LINE_BYTES {
            let whole = self.take(false);
            for (line, flags) in whole.iter() {
                lines.push(line, flags);
            }
            let rest = self.rest.split_off(MAX_LINE_BYTES);
            let piece = std::mem::replace(&mut self.rest, rest);
            lines.push(&piece, RowFlags::CONTINUES);
        }
        lines
    }

    /// How long a record that may go on is waited for; `None` when there is none.
    pub(crate) fn patience(&self) -> Option<Duration> {
        let holds = self.joiner.is_some() && memchr::memchr(b'\n', &self.rest).is_some();
        holds.then(|| JOIN_WAIT.saturating_sub(self.added.elapsed()))
    }

    /// The record that was waited for, when that has been long enough.
    pub(crate) fn waited(&mut self) -> Lines {
        match self.patience() {
            Some(Duration::ZERO) => self.take(false),
            Some(_) | None => Lines::new(),
        }
    }

    /// The stream has ended: its last record is whole, and its last line needs no newline.
    pub(crate) fn finish(&mut self) -> Lines {
        let mut lines = self.take(false);
        if !self.rest.is_empty() {
            lines.push(&std::mem::take(&mut self.rest), RowFlags::NONE);
        }
        lines
    }

    /// Bytes up to the end of the last whole line.
    fn whole(&self) -> usize {
        memchr::memrchr(b'\n', &self.rest).map_or(0, |at| at + 1)
    }

    /// Whole lines as records; with `more` to come, without a last one that may go on.
    fn take(&mut self, more: bool) -> Lines {
        let rest = self.rest.split_off(self.whole());
        let text = std::mem::replace(&mut self.rest, rest);
        let Some(joiner) = &mut self.joiner else {
            return Lines::from_buffer(text);
        };
        if !more {
            let (lines, _) = Lines::join(text, joiner, false);
            return lines;
        }
        let (lines, taken) = Lines::join(text.clone(), joiner, true);
        let left = text.get(taken..).unwrap_or_default();
        self.rest.splice(..0, left.iter().copied());
        lines
    }
}

#[cfg(test)]
mod tests;
