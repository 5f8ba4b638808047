//! A view's rows where they stand: positions to rows and back, in either order.

use crosscut_store::ReadError;
use roaring::RoaringBitmap;

use super::base::Base;
use super::timeline::{Timeline, Times};

/// How a view's rows are spread over the pieces of its run's timeline, kept from look to look.
#[derive(Debug, Default)]
pub(crate) struct Spread {
    /// The timeline's stamp this is for.
    stamp: u64,
    /// Of each piece its stamp, and how many of its rows are in the view.
    counts: Vec<(u64, u64)>,
    /// The position behind each piece.
    ends: Vec<u64>,
    /// The last row and its position, as of the last look.
    last: Option<(u32, u64)>,
    /// Grows when rows handed out before have moved.
    moves: u64,
}

/// What joined a view since the last look.
#[derive(Debug)]
pub(crate) enum Fresh<'a> {
    /// These rows.
    Rows(&'a RoaringBitmap),
    /// Anything may have.
    Anything,
}

impl Spread {
    /// Grows when rows handed out before have moved.
    pub(crate) fn moves(&self) -> u64 {
        self.moves
    }

    /// Whether the timeline has grown since the last look.
    pub(crate) fn is_behind(&self, timeline: &Timeline) -> bool {
        self.stamp != timeline.stamp()
    }

    /// Counts what has changed since the last look. The timeline covers the base.
    pub(crate) fn settle(
        &mut self,
        timeline: &Timeline,
        base: Base<'_>,
        fresh: &Fresh<'_>,
        times: &mut impl Times,
    ) -> Result<(), ReadError> {
        let unchanged = match fresh {
            Fresh::Rows(rows) => rows.is_empty(),
            Fresh::Anything => false,
        };
        if unchanged && self.stamp == timeline.stamp() {
            return Ok(());
        }
        let pieces = timeline.pieces();
        let listed = || pieces.iter().filter(|piece| piece.is_list());
        let fresh = match fresh {
            // Looking each of them up must be cheaper than counting anew.
            Fresh::Rows(rows)
                if rows.is_empty()
                    || rows.len()
                        < listed().map(|piece| u64::from(piece.len())).sum::<u64>() / 4 =>
            {
                Some(*rows)
            }
            Fresh::Rows(_) | Fresh::Anything => None,
        };
        let before = std::mem::take(&mut self.counts);
        let seen = if fresh.is_some() { self.stamp } else { 0 };
        let mut before = before.into_iter();
        // Pieces that are still as they were have kept their order.
        self.counts = pieces
            .iter()
            .map(|piece| {
                let stamp = piece.stamp();
                let kept = if stamp <= seen {
                    before.find(|(known, _)| *known == stamp)
                } else {
                    None
                };
                kept.unwrap_or((stamp, u64::MAX))
            })
            .collect();
        for row in fresh.into_iter().flatten() {
            let at = timeline.find(times.key(row)?);
            if let Some((_, count)) = self.counts.get_mut(at)
                && *count != u64::MAX
            {
                *count += 1;
            }
        }
        for (piece, (_, count)) in pieces.iter().zip(&mut self.counts) {
            if *count == u64::MAX {
                *count = piece.count(base);
            }
        }
        let mut total = 0;
        self.ends.clear();
        self.ends.extend(self.counts.iter().map(|(_, count)| {
            total += count;
            total
        }));
        self.stamp = timeline.stamp();
        self.notice_moves(timeline, base, total, times)
    }

    /// Rows only ever join, so a last row that stands where it stood means that all do.
    fn notice_moves(
        &mut self,
        timeline: &Timeline,
        base: Base<'_>,
        total: u64,
        times: &mut impl Times,
    ) -> Result<(), ReadError> {
        if let Some((row, position)) = self.last
            && self.position(timeline, base, row, times)? != position
        {
            self.moves += 1;
        }
        let mut last = None;
        self.each(timeline, base, total.saturating_sub(1), &mut |row| {
            last = Some((row, total - 1));
            false
        });
        self.last = last;
        Ok(())
    }

    fn position(
        &self,
        timeline: &Timeline,
        base: Base<'_>,
        row: u32,
        times: &mut impl Times,
    ) -> Result<u64, ReadError> {
        let key = times.key(row)?;
        let at = timeline.find(key);
        let start = match at.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        match timeline.pieces().get(at) {
            Some(piece) => Ok(start + piece.before(key, base, times)?),
            None => Ok(start),
        }
    }

    /// Calls `take` with the rows from a position on, until that wants no more.
    fn each(
        &self,
        timeline: &Timeline,
        base: Base<'_>,
        start: u64,
        take: &mut dyn FnMut(u32) -> bool,
    ) {
        let first = self.ends.partition_point(|end| *end <= start);
        let before = first.checked_sub(1).and_then(|at| self.ends.get(at));
        let mut skip = start - before.copied().unwrap_or_default();
        let mut going = true;
        for piece in timeline.pieces().get(first..).unwrap_or_default() {
            if !going {
                return;
            }
            piece.each(skip, base, &mut |row| {
                going = take(row);
                going
            });
            skip = 0;
        }
    }
}

/// A view at one moment, its rows in their order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arranged<'a> {
    pub(crate) base: Base<'a>,
    pub(crate) epoch: u64,
    /// Where the order is that of time.
    pub(crate) time: Option<(&'a Timeline, &'a Spread)>,
}

/// Where a record stands in a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// How many rows of the view stand before it.
    pub(crate) position: u64,
    /// Whether it is in the view.
    pub(crate) found: bool,
}

impl Arranged<'_> {
    pub(crate) fn total(&self) -> u64 {
        self.base.len()
    }

    /// The rows at `start .. start + count`.
    pub(crate) fn rows(&self, start: u64, count: usize) -> Vec<u32> {
        let mut rows = Vec::with_capacity(count.min(1 << 12));
        if count == 0 {
            return rows;
        }
        let mut take = |row| {
            rows.push(row);
            rows.len() < count
        };
        match self.time {
            Some((timeline, spread)) => spread.each(timeline, self.base, start, &mut take),
            None => self.base.each(0..u32::MAX, start, &mut take),
        }
        rows
    }

    /// Where a record stands, or would, in a run of so many. One that the run does not have stands
    /// at the end.
    pub(crate) fn place(
        &self,
        seq: u64,
        run: u64,
        times: &mut impl Times,
    ) -> Result<Place, ReadError> {
        let row = seq.checked_sub(1).filter(|row| *row < run);
        let Some(row) = row.and_then(|row| u32::try_from(row).ok()) else {
            return Ok(Place {
                position: if seq == 0 { 0 } else { self.total() },
                found: false,
            });
        };
        Ok(Place {
            position: self.position(row, times)?,
            found: self.base.contains(row),
        })
    }

    /// How many rows of the view stand before one of the run.
    pub(crate) fn position(&self, row: u32, times: &mut impl Times) -> Result<u64, ReadError> {
        match self.time {
            Some((timeline, spread)) => spread.position(timeline, self.base, row, times),
            None => Ok(self.base.before(row)),
        }
    }
}

#[cfg(test)]
mod tests;
