//! Bytes at the cursor of a file into records.
//!
//! The cursor always stands at the start of a record (or of a piece of a line too long to be kept
//! whole). What cannot be taken yet (a last line without a newline, a record that may go on) is read
//! again together with what follows it, so there is no state here but how the file is written and the
//! joiner, and a buffer goes to the store as it is.

use crosscut_engine::source::Lines;
use crosscut_model::RowFlags;
use crosscut_parse::Joiner;

use super::decode::Encoding;

/// How much to read at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// A line longer than this is handed over in pieces of this size; also the largest chunk.
    pub(crate) line: usize,
    /// The first chunk of a load, so that the first rows appear at once.
    pub(crate) first: usize,
    /// How much of an unfinished line is shown.
    pub(crate) partial: usize,
    /// Whether lines that belong together become one record.
    pub(crate) joins: bool,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            line: crosscut_model::limits::MAX_LINE_BYTES,
            first: 64 << 10,
            partial: 4 << 10,
            joins: true,
        }
    }
}

impl Sizes {
    /// Bytes after which there is a whole line or one that is too long: its newline is seen with it.
    pub(crate) fn longest(&self, encoding: Encoding) -> usize {
        self.line.saturating_add(encoding.unit())
    }
}

/// What may follow the bytes that are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// More, now or later.
    More,
    /// Nothing has come for a while: a record that may go on is complete, a line without a newline
    /// is not.
    Rest,
    /// Nothing: all there is is taken.
    Nothing,
}

/// What was cut off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The records.
    pub(crate) lines: Lines,
    /// How many of the given bytes they are.
    pub(crate) taken: usize,
}

/// Cuts the bytes of one file.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    /// How its characters are written.
    pub(crate) encoding: Encoding,
    joiner: Joiner,
}

impl Cutter {
    /// A cutter for what stands at the start of a file, or behind something that was taken.
    pub(crate) fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            joiner: Joiner::new(),
        }
    }

    /// Cuts the whole records off the front; `None` when there is none yet.
    pub(crate) fn cut(&mut self, bytes: &[u8], behind: Behind, sizes: &Sizes) -> Option<Cut> {
        self.joiner.set_joins(sizes.joins);
        let encoding = self.encoding;
        let whole = encoding.whole_lines(bytes);
        let full = bytes.len() >= sizes.longest(encoding);
        let ends = behind == Behind::Nothing;
        let given = if ends && bytes.len() <= sizes.line {
            bytes.len()
        } else if whole == 0 && (full || ends) {
            return self.piece(bytes, sizes);
        } else {
            whole
        };
        let given = bytes.get(..given).filter(|given| !given.is_empty())?;
        let text = encoding.decode(given.to_vec());
        let more = behind == Behind::More;
        let (lines, taken) = Lines::join(text, &mut self.joiner, more);
        if taken == 0 && full {
            // A record cannot be longer than what is read at once.
            let text = encoding.decode(given.to_vec());
            let (lines, _) = Lines::join(text, &mut self.joiner, false);
            let taken = given.len();
            return Some(Cut { lines, taken });
        }
        let taken = self.raw_len(given, taken, more);
        (taken > 0).then_some(Cut { lines, taken })
    }

    /// The beginning of a line that is too long to be kept whole.
    fn piece(&mut self, bytes: &[u8], sizes: &Sizes) -> Option<Cut> {
        let taken = self.encoding.whole_characters(bytes, sizes.line);
        let text = self.encoding.decode(bytes.get(..taken)?.to_vec());
        let mut lines = Lines::new();
        lines.push(&text, RowFlags::CONTINUES);
        self.joiner.close();
        Some(Cut { lines, taken })
    }

    /// How many of the given bytes `taken` of the decoded ones are.
    fn raw_len(&self, given: &[u8], taken: usize, more: bool) -> usize {
        if !more || taken == 0 {
            return if more { 0 } else { given.len() };
        }
        if self.encoding == Encoding::Bytes {
            return taken;
        }
        let text = self.encoding.decode(given.to_vec());
        self.encoding
            .encoded_len(text.get(..taken).unwrap_or(&text))
    }
}
