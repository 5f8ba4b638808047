//! Followed files.
use crosscut_engine::api::ApiError;
use crosscut_engine::source::{Connection, Feed};
use crosscut_model::SourceSpec;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Files;
impl Files {
    pub(crate) fn new() -> Self {
        Self
    }
    pub(crate) fn connect(&self, _spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        crate::worker::nothing(&feed)
    }
}
pub(crate) fn resolve(spec: SourceSpec) -> Result<SourceSpec, ApiError> {
    Ok(spec)
}
