//! From sockets into the store: many small messages, stored together.
//!
//! A queue of bounded length, and a task that stores what is in it, in its order. While the store
//! cannot take more, it tries again: senders over TCP wait, datagrams are counted as lost, and a
//! record of the stream `system` says how many.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crosscut_engine::{Ingest, IngestError, Part, Workbench};
use crosscut_model::{Stream, UnixNanos};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::ingest::Budget;
use crate::refusal::Refusal;
use crate::shippers::gather::Gathered;

/// Bundles in the queue.
const QUEUE: usize = 1_024;
/// Bytes that are stored at once.
const BATCH_BYTES: usize = 4 << 20;
/// How long to wait before what could not be stored is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// One record that came by a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sent {
    /// The program it is of; empty where nothing tells.
    pub(super) source: String,
    pub(super) stream: Stream,
    pub(super) time: Option<UnixNanos>,
    pub(super) record: Vec<u8>,
}

impl Sent {
    /// Something that the reader must know of the socket.
    pub(super) fn system(text: String) -> Self {
        Self {
            source: String::new(),
            stream: Stream::System,
            time: None,
            record: text.into_bytes(),
        }
    }
}

#[derive(Debug)]
struct Bundle {
    sent: Vec<Sent>,
    bytes: usize,
    /// Told once all is stored.
    done: Option<oneshot::Sender<()>>,
    _held: OwnedSemaphorePermit,
}

/// The way into the queue.
#[derive(Debug, Clone)]
pub(super) struct Pour {
    queue: mpsc::Sender<Bundle>,
    budget: Budget,
    lost: Arc<AtomicU64>,
}

impl Pour {
    /// Takes messages of a connection; waits until there is room.
    pub(super) async fn send(&self, sent: Vec<Sent>, done: Option<oneshot::Sender<()>>) {
        if sent.is_empty() && done.is_none() {
            return;
        }
        let bytes = size(&sent);
        let held = loop {
            match self.budget.room(bytes) {
                Ok(held) => break held,
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        };
        let bundle = Bundle {
            sent,
            bytes,
            done,
            _held: held,
        };
        if self.queue.send(bundle).await.is_err() {
            tracing::warn!("a socket outlived its store");
        }
    }

    /// Takes a datagram, or counts it as lost.
    pub(super) fn offer(&self, sent: Sent) {
        let sent = vec![sent];
        let bytes = size(&sent);
        let taken = self.budget.room(bytes).ok().and_then(|held| {
            let bundle = Bundle {
                sent,
                bytes,
                done: None,
                _held: held,
            };
            self.queue.try_send(bundle).ok()
        });
        if taken.is_none() {
            self.lose(1);
        }
    }

    /// Counts datagrams as lost.
    pub(super) fn lose(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
    }
}

fn size(sent: &[Sent]) -> usize {
    sent.iter().map(|sent| sent.record.len() + 64).sum()
}

/// A queue, and the task that empties it until no sender is left.
pub(super) fn new(
    protocol: &'static str,
    workbench: Workbench,
    budget: Budget,
) -> (Pour, impl Future<Output = ()> + Send) {
    let (queue, received) = mpsc::channel(QUEUE);
    let lost = Arc::new(AtomicU64::new(0));
    let pour = Pour {
        queue,
        budget: budget.clone(),
        lost: Arc::clone(&lost),
    };
    (pour, store(protocol, workbench, budget, received, lost))
}

async fn store(
    protocol: &'static str,
    workbench: Workbench,
    budget: Budget,
    mut received: mpsc::Receiver<Bundle>,
    lost: Arc<AtomicU64>,
) {
    while let Some(first) = received.recv().await {
        let mut bytes = first.bytes;
        let mut bundles = vec![first];
        while bytes < BATCH_BYTES
            && let Ok(next) = received.try_recv()
        {
            bytes += next.bytes;
            bundles.push(next);
        }
        let count = lost.swap(0, Ordering::Relaxed);
        let marker = (count > 0).then(|| {
            Sent::system(format!(
                "{count} datagrams were lost: they came faster than they could be stored, or cut"
            ))
        });
        let all = bundles.iter().flat_map(|bundle| &bundle.sent);
        let all: Vec<&Sent> = all.chain(&marker).collect();
        let (parts, held) = loop {
            match gather(protocol, &all, &budget) {
                Ok(gathered) => break gathered.into_parts(),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        };
        keep(protocol, &workbench, parts).await;
        drop(held);
        for done in bundles.into_iter().filter_map(|bundle| bundle.done) {
            // Nobody waits any more: the client will send again, and be told then.
            done.send(()).ok();
        }
    }
}

fn gather(protocol: &str, all: &[&Sent], budget: &Budget) -> Result<Gathered, Refusal> {
    let mut gathered = Gathered::loose(budget.clone());
    for sent in all {
        let source = Some(sent.source.as_str()).filter(|name| !name.is_empty());
        let source = source.unwrap_or(protocol);
        gathered.add(source, sent.stream, sent.time, &sent.record)?;
    }
    Ok(gathered)
}

/// Stores parts, however long that takes.
async fn keep(protocol: &'static str, workbench: &Workbench, mut parts: Vec<Part>) {
    loop {
        let ingest = Ingest {
            parts: parts.clone(),
            ..Ingest::default()
        };
        let workbench = workbench.clone();
        let stored = tokio::task::spawn_blocking(move || workbench.ingest(ingest)).await;
        match stored {
            Ok(Ok(_)) => return,
            // There are too many sources: better under the protocol's name than not at all.
            Ok(Err(IngestError::Refused(why))) => {
                if parts.iter().all(|part| part.source == protocol) {
                    tracing::error!(why, protocol, "lines of a socket were refused");
                    return;
                }
                for part in &mut parts {
                    protocol.clone_into(&mut part.source);
                }
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, protocol, "lines of a socket wait");
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                tracing::error!(%error, protocol, "lines of a socket were not stored");
                return;
            }
        }
    }
}
