//! A run's full-text index.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_store::Snapshot;

/// Makes the store durable and tells how many rows are; called before each commit, so that the
/// index is never ahead of what survives a power cut.
pub type BeforeCommit =
    Box<dyn Fn() -> Result<u64, Box<dyn std::error::Error + Send + Sync>> + Send + Sync>;

/// Sizes of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Threads that index.
    pub threads: usize,
    /// Memory for what is indexed and not yet written. Bytes, all threads together.
    pub memory_bytes: usize,
    /// Documents after which a commit is made while catching up.
    pub commit_rows: u64,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            threads: 2,
            memory_bytes: 80 << 20,
            commit_rows: 400_000,
        }
    }
}

/// What opening an index found.
#[derive(Debug)]
pub struct Opened {
    /// Rows it has come to.
    pub rows: u64,
    /// Why it begins anew, if it does.
    pub rebuilt: Option<RebuildReason>,
}

/// Why an index begins anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildReason {
    /// There was none.
    #[error("there was no index yet")]
    Missing,
    /// It cannot be read.
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
    #[error("the index in {path} failed: {reason}")]
    Failed {
        /// Its directory.
        path: String,
        /// What was said.
        reason: String,
    },
    /// A record could not be read from the store.
    #[error(transparent)]
    Read(#[from] crosscut_store::ReadError),
    /// The store could not be made durable.
    #[error("the store could not be made durable before the index: {0}")]
    Sync(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A run's index: one writer, many readers.
#[derive(Debug)]
pub struct RunIndex {}

impl RunIndex {
    /// Opens the index in `dir`, or begins a new one where it is missing, damaged, of another
    /// version or ahead of the store, which holds `store_rows` rows now.
    pub fn open(
        _dir: &Path,
        _store_rows: u64,
        _options: IndexOptions,
        _before_commit: BeforeCommit,
    ) -> Result<(Self, Opened), IndexError> {
        Ok((
            Self {},
            Opened {
                rows: 0,
                rebuilt: Some(RebuildReason::Missing),
            },
        ))
    }

    /// Indexes what the snapshot has and the index has not; gives the rows it has come to, fewer
    /// than the snapshot's when cancelled. Blocks; one call at a time.
    pub fn catch_up(&self, _snapshot: &Snapshot, _cancel: &AtomicBool) -> Result<u64, IndexError> {
        Ok(0)
    }

    /// Rows it has come to.
    pub fn rows(&self) -> u64 {
        0
    }

    /// The index as it is now.
    pub fn snapshot(&self) -> Arc<IndexSnapshot> {
        Arc::new(IndexSnapshot {})
    }
}

/// An index at one moment; answers for rows below [`rows`](Self::rows).
#[derive(Debug)]
pub struct IndexSnapshot {}

impl IndexSnapshot {
    /// Rows it knows.
    pub fn rows(&self) -> u64 {
        0
    }
}
