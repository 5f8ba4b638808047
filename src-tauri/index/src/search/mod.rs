//! Answering a query for all rows of a run: index ∪ scan.
//!
//! Every part of a query yields [`bounds::Bounds`] over the rows: those that match for certain and
//! those that may. Columns decide their parts for all rows, the index decides words or narrows them
//! down for the rows it knows, and what nobody can tell leaves everything open. What is open in the
//! end is read, newest first, and put to the query's matcher. So the answer never depends on how
//! far the index has come.
//!
//! Layout: [`need`] says what a record's text must hold, [`plan`] turns a query into something that
//! can be bounded, [`columns`] and [`bounds`] bound it, [`verify`] reads the rest and [`report`]
//! tells of it, [`record`] is how a stored record answers the matcher, [`attributes`] takes what is
//! known of sources for fields of their records.

mod attributes;
mod bounds;
mod columns;
mod error;
mod names;
mod need;
mod plan;
mod record;
mod report;
mod searcher;
mod told;
mod verify;

pub use error::SearchError;
pub use names::{SourceFacts, SourceNames};
pub use record::StoredRecord;
pub use searcher::{Found, Progress, Searcher, Want};

pub(crate) use bounds::all;
