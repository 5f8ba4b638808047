//! A run's rows in order of time: where arrival order and time order differ, and how.
//!
//! Owns a permutation of the rows as a list of pieces: a span where rows stand in the order they
//! came in, which costs nothing, or a list of rows elsewhere, four bytes a row. Promises: each row
//! up to `covered` is in exactly one piece; rows of equal times stand in order of arrival; new rows
//! cost what the pieces they fall into cost, so a million old lines loaded into a live run cost
//! about a million; a failed read of the time column leaves an empty order, which the next
//! extension fills again.

mod weave;

use crosscut_store::ReadError;

use super::base::Base;
use weave::Weaver;

/// A list holds about so many rows at most. Small in tests, so that few rows make many pieces.
const LIST_ROWS: usize = if cfg!(test) { 16 } else { 4_096 };

/// So many rows in order of arrival make a span; fewer are listed.
const SPAN_ROWS: u32 = if cfg!(test) { 4 } else { 1_024 };

/// When a record happened, and its row: what the order is by.
pub(crate) type Key = (i64, u32);

/// Tells the times of rows.
pub(crate) trait Times {
    /// A row's time, in nanoseconds since 1970.
    fn time(&mut self, row: u32) -> Result<i64, ReadError>;

    /// A row's key.
    fn key(&mut self, row: u32) -> Result<Key, ReadError> {
        Ok((self.time(row)?, row))
    }
}

/// The rows of a run in order of time.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pieces: Vec<Piece>,
    covered: u32,
    /// The key of the last row.
    last: Option<Key>,
    /// The stamp given last.
    stamp: u64,
}

/// Some neighbours in order of time.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The key of its first row.
    head: Key,
    /// No other piece has or had it; another with each change.
    stamp: u64,
    rows: PieceRows,
}

#[derive(Debug)]
enum PieceRows {
    Span { first: u32, len: u32 },
    List(Vec<u32>),
}

impl Timeline {
    /// Rows before this one are in it.
    pub(crate) fn covered(&self) -> u32 {
        self.covered
    }

    /// The highest stamp of its pieces so far: those that are made or changed from now on have
    /// higher ones.
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Takes in the rows up to `end`.
    pub(crate) fn extend(&mut self, end: u32, times: &mut impl Times) -> Result<(), ReadError> {
        if end <= self.covered {
            return Ok(());
        }
        let extended = self.take_in(end, times);
        if extended.is_err() {
            // Stamps that were given and lost are not given again.
            self.stamp += u64::from(u32::MAX);
            self.pieces.clear();
            self.covered = 0;
            self.last = None;
        }
        extended
    }

    fn take_in(&mut self, end: u32, times: &mut impl Times) -> Result<(), ReadError> {
        let mut late: Vec<Key> = Vec::new();
        let mut weaver = Weaver::resume(&mut self.pieces, self.stamp, times)?;
        let mut run = self.covered..self.covered;
        for row in self.covered..end {
            let key = weaver.times.key(row)?;
            if self.last.is_none_or(|last| last < key) {
                self.last = Some(key);
                if run.end != row {
                    weaver.run(run.start, run.end - run.start)?;
                    run.start = row;
                }
                run.end = row + 1;
            } else {
                late.push(key);
            }
        }
        weaver.run(run.start, run.end - run.start)?;
        (self.pieces, self.stamp) = weaver.end()?;
        if !late.is_empty() {
            late.sort_unstable();
            let pieces = std::mem::take(&mut self.pieces);
            (self.pieces, self.stamp) = weave::weave(pieces, &late, self.stamp, times)?;
        }
        self.covered = end;
        Ok(())
    }

    /// The piece that a record of this key is in, or would be.
    pub(crate) fn find(&self, key: Key) -> usize {
        self.pieces
            .partition_point(|piece| piece.head <= key)
            .saturating_sub(1)
    }
}

impl Piece {
    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self.rows, PieceRows::List(_))
    }

    /// Its rows.
    pub(crate) fn len(&self) -> u32 {
        match &self.rows {
            PieceRows::Span { len, .. } => *len,
            PieceRows::List(rows) => u32::try_from(rows.len()).unwrap_or(u32::MAX),
        }
    }

    /// How many of its rows are in the base.
    pub(crate) fn count(&self, base: Base<'_>) -> u64 {
        match &self.rows {
            PieceRows::Span { first, len } => base.count(*first..first.saturating_add(*len)),
            PieceRows::List(rows) => rows.iter().filter(|row| base.contains(**row)).count() as u64,
        }
    }

    /// How many of its rows that are in the base stand before `key`.
    pub(crate) fn before(
        &self,
        key: Key,
        base: Base<'_>,
        times: &mut impl Times,
    ) -> Result<u64, ReadError> {
        if key < self.head {
            return Ok(0);
        }
        match &self.rows {
            PieceRows::Span { first, len } => {
                let end = first.saturating_add(*len);
                let at = if (*first..end).contains(&key.1) {
                    key.1
                } else {
                    weave::split(*first..end, key, times)?
                };
                Ok(base.count(*first..at))
            }
            PieceRows::List(rows) => {
                let at = match rows.iter().position(|row| *row == key.1) {
                    Some(at) => at,
                    None => before_in_list(rows, key, times)?,
                };
                let before = rows.iter().take(at);
                Ok(before.filter(|row| base.contains(**row)).count() as u64)
            }
        }
    }

    /// Calls `take` with its rows that are in the base, from the one at `skip` on, until that
    /// wants no more.
    pub(crate) fn each(&self, skip: u64, base: Base<'_>, take: &mut dyn FnMut(u32) -> bool) {
        match &self.rows {
            PieceRows::Span { first, len } => {
                base.each(*first..first.saturating_add(*len), skip, take);
            }
            PieceRows::List(rows) => {
                let mut skip = skip;
                for row in rows.iter().filter(|row| base.contains(**row)) {
                    if skip > 0 {
                        skip -= 1;
                    } else if !take(*row) {
                        return;
                    }
                }
            }
        }
    }

    /// One of its rows, counted from its first.
    pub(crate) fn at(&self, within: u32) -> Option<u32> {
        match &self.rows {
            PieceRows::Span { first, len } => (within < *len).then_some(first + within),
            PieceRows::List(rows) => rows.get(within as usize).copied(),
        }
    }

    /// Calls `take` with the place of each of its rows that are in the base, counted from its
    /// first row.
    pub(crate) fn places(&self, base: Base<'_>, take: &mut dyn FnMut(u32)) {
        match &self.rows {
            PieceRows::Span { first, len } => {
                base.each(*first..first.saturating_add(*len), 0, &mut |row| {
                    take(row - first);
                    true
                });
            }
            PieceRows::List(rows) => {
                for (at, row) in (0u32..).zip(rows) {
                    if base.contains(*row) {
                        take(at);
                    }
                }
            }
        }
    }
}

/// How many rows of a list stand before a key that is not among them.
fn before_in_list(rows: &[u32], key: Key, times: &mut impl Times) -> Result<usize, ReadError> {
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low.midpoint(high);
        let Some(row) = rows.get(middle) else { break };
        if times.key(*row)? < key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
pub(super) mod tests;
