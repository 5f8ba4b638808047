//! A snapshot's columns.

use std::ops::Range;
use std::sync::Arc;

use crosscut_model::RowMeta;

use super::Snapshot;
use crate::columns::{Chunk, Kind};
use crate::frame::Columns;
use crate::run::error::ReadError;
use crate::run::hole_meta;
use crate::run::state::read_columns;

impl Snapshot {
    /// A record's columns.
    pub fn row_meta(&self, row: u64) -> Result<RowMeta, ReadError> {
        let metas = self.row_metas(row..row.saturating_add(1))?;
        metas.first().copied().ok_or(ReadError::OutOfRange {
            what: "row",
            index: row,
        })
    }

    /// The columns of some records in a row.
    pub fn row_metas(&self, rows: Range<u64>) -> Result<Vec<RowMeta>, ReadError> {
        let mut columns = Columns::default();
        for (chunk, within) in self.parts(rows)? {
            if chunk == self.tail.index {
                self.tail.with(|tail| columns.extend_from(tail, within));
            } else {
                columns
                    .times
                    .extend_from_slice(cut(&self.time_chunk(index(chunk))?, &within));
                columns
                    .levels
                    .extend_from_slice(cut(&self.level_chunk(index(chunk))?, &within));
                columns
                    .streams
                    .extend_from_slice(cut(&self.stream_chunk(index(chunk))?, &within));
                columns
                    .sources
                    .extend_from_slice(cut(&self.source_chunk(index(chunk))?, &within));
            }
        }
        Ok((0..columns.len())
            .filter_map(|row| columns.row(row))
            .collect())
    }

    /// Appends the times of some records, in nanoseconds.
    pub fn times(&self, rows: Range<u64>, out: &mut Vec<i64>) -> Result<(), ReadError> {
        for (chunk, within) in self.parts(rows)? {
            if chunk == self.tail.index {
                self.tail
                    .with(|tail| out.extend_from_slice(cut(&tail.times, &within)));
            } else {
                out.extend_from_slice(cut(&self.time_chunk(index(chunk))?, &within));
            }
        }
        Ok(())
    }

    /// Rows in a chunk; only the last chunk has fewer.
    pub fn chunk_rows(&self) -> usize {
        self.shared.columns.chunk_rows() as usize
    }

    /// Chunks.
    pub fn chunk_count(&self) -> usize {
        index(
            self.rows()
                .div_ceil(u64::from(self.shared.columns.chunk_rows())),
        )
    }

    /// A chunk of times, in nanoseconds.
    pub fn time_chunk(&self, chunk: usize) -> Result<Arc<[i64]>, ReadError> {
        match self.chunk(Kind::Time, chunk)? {
            Chunk::Times(values) => Ok(values),
            Chunk::Bytes(_) | Chunk::Sources(_) => Err(no_chunk(chunk)),
        }
    }

    /// A chunk of levels, as [`crosscut_model::Level::code`].
    pub fn level_chunk(&self, chunk: usize) -> Result<Arc<[u8]>, ReadError> {
        self.byte_chunk(Kind::Level, chunk)
    }

    /// A chunk of streams and flags, as [`RowMeta::stream_code`].
    pub fn stream_chunk(&self, chunk: usize) -> Result<Arc<[u8]>, ReadError> {
        self.byte_chunk(Kind::Stream, chunk)
    }

    /// A chunk of sources.
    pub fn source_chunk(&self, chunk: usize) -> Result<Arc<[u16]>, ReadError> {
        match self.chunk(Kind::Source, chunk)? {
            Chunk::Sources(values) => Ok(values),
            Chunk::Times(_) | Chunk::Bytes(_) => Err(no_chunk(chunk)),
        }
    }

    fn byte_chunk(&self, kind: Kind, chunk: usize) -> Result<Arc<[u8]>, ReadError> {
        match self.chunk(kind, chunk)? {
            Chunk::Bytes(values) => Ok(values),
            Chunk::Times(_) | Chunk::Sources(_) => Err(no_chunk(chunk)),
        }
    }

    fn chunk(&self, kind: Kind, chunk: usize) -> Result<Chunk, ReadError> {
        if chunk >= self.chunk_count() {
            return Err(no_chunk(chunk));
        }
        let chunk = chunk as u64;
        if chunk == self.tail.index {
            let before = chunk * u64::from(self.shared.columns.chunk_rows());
            return Ok(self
                .tail
                .chunk(kind, index(self.rows().saturating_sub(before))));
        }
        match self.shared.columns.read(kind, chunk) {
            Some(chunk) => Ok(chunk),
            None => self.rebuild(chunk).map(|columns| Chunk::of(kind, &columns)),
        }
    }

    /// Which rows of which chunks some rows are. Rows beyond the snapshot are an error.
    fn parts(&self, rows: Range<u64>) -> Result<Vec<(u64, Range<usize>)>, ReadError> {
        if rows.end > self.rows() {
            return Err(ReadError::OutOfRange {
                what: "row",
                index: rows.end.saturating_sub(1),
            });
        }
        let size = u64::from(self.shared.columns.chunk_rows());
        let mut parts = Vec::new();
        let mut row = rows.start;
        while row < rows.end {
            let chunk = row / size;
            let end = rows.end.min((chunk + 1) * size);
            parts.push((chunk, index(row - chunk * size)..index(end - chunk * size)));
            row = end;
        }
        Ok(parts)
    }

    /// Makes a full chunk anew from the frames, and puts it where it was missing.
    fn rebuild(&self, chunk: u64) -> Result<Columns, ReadError> {
        let size = u64::from(self.shared.columns.chunk_rows());
        let rows = chunk * size..(chunk + 1) * size;
        let mut columns = Columns::default();
        let (mut frame_columns, mut meta) = (Columns::default(), Vec::new());
        let first = self
            .directory
            .find(rows.start)
            .unwrap_or(self.directory.len());
        for frame in first..self.directory.len() {
            let (entry, segment) = self.place(frame)?;
            let start = u64::from(entry.first_row);
            if start >= rows.end {
                break;
            }
            frame_columns.clear();
            let read = read_columns(entry, segment, &mut meta, &mut frame_columns);
            if !read.map_err(|source| ReadError::Io {
                path: segment.path.clone(),
                source,
            })? {
                self.shared.note_damage(start..entry.end_row());
                frame_columns.clear();
                frame_columns.push_many(&hole_meta(entry.min_time), entry.rows as usize);
            }
            let (from, to) = (rows.start.max(start), rows.end.min(entry.end_row()));
            columns.extend_from(&frame_columns, index(from - start)..index(to - start));
        }
        self.shared.columns.write(chunk, &columns);
        Ok(columns)
    }
}

fn cut<'v, T>(values: &'v [T], within: &Range<usize>) -> &'v [T] {
    values.get(within.clone()).unwrap_or_default()
}

fn index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn no_chunk(chunk: usize) -> ReadError {
    ReadError::OutOfRange {
        what: "chunk",
        index: chunk as u64,
    }
}
