//! Live streams: what a run holds already, and then what comes.
//!
//! | address | as | module |
//! |---|---|---|
//! | `GET /stream` | server-sent events, a record each | [`stream`] |
//! | `GET /api/agents/{source}/logs/stream` | server-sent events of one source, and its status | [`source`] |
//! | `GET /ws` | a WebSocket with many subscriptions | [`socket`] |
//! | `GET /api/events` | the window's events, for a browser | [`events`] |
//!
//! All of them pull from the store, so that all clients see the same records, and one that reads
//! slowly holds up nobody. All end when the port closes or the workbench does.

mod address;
pub(crate) mod events;
mod socket;
mod source;
mod standing;
mod stream;

use std::convert::Infallible;
use std::time::Duration;

use axum::response::IntoResponse;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use crosscut_engine::Workbench;
use crosscut_engine::api::SourceInfo;
use crosscut_model::RunId;
use futures_util::{Stream, StreamExt};
use serde::Serialize;

use self::standing::Status;

pub(crate) use self::events::events;
pub(crate) use self::socket::socket;
pub(crate) use self::source::source;
pub(crate) use self::stream::stream;

/// How often a silent stream says that it is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The status of a source that is followed. One that cannot be told is no reason to end anything.
async fn status_of(workbench: &Workbench, run: &RunId, source: SourceInfo) -> (Status, bool) {
    let (workbench, run) = (workbench.clone(), run.clone());
    let read = tokio::task::spawn_blocking(move || Status::in_run(&workbench, &run, &source));
    match read.await {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => {
            tracing::error!(%error, "a source's last record cannot be read");
            (Status::Running, false)
        }
        Err(error) => {
            tracing::error!(%error, "a source's last record cannot be read");
            (Status::Running, false)
        }
    }
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
