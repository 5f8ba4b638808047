//! Rows by what stands in their columns.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use crosscut_model::{LevelSet, RowFlags, SourceId, Stream};
use crosscut_query::{Value, ValueTest};
use crosscut_store::{ReadError, Snapshot};
use roaring::RoaringBitmap;

use super::SourceNames;

/// Rows of a run, by their columns.
#[derive(Clone)]
pub(super) struct Columns<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) names: &'a dyn SourceNames,
    /// The rows that are asked about.
    pub(super) rows: Range<u32>,
}

impl Columns<'_> {
    pub(super) fn levels(&self, levels: LevelSet) -> Result<RoaringBitmap, ReadError> {
        let bits = u32::from(levels.0);
        // What is no level counts as none, as everywhere.
        let passes = |code: u8| bits >> if code > 6 { 0 } else { code } & 1 != 0;
        self.pick(|chunk| self.snapshot.level_chunk(chunk), passes)
    }

    pub(super) fn streams(&self, streams: &[Stream]) -> Result<RoaringBitmap, ReadError> {
        let passes = |code: u8| streams.contains(&Stream::from_code(code));
        self.pick(|chunk| self.snapshot.stream_chunk(chunk), passes)
    }

    pub(super) fn flagged(&self, flags: RowFlags) -> Result<RoaringBitmap, ReadError> {
        let passes = |code: u8| RowFlags(code & 0xf0).has(flags);
        self.pick(|chunk| self.snapshot.stream_chunk(chunk), passes)
    }

    pub(super) fn times(&self, times: &RangeInclusive<i64>) -> Result<RoaringBitmap, ReadError> {
        if times.is_empty() {
            return Ok(RoaringBitmap::new());
        }
        let (start, end) = (*times.start(), *times.end());
        if (start, end) == (i64::MIN, i64::MAX) {
            return Ok(super::bounds::all(self.rows.clone()));
        }
        self.pick(
            |chunk| self.snapshot.time_chunk(chunk),
            |time| start <= time && time <= end,
        )
    }

    /// Rows from sources whose names pass.
    pub(super) fn sources(&self, test: &ValueTest) -> Result<RoaringBitmap, ReadError> {
        let known = std::cell::RefCell::new(HashMap::new());
        let passes = |source: u16| {
            *known.borrow_mut().entry(source).or_insert_with(|| {
                test.passes(&Value::Str(self.names.source_name(SourceId(source)).into()))
            })
        };
        // Neighbours mostly come from one source.
        let last = std::cell::Cell::new(None);
        let passes = |source: u16| match last.get() {
            Some((before, passes)) if before == source => passes,
            _ => {
                let passes = passes(source);
                last.set(Some((source, passes)));
                passes
            }
        };
        self.pick(|chunk| self.snapshot.source_chunk(chunk), passes)
    }

    /// The rows whose values pass.
    fn pick<T: Copy>(
        &self,
        chunk: impl Fn(usize) -> Result<std::sync::Arc<[T]>, ReadError>,
        passes: impl Fn(T) -> bool,
    ) -> Result<RoaringBitmap, ReadError> {
        let size = self.snapshot.chunk_rows().max(1);
        let (start, end) = (self.rows.start as usize, self.rows.end as usize);
        // Bits are set byte by byte, so the first row is one of eight that begin at `base`.
        let base = start & !7;
        let mut bits = vec![0_u8; end.saturating_sub(base).div_ceil(8)];
        let mut row = start;
        while row < end {
            let number = row / size;
            let first = number * size;
            let values = chunk(number)?;
            let upto = end.min(first + size);
            let some = values
                .get(row - first..upto - first)
                .ok_or(ReadError::OutOfRange {
                    what: "row",
                    index: upto as u64,
                })?;
            set_bits(&mut bits, row - base, some, &passes);
            row = upto;
        }
        Ok(RoaringBitmap::from_lsb0_bytes(self.rows.start & !7, &bits))
    }
}

/// Sets the bit of each value that passes, the first value's at `at`.
fn set_bits<T: Copy>(bits: &mut [u8], at: usize, values: &[T], passes: &impl Fn(T) -> bool) {
    let head = values.len().min(at.wrapping_neg() % 8);
    let (head, body) = values.split_at(head);
    let mut set = |at: usize, values: &[T]| {
        if let Some(byte) = bits.get_mut(at / 8) {
            for (bit, &value) in (at % 8..8).zip(values) {
                *byte |= u8::from(passes(value)) << bit;
            }
        }
    };
    set(at, head);
    for (index, eight) in body.chunks(8).enumerate() {
        set(at + head.len() + index * 8, eight);
    }
}

#[cfg(test)]
mod tests;
