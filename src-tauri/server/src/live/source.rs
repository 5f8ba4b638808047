//! `GET /api/agents/{source}/logs/stream`: one source's records, and how it is doing.
//!
//! Each event is `{"logs":[record…],"status":"running|completed|failed","run"}`, its id the number of
//! the last record in it. The first has no logs, and for its id that of the record before all that
//! comes. A status that changed comes without logs. The last event has `final: true` and
//! a `reason`: `source_ended`, or `run_ended` when only the run is over; then the stream closes. The
//! parameters of `/stream` (`run`, `query`, `grep`, `since`, `tail`) and its resuming hold here too.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::Event as SseEvent;
use crosscut_engine::api::ReadRecord;
use crosscut_engine::{Follow, Followed, Workbench};
use crosscut_model::RunId;
use futures_util::Stream;
use serde::Serialize;
use tokio::sync::watch;

use super::address::{Address, last_seen};
use super::standing::{Reason, Status};
use super::{json, sse, status_of};
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;
use crate::serve::closed;

/// One event.
#[derive(Debug, Serialize)]
struct News<'a> {
    run: &'a RunId,
    logs: Vec<ReadRecord>,
    status: Status,
    #[serde(rename = "final", skip_serializing_if = "std::ops::Not::not")]
    last: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// The source's last records, then every new one; ends with the source or with the run.
pub(crate) async fn source(
    State(shared): State<Arc<Shared>>,
    Path(named): Path<String>,
    Params(mut address): Params<Address>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let seen = last_seen(&headers);
    let workbench = shared.workbench.clone();
    let started = tokio::task::spawn_blocking(move || {
        let source = address.find_source(&workbench, &named)?;
        address.source = Some(source.name.clone());
        let follow = address.follow(&workbench, seen)?;
        let (status, _) = Status::in_run(&workbench, follow.run(), &source)?;
        Ok::<_, Refusal>((follow, status))
    });
    let (follow, status) = started.await??;
    let course = Course {
        workbench: shared.workbench.clone(),
        run: follow.run().clone(),
        follow: Some(follow),
        status,
        told: None,
    };
    Ok(sse(course.events(shared.closing.clone())))
}

/// A source being followed.
struct Course {
    workbench: Workbench,
    run: RunId,
    /// None once the last event was told.
    follow: Option<Follow>,
    status: Status,
    /// The status that was told last.
    told: Option<Status>,
}

impl Course {
    fn events(self, closing: watch::Receiver<bool>) -> impl Stream<Item = SseEvent> {
        futures_util::stream::unfold((self, closing), |(mut course, mut closing)| async move {
            let event = tokio::select! {
                () = closed(&mut closing) => return None,
                event = course.next() => event?,
            };
            Some((event, (course, closing)))
        })
    }

    async fn next(&mut self) -> Option<SseEvent> {
        if self.told.is_none() {
            let position = self.follow.as_ref()?.position();
            let begin = SseEvent::default().id(position.to_string());
            return Some(self.news(begin, Vec::new()));
        }
        loop {
            match self.follow.as_mut()?.next().await? {
                Followed::Records(logs) => {
                    let last = logs.last().map(|record| record.seq.to_string());
                    let event = SseEvent::default().id(last.unwrap_or_default());
                    return Some(self.news(event, logs));
                }
                Followed::Source(source) => {
                    let (status, over) = status_of(&self.workbench, &self.run, source).await;
                    self.status = status;
                    if over {
                        return Some(self.end(Reason::SourceEnded));
                    }
                    if self.told != Some(status) {
                        return Some(self.news(SseEvent::default(), Vec::new()));
                    }
                }
                Followed::End => return Some(self.end(Reason::RunEnded)),
            }
        }
    }

    fn news(&mut self, event: SseEvent, logs: Vec<ReadRecord>) -> SseEvent {
        self.told = Some(self.status);
        let news = News {
            run: &self.run,
            logs,
            status: self.status,
            last: false,
            reason: None,
        };
        json(event, &news)
    }

    fn end(&mut self, reason: Reason) -> SseEvent {
        self.follow = None;
        let news = News {
            run: &self.run,
            logs: Vec::new(),
            status: self.status.at_the_end(),
            last: true,
            reason: Some(reason),
        };
        let event = match reason {
            Reason::SourceEnded => SseEvent::default(),
            // Numbers of this run mean nothing in the next one.
            Reason::RunEnded => SseEvent::default().id(""),
        };
        json(event, &news)
    }
}
