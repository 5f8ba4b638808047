//! Where a command finds the runs: at the running workbench, else in the data directory itself.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crosscut_engine::api::{ApiError, Containers, DockerAvailability, SourceState};
use crosscut_engine::source::{Connection, Connector, Feed};
use crosscut_engine::{Config, OpenError, Retention, Workbench, endpoint_of};
use crosscut_model::SourceSpec;
use crosscut_server::handover::{CallError, Client};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// A cold search of a run of many gigabytes takes its time; a workbench that hangs does not answer
/// at all.
const PATIENCE: Duration = Duration::from_mins(5);

/// A workbench to ask.
#[derive(Debug)]
pub(crate) enum Reach {
    /// It runs in another process.
    Running(Client),
    /// It was opened here, to read only.
    Own(Workbench),
}

impl Reach {
    /// Finds whoever owns the data directory; where nobody does, opens it.
    pub(crate) fn find(data_dir: &Path) -> Result<Self, Failure> {
        if let Some(endpoint) = endpoint_of(data_dir) {
            return Ok(Self::Running(Client::new(endpoint)));
        }
        Self::open(data_dir)
    }

    /// Opens the data directory, unless somebody else has just done so.
    fn open(data_dir: &Path) -> Result<Self, Failure> {
        let runs = std::fs::read_dir(data_dir.join("runs"));
        if !runs.is_ok_and(|mut runs| runs.next().is_some()) {
            return Err(Failure::refused(format!(
                "there are no runs in {}; `crosscut serve FILE…` begins one",
                data_dir.display()
            )));
        }
        let config = Config {
            data_dir: data_dir.to_owned(),
            // Who only reads deletes nothing.
            retention: Some(Retention::FOREVER),
            follows_settings: false,
        };
        match Workbench::open(config, Arc::new(Nothing)) {
            Ok(workbench) => Ok(Self::Own(workbench)),
            Err(OpenError::Locked {
                endpoint: Some(endpoint),
                ..
            }) => Ok(Self::Running(Client::new(endpoint))),
            Err(error) => Err(Failure::refused(error)),
        }
    }

    /// Performs an operation. One whose owner has died since is asked here.
    pub(crate) async fn call<R: DeserializeOwned + Send + 'static>(
        &mut self,
        data_dir: &Path,
        operation: &'static str,
        args: &(impl Serialize + Sync),
    ) -> Result<R, Failed> {
        if let Self::Running(client) = self {
            match client.call_within(PATIENCE, operation, args).await {
                Ok(reply) => return Ok(reply),
                Err(CallError::Refused(error)) => return Err(Failed::Refused(error)),
                Err(error @ CallError::Unreachable { .. }) => match Self::open(data_dir) {
                    Ok(own @ Self::Own(_)) => *self = own,
                    Ok(Self::Running(_)) | Err(_) => {
                        return Err(Failed::Unreachable(Failure::refused(error)));
                    }
                },
            }
        }
        let Self::Own(workbench) = self else {
            return Err(Failed::Unreachable(Failure::refused("nobody answers")));
        };
        let broken = |error: &dyn std::fmt::Display| {
            Failed::Refused(ApiError::new("internal", format!("{operation}: {error}")))
        };
        let args = serde_json::to_vec(args).map_err(|error| broken(&error))?;
        let workbench = workbench.clone();
        let reply = tokio::task::spawn_blocking(move || workbench.call(operation, &args));
        let reply = reply
            .await
            .map_err(|error| broken(&error))?
            .map_err(Failed::Refused)?;
        serde_json::from_slice(&reply).map_err(|error| broken(&error))
    }

    /// Lets go of the data directory.
    pub(crate) fn close(&self) {
        if let Self::Own(workbench) = self {
            workbench.close();
        }
    }
}

/// Why there is no reply.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The workbench says no.
    Refused(ApiError),
    /// There is no workbench.
    Unreachable(Failure),
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Refused(error) => error.into(),
            Failed::Unreachable(failure) => failure,
        }
    }
}

/// Follows no source: who only reads lets files and containers be.
#[derive(Debug)]
struct Nothing;

impl Connection for Nothing {
    fn stop(self: Box<Self>) {}
}

impl Connector for Nothing {
    fn resolve(&self, spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        Ok(spec)
    }

    fn connect(&self, _: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        feed.state(SourceState::Ended);
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
