//! Why a search has no answer.

use crosscut_store::ReadError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The caller asked to stop.
    #[error("the search was cancelled")]
    Cancelled,
    /// The run's columns could not be read, or rows were asked for that the snapshot has not.
    #[error(transparent)]
    Read(#[from] ReadError),
}
