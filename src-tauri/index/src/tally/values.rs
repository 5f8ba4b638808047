//! How often a field has which value.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crosscut_model::SourceId;
use crosscut_query::{Builtin, Path};
use roaring::RoaringBitmap;

use super::FieldScope;
use super::facet::FacetKind;
use super::read::{ReadValues, read_values};
use crate::SearchError;
use crate::fields::{Block, Column, Fields, Layer, NONE, Names, OPEN, TOLD, each};

/// A column and how many of the rows that count have each of its codes.
#[derive(Debug)]
pub(super) struct Counted {
    pub(super) column: Arc<Column>,
    /// By code; 0 where the value does not count.
    pub(super) counts: Vec<u64>,
}

impl Counted {
    /// Each value that occurs: its number in the column, and its rows.
    pub(super) fn values(&self) -> impl Iterator<Item = (usize, u64)> {
        let values = self.counts.iter().skip(2).copied().enumerate();
        values.filter(|&(_, count)| count > 0)
    }
}

/// A field's values in the rows that count.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Told by columns.
    pub(super) columns: Vec<Counted>,
    /// Read in records.
    pub(super) read: ReadValues,
    /// Rows without a value, by source, where the source's name stands in for it.
    pub(super) sources: Vec<(SourceId, u64)>,
}

/// What one block tells.
#[derive(Debug, Default)]
struct InBlock {
    columns: Vec<Counted>,
    open: RoaringBitmap,
    none: RoaringBitmap,
}

impl FieldScope<'_> {
    /// Gathers the values at a path, attributes of sources among them.
    pub(super) fn values(&self, path: &Path) -> Result<Values, SearchError> {
        let told = self.names.facts().at(path);
        if told.is_empty() {
            return Ok(self.own_values(path, false)?.0);
        }
        let mut rest = match self.rows {
            Some(rows) => rows.clone(),
            None => crate::search::all(self.run_rows()),
        };
        let mut parts = Vec::new();
        for (source, value) in told {
            let rows = self.rows_of(source)?;
            rest -= &rows;
            parts.push((rows, value));
        }
        let others = FieldScope {
            rows: Some(&rest),
            ..*self
        };
        let (mut values, _) = others.own_values(path, false)?;
        for (rows, value) in parts {
            let scope = FieldScope {
                rows: Some(&rows),
                ..*self
            };
            let (_, without) = scope.own_values(path, true)?;
            let both = &rows - &without;
            let count = without.len();
            values.read.rows += count;
            if count > 0 {
                let key = (FacetKind::Text, value.into());
                *values.read.counts.entry(key).or_default() += count;
            }
            let read = read_values(self, path, &both, Some(value))?;
            values.read.add(read);
        }
        Ok(values)
    }

    /// The rows of a source that count.
    fn rows_of(&self, source: SourceId) -> Result<RoaringBitmap, SearchError> {
        let narrow = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        let size = self.snapshot.chunk_rows().max(1);
        let mut rows = RoaringBitmap::new();
        for chunk in 0..self.snapshot.chunk_count() {
            let first = narrow(chunk * size);
            let sources = self.snapshot.source_chunk(chunk)?;
            let own = (first..).zip(sources.iter());
            let own = own.filter(|(_, own)| **own == source.0).map(|(row, _)| row);
            rows |= RoaringBitmap::from_sorted_iter(own).unwrap_or_default();
        }
        if let Some(wanted) = self.rows {
            rows &= wanted;
        }
        Ok(rows)
    }

    /// Gathers the values that records have at a path, and, when that is to be told, the rows
    /// without.
    fn own_values(
        &self,
        path: &Path,
        tell_none: bool,
    ) -> Result<(Values, RoaringBitmap), SearchError> {
        let or_source = path.builtin() == Some(Builtin::Service);
        let mut values = Values::default();
        let mut open = RoaringBitmap::new();
        let mut none = RoaringBitmap::new();
        let fields = self.index.map(crate::IndexSnapshot::fields);
        let told = match (fields, Names::of(path)) {
            (Some(fields), Some(names)) => {
                let blocks = fields.blocks();
                let found = each(
                    blocks.len(),
                    self.cancel,
                    || (),
                    |(), at| {
                        Some(self.in_block(fields, blocks.get(at)?, &names, or_source || tell_none))
                    },
                );
                for block in found.ok_or(SearchError::Cancelled)?.into_iter().flatten() {
                    values.columns.extend(block.columns);
                    open |= block.open;
                    none |= block.none;
                }
                u32::try_from(fields.rows()).unwrap_or(u32::MAX)
            }
            _ => 0,
        };
        let end = self.run_rows().end;
        open |= self.among(told.min(end)..end);
        values.read = read_values(self, path, &open, None)?;
        none |= &values.read.none;
        if or_source {
            values.sources = self.count_sources(Some(&none))?;
        }
        if self.cancel.load(Ordering::Acquire) {
            return Err(SearchError::Cancelled);
        }
        Ok((values, none))
    }

    fn in_block(&self, fields: &Fields, block: &Block, names: &Names, tell_none: bool) -> InBlock {
        let rows = block.first()..block.first().saturating_add(block.rows());
        let end = self.run_rows().end.min(rows.end);
        let rows = rows.start.min(end)..end;
        let Some(layers) = names.layers(fields, block) else {
            return InBlock {
                open: self.among(rows),
                ..InBlock::default()
            };
        };
        match layers.as_slice() {
            [] if !tell_none => InBlock {
                open: self.among(rows) & block.irregular(),
                ..InBlock::default()
            },
            [only] if self.rows.is_none() && !tell_none => whole(block, only),
            _ => some(block, &layers, &self.among(rows), tell_none),
        }
    }
}

/// All rows of a block.
fn whole(block: &Block, layer: &Layer) -> InBlock {
    let Layer { column, states } = layer;
    let mut counts: Vec<u64> = column
        .counts
        .iter()
        .zip(states)
        .map(|(&count, &state)| if state == TOLD { count.into() } else { 0 })
        .collect();
    let mut open = block.irregular().clone();
    for row in block.irregular() {
        let code = usize::from(column.code((row - block.first()) as usize));
        if let Some(count) = counts.get_mut(code) {
            *count = count.saturating_sub(1);
        }
    }
    let opens = |(state, count): (&u8, &u32)| *state == OPEN && *count > 0;
    if states.iter().zip(&column.counts).any(opens) {
        let bits = column.marked(states, OPEN);
        open |= RoaringBitmap::from_lsb0_bytes(block.first(), &bits);
    }
    InBlock {
        columns: vec![Counted {
            column: Arc::clone(column),
            counts,
        }],
        open,
        none: RoaringBitmap::new(),
    }
}

/// Some rows of a block.
fn some(block: &Block, layers: &[Layer], wanted: &RoaringBitmap, tell_none: bool) -> InBlock {
    let mut found = InBlock {
        columns: layers
            .iter()
            .map(|layer| Counted {
                column: Arc::clone(&layer.column),
                counts: vec![0; layer.states.len()],
            })
            .collect(),
        open: wanted & block.irregular(),
        none: RoaringBitmap::new(),
    };
    let (mut open, mut none) = (Vec::new(), Vec::new());
    'rows: for row in wanted - block.irregular() {
        let within = (row - block.first()) as usize;
        for (layer, counted) in layers.iter().zip(&mut found.columns) {
            let code = usize::from(layer.column.code(within));
            match layer.states.get(code).copied().unwrap_or(OPEN) {
                NONE => {}
                TOLD => {
                    if let Some(count) = counted.counts.get_mut(code) {
                        *count += 1;
                    }
                    continue 'rows;
                }
                _ => {
                    open.push(row);
                    continue 'rows;
                }
            }
        }
        if tell_none {
            none.push(row);
        }
    }
    found.open |= RoaringBitmap::from_sorted_iter(open).unwrap_or_default();
    found.none = RoaringBitmap::from_sorted_iter(none).unwrap_or_default();
    found
}
