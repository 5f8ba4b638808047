//! The sources of the current run: which there are, how they are doing, what follows them.
//!
//! Owns their states and connections. A source keeps its number from run to run for as long as it
//! is followed, so batches under way need not know which run they will land in.

mod registry;

pub(crate) use registry::{Entry, Following, Registry};
