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
        if class.try_case_fold_simple().is_err() {
            return Self([of; 4]);
        }
        let mut members = class
            .ranges()
            .iter()
            .flat_map(|range| range.start()..=range.end());
        // The same four for every member, whichever it was made from.
        let first = members.next().unwrap_or(of);
        let [second, third, fourth] = [first; 3].map(|first| members.next().unwrap_or(first));
        Self([first, second, third, fourth])
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
        let mut rest = text.chars();
        self.0
            .iter()
            .all(|folded| rest.next().is_some_and(|c| folded.equals(c)))
            && rest.next().is_none()
    }
}

/// Long text to find, ignoring case, in time linear in the text that is searched whatever both
/// look like (Knuth, Morris and Pratt's way).
#[derive(Debug)]
pub(crate) struct FoldedSearch {
    needle: FoldedText,
    /// For each length of a prefix already found: the next shorter prefix that may still be going
    /// on.
    shorter: Box<[usize]>,
}

impl FoldedSearch {
    pub(crate) fn new(text: &str) -> Self {
        let needle = FoldedText::new(text);
        let mut shorter = vec![0; needle.0.len() + 1];
        let mut length = 0;
        for (at, &folded) in needle.0.iter().enumerate().skip(1) {
            while length > 0 && needle.0.get(length) != Some(&folded) {
                length = shorter.get(length).copied().unwrap_or_default();
            }
            if needle.0.get(length) == Some(&folded) {
                length += 1;
            }
            if let Some(slot) = shorter.get_mut(at + 1) {
                *slot = length;
            }
        }
        Self {
            needle,
            shorter: shorter.into_boxed_slice(),
        }
    }

    /// Where it first ends in `text`, and how many characters it has.
    pub(crate) fn find_end(&self, text: &str) -> Option<(usize, usize)> {
        let mut length = 0;
        for (at, c) in text.char_indices() {
            while length > 0 && !self.needle.0.get(length).is_some_and(|next| next.equals(c)) {
                length = self.shorter.get(length).copied().unwrap_or_default();
            }
            if self.needle.0.get(length).is_some_and(|next| next.equals(c)) {
                length += 1;
            }
            if length == self.needle.0.len() {
                return Some((at + c.len_utf8(), length));
            }
        }
        None
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
