//! Where every frame of a run is.

use std::sync::{Arc, OnceLock};

use crosscut_model::LevelSet;

use crate::frame::{Codec, Header};

/// Frames per piece of the list.
const PIECE: usize = 1024;

/// What can be read of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameState {
    /// All of it, as far as is known.
    Whole,
    /// Its columns: markers stand for its text.
    TextLost,
    /// Nothing; markers stand for its records.
    Lost,
}

/// A frame with records, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameEntry {
    pub(crate) first_row: u32,
    pub(crate) rows: u32,
    /// Index into the list of segments that belongs to the directory.
    pub(crate) segment: u32,
    pub(crate) offset: u32,
    /// Bytes of the whole frame.
    pub(crate) stored: u32,
    pub(crate) meta_stored: u32,
    pub(crate) text_raw: u32,
    pub(crate) levels: LevelSet,
    pub(crate) state: FrameState,
    pub(crate) text_codec: Codec,
    pub(crate) min_time: i64,
    pub(crate) max_time: i64,
}

impl FrameEntry {
    pub(crate) fn new(header: &Header, segment: usize, offset: u64, state: FrameState) -> Self {
        Self {
            first_row: low(header.first_row),
            rows: header.rows,
            segment: low(segment as u64),
            offset: low(offset),
            stored: low(header.frame_bytes()),
            meta_stored: header.meta_stored,
            text_raw: header.text_raw,
            levels: header.levels,
            state,
            text_codec: header.text_codec,
            min_time: header.min_time,
            max_time: header.max_time,
        }
    }

    pub(crate) fn end_row(&self) -> u64 {
        u64::from(self.first_row) + u64::from(self.rows)
    }
}

/// Rows, segments and offsets in them are bounded below `u32::MAX` where they are made.
fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// All frames in order. Cloning shares the entries; one owner alone adds to it, and a clone goes
/// on seeing what it saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    pieces: Arc<Vec<Arc<Piece>>>,
    len: usize,
}

#[derive(Debug)]
struct Piece(Box<[OnceLock<FrameEntry>]>);

impl Directory {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn push(&mut self, entry: FrameEntry) {
        if self.len.is_multiple_of(PIECE) {
            let piece = Arc::new(Piece((0..PIECE).map(|_| OnceLock::new()).collect()));
            Arc::make_mut(&mut self.pieces).push(piece);
        }
        if let Some(slot) = self
            .pieces
            .last()
            .and_then(|piece| piece.0.get(self.len % PIECE))
        {
            slot.get_or_init(|| entry);
            self.len += 1;
        }
    }

    pub(crate) fn get(&self, i: usize) -> Option<&FrameEntry> {
        if i >= self.len {
            return None;
        }
        self.pieces.get(i / PIECE)?.0.get(i % PIECE)?.get()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &FrameEntry> {
        (0..self.len).filter_map(|i| self.get(i))
    }

    /// The frame that holds a row.
    pub(crate) fn find(&self, row: u64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if u64::from(self.get(middle)?.first_row) <= row {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let found = low.checked_sub(1)?;
        (row < self.get(found)?.end_row()).then_some(found)
    }
}

#[cfg(test)]
mod tests;
