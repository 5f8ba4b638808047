//! The time column, row by row.

use std::sync::Arc;

use crosscut_store::{ReadError, Snapshot};

use super::timeline::Times;

/// Chunks at hand, so that a walk through two files in turn reads each chunk once.
const AT_HAND: usize = 16;

/// Reads times through the chunks last used.
#[derive(Debug)]
pub(crate) struct ColumnTimes<'a> {
    snapshot: &'a Snapshot,
    chunk_rows: usize,
    current: usize,
    chunk: Arc<[i64]>,
    at_hand: [Option<(usize, Arc<[i64]>)>; AT_HAND],
}

impl<'a> ColumnTimes<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            chunk_rows: snapshot.chunk_rows().max(1),
            current: usize::MAX,
            chunk: Arc::from([]),
            at_hand: [const { None }; AT_HAND],
        }
    }

    fn turn_to(&mut self, number: usize) -> Result<(), ReadError> {
        if let Some(slot) = self.at_hand.get_mut(number % AT_HAND) {
            let chunk = match slot {
                Some((known, chunk)) if *known == number => Arc::clone(chunk),
                _ => {
                    let chunk = self.snapshot.time_chunk(number)?;
                    *slot = Some((number, Arc::clone(&chunk)));
                    chunk
                }
            };
            self.chunk = chunk;
            self.current = number;
        }
        Ok(())
    }
}

impl Times for ColumnTimes<'_> {
    fn time(&mut self, row: u32) -> Result<i64, ReadError> {
        let row = row as usize;
        let number = row / self.chunk_rows;
        if number != self.current {
            self.turn_to(number)?;
        }
        let within = row - number * self.chunk_rows;
        self.chunk
            .get(within)
            .copied()
            .ok_or(ReadError::OutOfRange {
                what: "row",
                index: row as u64,
            })
    }
}
