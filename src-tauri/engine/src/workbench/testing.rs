//! A workbench on nothing, for tests inside.

use std::sync::Arc;

use crosscut_model::SourceSpec;

use super::{Config, Workbench};
use crate::api::{ApiError, Containers, DockerAvailability};
use crate::source::{Connection, Connector, Feed};

/// Follows nothing.
#[derive(Debug)]
struct Deaf;

impl Connection for Deaf {
    fn stop(self: Box<Self>) {}
}

impl Connector for Deaf {
    fn resolve(&self, spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        Ok(spec)
    }

    fn connect(&self, _: &SourceSpec, _: Arc<dyn Feed>) -> Box<dyn Connection> {
        Box::new(Self)
    }

    fn containers(&self) -> Containers {
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

/// A workbench that follows nothing, in a directory of its own.
pub(crate) fn deaf() -> (tempfile::TempDir, Workbench) {
    let dir = tempfile::tempdir().unwrap();
    let workbench = Workbench::open(Config::new(dir.path()), Arc::new(Deaf)).unwrap();
    (dir, workbench)
}
