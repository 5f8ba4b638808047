//! The workbench: every operation once, for all its faces.
//!
//! Owns the data directory, the runs that are open, the pipeline into the current one, and the
//! threads behind them. Promises: an operation is one method here and nowhere else; nothing here
//! knows HTTP, a window or a terminal; closing stores what was sent and leaves nothing running.

mod around;
mod complete;
mod ended;
mod events;
mod fields;
mod finder;
mod follow;
mod histogram;
mod indexer;
mod ingest;
mod open;
mod read;
mod recovery;
mod redact;
mod retention;
mod runs;
mod search;
mod settings;
mod shared;
mod shrink;
mod sources;
#[cfg(test)]
mod testing;
mod upkeep;
mod upload;
mod views;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crosscut_model::{Level, RunId, SourceKind, Stream, UnixNanos};
use parking_lot::Mutex;

pub(crate) use ingest::client_name;

pub use events::EventStream;
pub use follow::{Follow, Followed, Skipped};
pub use open::{default_data_dir, demo_data_dir, endpoint_of};
pub use retention::Retention;

use crate::api::{ApiError, Notice};
use crate::source::Lines;
use shared::Shared;
use upkeep::Upkeep;

/// How to open a workbench.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory; made when it is not there.
    pub data_dir: PathBuf,
    /// Which old runs are deleted, whatever the settings say of it; absent: what they say.
    pub retention: Option<Retention>,
    /// Whether the sources that the settings name are followed.
    pub follows_settings: bool,
}

impl Config {
    /// The usual, on a data directory: everything as its settings say.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            retention: None,
            follows_settings: true,
        }
    }
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

/// What one request brought: stored as a whole, or nothing of it.
#[derive(Debug, Clone, Default)]
pub struct Ingest {
    /// The run asked for; an unknown or ended one means the current run.
    pub run: Option<String>,
    /// What is to be stored, in this order.
    pub parts: Vec<Part>,
    /// What the client calls the request: sent again under the same name, it is stored once.
    pub key: Option<String>,
}

/// Lines of one source and stream.
#[derive(Debug, Clone)]
pub struct Part {
    /// What the client calls itself: its source.
    pub source: String,
    /// How it came by the lines: `Http`, or `Stdin` and `Command` for those who pass on what a
    /// program says. Part of the source's identity.
    pub kind: SourceKind,
    /// The stream.
    pub stream: Stream,
    /// The lines' level where the client knows it better than their text (markers).
    pub level: Option<Level>,
    /// The lines.
    pub lines: Lines,
    /// When each line was written, for lines that name no time themselves. Empty, or one per line.
    pub times: Vec<UnixNanos>,
    /// Whether lines may belong together, as those of a stack trace do: lines of text without
    /// `times` are made into records so, unless the source's settings say otherwise.
    pub join: bool,
}

impl Part {
    /// Lines that a source posted, as they came.
    pub fn new(source: impl Into<String>, lines: Lines) -> Self {
        Self {
            source: source.into(),
            kind: SourceKind::Http,
            stream: Stream::Stdout,
            level: None,
            lines,
            times: Vec::new(),
            join: false,
        }
    }
}

/// Lines were stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingested {
    /// The run they landed in.
    pub run: RunId,
    /// How many lines.
    pub accepted: u64,
    /// Whether the request had been stored before, under its key.
    pub again: bool,
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
    /// The request's key is that of another request: HTTP 422.
    #[error("this Idempotency-Key came before with other lines")]
    KeyReused,
    /// The request itself cannot be stored (too many sources, an empty name): HTTP 400.
    #[error("{0}")]
    Refused(String),
}

/// The workbench. Clones share one; when the last goes, it closes.
#[derive(Debug, Clone)]
pub struct Workbench {
    shared: Arc<Shared>,
    owner: Arc<Owner>,
}

/// Closes the workbench when the last clone goes.
#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    upkeep: Mutex<Option<Upkeep>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.close();
    }
}

impl Workbench {
    /// Performs `operation` (a name of the table in [`crate::api::operations`]) with JSON
    /// arguments and gives JSON back. Blocks; call it from a blocking thread.
    pub fn call(&self, operation: &str, args: &[u8]) -> Result<Vec<u8>, ApiError> {
        if operation.starts_with("view_") || operation == "search" {
            *self.shared.asked.lock() = Some(Instant::now());
        }
        crate::api::operations::perform(self, operation, args)
    }

    /// The events for one client (a window or tab, by a name of its own making). The client's
    /// views are closed some time after its last stream was dropped.
    pub fn events(&self, client: &str) -> EventStream {
        EventStream::new(Arc::clone(&self.shared), client)
    }

    /// Tells everyone something; a notice with the same code and `active: false` takes it back.
    #[expect(clippy::needless_pass_by_value, reason = "a notice is made to be told")]
    pub fn notice(&self, notice: Notice) {
        self.shared.notice(&notice);
    }

    /// Asks for the window to come to the front ([`crate::api::Event::Focus`] to every client).
    pub fn focus(&self) {
        self.shared.hub.focus();
    }

    /// The token that everything but ingest needs: made at the first start, kept in the data
    /// directory with mode 0600.
    pub fn token(&self) -> String {
        self.shared.token.clone()
    }

    /// The run new lines land in.
    pub fn current_run(&self) -> RunId {
        self.shared.current_id()
    }

    /// Stops sources, stores what they sent, syncs, frees the data directory. Idempotent; also
    /// done when the last clone goes.
    pub fn close(&self) {
        self.owner.close();
    }
}
