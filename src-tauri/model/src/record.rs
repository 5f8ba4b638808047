//! What is known of a record beside its text.

use serde::{Deserialize, Serialize};

use crate::{Level, SourceId, UnixNanos};

/// Which stream of its source a record came from.
///
/// The discriminants are the values in the store's stream column (its low four bits).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "types.ts"))]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Stream {
    /// Standard output, and everything that knows no streams.
    #[default]
    Stdout = 0,
    /// Standard error.
    Stderr = 1,
    /// Crosscut's own markers: starts, ends, losses.
    System = 2,
    /// Control records of agent streams.
    Control = 3,
}

impl Stream {
    /// The stream's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
            Self::Control => "control",
        }
    }

    /// The value in the stream column.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The stream behind a column value's low four bits.
    pub fn from_code(code: u8) -> Self {
        match code & 0x0f {
            1 => Self::Stderr,
            2 => Self::System,
            3 => Self::Control,
            _ => Self::Stdout,
        }
    }
}

/// Facts about a record, kept in the high four bits of the stream column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowFlags(pub u8);

impl RowFlags {
    /// Nothing special.
    pub const NONE: Self = Self(0);
    /// The record's time is that of its arrival: the line itself names none.
    pub const TIME_OF_ARRIVAL: Self = Self(0x10);
    /// The record goes on in the next one: a line longer than [`crate::limits::MAX_LINE_BYTES`].
    pub const CONTINUES: Self = Self(0x20);
    /// The input could not be read as what it claimed to be (a broken JSON line).
    pub const BROKEN: Self = Self(0x40);

    /// Both sets of flags.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// A record's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct RowMeta {
    /// When it happened (or arrived, see [`RowFlags::TIME_OF_ARRIVAL`]).
    pub time: UnixNanos,
    /// How bad it is.
    pub level: Level,
    /// Which stream it came from.
    pub stream: Stream,
    /// Facts about it.
    pub flags: RowFlags,
    /// Where it came from.
    pub source: SourceId,
}

impl RowMeta {
    /// Stream and flags as one column value.
    pub fn stream_code(&self) -> u8 {
        self.stream.code() | (self.flags.0 & 0xf0)
    }

    /// Stream and flags out of a column value.
    pub fn set_stream_code(&mut self, code: u8) {
        self.stream = Stream::from_code(code);
        self.flags = RowFlags(code & 0xf0);
    }
}
