//! Bytes that begin and end anywhere, into records.

use crosscut_model::RowFlags;
use crosscut_model::limits::MAX_LINE_BYTES;
use crosscut_parse::Joiner;

use super::Lines;

/// Bytes of one stream that are no whole record yet.
#[derive(Debug)]
pub struct Cut {
    rest: Vec<u8>,
    /// Bytes of `rest` up to the end of its last whole line.
    whole: usize,
    /// Joins lines that belong together; without it each line is a record.
    joiner: Option<Joiner>,
}

impl Cut {
    /// With nothing in it; whether lines that belong together become one record.
    pub fn new(joins: bool) -> Self {
        Self {
            rest: Vec::new(),
            whole: 0,
            joiner: joins.then(Joiner::new),
        }
    }

    /// Adds what was read; gives the records that are whole by now.
    pub fn add(&mut self, bytes: &[u8]) -> Lines {
        let before = self.rest.len();
        self.rest.extend_from_slice(bytes);
        let mut lines = match memchr::memrchr(b'\n', bytes) {
            Some(at) => {
                self.whole = before + at + 1;
                self.take(true)
            }
            None => Lines::new(),
        };
        // A line without an end does not fill the memory.
        while self.rest.len() - self.whole >= MAX_LINE_BYTES {
            for (line, flags) in self.close().iter() {
                lines.push(line, flags);
            }
            let rest = self.rest.split_off(MAX_LINE_BYTES);
            let piece = std::mem::replace(&mut self.rest, rest);
            lines.push(&piece, RowFlags::CONTINUES);
        }
        lines
    }

    /// Whether there is a record that may go on.
    pub fn holds(&self) -> bool {
        self.whole > 0
    }

    /// Gives that record: it does not.
    pub fn close(&mut self) -> Lines {
        self.take(false)
    }

    /// The stream has ended: its last record is whole, and its last line needs no newline.
    pub fn finish(&mut self) -> Lines {
        let mut lines = self.close();
        if !self.rest.is_empty() {
            lines.push(&std::mem::take(&mut self.rest), RowFlags::NONE);
        }
        lines
    }

    /// Whole lines as records; with `more` to come, without a last one that may go on.
    fn take(&mut self, more: bool) -> Lines {
        let rest = self.rest.split_off(std::mem::take(&mut self.whole));
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
        self.whole = left.len();
        self.rest.splice(..0, left.iter().copied());
        lines
    }
}

#[cfg(test)]
mod tests;
