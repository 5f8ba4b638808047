//! A chunk of one column, in memory.

use std::sync::Arc;

use crate::frame::Columns;

/// The columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Time,
    Level,
    Stream,
    Source,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Time, Self::Level, Self::Stream, Self::Source];

    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Level => "level",
            Self::Stream => "stream",
            Self::Source => "source",
        }
    }

    /// Bytes a value.
    pub(crate) fn width(self) -> u16 {
        match self {
            Self::Time => 8,
            Self::Level | Self::Stream => 1,
            Self::Source => 2,
        }
    }
}

/// Values of a column; a clone is the same memory.
#[derive(Debug, Clone)]
pub(crate) enum Chunk {
    Times(Arc<[i64]>),
    Bytes(Arc<[u8]>),
    Sources(Arc<[u16]>),
}

impl Chunk {
    /// One column of some rows.
    pub(crate) fn of(kind: Kind, columns: &Columns) -> Self {
        match kind {
            Kind::Time => Self::Times(columns.times.as_slice().into()),
            Kind::Level => Self::Bytes(columns.levels.as_slice().into()),
            Kind::Stream => Self::Bytes(columns.streams.as_slice().into()),
            Kind::Source => Self::Sources(columns.sources.as_slice().into()),
        }
    }

    pub(crate) fn from_bytes(kind: Kind, bytes: &[u8]) -> Self {
        match kind {
            Kind::Time => Self::Times(
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&v| i64::from_le_bytes(v))
                    .collect(),
            ),
            Kind::Level | Kind::Stream => Self::Bytes(bytes.into()),
            Kind::Source => Self::Sources(
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&v| u16::from_le_bytes(v))
                    .collect(),
            ),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Times(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Bytes(values) => values.to_vec(),
            Self::Sources(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Times(values) => values.len() * 8,
            Self::Bytes(values) => values.len(),
            Self::Sources(values) => values.len() * 2,
        }
    }
}
