//! From sockets into the store: many small messages, stored together.
//!
//! A queue of bounded length, and a task that stores what is in it, in its order. While the store
//! cannot take more, it tries again: senders over TCP wait, datagrams are counted as lost, and a
//! record of the stream `system` says how many, whether or not more of them come.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crosscut_engine::api::{Notice, NoticeKind};
use crosscut_engine::{Ingest, IngestError, Part, Workbench};
use crosscut_model::{Stream, UnixNanos};
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, oneshot};

use crate::ingest::Budget;
use crate::refusal::Refusal;
use crate::shippers::gather::Gathered;

/// Bundles in the queue.
const QUEUE: usize = 1_024;
/// What a connection puts into the queue at once, but for one message more. Bytes.
pub(super) const BUNDLE: usize = 1 << 20;
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

    /// About what it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.record.len() + self.source.len() + 64
    }
}

#[derive(Debug)]
struct Bundle {
    sent: Vec<Sent>,
    bytes: usize,
    /// Told once all is stored; dropped where it is not.
    done: Option<oneshot::Sender<()>>,
    _held: OwnedSemaphorePermit,
}

/// The way into the queue.
#[derive(Debug, Clone)]
pub(super) struct Pour {
    queue: mpsc::Sender<Bundle>,
    budget: Budget,
    lost: Arc<Lost>,
}

/// Datagrams that are lost and not yet told.
#[derive(Debug, Default)]
struct Lost {
    count: AtomicU64,
    /// Told of each, since nothing else may come that would have them told.
    news: Notify,
}

impl Pour {
    /// Takes messages of a connection, no more at once than a [`BUNDLE`] and one message; waits until
    /// there is room.
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
        if count > 0 {
            self.lost.count.fetch_add(count, Ordering::Relaxed);
            self.lost.news.notify_one();
        }
    }
}

fn size(sent: &[Sent]) -> usize {
    sent.iter().map(Sent::bytes).sum()
}

/// A queue, and the task that empties it until no sender is left.
pub(super) fn new(
    protocol: &'static str,
    workbench: Workbench,
    budget: Budget,
) -> (Pour, impl Future<Output = ()> + Send) {
    let (queue, received) = mpsc::channel(QUEUE);
    let lost = Arc::new(Lost::default());
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
    lost: Arc<Lost>,
) {
    let mut open = true;
    while open {
        let mut bundles = Vec::new();
        tokio::select! {
            first = received.recv() => {
                open = first.is_some();
                bundles.extend(first);
            }
            // Many at once are told of together.
            () = async {
                lost.news.notified().await;
                tokio::time::sleep(PAUSE).await;
            } => {}
        }
        let mut bytes: usize = bundles.iter().map(|bundle| bundle.bytes).sum();
        while bytes < BATCH_BYTES
            && let Ok(next) = received.try_recv()
        {
            bytes += next.bytes;
            bundles.push(next);
        }
        let count = lost.count.swap(0, Ordering::Relaxed);
        let marker = (count > 0).then(|| {
            Sent::system(format!(
                "{count} datagrams were lost: they came faster than they could be stored, or cut"
            ))
        });
        let all = bundles.iter().flat_map(|bundle| &bundle.sent);
        let all: Vec<&Sent> = all.chain(&marker).collect();
        if !all.is_empty() {
            // A batch and one message more are within what may be gathered: this is no more than
            // waiting for room.
            let (parts, held) = loop {
                match gather(protocol, &all, &budget) {
                    Ok(gathered) => break gathered.into_parts(),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            };
            if !keep(protocol, &workbench, parts).await {
                // Who waits for word of it is not told, and sends again.
                continue;
            }
            drop(held);
        }
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

/// Stores parts, however long that takes; `false` where that cannot be.
async fn keep(protocol: &'static str, workbench: &Workbench, mut parts: Vec<Part>) -> bool {
    loop {
        let ingest = Ingest {
            parts: parts.clone(),
            ..Ingest::default()
        };
        let storing = workbench.clone();
        let stored = tokio::task::spawn_blocking(move || storing.ingest(ingest)).await;
        let why = match stored {
            Ok(Ok(_)) => return true,
            // There are too many sources: better under the protocol's name than not at all.
            Ok(Err(IngestError::Refused(_)))
                if parts.iter().any(|part| part.source != protocol) =>
            {
                for part in &mut parts {
                    protocol.clone_into(&mut part.source);
                }
                continue;
            }
            Ok(Err(IngestError::Refused(why))) => why,
            Ok(Err(error)) => {
                tracing::debug!(%error, protocol, "lines of a socket wait");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            Err(error) => error.to_string(),
        };
        let count: usize = parts.iter().map(|part| part.lines.len()).sum();
        tracing::error!(why, protocol, count, "lines of a socket were not stored");
        workbench.notice(Notice {
            code: format!("{}_lines_lost", protocol.replace('-', "_")),
            kind: NoticeKind::Error,
            message: format!("{count} lines that came by {protocol} could not be stored: {why}"),
            hint: "begin a new run: it has room for new sources".to_owned(),
            active: true,
        });
        return false;
    }
}
