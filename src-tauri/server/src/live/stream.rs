//! `GET /stream`: the records of a run that match, each an event whose id is its number.
//!
//! The first event is `start` with `{run, seq}`: what comes is behind that record, so that a client
//! that is cut off before it was given any goes on exactly too. A source's new state is an event `state`, told behind the records it had sent by then; the end
//! of the run is an event `end`, the last. A client that names the run (`run=`) and its last record
//! (`Last-Event-ID`, or `since=`) goes on exactly there, even when that run has ended meanwhile.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum::response::sse::Event as SseEvent;
use crosscut_engine::{Follow, Followed};
use crosscut_model::RunId;
use futures_util::Stream;
use serde::Serialize;
use tokio::sync::watch;

use super::address::{Address, last_seen};
use super::{json, sse};
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;
use crate::serve::closed;

/// Where a stream begins.
#[derive(Debug, Serialize)]
struct Start<'a> {
    run: &'a RunId,
    seq: u64,
}

/// The last matching records, then every new one; ends with the run.
pub(crate) async fn stream(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    let seen = last_seen(&headers);
    let workbench = shared.workbench.clone();
    let follow = tokio::task::spawn_blocking(move || address.follow(&workbench, seen));
    let follow = follow.await??;
    Ok(sse(followed(follow, shared.closing.clone())))
}

fn followed(follow: Follow, closing: watch::Receiver<bool>) -> impl Stream<Item = SseEvent> {
    let start = Start {
        run: follow.run(),
        seq: follow.position(),
    };
    // Without an id: ids are those of records that were given.
    let ready = VecDeque::from([json(SseEvent::default().event("start"), &start)]);
    let state = (Some(follow), closing, ready);
    futures_util::stream::unfold(state, |(mut follow, mut closing, mut ready)| async move {
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
