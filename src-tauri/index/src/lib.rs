//! Tantivy behind the run store, and search over both.
//!
//! Owns three things. [`RunIndex`] keeps a full-text index of a run and columns of its fields up to
//! a row, in the background: a cache that may be deleted, damaged or behind at any time without a
//! query's answer changing. [`Searcher`] answers a query for all rows of a run: what columns and
//! index can decide is decided there, the rest is read and put to the query's matcher, so an answer
//! is always complete, fresh and exact. [`FieldScope`] adds up the values of fields in the same way.
//!
//! Promises: with an index at any row, or with none, the answer is the same, row for row; nothing
//! outside this crate names Tantivy.

mod fields;
mod search;
mod tally;
mod tantivy_index;
mod words;

pub use search::{
    Found, Progress, SearchError, Searcher, SourceFacts, SourceNames, StoredRecord, Want,
};
pub use tally::{Facet, FacetKind, FacetValue, FieldInfo, FieldScope, Summary, levels_of};
pub use tantivy_index::{
    BeforeCommit, IndexError, IndexOptions, IndexSnapshot, Opened, RebuildReason, RunIndex,
};
