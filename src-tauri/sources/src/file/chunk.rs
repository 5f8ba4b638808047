//! Reading whole lines from a place in a file.
//!
//! A chunk is read at the cursor, which always stands at the start of a line (or of a piece of one),
//! and ends behind its last newline; what follows is read again with the next chunk. So a reader has
//! no state but the cursor, and the buffer goes to the store as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// How much to read at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// A line longer than this is handed over in pieces of this size; also the largest chunk.
    pub(crate) line: usize,
    /// The first chunk of a load, so that the first rows appear at once.
    pub(crate) first: usize,
    /// How much of an unfinished line is shown.
    pub(crate) partial: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            line: crosscut_model::limits::MAX_LINE_BYTES,
            first: 64 << 10,
            partial: 4 << 10,
        }
    }
}

/// What there was at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// Whole lines, the last byte a newline.
    Lines(Vec<u8>),
    /// The beginning of a line that is too long to be kept whole.
    Piece(Vec<u8>),
    /// No whole line, but (perhaps) the beginning of one.
    Rest(Vec<u8>),
}

/// Reads the next chunk at `cursor` of a file of `size` bytes, `first` being the load's first.
pub(crate) fn read(
    file: &File,
    cursor: u64,
    size: u64,
    first: bool,
    sizes: &Sizes,
) -> io::Result<Chunk> {
    // One byte more than the longest line, so that its newline is seen with it.
    let longest = sizes.line.saturating_add(1);
    let there = usize::try_from(size.saturating_sub(cursor)).unwrap_or(usize::MAX);
    if first && sizes.first < there.min(longest) {
        let mut bytes = read_up_to(file, cursor, sizes.first)?;
        if cut_at_last_newline(&mut bytes) {
            return Ok(Chunk::Lines(bytes));
        }
    }
    let mut bytes = read_up_to(file, cursor, there.min(longest))?;
    let len = bytes.len();
    if cut_at_last_newline(&mut bytes) {
        return Ok(Chunk::Lines(bytes));
    }
    if len == longest {
        bytes.truncate(sizes.line);
        return Ok(Chunk::Piece(bytes));
    }
    Ok(Chunk::Rest(bytes))
}

/// The first bytes at `cursor`.
pub(crate) fn begin(file: &File, cursor: u64, sizes: &Sizes) -> io::Result<Vec<u8>> {
    read_up_to(file, cursor, sizes.partial)
}

fn read_up_to(mut file: &File, at: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len);
    file.seek(SeekFrom::Start(at))?;
    file.take(len as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn cut_at_last_newline(bytes: &mut Vec<u8>) -> bool {
    match memchr::memrchr(b'\n', bytes) {
        Some(at) => {
            bytes.truncate(at + 1);
            true
        }
        None => false,
    }
}
