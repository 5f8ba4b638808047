//! Live streams as server-sent events: `GET /stream` (records) and `GET /api/events` (the window's
//! events in a browser).
//!
//! Both end when the port closes or the workbench does, and both are pulled: a client that reads
//! slowly is given its records slowly and holds up nobody.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use crosscut_engine::api::{ApiError, Empty, Event, ReadArgs, RunInfo};
use crosscut_engine::{EventStream, Follow, Followed};
use futures_util::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::app::Shared;
use crate::params::Params;
use crate::raw::run_id;
use crate::refusal::Refusal;
use crate::serve::closed;

/// Records from before that a stream begins with.
const DEFAULT_TAIL: usize = 1_000;
/// How often a silent stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// A client's name, at most. Bytes.
const MAX_CLIENT: usize = 128;

/// What the address of `/stream` says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct StreamAddress {
    #[serde(alias = "runId")]
    run: Option<String>,
    query: Option<String>,
    grep: Option<String>,
    source: Option<String>,
    since: Option<u64>,
    tail: Option<usize>,
}

/// The last matching records, then every new one; ends with the run.
pub(crate) async fn stream(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<StreamAddress>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let seen = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let seen = seen.and_then(|text| text.parse().ok());
    let workbench = shared.workbench.clone();
    let follow = tokio::task::spawn_blocking(move || {
        let run = run_id(address.run.as_deref())?;
        let seen = match (seen, &run) {
            (Some(seen), None) if !is_of_current_run(&workbench, seen)? => None,
            (seen, _) => seen,
        };
        let since = seen.or(address.since);
        let tail = address.tail.unwrap_or(DEFAULT_TAIL);
        workbench.follow(&ReadArgs {
            run,
            query: address.query.filter(|query| !query.trim().is_empty()),
            grep: address.grep.filter(|grep| !grep.is_empty()),
            source: address.source.filter(|source| !source.is_empty()),
            since,
            tail: since.is_none().then_some(tail),
            ..ReadArgs::default()
        })
    });
    let follow = follow.await??;
    Ok(sse(followed(follow, shared.closing.clone())))
}

/// A client that names no run and comes back after the run it saw has ended brings a number that
/// means nothing in the new one; where that can be told, it is not believed. Blocks.
fn is_of_current_run(workbench: &crosscut_engine::Workbench, seen: u64) -> Result<bool, ApiError> {
    let runs: Vec<RunInfo> = crate::rpc::call(workbench, "runs_list", &Empty {})?;
    Ok(runs.iter().any(|run| run.current && seen <= run.records))
}

fn followed(follow: Follow, closing: watch::Receiver<bool>) -> impl Stream<Item = SseEvent> {
    let state = (Some(follow), closing, VecDeque::new());
    stream::unfold(state, |(mut follow, mut closing, mut ready)| async move {
        loop {
            if let Some(event) = ready.pop_front() {
                return Some((event, (follow, closing, ready)));
            }
            let next = tokio::select! {
                () = closed(&mut closing) => return None,
                next = follow.as_mut()?.next() => next?,
            };
            match next {
                Followed::Records(records) => {
                    let event = |seq: u64| SseEvent::default().id(seq.to_string());
                    ready.extend(records.iter().map(|record| json(event(record.seq), record)));
                }
                Followed::Source(source) => {
                    ready.push_back(json(SseEvent::default().event("state"), &source));
                }
                Followed::End => {
                    // The empty id makes the browser forget the last one: when it comes back by
                    // itself, it is for the next run.
                    let end = SseEvent::default().event("end").id("").data("{}");
                    ready.push_back(end);
                    follow = None;
                }
            }
        }
    })
}

/// What the address of `/api/events` says.
#[derive(Debug, Deserialize)]
pub(crate) struct EventsAddress {
    client: String,
}

/// The workbench's events for one tab.
pub(crate) async fn events(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<EventsAddress>,
) -> Result<impl IntoResponse, Refusal> {
    if address.client.is_empty() || address.client.len() > MAX_CLIENT {
        return Err(
            Refusal::bad("bad_parameter", "`client` is empty or too long")
                .hint("any name that no other tab has, such as a random one"),
        );
    }
    let events = shared.workbench.events(&address.client);
    Ok(sse(told(events, shared.closing.clone())))
}

fn told(events: EventStream, closing: watch::Receiver<bool>) -> impl Stream<Item = SseEvent> {
    stream::unfold((events, closing), |(mut events, mut closing)| async move {
        let event: Event = tokio::select! {
            () = closed(&mut closing) => return None,
            event = events.next() => event?,
        };
        Some((json(SseEvent::default(), &event), (events, closing)))
    })
}

fn json(event: SseEvent, data: &impl Serialize) -> SseEvent {
    // Our own plain data: it can always be written. Serialised apart, so that nothing can panic.
    match serde_json::to_string(data) {
        Ok(text) => event.data(text),
        Err(error) => event.comment(error.to_string().replace(['\n', '\r'], " ")),
    }
}

fn sse(events: impl Stream<Item = SseEvent> + Send + 'static) -> impl IntoResponse {
    Sse::new(events.map(Ok::<_, Infallible>))
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive"))
}
