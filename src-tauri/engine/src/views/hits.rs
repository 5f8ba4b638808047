//! The matches of one search, and what stands around them, as an answer of many pages tells them.
//!
//! Promises: made once for the run as it was then, an answer stays the same from page to page
//! whatever arrives meanwhile; it takes a bitmap of memory, not the records.

use std::ops::Range;

use crosscut_store::{ReadError, Snapshot};
use roaring::RoaringBitmap;

use super::base::Base;
use super::narrow;
use super::timeline::Timeline;
use super::times::ColumnTimes;
use crate::api::ViewOrder;

/// Matches by their positions in the run, in one of its orders.
#[derive(Debug)]
pub(crate) struct Hits {
    matched: RoaringBitmap,
    /// With context: the positions of matches and of what stands around them.
    around: Option<RoaringBitmap>,
    /// In order of time: the run as it was.
    time: Option<ByTime>,
}

/// Positions in order of time.
#[derive(Debug)]
struct ByTime {
    timeline: Timeline,
    /// The position behind each piece.
    ends: Vec<u32>,
}

/// A record of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) row: u32,
    /// Whether it matches; else it is context.
    pub(crate) matched: bool,
    /// Whether something is left out before it.
    pub(crate) gap: bool,
}

impl Hits {
    /// The newest `limit` of the matches among the first `end` rows, each with `context` on
    /// either side.
    pub(crate) fn new(
        snapshot: &Snapshot,
        rows: RoaringBitmap,
        end: u32,
        order: ViewOrder,
        limit: Option<u64>,
        context: u32,
    ) -> Result<Self, ReadError> {
        let (mut matched, time) = match order {
            ViewOrder::Arrival => (rows, None),
            ViewOrder::Time => {
                let time = ByTime::new(snapshot, end)?;
                (time.positions(Base::Some(&rows)), Some(time))
            }
        };
        if let Some(limit) = limit {
            keep_last(&mut matched, limit);
        }
        Ok(Self {
            around: (context > 0).then(|| widen(&matched, context, end)),
            matched,
            time,
        })
    }

    fn shown(&self) -> &RoaringBitmap {
        self.around.as_ref().unwrap_or(&self.matched)
    }

    /// Records in the whole answer.
    pub(crate) fn len(&self) -> u64 {
        self.shown().len()
    }

    /// Some of the answer.
    pub(crate) fn page(&self, range: Range<u64>) -> Vec<Hit> {
        let shown = self.shown();
        let Some(first) = shown.select(narrow(range.start)) else {
            return Vec::new();
        };
        let before = range.start.checked_sub(1).map(narrow);
        let mut before = before.and_then(|rank| shown.select(rank));
        let count = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let positions = shown.range(first..).take(count);
        positions
            .filter_map(|position| {
                let left_out = before.is_some_and(|before| before + 1 != position);
                before = Some(position);
                Some(Hit {
                    row: match &self.time {
                        Some(time) => time.row(position)?,
                        None => position,
                    },
                    matched: self.matched.contains(position),
                    gap: left_out && self.around.is_some(),
                })
            })
            .collect()
    }
}

/// Drops the first of some positions or rows, so that `count` are left.
pub(crate) fn keep_last(positions: &mut RoaringBitmap, count: u64) {
    let surplus = positions.len().saturating_sub(count);
    match positions.select(narrow(surplus)) {
        Some(first) => positions.remove_range(..first),
        None => positions.remove_range(..),
    };
}

/// Positions and so many on either side of each.
fn widen(positions: &RoaringBitmap, by: u32, end: u32) -> RoaringBitmap {
    let mut wide = RoaringBitmap::new();
    let mut open: Option<Range<u32>> = None;
    for position in positions {
        let around = position.saturating_sub(by)..position.saturating_add(by + 1).min(end);
        match &mut open {
            Some(open) if around.start <= open.end => open.end = around.end,
            open => {
                if let Some(whole) = open.replace(around) {
                    wide.insert_range(whole);
                }
            }
        }
    }
    if let Some(whole) = open {
        wide.insert_range(whole);
    }
    wide
}

impl ByTime {
    fn new(snapshot: &Snapshot, end: u32) -> Result<Self, ReadError> {
        let mut timeline = Timeline::default();
        timeline.extend(end, &mut ColumnTimes::new(snapshot))?;
        let mut ends = Vec::with_capacity(timeline.pieces().len());
        let mut last = 0;
        for piece in timeline.pieces() {
            last += piece.len();
            ends.push(last);
        }
        Ok(Self { timeline, ends })
    }

    fn positions(&self, rows: Base<'_>) -> RoaringBitmap {
        let mut positions = RoaringBitmap::new();
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        for (piece, start) in self.timeline.pieces().iter().zip(starts) {
            piece.places(rows, &mut |place| {
                positions.insert(start + place);
            });
        }
        positions
    }

    fn row(&self, position: u32) -> Option<u32> {
        let at = self.ends.partition_point(|end| *end <= position);
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let piece = self.timeline.pieces().get(at)?;
        piece.at(position - start.copied().unwrap_or_default())
    }
}
