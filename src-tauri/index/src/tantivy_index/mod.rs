//! A run's full-text index: Tantivy, behind the store.
//!
//! The only place that names Tantivy. Layout, bottom up: [`analysis`] cuts records into terms,
//! [`document`] is a record on its way into the index, [`format`] says what stands in a commit,
//! [`open`] opens a directory or begins anew, [`index`] follows the store (and has the fields'
//! columns made beside), [`lexicon`] knows a segment's terms, [`phrase`] its words one blank apart,
//! [`segment`] answers for one segment and [`snapshot`] for all.
//!
//! # What is indexed
//! A document per record, with five fields: `row` (a column), `text` (the record's runs, see
//! [`crate::words`]; which records hold a term is kept, nothing else), `neighbours` (runs one blank
//! apart, with their positions), `colons` (runs before a colon and a value) and `mark` (see
//! [`document::ESCAPES`]). The index knows rows below a number that stands in each commit; they
//! are all in it, each once.

mod analysis;
mod document;
mod error;
mod format;
mod gate;
mod index;
mod lexicon;
mod open;
mod phrase;
mod segment;
mod snapshot;

pub use error::{IndexError, RebuildReason};
pub use index::{BeforeCommit, IndexOptions, Opened, RunIndex};
pub use snapshot::IndexSnapshot;
pub(crate) use snapshot::TextAnswer;

#[cfg(test)]
pub(crate) use format::SCHEMA;
