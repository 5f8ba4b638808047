//! The workbench: every operation once, for all its faces.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crosscut_model::{RunId, Stream};

use crate::api::{ApiError, Event, Notice, ReadArgs, ReadRecord, SourceInfo};
use crate::source::{Connector, Lines};

/// How to open a workbench.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory; made when it is not there.
    pub data_dir: PathBuf,
}

/// Why a workbench could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process owns the data directory. Its address, when it has told one.
    #[error("another Crosscut is using {}", .data_dir.display())]
    Locked {
        /// The directory.
        data_dir: PathBuf,
        /// How to reach the owner.
        endpoint: Option<Endpoint>,
    },
    /// The data directory cannot be used.
    #[error("{0}")]
    Data(String),
}

/// How to reach a running workbench; kept in the data directory with mode 0600.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Endpoint {
    /// The base address, as `http://127.0.0.1:3002`.
    pub url: String,
    /// The token for everything but ingest.
    pub token: String,
    /// The owner's process id.
    pub pid: u32,
    /// Whether the owner has a window.
    pub window: bool,
}

/// Lines posted to the port.
#[derive(Debug, Clone, Default)]
pub struct Ingest {
    /// The run asked for; an unknown or ended one means the current run.
    pub run: Option<String>,
    /// The client's name: its source.
    pub source: String,
    /// The stream.
    pub stream: Stream,
    /// The lines.
    pub lines: Lines,
}

/// Lines were stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The run they landed in.
    pub run: RunId,
    /// How many.
    pub accepted: u64,
}

/// Lines were not stored, none of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// Too much is under way: HTTP 429.
    #[error("too many lines are waiting to be stored; try again in {} ms", .retry_after.as_millis())]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The disk is full: HTTP 507.
    #[error("the disk is full")]
    DiskFull,
    /// Writing failed, or the workbench is closing: HTTP 503.
    #[error("{0}")]
    Unavailable(String),
    /// The request itself cannot be stored (too many sources, an empty name): HTTP 400.
    #[error("{0}")]
    Refused(String),
}

/// The workbench. Clones share one.
#[derive(Debug, Clone)]
pub struct Workbench {
    inner: Arc<()>,
}

#[expect(clippy::unused_self, clippy::needless_pass_by_value, unused_variables, reason = "the signatures the faces are built on")]
impl Workbench {
    /// Opens the data directory, its current run (the newest not ended, else a new one) and
    /// resumes that run's sources. Starts threads; needs no async runtime.
    pub fn open(config: Config, connector: Arc<dyn Connector>) -> Result<Self, OpenError> {
        Err(OpenError::Data("not built".into()))
    }

    /// Performs `operation` (a name of the table in [`crate::api::operations`]) with JSON
    /// arguments and gives JSON back. Blocks; call it from a blocking thread.
    pub fn call(&self, operation: &str, args: &[u8]) -> Result<Vec<u8>, ApiError> {
        Err(crate::api::ApiError {
            code: String::new(),
            message: String::new(),
            hint: String::new(),
            position: None,
        })
    }

    /// The events for one client (a window or tab, by a name of its own making). The client's
    /// views are closed some time after its last stream was dropped.
    pub fn events(&self, client: &str) -> EventStream {
        EventStream {}
    }

    /// Stores lines and returns once they are durable. Blocks.
    pub fn ingest(&self, ingest: Ingest) -> Result<Ingested, IngestError> {
        Err(IngestError::DiskFull)
    }

    /// Stores a file's content as a source of its own (uploads of a browser): `next` gives chunks
    /// until `None`. Blocks.
    pub fn upload(
        &self,
        name: &str,
        next: &mut dyn FnMut() -> std::io::Result<Option<Vec<u8>>>,
    ) -> Result<SourceInfo, ApiError> {
        Err(ApiError { code: String::new(), message: String::new(), hint: String::new(), position: None })
    }

    /// Records of a run, oldest first. Blocks.
    pub fn read(&self, args: &ReadArgs) -> Result<Vec<ReadRecord>, ApiError> {
        Ok(Vec::new())
    }

    /// Records of a run and what comes after them. `tail` of the arguments counts for the records
    /// there already when `since` is absent.
    pub fn follow(&self, args: &ReadArgs) -> Result<Follow, ApiError> {
        Ok(Follow {})
    }

    /// Tells everyone something; a notice with the same code and `active: false` takes it back.
    pub fn notice(&self, notice: Notice) {}

    /// Asks for the window to come to the front ([`Event::Focus`] to every client).
    pub fn focus(&self) {}

    /// The token that everything but ingest needs: made at the first start, kept in the data
    /// directory with mode 0600.
    pub fn token(&self) -> String {
        String::new()
    }

    /// Tells where the port listens, and writes it where other processes find it.
    pub fn set_endpoint(&self, url: &str, window: bool) {}

    /// The run new lines land in.
    pub fn current_run(&self) -> RunId {
        std::process::abort()
    }

    /// Stops sources, stores what they sent, syncs, frees the data directory. Idempotent; also
    /// done when the last clone goes.
    pub fn close(&self) {}
}

/// Events for one client.
#[derive(Debug)]
pub struct EventStream {}

impl EventStream {
    /// The next event; `None` once the workbench closes. Cancel-safe.
    pub async fn next(&mut self) -> Option<Event> {
        None
    }
}

/// A run being followed.
#[derive(Debug)]
pub struct Follow {}

/// What following brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// More records, in order; at most 1,000 at once.
    Records(Vec<ReadRecord>),
    /// The state of a source changed.
    Source(SourceInfo),
    /// The run ended and every record was given.
    End,
}

impl Follow {
    /// What comes next; `None` after [`Followed::End`] or once the workbench closes. Cancel-safe.
    pub async fn next(&mut self) -> Option<Followed> {
        None
    }
}

/// Where the workbench that owns `data_dir` can be reached, by its own word. The word may be stale.
pub fn endpoint_of(data_dir: &std::path::Path) -> Option<Endpoint> {
    None
}

/// The platform's data directory for Crosscut.
pub fn default_data_dir() -> PathBuf {
    PathBuf::new()
}
