//! What can go wrong with an index; never more than that it must be made anew.

use std::path::PathBuf;

/// Why an index begins anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildReason {
    /// There was none.
    #[error("there was no index yet")]
    Missing,
    /// It cannot be read, or not all of it is as it was written.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// It was made by other rules.
    #[error("the index was written by another version")]
    OtherVersion,
    /// It knows rows that the store does not.
    #[error("the index knows {indexed} records, the store only {stored}")]
    Ahead {
        /// Rows in the index.
        indexed: u64,
        /// Rows in the store.
        stored: u64,
    },
}

/// The index cannot go on; search goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Tantivy could not read or write.
    #[error("the index in {} failed: {reason}", .path.display())]
    Failed {
        /// Its directory.
        path: PathBuf,
        /// What was said.
        reason: String,
    },
    /// Its directory could not be made, moved or removed.
    #[error("cannot {verb} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A record could not be read from the store.
    #[error(transparent)]
    Read(#[from] crosscut_store::ReadError),
    /// The store could not be made durable.
    #[error("the store could not be made durable before the index: {0}")]
    Sync(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Fewer records are durable than are to be committed to the index.
    #[error("only {durable} of {rows} records are durable")]
    NotDurable {
        /// Rows to be committed.
        rows: u64,
        /// Rows known to be durable.
        durable: u64,
    },
}
