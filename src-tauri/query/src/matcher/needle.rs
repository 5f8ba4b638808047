//! Finding a word or phrase in a text, ignoring case.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::fold::FoldedSearch;

/// So many characters are searched for by a compiled expression; a longer needle is then
/// looked for from there on. Keeps what a needle costs small whatever is pasted.
pub(crate) const HEAD_CHARS: usize = 128;

/// The expression that finds the head of `needle` in text or bytes.
pub(crate) fn head_expression(needle: &str) -> String {
    let head = needle
        .char_indices()
        .nth(HEAD_CHARS)
        .map_or(needle, |(end, _)| needle.get(..end).unwrap_or(needle));
    regex::escape(head)
}

/// A word or phrase to find, ignoring case.
#[derive(Debug)]
pub(crate) struct Needle {
    expression: String,
    /// All of a needle that is longer than its expression.
    long: Option<FoldedSearch>,
    /// Compiled when first searched for: most terms of a long query never are.
    head: OnceLock<Option<Regex>>,
}

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            expression: head_expression(text),
            long: text
                .chars()
                .nth(HEAD_CHARS)
                .map(|_| FoldedSearch::new(text)),
            head: OnceLock::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.expression.is_empty()
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        match (self.head(), &self.long) {
            (Some(head), None) => head.is_match(text),
            _ => self.find_at(text, 0).is_some(),
        }
    }

    /// The first place at or behind `from` (a character's boundary) where it stands.
    pub(crate) fn find_at(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let head = self.head()?.find_at(text, from)?;
        let Some(long) = &self.long else {
            return Some(head.range());
        };
        let (end, chars) = long.find_end(text.get(head.start()..)?)?;
        let end = head.start() + end;
        let start = text
            .get(..end)?
            .char_indices()
            .rev()
            .nth(chars.checked_sub(1)?)?
            .0;
        Some(start..end)
    }

    /// The expression compiled. Its length is bounded so that this cannot fail for its size, and
    /// it is made of escaped characters alone.
    fn head(&self) -> Option<&Regex> {
        let head = self.head.get_or_init(|| {
            RegexBuilder::new(&self.expression)
                .case_insensitive(true)
                .build()
                .ok()
        });
        head.as_ref()
    }
}
