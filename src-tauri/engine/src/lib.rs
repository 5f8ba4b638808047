//! Runs, the ingest pipeline, views and the Workbench.
//!
//! ```text
//! api        the shapes that cross the faces, and the table of operations
//! source     the contract with what feeds the engine
//! workbench  every operation once
//!   ├ pipeline   sources' batches and posts into the current run
//!   ├ views      queries over runs, kept up to date
//!   ├ sources    which there are and how they are doing
//!   ├ hub        who listens, and what they have yet to be told
//!   └ trouble    the first error of each kind
//! run        one open run: store, index, followers
//! settings   what the user's file says
//! ```
//!
//! Promises: no GUI, no HTTP; memory does not grow with the run; every queue is bounded.

pub mod api;
mod hub;
mod pipeline;
mod rate;
mod run;
mod settings;
pub mod source;
mod sources;
mod trouble;
mod views;
mod workbench;

pub use workbench::{
    Config, Endpoint, EventStream, Follow, Followed, Ingest, IngestError, Ingested, OpenError,
    Part, Retention, Skipped, Workbench, default_data_dir, demo_data_dir, endpoint_of,
};
