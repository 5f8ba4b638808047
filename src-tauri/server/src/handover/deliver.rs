//! Handing lines to the workbench that owns the data directory.

use std::time::Duration;

use crosscut_engine::api::ApiError;
use reqwest::StatusCode;
use serde::Deserialize;

use super::{Client, innermost};
use crate::parts::{Parcel, Stored, write};

/// How long storing may take before the workbench counts as gone: a disk under load takes seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A parcel was not taken.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// Nobody who owns this data directory answers there; whether the parcel was stored is not
    /// known, so it is to be sent again under its key.
    #[error("{0}")]
    Gone(String),
    /// Nothing of it was kept, and it may work later: too much is under way, or the disk is full.
    #[error("{0}")]
    Later(ApiError),
    /// Nothing of it was kept, and it never will be.
    #[error("{0}")]
    Refused(ApiError),
}

impl Client {
    /// Has a parcel stored; returns once it is durable. The same parcel may be sent again.
    pub async fn deliver(&self, parcel: &Parcel) -> Result<(), DeliverError> {
        #[derive(Deserialize)]
        struct Refused {
            error: ApiError,
        }
        let gone = |error: reqwest::Error| DeliverError::Gone(innermost(&error));
        let body = write(parcel).map_err(|error| {
            DeliverError::Refused(ApiError::new("internal", format!("a parcel: {error}")))
        })?;
        let request = self
            .http
            .post(format!("{}/api/parts", self.endpoint.url))
            .bearer_auth(&self.endpoint.token)
            .timeout(PATIENCE)
            .body(body);
        let response = request.send().await.map_err(gone)?;
        let status = response.status();
        if status.is_success() {
            return response.json::<Stored>().await.map(drop).map_err(gone);
        }
        let refused = response.json::<Refused>().await;
        match (status, refused) {
            (
                StatusCode::TOO_MANY_REQUESTS
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::INSUFFICIENT_STORAGE
                | StatusCode::REQUEST_TIMEOUT,
                Ok(refused),
            ) => Err(DeliverError::Later(refused.error)),
            // Somebody else has the port by now: another data directory's workbench, or a stranger.
            (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) | (_, Err(_)) => Err(
                DeliverError::Gone(format!("{} belongs to somebody else", self.endpoint.url)),
            ),
            (_, Ok(refused)) => Err(DeliverError::Refused(refused.error)),
        }
    }
}
