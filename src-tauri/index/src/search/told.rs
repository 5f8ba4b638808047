//! Rows by what the fields' columns tell of them.

use std::sync::Arc;

use crosscut_parse::{Known, usual_names};
use crosscut_query::{Path, Segment, Value, ValueTest};
use roaring::RoaringBitmap;

use super::SearchError;
use super::bounds::{Bounds, all};
use super::plan::Scope;
use crate::fields::{Block, Column, Fields, Kind, UNTOLD, each_block};

/// The row fails.
const FAILS: u8 = 0;
/// The row passes.
const PASSES: u8 = 1;
/// The record must be read.
const OPEN: u8 = 2;
/// The row has no such value; the next name counts.
const NONE: u8 = 3;

/// Where a field's values stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Names {
    /// Under one name.
    Path(String),
    /// Somewhere under a name: only whether it is there is known.
    Within(String),
    /// Under the first of the usual names that is there.
    Usual(Known),
}

impl Names {
    /// The columns of a path; nothing when no column can stand for it.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let mut joined = String::new();
        let mut within = false;
        for segment in path.segments() {
            match segment {
                Segment::Index(_) => within = true,
                Segment::Key(name) if name.is_empty() || name.contains('.') => return None,
                Segment::Key(name) => {
                    if !joined.is_empty() {
                        joined.push('.');
                    }
                    joined.push_str(name);
                }
            }
        }
        match (joined.is_empty(), within) {
            (true, _) => None,
            (false, true) => Some(Self::Within(joined)),
            (false, false) => Some(Self::Path(joined)),
        }
    }
}

/// A test on a field's value that is put to columns.
#[derive(Debug, Clone)]
pub(super) struct ColumnTest {
    pub(super) names: Names,
    /// Passes for a value for which a record that has no other passes.
    pub(super) test: ValueTest,
    /// Whether any value passes.
    pub(super) exists: bool,
    /// What the source's name is put to where there is no value.
    pub(super) or_source: Option<ValueTest>,
}

impl ColumnTest {
    /// What the columns know of the answer.
    pub(super) fn bounds(&self, scope: &Scope<'_>) -> Result<Bounds, SearchError> {
        let rows = all(scope.columns.rows.clone());
        let Some(fields) = scope.index.map(crate::IndexSnapshot::fields) else {
            return Ok(Bounds::at_most(rows));
        };
        let blocks = fields.blocks();
        let told = each_block(blocks.len(), scope.cancel, |at| {
            blocks.get(at).map(|block| self.in_block(fields, block))
        });
        let told = told.ok_or(SearchError::Cancelled)?;
        let mut bounds = Bounds::exact(RoaringBitmap::new());
        let mut nameless = RoaringBitmap::new();
        for told in told.into_iter().flatten() {
            bounds.must |= told.passes;
            bounds.may |= told.open;
            nameless |= told.none;
        }
        if let Some(test) = &self.or_source
            && !nameless.is_empty()
        {
            bounds.must |= nameless & scope.columns.sources(test)?;
        }
        bounds.may |= &bounds.must;
        let known = u32::try_from(fields.rows()).unwrap_or(u32::MAX);
        bounds
            .may
            .insert_range(known..scope.columns.rows.end.max(known));
        bounds.must &= &rows;
        bounds.may &= &rows;
        Ok(bounds)
    }

    fn in_block(&self, fields: &Fields, block: &Block) -> Told {
        let mut told = self.columns(fields, block).unwrap_or_else(|| Told {
            open: rows_of(block),
            ..Told::default()
        });
        let irregular = block.irregular();
        if !irregular.is_empty() {
            told.passes -= irregular;
            told.none -= irregular;
            told.open |= irregular;
        }
        told
    }

    /// What the block's columns say; nothing when one cannot be read.
    fn columns(&self, fields: &Fields, block: &Block) -> Option<Told> {
        let name = match &self.names {
            Names::Path(name) | Names::Within(name) => name,
            Names::Usual(known) => return self.usual(fields, block, *known),
        };
        let Some(at) = block.find(name) else {
            return Some(Told::default());
        };
        let column = fields.column(block, at)?;
        let within = matches!(self.names, Names::Within(_));
        let mut table = vec![OPEN; column.counts.len()];
        if let Some((absent, there)) = table.split_first_mut() {
            *absent = FAILS;
            if !within {
                self.judge(&column, there, |value| {
                    if self.test.passes(&value) {
                        PASSES
                    } else {
                        FAILS
                    }
                });
            }
        }
        Some(Told::of(block, &column, &table))
    }

    /// Fills in what becomes of rows with a value; `there` begins with those that are not told.
    fn judge(&self, column: &Column, there: &mut [u8], judge: impl Fn(Value<'_>) -> u8) {
        let Some((untold, values)) = there.split_first_mut() else {
            return;
        };
        *untold = if self.exists { PASSES } else { OPEN };
        for (at, state) in values.iter_mut().enumerate() {
            *state = judge(column.as_query_value(at));
        }
    }

    fn usual(&self, fields: &Fields, block: &Block, known: Known) -> Option<Told> {
        let names = usual_names(known);
        let rank = |name: &str| {
            names
                .iter()
                .position(|usual| usual.eq_ignore_ascii_case(name))
        };
        let mut found: Vec<(usize, Arc<Column>, Vec<u8>)> = Vec::new();
        for (at, (name, ..)) in block.columns().enumerate() {
            let Some(rank) = rank(name) else { continue };
            let column = fields.column(block, at)?;
            let mut table = vec![NONE; column.counts.len()];
            if let Some(untold) = table.get_mut(usize::from(UNTOLD)) {
                *untold = OPEN;
            }
            for (value, state) in table.iter_mut().skip(usize::from(UNTOLD) + 1).enumerate() {
                *state = match column.value(value) {
                    // In JSON no text; in a pair it is one.
                    (Kind::Bool, _) => OPEN,
                    (_, text) if !is_readable(known, text) => NONE,
                    (_, text) if self.test.passes(&Value::Str(text.into())) => PASSES,
                    _ => FAILS,
                };
            }
            found.push((rank, column, table));
        }
        found.sort_by_key(|(rank, ..)| *rank);
        // Which of two with one rank comes first, only the record knows.
        let ranks: Vec<usize> = found.iter().map(|(rank, ..)| *rank).collect();
        for (rank, _, table) in &mut found {
            if ranks.iter().filter(|other| *other == rank).count() > 1 {
                let there = table.iter_mut().skip(usize::from(UNTOLD));
                there.for_each(|state| *state = OPEN);
            }
        }
        let mut told = Told {
            none: rows_of(block),
            ..Told::default()
        };
        for (_, column, table) in &found {
            let next = Told::of(block, column, table);
            told.passes |= next.passes & &told.none;
            told.open |= next.open & &told.none;
            told.none &= next.none;
        }
        Some(told)
    }
}

/// Whether a text is taken for a value of the usual name.
fn is_readable(known: Known, text: &str) -> bool {
    match known {
        Known::Trace | Known::Span => {
            !text.is_empty()
                && text.len() <= 128
                && !text.contains(char::is_whitespace)
                && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
        }
        _ => !text.trim().is_empty(),
    }
}

/// What is told of the rows of a block; rows that are in none fail.
#[derive(Debug, Default)]
struct Told {
    passes: RoaringBitmap,
    open: RoaringBitmap,
    none: RoaringBitmap,
}

impl Told {
    fn of(block: &Block, column: &Column, table: &[u8]) -> Self {
        let rows = |state: u8| {
            let occurs = |(mark, count): (&u8, &u32)| *mark == state && *count > 0;
            if table.iter().zip(&column.counts).any(occurs) {
                RoaringBitmap::from_lsb0_bytes(block.first(), &column.marked(table, state))
            } else {
                RoaringBitmap::new()
            }
        };
        Self {
            passes: rows(PASSES),
            open: rows(OPEN),
            none: rows(NONE),
        }
    }
}

fn rows_of(block: &Block) -> RoaringBitmap {
    all(block.first()..block.first().saturating_add(block.rows()))
}
