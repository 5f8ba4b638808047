//! Rows by what the fields' columns tell of them.

use std::ops::Range;

use crosscut_query::{Value, ValueTest};
use roaring::RoaringBitmap;

use super::SearchError;
use super::bounds::{Bounds, all};
use super::plan::Scope;
use crate::fields::{Block, Fields, Kind, Layer, NONE, Names, OPEN, TOLD, UNTOLD, each};

/// The row's value passes.
const PASSES: u8 = 3;
/// It fails.
const FAILS: u8 = 4;

/// A test on a field's value that is put to columns.
#[derive(Debug, Clone)]
pub(super) struct ColumnTest {
    pub(super) names: Names,
    /// Passes for a value if a record that has no other passes.
    pub(super) test: ValueTest,
    /// Whether any value passes.
    pub(super) exists: bool,
    /// Comparisons with numbers which a number passes all of if it passes the test: by size, each
    /// has its passing numbers at one end.
    pub(super) cuts: Vec<ValueTest>,
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
        let told = each(
            blocks.len(),
            scope.cancel,
            || (),
            |(), at| blocks.get(at).map(|block| self.in_block(fields, block)),
        );
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
        let end = scope.columns.rows.end.max(known);
        bounds.may.insert_range(known..end);
        bounds.must &= &rows;
        bounds.may &= &rows;
        Ok(bounds)
    }

    fn in_block(&self, fields: &Fields, block: &Block) -> Told {
        let mut told = Told {
            none: rows_of(block),
            ..Told::default()
        };
        let Some(layers) = self.names.layers(fields, block) else {
            return Told {
                open: told.none,
                ..Told::default()
            };
        };
        for layer in &layers {
            let next = self.judge(block, layer);
            told.passes |= next.passes & &told.none;
            told.open |= next.open & &told.none;
            told.none &= next.none;
        }
        let irregular = block.irregular();
        if !irregular.is_empty() {
            told.passes -= irregular;
            told.none -= irregular;
            told.open |= irregular;
        }
        told
    }

    fn judge(&self, block: &Block, layer: &Layer) -> Told {
        let Layer { column, states } = layer;
        let as_text = matches!(self.names, Names::Usual(_));
        let path = matches!(self.names, Names::Path(_));
        let within = self.cut(layer, path);
        let numbers = if within.is_some() {
            column.numbers().len()
        } else {
            0
        };
        let judged: Vec<u8> = (0..)
            .zip(states)
            .map(|(code, &state)| match usize::checked_sub(code, 2) {
                Some(value) if value < numbers => {
                    let passes = within
                        .as_ref()
                        .is_some_and(|within| within.contains(&value));
                    if passes { PASSES } else { FAILS }
                }
                Some(value) if state == TOLD => {
                    let passes = match column.value(value) {
                        (Kind::Number, text) if as_text => {
                            self.test.passes(&Value::Str(text.into()))
                        }
                        _ => self.test.passes(&column.as_query_value(value)),
                    };
                    if passes { PASSES } else { FAILS }
                }
                // Whatever it is, it is there.
                None if code == usize::from(UNTOLD) && self.exists && path => PASSES,
                _ => state,
            })
            .collect();
        let rows = |state: u8| {
            let occurs = |(mark, count): (&u8, &u32)| *mark == state && *count > 0;
            if judged.iter().zip(&column.counts).any(occurs) {
                RoaringBitmap::from_lsb0_bytes(block.first(), &column.marked(&judged, state))
            } else {
                RoaringBitmap::new()
            }
        };
        Told {
            passes: rows(PASSES),
            open: rows(OPEN),
            none: rows(NONE),
        }
    }
}

impl ColumnTest {
    /// Which of a column's numbers pass, if that can be told by their order.
    fn cut(&self, layer: &Layer, path: bool) -> Option<Range<usize>> {
        let column = &layer.column;
        let numbers = column.numbers();
        let (first, last) = (numbers.first()?, numbers.last()?);
        // Larger integers are told apart by digits that a double does not have.
        let exact = first.abs() < EXACT && last.abs() < EXACT;
        if self.cuts.is_empty() || !path || !exact {
            return None;
        }
        let mut within = 0..numbers.len();
        for cut in &self.cuts {
            let passes = |at: &usize| cut.passes(&column.as_query_value(*at));
            let all: Vec<usize> = (0..numbers.len()).collect();
            match (passes(&0), passes(&(numbers.len() - 1))) {
                (true, true) => {}
                (false, false) => return Some(0..0),
                (false, true) => {
                    within.start = within.start.max(all.partition_point(|at| !passes(at)));
                }
                (true, false) => within.end = within.end.min(all.partition_point(passes)),
            }
        }
        Some(within)
    }
}

/// Integers below this are doubles without loss.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// What is told of the rows of a block; rows that are in none fail.
#[derive(Debug, Default)]
struct Told {
    passes: RoaringBitmap,
    open: RoaringBitmap,
    /// They have no value.
    none: RoaringBitmap,
}

fn rows_of(block: &Block) -> RoaringBitmap {
    all(block.first()..block.first().saturating_add(block.rows()))
}
