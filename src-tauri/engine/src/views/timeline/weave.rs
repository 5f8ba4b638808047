//! Putting rows into the pieces of a timeline.

use std::ops::Range;

use crosscut_store::ReadError;

use super::{Key, LIST_ROWS, Piece, PieceRows, SPAN_ROWS, Times};

/// Makes pieces of rows that are told in order of time.
pub(super) struct Weaver<'a, T> {
    out: Vec<Piece>,
    /// Rows not yet in a piece.
    open: Vec<u32>,
    /// So many of them, at the end, follow one another in order of arrival.
    tail: u32,
    /// The stamp given last.
    stamp: u64,
    pub(super) times: &'a mut T,
}

impl<'a, T: Times> Weaver<'a, T> {
    fn new(stamp: u64, times: &'a mut T) -> Self {
        Self {
            out: Vec::new(),
            open: Vec::new(),
            tail: 0,
            stamp,
            times,
        }
    }

    /// Goes on behind the last of these pieces.
    pub(super) fn resume(
        pieces: &mut Vec<Piece>,
        stamp: u64,
        times: &'a mut T,
    ) -> Result<Self, ReadError> {
        let mut weaver = Self::new(stamp, times);
        weaver.out = std::mem::take(pieces);
        if let Some(last) = weaver.out.pop_if(|last| last.is_list()) {
            weaver.rows_of(&last)?;
        }
        Ok(weaver)
    }

    /// Takes rows that follow one another in both orders.
    pub(super) fn run(&mut self, first: u32, len: u32) -> Result<(), ReadError> {
        if len == 0 {
            return Ok(());
        }
        if self.open.is_empty()
            && let Some(last) = self.out.last_mut()
            && let PieceRows::Span {
                first: start,
                len: before,
            } = &mut last.rows
            && start.saturating_add(*before) == first
        {
            *before += len;
            self.stamp += 1;
            last.stamp = self.stamp;
            return Ok(());
        }
        let follows = self.open.last().is_some_and(|last| last + 1 == first);
        let listed = if follows { self.tail } else { 0 };
        if listed + len >= SPAN_ROWS {
            self.open
                .truncate(self.open.len().saturating_sub(listed as usize));
            self.close()?;
            let rows = PieceRows::Span {
                first: first - listed,
                len: listed + len,
            };
            return self.push(first - listed, rows);
        }
        self.open.extend(first..first + len);
        self.tail = listed + len;
        if self.open.len() >= LIST_ROWS {
            self.close()?;
        }
        Ok(())
    }

    fn rows_of(&mut self, piece: &Piece) -> Result<(), ReadError> {
        match &piece.rows {
            PieceRows::Span { first, len } => self.run(*first, *len),
            PieceRows::List(rows) => rows.iter().try_for_each(|row| self.run(*row, 1)),
        }
    }

    /// Takes a piece as it is.
    fn piece(&mut self, piece: Piece) -> Result<(), ReadError> {
        let joined = self.open.len() + piece.len() as usize;
        if piece.is_list() && !self.open.is_empty() && joined <= LIST_ROWS / 2 {
            return self.rows_of(&piece);
        }
        self.close()?;
        self.out.push(piece);
        Ok(())
    }

    /// Makes a list of the open rows.
    fn close(&mut self) -> Result<(), ReadError> {
        self.tail = 0;
        let Some(first) = self.open.first().copied() else {
            return Ok(());
        };
        let mut rows = std::mem::take(&mut self.open);
        rows.shrink_to_fit();
        self.push(first, PieceRows::List(rows))
    }

    fn push(&mut self, first: u32, rows: PieceRows) -> Result<(), ReadError> {
        let head = self.times.key(first)?;
        self.stamp += 1;
        self.out.push(Piece {
            head,
            stamp: self.stamp,
            rows,
        });
        Ok(())
    }

    /// The pieces, and the stamp given last.
    pub(super) fn end(mut self) -> Result<(Vec<Piece>, u64), ReadError> {
        self.close()?;
        Ok((self.out, self.stamp))
    }
}

/// Puts late rows (sorted) where they belong.
pub(super) fn weave(
    pieces: Vec<Piece>,
    late: &[Key],
    stamp: u64,
    times: &mut impl Times,
) -> Result<(Vec<Piece>, u64), ReadError> {
    let mut weaver = Weaver::new(stamp, times);
    let mut late = late;
    let mut pieces = pieces.into_iter().peekable();
    if let Some(first) = pieces.peek() {
        let (before, rest) = late.split_at(late.partition_point(|key| *key < first.head));
        for (_, row) in before {
            weaver.run(*row, 1)?;
        }
        late = rest;
    }
    while let Some(piece) = pieces.next() {
        let own = pieces.peek().map_or(late.len(), |next| {
            late.partition_point(|key| *key < next.head)
        });
        let (own, rest) = late.split_at(own);
        late = rest;
        if own.is_empty() {
            weaver.piece(piece)?;
            continue;
        }
        match &piece.rows {
            PieceRows::Span { first, len } => {
                weaver.weave_span(*first..first.saturating_add(*len), own)?;
            }
            PieceRows::List(rows) => weaver.weave_list(rows, own)?,
        }
    }
    weaver.end()
}

impl<T: Times> Weaver<'_, T> {
    fn weave_span(&mut self, span: Range<u32>, late: &[Key]) -> Result<(), ReadError> {
        let mut at = span.start;
        for key in late {
            let next = split(at..span.end, *key, self.times)?;
            self.run(at, next - at)?;
            self.run(key.1, 1)?;
            at = next;
        }
        self.run(at, span.end - at)
    }

    fn weave_list(&mut self, rows: &[u32], late: &[Key]) -> Result<(), ReadError> {
        let mut late = late.iter().peekable();
        for row in rows {
            if late.peek().is_some() {
                let key = self.times.key(*row)?;
                while let Some((_, early)) = late.next_if(|late| **late < key) {
                    self.run(*early, 1)?;
                }
            }
            self.run(*row, 1)?;
        }
        late.try_for_each(|(_, row)| self.run(*row, 1))
    }
}

/// The first of some rows in order of time that stands behind `key`. Looks near the beginning
/// first.
pub(super) fn split(rows: Range<u32>, key: Key, times: &mut impl Times) -> Result<u32, ReadError> {
    let (mut low, mut high, mut step) = (rows.start, rows.end, 1);
    // All before `low` stand before the key, all from `high` on behind it.
    while low < high {
        let probe = low.saturating_add(step - 1);
        if probe >= high {
            break;
        }
        if times.key(probe)? < key {
            low = probe + 1;
            step = step.saturating_mul(2);
        } else {
            high = probe;
        }
    }
    while low < high {
        let middle = low.midpoint(high);
        if times.key(middle)? < key {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
