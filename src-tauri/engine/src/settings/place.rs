//! From a byte of the text to its line and column.

use std::ops::Range;

use super::Mistake;

/// Where the lines of a text begin.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    text: &'a str,
}

impl<'a> Places<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self { text }
    }

    /// A mistake at the beginning of `span`, in bytes; one past the text is at its end.
    pub(crate) fn mistake(&self, span: &Range<usize>, message: impl Into<String>) -> Mistake {
        let mut at = span.start.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.bytes().filter(|&byte| byte == b'\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default();
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        Mistake {
            line: number(line),
            column: number(column.chars().count()),
            message: message.into(),
        }
    }
}
