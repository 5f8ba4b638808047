//! Deciding whether a record matches.

use std::ops::Range;

use crate::{Context, ParseError, Prefilter, Query, Record, Value};

/// A query made ready to be put to many records. Cheap to clone; share it between threads or
/// clone it for each.
#[derive(Debug, Clone)]
pub struct Matcher {}

/// A field's test made ready to be put to values.
#[derive(Debug, Clone)]
pub struct ValueTest {}

impl ValueTest {
    /// Whether one value passes.
    pub fn passes(&self, _value: &Value<'_>) -> bool {
        true
    }
}

impl Matcher {
    /// Makes a query ready. Errs when a regular expression cannot be built (which the parser has
    /// checked already for a parsed query) and when a time or level makes no sense.
    pub fn new(_query: &Query, _context: &Context) -> Result<Self, ParseError> {
        Ok(Self {})
    }

    /// Whether the record matches.
    pub fn matches<R: Record + ?Sized>(&self, _record: &R) -> bool {
        true
    }

    /// Where the query's positive text terms stand in `text`: byte ranges in order, none empty,
    /// none overlapping.
    pub fn highlights(&self, _text: &str) -> Vec<Range<usize>> {
        Vec::new()
    }

    /// A quick way to pass over rows that cannot match, where the query allows one.
    pub fn prefilter(&self) -> Option<&Prefilter> {
        None
    }
}
