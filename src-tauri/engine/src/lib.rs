//! Runs, the ingest pipeline, views and the Workbench.

pub mod api;
pub mod source;
mod workbench;

pub use workbench::{
    Config, Endpoint, EventStream, Follow, Followed, Ingest, IngestError, Ingested, OpenError,
    Workbench, default_data_dir, endpoint_of,
};
