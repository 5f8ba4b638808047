//! What a word is to the index, and which characters count as one.
//!
//! Records and queries are cut by the same two rules, which is what makes the index's answers
//! provable: a *run* is a maximal sequence of alphanumeric characters, and characters that are
//! equal under Unicode's simple case folding (what `regex` applies for `(?i)`, and with it the
//! query's matcher) become one and the same character. Folding maps one character to one and never
//! turns an alphanumeric character into another kind, so what is found in folded runs is found in
//! the text.
//!
//! Two kinds of runs are no terms of the index: *opaque* ones (hexadecimal digits with a decimal
//! one among them: numbers, ids), which would be half of the index and most of its dictionary, and
//! *long* ones, of more than [`MAX_TERM_BYTES`]; records with a long run are marked instead.

use std::sync::OnceLock;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A longer run is no term. Bytes, folded.
pub(crate) const MAX_TERM_BYTES: usize = 128;

/// Characters in a page of the folding table.
const PAGE: usize = 256;

/// The canonical character of each, a page at a time, made when first needed.
static PAGES: [OnceLock<Box<[char]>>; 0x11_0000 / PAGE] =
    [const { OnceLock::new() }; 0x11_0000 / PAGE];

/// The character that stands for all that equal `c` when case is ignored.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let code = c as usize;
    let page = PAGES
        .get(code / PAGE)
        .map(|page| page.get_or_init(|| folded_page(code / PAGE)));
    page.and_then(|page| page.get(code % PAGE))
        .copied()
        .unwrap_or(c)
}

fn folded_page(page: usize) -> Box<[char]> {
    let code = |within: usize| {
        u32::try_from(page * PAGE + within)
            .ok()
            .and_then(char::from_u32)
    };
    (0..PAGE)
        .map(|within| code(within).map_or(char::REPLACEMENT_CHARACTER, canonical))
        .collect()
}

/// The smallest of the characters that equal `c`; of ASCII letters the small one.
fn canonical(c: char) -> char {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    if class.try_case_fold_simple().is_err() {
        return c;
    }
    class
        .ranges()
        .first()
        .map_or(c, |range| range.start().to_ascii_lowercase())
}

/// Whether `c` is part of a run.
pub(crate) fn in_run(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether a folded run is one that the index leaves out.
pub(crate) fn is_opaque(run: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    run.bytes().all(hex) && run.bytes().any(|byte| byte.is_ascii_digit())
}

/// Reads the next run at or behind `from`, folded, into `run` and gives where it ends; nothing when
/// there is none. Of a run longer than [`MAX_TERM_BYTES`], no more than a little is kept.
pub(crate) fn next_run(text: &str, from: usize, run: &mut String) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = from;
    run.clear();
    loop {
        let Some(&byte) = bytes.get(at) else {
            return (!run.is_empty()).then_some(at);
        };
        let (folded, width) = if byte.is_ascii() {
            (
                byte.is_ascii_alphanumeric()
                    .then(|| char::from(byte.to_ascii_lowercase())),
                1,
            )
        } else {
            let c = text.get(at..).and_then(|rest| rest.chars().next())?;
            (in_run(c).then(|| fold(c)), c.len_utf8())
        };
        match folded {
            Some(c) if run.len() <= MAX_TERM_BYTES => run.push(c),
            Some(_) => {}
            None if run.is_empty() => {}
            None => return Some(at),
        }
        at += width;
    }
}

/// A run of a text that is searched for, and what may stand beside it in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Folded.
    pub(crate) run: String,
    /// Whether the record's run may begin earlier.
    pub(crate) open_start: bool,
    /// Whether the record's run may go on.
    pub(crate) open_end: bool,
}

impl Piece {
    /// Whether a run that the index leaves out as opaque could hold this: then the index can say
    /// nothing about it.
    pub(crate) fn may_be_opaque(&self) -> bool {
        let whole = !self.open_start && !self.open_end;
        if whole {
            is_opaque(&self.run)
        } else {
            self.run
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        }
    }
}

/// The runs of a text that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pieces {
    /// In order. A record that holds the text holds each of them.
    pub(crate) pieces: Vec<Piece>,
    /// Whether there is nothing but one run: then a record that holds the piece holds the text.
    pub(crate) whole: bool,
}

/// Cuts a text that is searched for into runs.
pub(crate) fn pieces(text: &str) -> Pieces {
    let mut pieces = Vec::new();
    let (mut run, mut from) = (String::new(), 0);
    while let Some(end) = next_run(text, from, &mut run) {
        // Runs begin behind what is no part of one, so the first byte tells.
        let open_start = from == 0 && text.chars().next().is_some_and(in_run);
        let piece = Piece {
            run: run.clone(),
            open_start,
            open_end: end == text.len(),
        };
        pieces.push(piece);
        from = end;
    }
    let whole = matches!(pieces.as_slice(), [only] if only.open_start && only.open_end);
    Pieces { pieces, whole }
}

#[cfg(test)]
mod tests;
