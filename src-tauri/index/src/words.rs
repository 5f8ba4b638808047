//! What a word is to the index, and which characters count as one.
//!
//! Records and queries are cut by the same two rules, which is what makes the index's answers
//! provable: a *run* is a maximal sequence of alphanumeric characters, and characters that are
//! equal under Unicode's simple case folding (what `regex` applies for `(?i)`, and with it the
//! query's matcher) become one and the same character. Folding maps one character to one and never
//! turns an alphanumeric character into another kind, so what is found in folded runs is found in
//! the text.
//!
//! Two kinds of runs are no terms of the index: *opaque* ones, which would be half of the index and
//! most of its dictionary (hexadecimal digits with a decimal one among them: numbers, ids; the
//! parts of ISO 8601 times, such as `21t10` and `123456z`; amounts of time, such as `1234567ns`),
//! and *long* ones, of more than [`MAX_TERM_BYTES`]; records with a long run are marked instead.

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
    run.starts_with(|c: char| c.is_ascii_digit()) && (is_hex(run) || is_time(run) || is_amount(run))
        || is_hex(run) && run.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_hex(run: &str) -> bool {
    run.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether this can stand in `21t10`, `20261121t101500z` or `123456z`.
fn is_time(run: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let rest = run.trim_start_matches(digit);
    let rest = rest.strip_prefix('t').unwrap_or(rest);
    let rest = rest.trim_start_matches(digit);
    rest.strip_prefix('z').unwrap_or(rest).is_empty()
}

/// Whether this can stand in `12s`, `12ms`, `12us` or `12ns`.
fn is_amount(run: &str) -> bool {
    let rest = run.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.strip_prefix(['m', 'u', 'n']).unwrap_or(rest);
    rest.strip_prefix('s').unwrap_or(rest).is_empty()
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
        if !self.open_start && !self.open_end {
            return is_opaque(&self.run);
        }
        // Times and amounts begin with a digit.
        let begins = self.open_start || self.run.starts_with(|c: char| c.is_ascii_digit());
        is_hex(&self.run) || begins && (is_time(&self.run) || is_amount(&self.run))
    }
}

/// The runs of a text that is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pieces {
    /// In order. A record that holds the text holds each of them.
    pub(crate) runs: Vec<Piece>,
    /// Whether there is nothing but one run: then a record that holds the piece holds the text.
    pub(crate) whole: bool,
    /// Whether there are several runs with one blank between each two, and nothing else.
    pub(crate) phrase: bool,
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
    let open = |piece: Option<&Piece>, end: fn(&Piece) -> bool| piece.is_some_and(end);
    let framed =
        open(pieces.first(), |first| first.open_start) && open(pieces.last(), |last| last.open_end);
    let blanks = memchr::memchr_iter(b' ', text.as_bytes()).count();
    let other = text.chars().filter(|&c| c != ' ' && !in_run(c)).count();
    Pieces {
        whole: framed && pieces.len() == 1,
        phrase: framed && pieces.len() > 1 && other == 0 && blanks + 1 == pieces.len(),
        runs: pieces,
    }
}

/// The run that ends at `end`, from where it begins.
fn run_before(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    let run = before.chars().rev().take_while(|&c| in_run(c));
    end - run.map(char::len_utf8).sum::<usize>()
}

/// Where the run that begins at `start` ends.
fn run_behind(text: &str, start: usize) -> usize {
    let behind = text.get(start..).unwrap_or_default();
    let run = behind.chars().take_while(|&c| in_run(c));
    start + run.map(char::len_utf8).sum::<usize>()
}

/// Folds a run; nothing when it is none of the index's terms.
fn term(text: &str, run: std::ops::Range<usize>, folded: &mut String) -> bool {
    let run = text.get(run).unwrap_or_default();
    folded.clear();
    // Folding makes a character a third as long at most.
    if run.is_empty() || run.len() > 3 * MAX_TERM_BYTES {
        return false;
    }
    folded.extend(run.chars().map(fold));
    folded.len() <= MAX_TERM_BYTES && !is_opaque(folded)
}

/// The runs of a text that have a neighbour at one blank's distance, both of them terms: the bytes
/// of each, and its position. Neighbours' positions differ by one, others' by more.
pub(crate) fn neighbours(text: &str, found: &mut Vec<(std::ops::Range<usize>, usize)>) {
    found.clear();
    let mut folded = String::new();
    for blank in memchr::memchr_iter(b' ', text.as_bytes()) {
        let known = found.last().filter(|(run, _)| run.end == blank);
        let (left, position) = if let Some((run, position)) = known {
            (run.clone(), *position)
        } else {
            let left = run_before(text, blank)..blank;
            if !term(text, left.clone(), &mut folded) {
                continue;
            }
            let position = found.last().map_or(0, |(_, position)| position + 2);
            (left, position)
        };
        let right = blank + 1..run_behind(text, blank + 1);
        if !term(text, right.clone(), &mut folded) {
            continue;
        }
        if known.is_none() {
            found.push((left, position));
        }
        found.push((right, position + 1));
    }
}

/// The runs of a text that a colon and then a value follow, as in `TypeError:x`, and not as in JSON
/// or prose.
pub(crate) fn before_colons(text: &str, found: &mut Vec<std::ops::Range<usize>>) {
    found.clear();
    let bytes = text.as_bytes();
    let mut folded = String::new();
    for colon in memchr::memchr_iter(b':', bytes) {
        let last = colon.checked_sub(1).and_then(|at| bytes.get(at));
        let run = last.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        if !run || !bytes.get(colon + 1).is_some_and(|&byte| begins_value(byte)) {
            continue;
        }
        let run = run_before(text, colon)..colon;
        if term(text, run.clone(), &mut folded) {
            found.push(run);
        }
    }
}

/// Whether a value that is written behind a name and a colon begins with this.
fn begins_value(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'/' | b':' | b'{' | b'[')
}

/// The run before the colon in `name:value`, if [`before_colons`] finds it in each text that holds
/// this.
pub(crate) fn name_before_colon(name: &str, value: &str) -> Option<Piece> {
    let piece = pieces(name).runs.pop().filter(|piece| piece.open_end)?;
    let piece = Piece {
        open_end: false,
        ..piece
    };
    let worthy = value.bytes().next().is_some_and(begins_value);
    (worthy && !piece.may_be_opaque()).then_some(piece)
}

#[cfg(test)]
mod tests;
