//! Followed containers.
use crosscut_engine::api::{ApiError, Containers, DockerAvailability};
use crosscut_engine::source::{Connection, Feed};
use crosscut_model::SourceSpec;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct DockerSources {
    _runtime: tokio::runtime::Handle,
}
impl DockerSources {
    pub(crate) fn new(runtime: tokio::runtime::Handle) -> Self {
        Self { _runtime: runtime }
    }
    pub(crate) fn resolve(&self, spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        Ok(spec)
    }
    pub(crate) fn connect(&self, _spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        crate::worker::nothing(&feed)
    }
    pub(crate) fn containers(&self) -> Containers {
        Containers {
            docker: DockerAvailability {
                available: false,
                message: String::new(),
                hint: String::new(),
            },
            containers: Vec::new(),
        }
    }
}
