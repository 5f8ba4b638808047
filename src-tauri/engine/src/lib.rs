//! Runs, the ingest pipeline, views and the Workbench.

pub mod api;
pub mod source;
