//! One subscription: from the store into the client's queue.

use std::collections::HashMap;

use axum::extract::ws::{Message, Utf8Bytes};
use crosscut_engine::api::ReadRecord;
use crosscut_engine::{Follow, Followed, Workbench};
use crosscut_model::RunId;
use tokio::sync::mpsc;

use super::protocol::{Id, Told};
use super::{BEHIND, KEPT};
use crate::live::standing::{Reason, Status};
use crate::live::status_of;

/// The client, or its end of the queue, is gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gone;

/// The way to the client.
#[derive(Debug, Clone)]
pub(super) struct Outgoing(mpsc::Sender<Message>);

impl Outgoing {
    pub(super) fn new(queue: mpsc::Sender<Message>) -> Self {
        Self(queue)
    }

    /// Puts a message into the queue, once there is room for it.
    pub(super) async fn tell(&self, told: &Told<'_>) -> Result<(), Gone> {
        match serde_json::to_string(told) {
            Ok(text) => self.send(Message::Text(Utf8Bytes::from(text))).await,
            Err(error) => {
                tracing::error!(%error, "a message cannot be written");
                Err(Gone)
            }
        }
    }

    /// The same with a message as it goes over the wire.
    pub(super) async fn send(&self, message: Message) -> Result<(), Gone> {
        self.0.send(message).await.map_err(|_| Gone)
    }
}

/// A subscription under way.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: Id,
    /// The one source it is about.
    pub(super) source: Option<String>,
    /// How it was doing when the client was told last, with its number.
    pub(super) status: Option<(u16, Status)>,
    pub(super) workbench: Workbench,
    pub(super) to: Outgoing,
}

impl Subscription {
    /// Gives everything there is and comes, until nothing more does or the client is gone.
    pub(super) async fn run(self, mut follow: Follow) -> Result<(), Gone> {
        let (id, to) = (&self.id, &self.to);
        let mut statuses: HashMap<u16, Status> = self.status.into_iter().collect();
        let mut live = follow.is_live();
        if live {
            self.history(&[], true).await?;
        }
        while let Some(next) = follow.next().await {
            match next {
                Followed::Records(logs) if !live => {
                    live = follow.is_live();
                    self.history(&logs, live).await?;
                }
                Followed::Records(logs) => {
                    for log in &logs {
                        to.tell(&Told::Line { id, log }).await?;
                    }
                }
                other => {
                    if !std::mem::replace(&mut live, true) {
                        // The rest of what there was did not match.
                        self.history(&[], true).await?;
                    }
                    if self.other(follow.run(), other, &mut statuses).await? {
                        return Ok(());
                    }
                }
            }
            if live
                && follow.behind() > BEHIND
                && let Some(skipped) = follow.catch_up(KEPT).await
            {
                let skipped = Told::Skipped {
                    id,
                    run: follow.run(),
                    count: skipped.count,
                    from: skipped.first,
                    to: skipped.last,
                };
                to.tell(&skipped).await?;
            }
        }
        Ok(())
    }

    async fn history(&self, logs: &[ReadRecord], done: bool) -> Result<(), Gone> {
        let id = &self.id;
        self.to.tell(&Told::History { id, logs, done }).await
    }

    /// Tells of a source or of the end; whether that was the last.
    async fn other(
        &self,
        run: &RunId,
        next: Followed,
        statuses: &mut HashMap<u16, Status>,
    ) -> Result<bool, Gone> {
        let id = &self.id;
        let of_one = self.source.is_some();
        let (reason, status) = match next {
            Followed::Records(_) => return Ok(false),
            Followed::Source(source) => {
                let (number, name) = (source.id, source.name.clone());
                let (status, over) = status_of(&self.workbench, run, source).await;
                if !(over && of_one) {
                    if statuses.insert(number, status) != Some(status) {
                        let source = &name;
                        self.to.tell(&Told::Status { id, source, status }).await?;
                    }
                    return Ok(false);
                }
                (Reason::SourceEnded, status)
            }
            Followed::End => {
                let last = statuses.values().next().copied();
                (Reason::RunEnded, last.unwrap_or(Status::Completed))
            }
        };
        let status = of_one.then(|| status.at_the_end());
        let end = Told::End { id, reason, status };
        self.to.tell(&end).await.map(|()| true)
    }
}
