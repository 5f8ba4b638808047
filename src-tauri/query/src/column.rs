//! Which leaves of a query the columns of a run can answer alone.

use std::ops::RangeInclusive;

use crosscut_model::{LevelSet, Seq, Stream, UnixNanos};

use crate::{Context, FieldTest, ValueTest};

impl FieldTest {
    /// The levels that pass, when this tests nothing but the level.
    pub fn as_level_set(&self) -> Option<LevelSet> {
        None
    }

    /// The streams that pass, when this tests nothing but the stream.
    pub fn as_streams(&self) -> Option<Vec<Stream>> {
        None
    }

    /// The instants that pass, when this tests nothing but the time and they are in one piece.
    /// An empty range (its start behind its end) when none can.
    pub fn as_time_range(&self, _context: &Context) -> Option<RangeInclusive<UnixNanos>> {
        None
    }

    /// The record numbers that pass, when this tests nothing but the number and they are in one
    /// piece. An empty range (its start behind its end) when none can.
    pub fn as_seq_range(&self) -> Option<RangeInclusive<Seq>> {
        None
    }

    /// The test to put to each source's name, when this tests nothing but that.
    pub fn as_source_test(&self, _context: &Context) -> Option<ValueTest> {
        None
    }
}
