//! The way of lines from their sources into the current run.
//!
//! ```text
//! Feed::send ─ encode (pool or caller) ─▶ feeds queue ─┐
//!                                                     ├─▶ writer ─▶ store ─▶ followers, views
//! Workbench::ingest ─ encode (caller) ──▶ posts queue ─┘
//! ```
//!
//! Owns the queues, the encoding workers and the one thread that writes. Promises: what a source
//! sent is stored in the order it was sent; every queue is bounded; when the disk is full, posts
//! are answered at once and sources wait; a run is changed between two batches, never inside one.

mod agents;
mod compose;
mod encode;
mod feed;
mod pool;
mod writer;

pub(crate) use agents::{Watch, encode_pieces};
pub(crate) use compose::Compose;
#[cfg(test)]
pub(crate) use encode::encode;
pub(crate) use encode::{Encoded, LineReader, Owner};
pub(crate) use feed::{Child, FeedControl, SourceFeed};
pub(crate) use writer::{Observer, Pipeline, PostError};
