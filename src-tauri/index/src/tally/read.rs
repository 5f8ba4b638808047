//! The values that only the records know.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_model::{RowMeta, Seq, SourceId};
use crosscut_query::{Path, Record, Value};
use crosscut_store::{FrameBuf, ReadError, Snapshot};
use roaring::RoaringBitmap;

use super::FieldScope;
use super::facet::FacetKind;
use crate::fields::each;
use crate::{SearchError, StoredRecord};

/// Different values kept apart; of more it is said that there are.
const MAX_DISTINCT: usize = 500_000;

/// Frames looked at in one go.
const GROUP: usize = 16;

/// Values that were read.
#[derive(Debug, Default)]
pub(super) struct ReadValues {
    /// Rows with each value.
    pub(super) counts: HashMap<(FacetKind, Arc<str>), u64>,
    /// Rows with any value.
    pub(super) rows: u64,
    /// Rows without.
    pub(super) none: RoaringBitmap,
    /// Whether values were left out.
    pub(super) truncated: bool,
}

impl ReadValues {
    /// Adds others, of other rows.
    pub(super) fn add(&mut self, more: Self) {
        self.rows += more.rows;
        self.none |= more.none;
        self.truncated |= more.truncated;
        if self.counts.is_empty() {
            self.counts = more.counts;
            return;
        }
        #[expect(clippy::iter_over_hash_type, reason = "sums have no order")]
        for (value, count) in more.counts {
            let room = self.counts.len() < MAX_DISTINCT;
            match self.counts.get_mut(&value) {
                Some(sum) => *sum += count,
                None if room => {
                    self.counts.insert(value, count);
                }
                None => self.truncated = true,
            }
        }
    }
}

/// Reads the values at a path in some rows. `besides`: a text that all these rows have there, too.
pub(super) fn read_values(
    scope: &FieldScope<'_>,
    path: &Path,
    rows: &RoaringBitmap,
    besides: Option<&str>,
) -> Result<ReadValues, SearchError> {
    let frame = |row: Option<u32>| row.and_then(|row| scope.snapshot.frame_of_row(row.into()));
    let (Some(first), Some(last)) = (frame(rows.min()), frame(rows.max())) else {
        return Ok(ReadValues::default());
    };
    let groups = (last + 1 - first).div_ceil(GROUP);
    let found = each(groups, scope.cancel, FrameBuf::new, |buf, group| {
        let start = first + group * GROUP;
        let frames = start..(start + GROUP).min(last + 1);
        read_frames(scope, path, (rows, besides), frames, buf)
    });
    let mut all = ReadValues::default();
    for group in found.ok_or(SearchError::Cancelled)? {
        all.add(group?);
    }
    Ok(all)
}

fn read_frames(
    scope: &FieldScope<'_>,
    path: &Path,
    (rows, besides): (&RoaringBitmap, Option<&str>),
    frames: Range<usize>,
    buf: &mut FrameBuf,
) -> Result<ReadValues, ReadError> {
    let facts = scope.names.facts();
    let mut found = ReadValues::default();
    let mut seen: Vec<(FacetKind, Arc<str>)> = Vec::new();
    for frame in frames {
        let Some(info) = scope.snapshot.frame_info(frame) else {
            continue;
        };
        let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
        let span = narrow(info.first_row)..narrow(info.first_row + u64::from(info.rows));
        if rows.range_cardinality(span.clone()) == 0 {
            continue;
        }
        let text = scope.snapshot.read_frame_uncached(frame, buf)?;
        for row in rows.range(span.clone()) {
            let raw = text.row((row - span.start) as usize);
            let layout = if facts.has_layouts() {
                facts.layout(scope.snapshot.row_meta(row.into())?.source, row.into())
            } else {
                None
            };
            let record = StoredRecord::new(raw, Seq::from_row(row.into()), RowMeta::default(), "")
                .laid_out(layout);
            seen.clear();
            record.field(path, &mut |value| {
                if let Some(value) = facet_value(&value)
                    && !seen.contains(&value)
                {
                    seen.push(value);
                }
                ControlFlow::Continue(())
            });
            // A value counts once, whoever says so.
            let more = besides.filter(|more| seen.iter().all(|(_, text)| **text != **more));
            seen.extend(more.map(|value| (FacetKind::Text, value.into())));
            if seen.is_empty() {
                found.none.insert(row);
            } else {
                found.rows += 1;
            }
            for value in seen.drain(..) {
                *found.counts.entry(value).or_default() += 1;
            }
        }
    }
    Ok(found)
}

/// A value as it is counted: an array as its elements, not as a whole.
fn facet_value(value: &Value<'_>) -> Option<(FacetKind, Arc<str>)> {
    Some(match value {
        Value::Str(text) => (FacetKind::Text, (**text).into()),
        Value::Number(text) => (FacetKind::Number, (**text).into()),
        Value::Bool(value) => (
            FacetKind::Bool,
            if *value { "true" } else { "false" }.into(),
        ),
        Value::Json(json) if json.starts_with('[') && json.len() > 2 => return None,
        Value::Json(json) => (FacetKind::Json, (**json).into()),
        Value::Null => return None,
    })
}

/// How many of some rows (all of the run, when absent) there are of each level.
pub fn levels_of(snapshot: &Snapshot, rows: Option<&RoaringBitmap>) -> Result<[u64; 7], ReadError> {
    let names: HashMap<SourceId, String> = HashMap::new();
    let scope = FieldScope {
        snapshot,
        index: None,
        names: &names,
        rows,
        cancel: &AtomicBool::new(false),
    };
    let counts = match scope.count_codes(rows, |chunk| snapshot.level_chunk(chunk)) {
        Ok(counts) => counts,
        Err(SearchError::Read(error)) => return Err(error),
        // Nobody does.
        Err(SearchError::Cancelled) => Vec::new(),
    };
    let mut levels = [0; 7];
    for (code, count) in counts {
        if let Some(level) = levels.get_mut(usize::from(code)) {
            *level += count;
        }
    }
    Ok(levels)
}

impl FieldScope<'_> {
    /// How many of some rows (those that count, when absent) come from each source.
    pub(super) fn count_sources(
        &self,
        rows: Option<&RoaringBitmap>,
    ) -> Result<Vec<(SourceId, u64)>, SearchError> {
        let counts = self.count_codes(rows, |chunk| self.snapshot.source_chunk(chunk))?;
        let named = counts
            .into_iter()
            .map(|(source, count)| (SourceId(source), count));
        Ok(named.collect())
    }

    /// How many of some rows (those that count, when absent) have each code of a column.
    pub(super) fn count_codes<T: Copy + Into<u16> + Send + Sync>(
        &self,
        rows: Option<&RoaringBitmap>,
        chunk: impl Fn(usize) -> Result<Arc<[T]>, ReadError> + Sync,
    ) -> Result<Vec<(u16, u64)>, SearchError> {
        let rows = rows.or(self.rows);
        let size = self.snapshot.chunk_rows().max(1);
        let narrow = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        let counted = each(
            self.snapshot.chunk_count(),
            self.cancel,
            || (),
            |(), at| -> Result<Vec<u32>, ReadError> {
                let span = narrow(at * size)..narrow((at + 1) * size);
                let wanted = rows.map(|rows| rows.range_cardinality(span.clone()));
                let mut counts = Vec::new();
                if wanted == Some(0) {
                    return Ok(counts);
                }
                let values = chunk(at)?;
                let mut count = |value: T| {
                    let code = usize::from(value.into());
                    if counts.len() <= code {
                        counts.resize(code + 1, 0);
                    }
                    if let Some(count) = counts.get_mut(code) {
                        *count += 1;
                    }
                };
                match rows {
                    None => values.iter().for_each(|&value| count(value)),
                    Some(rows) => rows
                        .range(span.clone())
                        .filter_map(|row| values.get((row - span.start) as usize))
                        .for_each(|&value| count(value)),
                }
                Ok(counts)
            },
        );
        let mut sums: Vec<u64> = Vec::new();
        for counts in counted.ok_or(SearchError::Cancelled)? {
            let counts = counts?;
            if sums.len() < counts.len() {
                sums.resize(counts.len(), 0);
            }
            for (sum, count) in sums.iter_mut().zip(counts) {
                *sum += u64::from(count);
            }
        }
        let codes = (0_u16..=u16::MAX).zip(sums);
        Ok(codes.filter(|&(_, count)| count > 0).collect())
    }
}
