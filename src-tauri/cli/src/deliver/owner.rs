//! Who stores: the workbench that owns the data directory, in another process or here.

use std::path::Path;

use crosscut_engine::api::ApiError;
use crosscut_engine::{Endpoint, IngestError, OpenError, endpoint_of};
use crosscut_server::Parcel;
use crosscut_server::handover::{CallError, Client, DeliverError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::host::Host;

/// The owner, as far as is known.
#[derive(Debug)]
pub(crate) enum Owner {
    /// It runs in another process.
    Running(Client),
    /// It is this process.
    Own(Box<Host>),
    /// Nobody, and why.
    Nobody(String),
}

impl Owner {
    /// Finds the owner. One at `gone` has just not answered: where `may_host` says so, this process
    /// becomes the owner in its stead, unless that one holds the data directory still.
    pub(crate) async fn find(data_dir: &Path, gone: Option<&Endpoint>, may_host: bool) -> Self {
        let endpoint = endpoint_of(data_dir);
        let worth_asking = |endpoint: &Endpoint| !may_host || Some(endpoint) != gone;
        if let Some(endpoint) = endpoint.filter(worth_asking) {
            return Self::Running(Client::new(endpoint));
        }
        if !may_host {
            return Self::Nobody("no Crosscut is running".to_owned());
        }
        // Programs know the old address.
        let port = gone.and_then(|endpoint| endpoint.url.rsplit(':').next()?.parse().ok());
        match Host::open(data_dir, port).await {
            Ok(host) => Self::Own(Box::new(host)),
            Err(OpenError::Locked {
                endpoint: Some(endpoint),
                ..
            }) => Self::Running(Client::new(endpoint)),
            Err(error) => Self::Nobody(error.to_string()),
        }
    }

    /// Where others reach it.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::Running(client) => Some(client.endpoint().url.clone()),
            Self::Own(host) => host.url(),
            Self::Nobody(_) => None,
        }
    }

    /// Where it listens, when that is another process.
    pub(crate) fn endpoint(&self) -> Option<&Endpoint> {
        match self {
            Self::Running(client) => Some(client.endpoint()),
            Self::Own(_) | Self::Nobody(_) => None,
        }
    }

    /// Stores a parcel.
    pub(crate) async fn store(&self, parcel: &Parcel) -> Result<(), DeliverError> {
        match self {
            Self::Running(client) => client.deliver(parcel).await,
            Self::Own(host) => {
                let (workbench, parcel) = (host.workbench().clone(), parcel.clone());
                let stored = tokio::task::spawn_blocking(move || parcel.store_here(&workbench));
                match stored.await {
                    Ok(stored) => stored.map_err(|error| of_ingest(&error)),
                    Err(error) => Err(DeliverError::Refused(broken(&error))),
                }
            }
            Self::Nobody(why) => Err(DeliverError::Gone(why.clone())),
        }
    }

    /// Performs an operation.
    pub(crate) async fn call<R: DeserializeOwned + Send + 'static>(
        &self,
        operation: &'static str,
        args: &(impl Serialize + Sync),
    ) -> Result<R, CallError> {
        match self {
            Self::Running(client) => client.call(operation, args).await,
            Self::Own(host) => {
                let refused = |error: &dyn std::fmt::Display| CallError::Refused(broken(error));
                let args = serde_json::to_vec(args).map_err(|error| refused(&error))?;
                let workbench = host.workbench().clone();
                let reply = tokio::task::spawn_blocking(move || workbench.call(operation, &args));
                let reply = reply.await.map_err(|error| refused(&error))?;
                serde_json::from_slice(&reply.map_err(CallError::Refused)?)
                    .map_err(|error| refused(&error))
            }
            Self::Nobody(why) => Err(CallError::Refused(ApiError::new(
                "unreachable",
                why.clone(),
            ))),
        }
    }

    /// Lets go of the data directory.
    pub(crate) async fn close(self) {
        if let Self::Own(host) = self {
            host.close().await;
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new("internal", error.to_string())
}

fn of_ingest(error: &IngestError) -> DeliverError {
    let api = |code| ApiError::new(code, error.to_string());
    match error {
        IngestError::Busy { .. } => DeliverError::Later(api("busy")),
        IngestError::DiskFull => DeliverError::Later(api("disk_full")),
        IngestError::Unavailable(_) => DeliverError::Later(api("unavailable")),
        IngestError::KeyReused | IngestError::Refused(_) => DeliverError::Refused(api("refused")),
    }
}
