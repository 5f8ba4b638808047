//! One socket from its opening to its end.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Error;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use crosscut_engine::api::ApiError;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, timeout, timeout_at};

use super::protocol::{Asked, Id, Told};
use super::subscription::{Gone, Outgoing, Subscription};
use super::{GOODBYE, MAX_MESSAGE, MAX_SUBSCRIPTIONS, PATIENCE, PING, QUEUE, SEND};
use crate::app::Shared;
use crate::live::address::Address;
use crate::live::standing::Status;
use crate::serve::closed;

/// Why a socket ends, as its client is told.
struct Ending(u16, &'static str);

const TOO_LARGE: Ending = Ending(close_code::SIZE, "a message has at most 64 KiB");

/// A socket's subscriptions.
pub(super) struct Session {
    shared: Arc<Shared>,
    closing: watch::Receiver<bool>,
    running: JoinSet<Id>,
    known: HashMap<Id, Known>,
    /// The last id that was made up.
    made_up: i64,
}

/// A subscription that runs.
struct Known {
    /// The one source it is about: by its name, and as the client called it.
    source: Option<[String; 2]>,
    handle: AbortHandle,
}

impl Session {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self {
            shared: Arc::clone(shared),
            closing: shared.closing.clone(),
            running: JoinSet::new(),
            known: HashMap::new(),
            made_up: 0,
        }
    }

    /// Serves the client until it goes, or the port closes.
    pub(super) async fn run(mut self, socket: WebSocket) {
        let (sink, stream) = socket.split();
        let (queue, waiting) = mpsc::channel(QUEUE);
        let mut writer = tokio::spawn(write(sink, waiting));
        let to = Outgoing::new(queue);
        let mut closing = self.closing.clone();
        let ending = tokio::select! {
            () = closed(&mut closing) => Some(Ending(close_code::AWAY, "Crosscut is closing")),
            ending = self.serve(stream, &to) => ending,
            _ = &mut writer => None,
        };
        // Nothing of theirs may come behind the goodbye.
        self.running.shutdown().await;
        if let Some(Ending(code, reason)) = ending {
            let reason = Utf8Bytes::from_static(reason);
            let goodbye = Message::Close(Some(CloseFrame { code, reason }));
            timeout(GOODBYE, to.send(goodbye)).await.ok();
        }
        drop(to);
        if !writer.is_finished() && timeout(GOODBYE, &mut writer).await.is_err() {
            writer.abort();
        }
    }

    async fn serve(&mut self, mut stream: SplitStream<WebSocket>, to: &Outgoing) -> Option<Ending> {
        let mut ping = tokio::time::interval(PING);
        let mut patience = Instant::now() + PATIENCE;
        loop {
            let message = tokio::select! {
                message = timeout_at(patience, stream.next()) => message,
                Some(ended) = self.running.join_next() => {
                    if let Ok(id) = ended {
                        self.known.remove(&id);
                    }
                    continue;
                }
                _ = ping.tick() => {
                    to.send(Message::Ping(axum::body::Bytes::new())).await.ok()?;
                    continue;
                }
            };
            let Ok(message) = message else {
                return Some(Ending(close_code::AWAY, "no answer for too long"));
            };
            patience = Instant::now() + PATIENCE;
            match message? {
                Ok(Message::Text(text)) if text.len() > MAX_MESSAGE => return Some(TOO_LARGE),
                Ok(Message::Text(text)) => self.answer(text.as_str(), to).await.ok()?,
                Ok(Message::Binary(_)) => {
                    let error = ApiError::new("bad_message", "messages are JSON in text frames");
                    refuse(None, &error, to).await.ok()?;
                }
                // Pings are answered below us, in turn with everything else.
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) => return None,
                Err(error) => return Some(ending_of(&error)),
            }
        }
    }

    async fn answer(&mut self, text: &str, to: &Outgoing) -> Result<(), Gone> {
        match Asked::read(text) {
            Ok(Asked::Subscribe { id, what }) => self.subscribe(id, what, to).await,
            Ok(Asked::Unsubscribe { id, source }) => self.unsubscribe(id, source, to).await,
            Ok(Asked::Ping { id }) => to.tell(&Told::Pong { id: id.as_ref() }).await,
            Err((id, error)) => refuse(id.as_ref(), &error, to).await,
        }
    }

    async fn subscribe(
        &mut self,
        id: Option<Id>,
        mut what: Address,
        to: &Outgoing,
    ) -> Result<(), Gone> {
        let id = id.unwrap_or_else(|| self.new_id());
        if self.known.contains_key(&id) {
            let error = ApiError::new("id_in_use", "this socket has a subscription of that `id`")
                .hint("unsubscribe it first, or leave the `id` out");
            return refuse(Some(&id), &error, to).await;
        }
        if self.known.len() >= MAX_SUBSCRIPTIONS {
            let message = format!("a socket has at most {MAX_SUBSCRIPTIONS} subscriptions");
            let error = ApiError::new("too_many", message).hint("open another one");
            return refuse(Some(&id), &error, to).await;
        }
        let workbench = self.shared.workbench.clone();
        let named = what.source.take().filter(|named| !named.is_empty());
        let asked = named.clone();
        let started = tokio::task::spawn_blocking(move || {
            let known = named.map(|named| what.find_source(&workbench, &named));
            let known = known.transpose()?;
            what.source = known.as_ref().map(|source| source.name.clone());
            let name = what.source.clone();
            let follow = what.follow(&workbench, None)?;
            let status = match &known {
                Some(source) => {
                    let (status, _) = Status::in_run(&workbench, follow.run(), source)?;
                    Some((source.id, status))
                }
                None => None,
            };
            Ok::<_, ApiError>((follow, name, status))
        });
        let (follow, source, status) = match started.await {
            Ok(Ok(started)) => started,
            Ok(Err(error)) => return refuse(Some(&id), &error, to).await,
            Err(error) => {
                tracing::error!(%error, "a subscription's start ended early");
                let error = ApiError::new("internal", "the subscription could not be started");
                return refuse(Some(&id), &error, to).await;
            }
        };
        let subscribed = Told::Subscribed {
            id: &id,
            run: follow.run(),
            source: source.as_deref(),
            status: status.map(|(_, status)| status),
        };
        to.tell(&subscribed).await?;
        let subscription = Subscription {
            id: id.clone(),
            source: source.clone(),
            status,
            workbench: self.shared.workbench.clone(),
            to: to.clone(),
        };
        let ended = id.clone();
        let handle = self.running.spawn(async move {
            // Without a client there is nobody to tell.
            subscription.run(follow).await.ok();
            ended
        });
        let source = source.zip(asked).map(<[String; 2]>::from);
        self.known.insert(id, Known { source, handle });
        Ok(())
    }

    async fn unsubscribe(
        &mut self,
        id: Option<Id>,
        source: Option<String>,
        to: &Outgoing,
    ) -> Result<(), Gone> {
        let called = |known: &Known| {
            let names = known.source.iter().flatten();
            source
                .as_ref()
                .is_some_and(|source| names.clone().any(|name| name == source))
        };
        let meant = |(own, known): &(&Id, &Known)| match &id {
            Some(id) => *own == id,
            None => called(known),
        };
        let mut ids: Vec<Id> = self
            .known
            .iter()
            .filter(meant)
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort_unstable();
        if ids.is_empty() {
            let error = ApiError::new(
                "unknown_subscription",
                "this socket has no such subscription",
            )
            .hint("name its `id`, or its `source`; it may have ended by itself");
            return refuse(id.as_ref(), &error, to).await;
        }
        for id in &ids {
            if let Some(known) = self.known.remove(id) {
                known.handle.abort();
            }
        }
        // Whatever they still send goes before the answer.
        while self.running.len() > self.known.len() {
            if let Some(Ok(id)) = self.running.join_next().await {
                self.known.remove(&id);
            }
        }
        for id in &ids {
            to.tell(&Told::Unsubscribed { id }).await?;
        }
        Ok(())
    }

    fn new_id(&mut self) -> Id {
        loop {
            self.made_up += 1;
            let id = Id::Text(format!("s{}", self.made_up));
            if !self.known.contains_key(&id) {
                return id;
            }
        }
    }
}

async fn refuse(id: Option<&Id>, error: &ApiError, to: &Outgoing) -> Result<(), Gone> {
    to.tell(&Told::Error { id, error }).await
}

/// What a client is told whose message cannot be read at all, if it is there to be told.
fn ending_of(error: &Error) -> Ending {
    let text = error.to_string();
    tracing::debug!(error = text, "a socket ended badly");
    // The library that knows more is axum's own affair: its words are all there is.
    if text.contains("too long") || text.contains("too big") {
        return TOO_LARGE;
    }
    Ending(close_code::PROTOCOL, "that was not WebSocket")
}

/// Sends what is in the queue until it is closed, or the client takes too long for a message.
async fn write(mut sink: SplitSink<WebSocket, Message>, mut waiting: mpsc::Receiver<Message>) {
    while let Some(message) = waiting.recv().await {
        let last = matches!(message, Message::Close(_));
        let sent = async {
            sink.feed(message).await?;
            // Many small ones go in one packet.
            if waiting.is_empty() {
                sink.flush().await?;
            }
            Ok::<(), Error>(())
        };
        if !matches!(timeout(SEND, sent).await, Ok(Ok(()))) {
            return;
        }
        if last {
            break;
        }
    }
    timeout(GOODBYE, sink.close()).await.ok();
}
