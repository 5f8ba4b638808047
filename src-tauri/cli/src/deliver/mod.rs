//! The way of a command's lines to the workbench.
//!
//! ```text
//! reading threads ─ put/offer ─▶ Outbox (bounded) ─▶ worker: cut into records ─▶ Owner ─┬▶ the running workbench
//!                                                                                       └▶ our own, with its port
//! ```
//!
//! Owns the buffer, the retries and the question who stores. Promises: what was put is stored once
//! and in order, whoever owns the data directory meanwhile (a parcel keeps its key until it is
//! known to be stored); memory is bounded; what could not be stored is counted and said.

mod cut;
mod host;
mod outbox;
mod owner;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crosscut_model::SourceKind;
use tokio::task::JoinHandle;

pub(crate) use self::cut::Cut;
pub(crate) use self::outbox::{Chunk, Outbox};
pub(crate) use self::owner::Owner;
use self::worker::Worker;

/// The usual patience after the input's end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Whose lines they are.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    /// The data directory they are to land in.
    pub(crate) data_dir: PathBuf,
    /// The source's name.
    pub(crate) source: String,
    /// `Stdin` or `Command`.
    pub(crate) kind: SourceKind,
    /// The run asked for.
    pub(crate) run: Option<String>,
    /// Whether nothing is said while all goes well.
    pub(crate) quiet: bool,
    /// How long storing is tried after the input's end, when nothing works.
    pub(crate) patience: Duration,
}

/// How it went.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Lines that were not stored.
    pub(crate) lost: u64,
    /// Why not.
    pub(crate) why: Option<String>,
}

/// Lines under way.
#[derive(Debug)]
pub(crate) struct Delivery {
    outbox: Arc<Outbox>,
    worker: JoinHandle<Outcome>,
}

impl Delivery {
    /// Begins to hand lines to `owner`, and to whoever follows it. Needs a tokio runtime.
    pub(crate) fn start(sender: Sender, owner: Owner) -> Self {
        let outbox = Arc::new(Outbox::default());
        let worker = Worker::new(sender, owner, Arc::clone(&outbox));
        Self {
            outbox,
            worker: tokio::spawn(worker.work()),
        }
    }

    /// Where lines are put.
    pub(crate) fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    /// No more lines come: stores what is left, ends the source, and lets go of the workbench.
    pub(crate) async fn finish(self) -> Outcome {
        self.outbox.close();
        self.worker.await.unwrap_or_else(|error| Outcome {
            lost: 0,
            why: Some(format!("storing ended early: {error}")),
        })
    }
}
