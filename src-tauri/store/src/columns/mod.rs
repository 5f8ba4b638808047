//! Columns: one value a row, in files of fixed width, and the last rows in memory.
//!
//! Exists so that a level, a time or a source is read without unpacking text. Owns the files below
//! `columns/` and the memory for their chunks. Promises: columns are a cache of what the frames
//! say; a chunk that is missing, short or fails its checksum is never believed, and is made anew
//! from the frames by [`Snapshot`](crate::Snapshot).
//!
//! # Format, version 1
//!
//! ```text
//!  columns/time     i64   nanoseconds since 1970          ┌────────┬─────────┬─────────┬───
//!  columns/level    u8    Level::code                     │ header │ chunk 0 │ chunk 1 │ …
//!  columns/stream   u8    RowMeta::stream_code            └────────┴─────────┴─────────┴───
//!  columns/source   u16   SourceId
//!
//!  header  0  magic        89 43 58 43 0d 0a 1a 0a
//!          8  version      u16   1
//!         10  width        u16   bytes a value
//!         12  chunk rows   u32   65,536
//!
//!  chunk      chunk rows × width bytes, little-endian, then the CRC32C (u32) of the chunk's number
//!             (u64) and these bytes. Only full chunks are written; rows beyond are in memory.
//! ```

mod chunk;
mod file;
mod tail;

use std::path::Path;

pub(crate) use chunk::{Chunk, Kind};
pub(crate) use file::ColumnFile;
pub(crate) use tail::Tail;

use crate::frame::Columns;
use crate::lru::ByteLru;
use crate::storage::Storage;

/// The column files of a run and the cache of their chunks.
#[derive(Debug)]
pub(crate) struct ColumnStore {
    chunk_rows: u32,
    files: [ColumnFile; 4],
    cache: ByteLru<(Kind, u64), Chunk>,
}

impl ColumnStore {
    /// Opens the files below `dir`, making those that are missing or not understood. A file that
    /// cannot be opened is done without. Gives also how many chunks all of them have.
    pub(crate) fn open(
        storage: &dyn Storage,
        dir: &Path,
        chunk_rows: u32,
        cache_bytes: usize,
    ) -> (Self, u64) {
        if let Err(error) = storage.create_dir_all(dir) {
            tracing::warn!(dir = %dir.display(), %error, "columns are kept in memory only");
        }
        let mut chunks = u64::MAX;
        let files = Kind::ALL.map(|kind| {
            let (file, have) = ColumnFile::open(storage, dir, kind, chunk_rows);
            chunks = chunks.min(have);
            file
        });
        (
            Self {
                chunk_rows,
                files,
                cache: ByteLru::new(cache_bytes),
            },
            chunks,
        )
    }

    pub(crate) fn chunk_rows(&self) -> u32 {
        self.chunk_rows
    }

    /// Bytes that a number of chunks takes on disk.
    pub(crate) fn disk_bytes(&self, chunks: u64) -> u64 {
        self.files
            .iter()
            .map(|file| file.chunk_bytes() * chunks)
            .sum()
    }

    /// Cuts the files to a number of chunks, durably: what was beyond must never come back and be
    /// taken for chunks written later. Where that fails the file is done without.
    pub(crate) fn cut(&mut self, chunks: u64) {
        self.files.iter_mut().for_each(|file| file.cut(chunks));
    }

    /// Writes a full chunk of every column and keeps it in the cache. A failure costs speed alone:
    /// the chunk will be made anew when it is read.
    pub(crate) fn write(&self, index: u64, columns: &Columns) {
        for (kind, file) in Kind::ALL.into_iter().zip(&self.files) {
            let chunk = Chunk::of(kind, columns);
            if let Err(error) = file.write(index, &chunk.to_bytes()) {
                let path = file.path().display();
                tracing::warn!(%path, %error, "a chunk of a column was not written");
            }
            self.keep(kind, index, chunk);
        }
    }

    /// A full chunk from memory or disk; `None` when it must be made anew.
    pub(crate) fn read(&self, kind: Kind, index: u64) -> Option<Chunk> {
        if let Some(chunk) = self.cache.get((kind, index)) {
            return Some(chunk);
        }
        let file = self
            .files
            .iter()
            .zip(Kind::ALL)
            .find(|(_, k)| *k == kind)?
            .0;
        let chunk = Chunk::from_bytes(kind, &file.read(index)?);
        self.keep(kind, index, chunk.clone());
        Some(chunk)
    }

    fn keep(&self, kind: Kind, index: u64, chunk: Chunk) {
        let bytes = chunk.bytes();
        self.cache.insert((kind, index), chunk, bytes);
    }
}

#[cfg(test)]
mod tests;
