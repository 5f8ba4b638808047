//! Files, containers and the demo: the world into batches.
//!
//! Owns every way lines come in by Crosscut's own doing (what is posted to the port belongs to the
//! server). Each kind is a folder: [`Connectors`] picks one by the source's kind and hands its lines
//! to an engine's [`Feed`]. Promises: each complete line is handed over once, in order, with a
//! checkpoint from which a later start goes on exactly there; where bytes may be missing, a marker
//! record says so; nothing here ever writes to what it reads.

mod demo;
mod docker;
mod file;
mod signal;
mod tell;
mod worker;

#[cfg(test)]
mod recorder;

use std::io::{self, Read};
use std::sync::Arc;

use crosscut_engine::api::{ApiError, Containers};
use crosscut_engine::source::{Connection, Connector, Feed};
use crosscut_model::{SourceKind, SourceSpec};

pub use demo::{DEMO_SEED, DemoLine, Service, demo_specs, generate};

/// Follows sources of every kind that Crosscut follows by itself.
#[derive(Debug)]
pub struct Connectors {
    files: file::Files,
    docker: docker::DockerSources,
    demo: demo::Demo,
}

impl Connectors {
    /// Connectors whose network traffic runs on `runtime`, which must be a multi-threaded one that
    /// outlives every connection.
    pub fn new(runtime: tokio::runtime::Handle) -> Self {
        Self::with_docker_host(runtime, None)
    }

    /// The same, with containers from the daemon at `host` (`unix:///path`, `tcp://host:port`)
    /// instead of the one that is found.
    pub fn with_docker_host(runtime: tokio::runtime::Handle, host: Option<String>) -> Self {
        Self {
            files: file::Files::new(),
            docker: docker::DockerSources::new(runtime, host),
            demo: demo::Demo::new(),
        }
    }
}

impl Connector for Connectors {
    fn resolve(&self, spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        match spec.kind {
            SourceKind::File | SourceKind::Files => file::resolve(spec),
            SourceKind::Docker => self.docker.resolve(spec),
            SourceKind::Demo => demo::resolve(spec),
            SourceKind::Containers => docker::DockerSources::resolve_selection(spec),
            SourceKind::Http | SourceKind::Stdin | SourceKind::Command | SourceKind::System => {
                Err(error(
                    "cannot_follow",
                    format!("`{}` is no source that can be followed", spec.key),
                    "add a file, a container or the demo; lines that are posted make their own source",
                ))
            }
        }
    }

    fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        match spec.kind {
            SourceKind::File => self.files.connect(spec, feed),
            SourceKind::Files => self.files.connect_many(spec, feed),
            SourceKind::Docker => self.docker.connect(spec, feed),
            SourceKind::Demo => self.demo.connect(spec, feed),
            SourceKind::Containers => self.docker.select(spec, feed),
            SourceKind::Http | SourceKind::Stdin | SourceKind::Command | SourceKind::System => {
                worker::nothing(&feed)
            }
        }
    }

    fn containers(&self) -> Containers {
        self.docker.containers()
    }

    fn text_of(&self, stream: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        file::text_of(stream)
    }
}

/// An error for the edge.
fn error(code: &str, message: impl Into<String>, hint: impl Into<String>) -> ApiError {
    ApiError {
        code: code.to_owned(),
        message: message.into(),
        hint: hint.into(),
        position: None,
    }
}
