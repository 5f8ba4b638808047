//! The rows behind the last full chunk.

use std::sync::Arc;

use parking_lot::RwLock;

use super::{Chunk, Kind};
use crate::frame::Columns;

/// The chunk that is being filled. Rows are only ever added, so a reader that knows how many it
/// may see sees the same always; a full tail is left to its readers and another begun.
#[derive(Debug, Clone)]
pub(crate) struct Tail {
    /// The chunk's number.
    pub(crate) index: u64,
    rows: Arc<RwLock<Columns>>,
}

impl Tail {
    pub(crate) fn new(index: u64) -> Self {
        Self {
            index,
            rows: Arc::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.read().len()
    }

    /// Adds rows.
    pub(crate) fn extend(&self, columns: &Columns, rows: std::ops::Range<usize>) {
        self.rows.write().extend_from(columns, rows);
    }

    /// Looks at the rows so far.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Columns) -> T) -> T {
        look(&self.rows.read())
    }

    /// The first `len` values of a column.
    pub(crate) fn chunk(&self, kind: Kind, len: usize) -> Chunk {
        let rows = self.rows.read();
        match kind {
            Kind::Time => Chunk::Times(rows.times.get(..len).unwrap_or_default().into()),
            Kind::Level => Chunk::Bytes(rows.levels.get(..len).unwrap_or_default().into()),
            Kind::Stream => Chunk::Bytes(rows.streams.get(..len).unwrap_or_default().into()),
            Kind::Source => Chunk::Sources(rows.sources.get(..len).unwrap_or_default().into()),
        }
    }
}
