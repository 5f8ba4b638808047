//! Passing over rows that cannot match, a whole frame at a time.
//!
//! Searching one big buffer is several times as fast as searching its lines one by one, so a scan
//! asks here first which rows are worth decoding and asking the [`crate::Matcher`] about.

mod clause;
mod probe;
mod skim;

use std::sync::Arc;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use crate::matcher::ValueTest;
use crate::{Context, Path, Query, Value};
use clause::{Clause, Reasons};
use probe::Probe;
use skim::Skim;

/// What the expressions may take once compiled. Bytes.
const COMPILED_BYTES: usize = 4 << 20;

/// A necessary condition on a record's raw bytes: rows it passes over do not match the query;
/// rows it names may.
#[derive(Debug, Clone)]
pub struct Prefilter {
    expression: Option<Expression>,
    probes: Vec<Probe>,
    reasons: Reasons,
    /// Tests that no source's name may pass.
    unnamed: Vec<ValueTest>,
}

/// An expression to find, and a quicker way to most places where it is not.
#[derive(Debug, Clone)]
struct Expression {
    full: Regex,
    skim: Option<Skim>,
}

impl Prefilter {
    /// The condition on records of any source.
    pub(crate) fn new(
        query: &Query,
        context: &Arc<Context>,
        free: &dyn Fn(&Path) -> bool,
    ) -> Option<Self> {
        Self::of(Clause::of(query, context, false, free)?)
    }

    /// One that holds but for records of some sources, where there is a better one.
    pub(crate) fn but_for_sources(
        query: &Query,
        context: &Arc<Context>,
        free: &dyn Fn(&Path) -> bool,
    ) -> Option<Self> {
        let clause = Clause::of(query, context, true, free)?;
        Self::of(clause).filter(|filter| !filter.unnamed.is_empty())
    }

    /// Whether it holds for records of this source.
    pub(crate) fn holds_for(&self, source: &str) -> bool {
        let name = Value::Str(source.into());
        !self.unnamed.iter().any(|test| test.passes(&name))
    }

    fn of(clause: Clause) -> Option<Self> {
        Some(Self {
            expression: match clause.expressions.as_slice() {
                [] => None,
                [only] => Some(Expression::new(only)?),
                several => {
                    let each = several.iter().map(|one| format!("(?:{one})"));
                    Some(Expression::new(&each.collect::<Vec<_>>().join("|"))?)
                }
            },
            probes: clause.probes,
            reasons: clause.reasons,
            unnamed: clause.unnamed,
        })
    }

    /// Adds to `rows` the rows of a frame that may match, in order, each once.
    ///
    /// `text` holds the records' raw bytes joined by newlines (a last newline may follow), and
    /// `ends[i]` is where row `i` ends: the offset of the newline behind it.
    pub fn candidates(&self, text: &[u8], ends: &[u32], rows: &mut Vec<u32>) {
        let mut finders = self.finders(text, ends);
        let (mut row, mut from) = (0_usize, 0_usize);
        loop {
            let next = finders
                .iter_mut()
                .filter_map(|finder| finder.next(text, from))
                .min();
            let Some(at) = next else { return };
            row = row_at(ends, row, at);
            let Some(&end) = ends.get(row) else { return };
            rows.extend(u32::try_from(row));
            row += 1;
            from = end as usize + 1;
        }
    }

    /// Whether one record with these raw bytes may match.
    pub fn may_match(&self, raw: &[u8]) -> bool {
        self.finders(raw, &[])
            .iter_mut()
            .any(|finder| finder.next(raw, 0).is_some())
    }

    /// What finds the reasons to look at a row. Searches that one look over the whole buffer shows
    /// to be idle are left out.
    fn finders<'a>(&'a self, text: &[u8], ends: &'a [u32]) -> Vec<Finder<'a>> {
        let expression = self
            .expression
            .iter()
            .map(|expression| expression.what(text));
        let probes = self.probes.iter().map(What::Probe);
        let mut finders: Vec<_> = expression.chain(probes).map(Finder::new).collect();
        let reasons = &self.reasons;
        if reasons.has(Reasons::BACKSLASH) {
            finders.push(Finder::new(What::Byte(b'\\')));
        } else if reasons.has(Reasons::UNICODE_ESCAPE) {
            finders.push(Finder::new(What::UnicodeEscape));
        }
        if reasons.has(Reasons::PLACES) {
            finders.push(Finder::new(What::Places(ends)));
        }
        if reasons.has(Reasons::TERMINAL_ESCAPE) || reasons.has(Reasons::ESC) {
            finders.push(Finder::new(What::Byte(0x1b)));
        }
        if reasons.has(Reasons::TERMINAL_ESCAPE) {
            // The last byte of U+009B, which begins a sequence by itself.
            finders.push(Finder::new(What::Byte(0x9b)));
        }
        if reasons.has(Reasons::PARTS) {
            finders.extend(PARTS.map(What::Bytes).map(Finder::new));
        }
        if reasons.has(Reasons::INVALID) && std::str::from_utf8(text).is_err() {
            finders.push(Finder::new(What::Invalid));
        }
        if reasons.has(Reasons::NEWLINE) {
            let joined = ends
                .iter()
                .filter(|&&end| (end as usize) < text.len())
                .count();
            if memchr::memchr_iter(b'\n', text).count() > joined {
                finders.push(Finder::new(What::Newline(ends)));
            }
        }
        finders
    }
}

impl Expression {
    fn new(expression: &str) -> Option<Self> {
        let full = RegexBuilder::new(expression)
            .multi_line(true)
            .size_limit(COMPILED_BYTES)
            .build()
            .ok()?;
        let hir = regex_syntax::ParserBuilder::new()
            .multi_line(true)
            .utf8(false)
            .build()
            .parse(expression)
            .ok()?;
        let skim = Skim::new(&hir).filter(|_| !expression.contains('\n'));
        Some(Self { full, skim })
    }

    fn what(&self, text: &[u8]) -> What<'_> {
        match &self.skim {
            Some(skim) if skim.fits(text) => What::Skim {
                skim,
                full: &self.full,
                vain: 0,
            },
            _ => What::Expression(&self.full),
        }
    }
}

/// The first row from `row` on that ends at or behind `at`: looked for in growing steps, as the
/// next find is mostly near.
fn row_at(ends: &[u32], row: usize, at: usize) -> usize {
    let behind = ends.get(row..).unwrap_or_default();
    let before = |end: u32| (end as usize) < at;
    let mut window = 1;
    while behind.get(window).copied().is_some_and(before) {
        window *= 2;
    }
    let near = behind.get(..=window).unwrap_or(behind);
    row + near.partition_point(|&end| before(end))
}

/// The first row from the place `from` on, where one begins, whose values may stand anywhere.
fn places(text: &[u8], ends: &[u32], from: usize) -> Option<usize> {
    let is_named = |start: usize| {
        let row = text.get(start..).unwrap_or_default();
        row.first() == Some(&b'{') && !row.starts_with(b"{\"log\":\"")
    };
    let mut start = from;
    for &end in ends.get(ends.partition_point(|&end| (end as usize) < from)..)? {
        if !is_named(start) {
            return Some(start);
        }
        start = end as usize + 1;
    }
    (ends.is_empty() && !is_named(start)).then_some(start)
}

/// What a container's runtime writes before a part of a line, behind the time.
const PARTS: [&[u8]; 2] = [b" stdout P", b" stderr P"];

/// What to find.
#[derive(Debug)]
enum What<'a> {
    Expression(&'a Regex),
    Skim {
        skim: &'a Skim,
        full: &'a Regex,
        vain: u32,
    },
    Probe(&'a Probe),
    Byte(u8),
    UnicodeEscape,
    Invalid,
    /// One that is not the end of a row.
    Newline(&'a [u32]),
    /// These bytes.
    Bytes(&'static [u8]),
    /// A row that is no JSON object, or one that a line was wrapped in.
    Places(&'a [u32]),
}

/// One search through a buffer, which never goes over a part of it twice.
#[derive(Debug)]
struct Finder<'a> {
    what: What<'a>,
    /// The first find at or behind the last place asked about.
    found: Option<usize>,
    /// Whether it was asked yet.
    asked: bool,
}

impl<'a> Finder<'a> {
    fn new(what: What<'a>) -> Self {
        Self {
            what,
            found: None,
            asked: false,
        }
    }

    /// The first find at or behind `from`, which never goes back.
    fn next(&mut self, text: &[u8], from: usize) -> Option<usize> {
        if !self.asked || self.found.is_some_and(|at| at < from) {
            self.asked = true;
            self.found = self.what.find(text, from);
        }
        self.found
    }
}

impl What<'_> {
    fn find(&mut self, text: &[u8], from: usize) -> Option<usize> {
        let rest = text.get(from..)?;
        let offset = match self {
            Self::Expression(regex) => return regex.find_at(text, from).map(|found| found.start()),
            Self::Skim { skim, full, vain } => return skim.find(full, text, from, vain),
            Self::Probe(probe) => return probe.find(text, from),
            Self::Byte(byte) => memchr::memchr(*byte, rest)?,
            Self::UnicodeEscape => memmem::find(rest, b"\\u")?,
            Self::Bytes(bytes) => memmem::find(rest, bytes)?,
            Self::Invalid => std::str::from_utf8(rest).err()?.valid_up_to(),
            Self::Newline(ends) => memchr::memchr_iter(b'\n', rest).find(|offset| {
                let at = u32::try_from(from + offset).unwrap_or(u32::MAX);
                ends.binary_search(&at).is_err()
            })?,
            Self::Places(ends) => return places(text, ends, from),
        };
        Some(from + offset)
    }
}

#[cfg(test)]
mod tests;
