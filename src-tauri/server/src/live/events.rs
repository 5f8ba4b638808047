//! `GET /api/events`: the workbench's events for one browser tab.

use std::sync::Arc;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::Event as SseEvent;
use crosscut_engine::EventStream;
use crosscut_engine::api::Event;
use futures_util::Stream;
use serde::Deserialize;
use tokio::sync::watch;

use super::{json, sse};
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;
use crate::serve::closed;

/// A client's name, at most. Bytes.
const MAX_CLIENT: usize = 128;

/// What the address says.
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
    let state = (events, closing);
    futures_util::stream::unfold(state, |(mut events, mut closing)| async move {
        let event: Event = tokio::select! {
            () = closed(&mut closing) => return None,
            event = events.next() => event?,
        };
        Some((json(SseEvent::default(), &event), (events, closing)))
    })
}
