//! Finding a word or phrase in a text, ignoring case.

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::fold::FoldedText;

/// So many characters are searched for by a compiled expression; the rest of a longer needle is
/// compared where these are found. Keeps what a needle costs small whatever is pasted.
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
    folded: FoldedText,
    /// Whether the expression is all of it.
    whole: bool,
    /// Compiled when first searched for: most terms of a long query never are.
    head: OnceLock<Option<Regex>>,
}

impl Needle {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            expression: head_expression(text),
            folded: FoldedText::new(text),
            whole: text.chars().nth(HEAD_CHARS).is_none(),
            head: OnceLock::new(),
        }
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        match self.head() {
            Some(head) if self.whole => head.is_match(text),
            _ => self.find_at(text, 0).is_some(),
        }
    }

    /// The first place at or behind `from` (a character's boundary) where it stands.
    pub(crate) fn find_at(&self, text: &str, mut from: usize) -> Option<Range<usize>> {
        loop {
            let start = match self.head() {
                Some(head) => {
                    let found = head.find_at(text, from)?;
                    if self.whole {
                        return Some(found.range());
                    }
                    found.start()
                }
                None => from,
            };
            let rest = text.get(start..)?;
            if let Some(length) = self.folded.prefix_of(rest) {
                return Some(start..start + length);
            }
            from = start + rest.chars().next()?.len_utf8();
        }
    }

    /// Absent if the expression cannot be compiled, which its bounded length rules out; then every
    /// place is compared.
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
