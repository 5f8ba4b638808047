//! Characters that count as one when case is ignored: Unicode's simple case folding, the same as
//! the crate `regex` applies for `(?i)`, and `rg -i` with it.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// The characters that are equal to one, itself among them. Unicode knows no more than four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoldedChar([char; 4]);

impl FoldedChar {
    pub(crate) fn new(of: char) -> Self {
        if of.is_ascii() && !of.is_ascii_alphabetic() {
            return Self([of; 4]);
        }
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(of, of)]);
        let mut equals = [of; 4];
        if class.try_case_fold_simple().is_ok() {
            let members = class
                .ranges()
                .iter()
                .flat_map(|range| range.start()..=range.end());
            for (slot, member) in equals.iter_mut().zip(members) {
                *slot = member;
            }
        }
        Self(equals)
    }

    pub(crate) fn equals(self, other: char) -> bool {
        self.0.contains(&other)
    }
}

/// Text to compare with, ignoring case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoldedText(Box<[FoldedChar]>);

impl FoldedText {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.chars().map(FoldedChar::new).collect())
    }

    /// Whether the whole of `text` equals this.
    pub(crate) fn equals(&self, text: &str) -> bool {
        self.prefix_of(text) == Some(text.len())
    }

    /// How many bytes of `text` this takes when it stands at the start of it.
    pub(crate) fn prefix_of(&self, text: &str) -> Option<usize> {
        let mut rest = text.chars();
        for folded in &self.0 {
            if !folded.equals(rest.next()?) {
                return None;
            }
        }
        Some(text.len() - rest.as_str().len())
    }
}

/// A pattern in which `*` stands for any characters and `?` for one; fits whole texts only.
#[derive(Debug, Clone)]
pub(crate) struct Glob(Box<[Piece]>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Any,
    One,
    Char(FoldedChar),
}

impl Glob {
    pub(crate) fn new(pattern: &str) -> Self {
        let mut pieces = Vec::with_capacity(pattern.len());
        for c in pattern.chars() {
            match c {
                '*' if pieces.last() == Some(&Piece::Any) => {}
                '*' => pieces.push(Piece::Any),
                '?' => pieces.push(Piece::One),
                other => pieces.push(Piece::Char(FoldedChar::new(other))),
            }
        }
        Self(pieces.into_boxed_slice())
    }

    /// Whether the whole of `text` fits: on a mismatch, the latest `*` takes one character more.
    pub(crate) fn fits(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut at = 0;
        let mut star: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let before = rest.clone();
            match (self.0.get(at), rest.next()) {
                (None, None) => return true,
                (Some(Piece::Any), _) => {
                    at += 1;
                    star = Some((at, before.clone()));
                    rest = before;
                }
                (Some(Piece::One), Some(_)) => at += 1,
                (Some(Piece::Char(folded)), Some(c)) if folded.equals(c) => at += 1,
                _ => {
                    let Some((after, taken)) = &mut star else {
                        return false;
                    };
                    if taken.next().is_none() {
                        return false;
                    }
                    at = *after;
                    rest = taken.clone();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
