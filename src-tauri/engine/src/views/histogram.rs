//! How a view's rows are spread over time, by level.
//!
//! A frame that lies within one bucket needs no look at its times: its levels are counted where
//! they stand. Only frames across a border are looked at row by row. Large runs are counted by as
//! many threads as there are processors.

use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crosscut_index::SearchError;
use crosscut_model::{Level, LevelSet};
use crosscut_store::Snapshot;

use super::base::Base;
use super::narrow;

/// Fewer rows are counted without starting threads.
const FEW_ROWS: u64 = 1 << 19;

/// Buckets of equal width, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Where the first begins.
    pub(crate) from: i64,
    /// The width of each, at least 1.
    pub(crate) width: i64,
    /// How many there are.
    pub(crate) buckets: usize,
}

/// Rows by bucket and level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Histogram {
    /// Per bucket, by level (none, trace … fatal).
    pub(crate) buckets: Vec<[u64; 7]>,
    /// Rows before the first bucket.
    pub(crate) before: u64,
    /// Rows behind the last.
    pub(crate) after: u64,
}

impl Span {
    /// The bucket of a time; -1 before the first, `buckets` behind the last.
    fn slot(self, time: i64) -> isize {
        if time < self.from {
            return -1;
        }
        let at = time.saturating_sub(self.from) / self.width.max(1);
        let last = isize::try_from(self.buckets).unwrap_or(isize::MAX);
        isize::try_from(at).map_or(last, |at| at.min(last))
    }

    /// The times of a slot.
    fn times(self, slot: isize) -> Range<i64> {
        let start = |slot: isize| {
            let slot = i64::try_from(slot).unwrap_or(i64::MAX);
            self.from.saturating_add(self.width.saturating_mul(slot))
        };
        if slot < 0 {
            i64::MIN..self.from
        } else if slot.unsigned_abs() >= self.buckets {
            start(slot)..i64::MAX
        } else {
            start(slot)..start(slot.saturating_add(1))
        }
    }
}

/// The times of the first and the last record, by time, of a run; `None` when it is empty.
pub(crate) fn bounds(snapshot: &Snapshot) -> Option<(i64, i64)> {
    (0..snapshot.frame_count())
        .filter_map(|frame| snapshot.frame_info(frame))
        .filter(|info| info.rows > 0)
        .map(|info| (info.min_time.0, info.max_time.0))
        .reduce(|(low, high), (min, max)| (low.min(min), high.max(max)))
}

impl Histogram {
    fn empty(span: Span) -> Self {
        Self {
            buckets: vec![[0; 7]; span.buckets],
            before: 0,
            after: 0,
        }
    }

    /// Counts some rows of a run.
    pub(crate) fn count(
        snapshot: &Snapshot,
        base: Base<'_>,
        span: Span,
        cancel: &AtomicBool,
    ) -> Result<Self, SearchError> {
        let counting = Counting {
            snapshot,
            base,
            span,
            cancel,
            next: AtomicUsize::new(0),
        };
        let threads = if base.len() < FEW_ROWS {
            1
        } else {
            thread::available_parallelism().map_or(2, NonZero::get)
        };
        let mut sum = Self::empty(span);
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads)
                .map(|_| scope.spawn(|| counting.work()))
                .collect();
            sum.add(&counting.work()?);
            for other in others {
                let part = other.join().unwrap_or(Err(SearchError::Cancelled))?;
                sum.add(&part);
            }
            Ok(sum)
        })
    }

    fn add(&mut self, other: &Self) {
        for (sum, more) in self.buckets.iter_mut().zip(&other.buckets) {
            for (sum, more) in sum.iter_mut().zip(more) {
                *sum += more;
            }
        }
        self.before += other.before;
        self.after += other.after;
    }

    fn put(&mut self, slot: isize, level: u8, count: u64) {
        if slot < 0 {
            self.before += count;
        } else if let Some(bucket) = self.buckets.get_mut(slot.unsigned_abs()) {
            // What is no level counts as none, as everywhere.
            let level = usize::from(Level::from_code(level).code());
            if let Some(sum) = bucket.get_mut(level) {
                *sum += count;
            }
        } else {
            self.after += count;
        }
    }
}

/// A count under way.
struct Counting<'a> {
    snapshot: &'a Snapshot,
    base: Base<'a>,
    span: Span,
    cancel: &'a AtomicBool,
    /// The next chunk that nobody has taken.
    next: AtomicUsize,
}

impl Counting<'_> {
    fn work(&self) -> Result<Histogram, SearchError> {
        let mut counts = Histogram::empty(self.span);
        loop {
            if self.cancel.load(Ordering::Acquire) {
                return Err(SearchError::Cancelled);
            }
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.snapshot.chunk_count() {
                return Ok(counts);
            }
            self.chunk(number, &mut counts)?;
        }
    }

    fn chunk(&self, number: usize, counts: &mut Histogram) -> Result<(), SearchError> {
        let size = self.snapshot.chunk_rows();
        let start = number as u64 * size as u64;
        let rows = start..(start + size as u64).min(self.snapshot.rows());
        if self.base.count(narrow(rows.start)..narrow(rows.end)) == 0 {
            return Ok(());
        }
        let levels = self.snapshot.level_chunk(number)?;
        let mut times: Option<Arc<[i64]>> = None;
        let first = self.snapshot.frame_of_row(rows.start).unwrap_or_default();
        for frame in first..self.snapshot.frame_count() {
            let Some(info) = self.snapshot.frame_info(frame) else {
                break;
            };
            if info.first_row >= rows.end {
                break;
            }
            let end = info.first_row + u64::from(info.rows);
            let part = info.first_row.max(rows.start)..end.min(rows.end);
            let part = Part {
                rows: narrow(part.start)..narrow(part.end),
                start: narrow(start),
                levels: &levels,
                occurring: info.levels,
            };
            let slot = self.span.slot(info.min_time.0);
            if slot == self.span.slot(info.max_time.0) {
                self.whole(&part, slot, counts);
            } else {
                let times = match &times {
                    Some(times) => times,
                    None => times.insert(self.snapshot.time_chunk(number)?),
                };
                self.row_by_row(&part, times, counts);
            }
        }
        Ok(())
    }

    /// Counts rows that are all in one slot.
    fn whole(&self, part: &Part<'_>, slot: isize, counts: &mut Histogram) {
        if !matches!(self.base, Base::All(_)) {
            self.base.each(part.rows.clone(), 0, &mut |row| {
                counts.put(slot, part.level(row), 1);
                true
            });
            return;
        }
        let codes = part
            .levels
            .get(part.within(part.rows.start)..part.within(part.rows.end))
            .unwrap_or_default();
        if slot < 0 || slot.unsigned_abs() >= self.span.buckets {
            return counts.put(slot, 0, codes.len() as u64);
        }
        let mut rest = codes.len() as u64;
        for level in Level::ALL.into_iter().skip(1) {
            if part.occurring.contains(level) {
                let count = occurrences(codes, level.code());
                rest -= count;
                counts.put(slot, level.code(), count);
            }
        }
        counts.put(slot, Level::None.code(), rest);
    }

    fn row_by_row(&self, part: &Part<'_>, times: &[i64], counts: &mut Histogram) {
        // Neighbours mostly share their bucket.
        let (mut slot, mut now) = (-1, 0..0);
        self.base.each(part.rows.clone(), 0, &mut |row| {
            let time = times.get(part.within(row)).copied().unwrap_or_default();
            if !now.contains(&time) {
                slot = self.span.slot(time);
                now = self.span.times(slot);
            }
            counts.put(slot, part.level(row), 1);
            true
        });
    }
}

/// The rows of a frame that are in a chunk.
struct Part<'a> {
    rows: Range<u32>,
    /// The chunk's first row.
    start: u32,
    levels: &'a [u8],
    /// The levels that occur in the frame.
    occurring: LevelSet,
}

impl Part<'_> {
    fn within(&self, row: u32) -> usize {
        row.saturating_sub(self.start) as usize
    }

    fn level(&self, row: u32) -> u8 {
        self.levels
            .get(self.within(row))
            .copied()
            .unwrap_or_default()
    }
}

/// How often a byte occurs. Sums of 255 bytes fit a byte, which makes it some bytes a cycle.
fn occurrences(bytes: &[u8], wanted: u8) -> u64 {
    bytes
        .chunks(255)
        .map(|part| {
            u64::from(
                part.iter()
                    .map(|byte| u8::from(*byte == wanted))
                    .sum::<u8>(),
            )
        })
        .sum()
}
