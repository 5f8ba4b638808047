//! A frame's text, unpacked.

use super::Unpacker;

/// The text of a frame's records in one buffer, each followed by a newline.
#[derive(Debug, Default)]
pub struct FrameText {
    /// At least `len` bytes; longer when the buffer was used for a larger frame before.
    buffer: Vec<u8>,
    len: usize,
    ends: Vec<u32>,
    first_row: u64,
    damaged: bool,
}

impl FrameText {
    /// All of it.
    pub fn text(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// Records in the frame.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// The first record's row in the run.
    pub fn first_row(&self) -> u64 {
        self.first_row
    }

    /// Whether the records' text is lost and a marker stands in its place, one per record.
    pub fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The offset just past each record's newline.
    pub fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// A record's bytes, without the newline. `i` counts within the frame; beyond its end there is
    /// nothing.
    pub fn row(&self, i: usize) -> &[u8] {
        let Some(&end) = self.ends.get(i) else {
            return &[];
        };
        let start = i
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied();
        let range = start.unwrap_or_default() as usize..(end as usize).saturating_sub(1);
        self.buffer.get(range).unwrap_or_default()
    }

    /// Which record holds the byte at an offset (its newline is its own).
    pub fn row_at_offset(&self, offset: usize) -> usize {
        self.ends.partition_point(|&end| end as usize <= offset)
    }

    /// The records in order, without newlines.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.rows()).map(|i| self.row(i))
    }

    /// Bytes it takes in memory, about.
    pub(crate) fn memory(&self) -> usize {
        self.buffer.capacity() + self.ends.capacity() * 4 + size_of::<Self>()
    }

    /// Makes room for a frame of `len` bytes and gives the buffer to unpack into.
    pub(crate) fn start(&mut self, first_row: u64, len: usize) -> (&mut [u8], &mut Vec<u32>) {
        if self.buffer.len() < len {
            self.buffer = vec![0; len];
        }
        self.len = len;
        self.first_row = first_row;
        self.damaged = false;
        self.ends.clear();
        (
            self.buffer.get_mut(..len).unwrap_or_default(),
            &mut self.ends,
        )
    }

    /// Finds the records' ends where what tells them is damaged: by their newlines, which is right
    /// when there are as many as records. Tells whether it is.
    pub(crate) fn ends_by_newlines(&mut self, rows: usize) -> bool {
        self.ends.clear();
        let text = self.buffer.get(..self.len).unwrap_or_default();
        let newlines = text.iter().enumerate().filter(|&(_, &byte)| byte == b'\n');
        self.ends
            .extend(newlines.filter_map(|(at, _)| u32::try_from(at + 1).ok()));
        self.ends.len() == rows && text.last().is_none_or(|&byte| byte == b'\n')
    }

    /// Becomes what another is.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        let (buffer, ends) = self.start(other.first_row, other.len);
        buffer.copy_from_slice(other.text());
        ends.extend_from_slice(&other.ends);
        self.damaged = other.damaged;
    }

    /// Puts a marker in the place of each of `rows` records.
    pub(crate) fn fill_damaged(&mut self, first_row: u64, rows: u32) {
        let marker = format!("[{rows} records lost: the stored frame is damaged]\n");
        self.start(first_row, 0);
        self.damaged = true;
        self.buffer.clear();
        for _ in 0..rows {
            self.buffer.extend_from_slice(marker.as_bytes());
            self.ends
                .push(u32::try_from(self.buffer.len()).unwrap_or(u32::MAX));
        }
        self.len = self.buffer.len();
    }
}

/// Buffers for reading frames one after the other without allocating; one per scanning thread.
#[derive(Debug, Default)]
pub struct FrameBuf {
    pub(crate) stored: Vec<u8>,
    pub(crate) meta: Vec<u8>,
    pub(crate) unpacker: Unpacker,
    pub(crate) text: FrameText,
}

impl FrameBuf {
    /// Empty buffers; they grow to the largest frame read.
    pub fn new() -> Self {
        Self::default()
    }
}
