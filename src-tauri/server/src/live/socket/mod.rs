//! `GET /ws`: many subscriptions over one WebSocket.
//!
//! Every message is a JSON object in a text frame; [`protocol`] has their shapes.
//!
//! | a client says | and is told |
//! |---|---|
//! | `log.subscribe {id?, source or container?, query?, grep?, run?, since?, tail?}` | `log.subscribed {id, run, source?, status?}`, then what there is as `log.history {id, logs, done}`, once or more, the last with `done: true`; then each new record as `log.line {id, log}` |
//! | `log.unsubscribe {id}` or `{source or container}` | `log.unsubscribed {id}`: nothing of it comes after that |
//! | `ping {id?}` | `pong {id?}`, for pages, which cannot send a WebSocket's own pings |
//!
//! Unasked, a subscription is told `log.status {id, source, status}` when a source's status changes,
//! `log.skipped {id, run, count, from, to}` when records were passed over, and `log.end {id, reason,
//! status}` when nothing more comes. What is wrong with a request is a `log.stream.error {id?,
//! error:{code, message, hint, position?}}`; the socket and its other subscriptions go on.
//!
//! A client without an `id` of its own is given one. Without `tail` (or `since`) a subscription
//! begins with the last 1,000 matching records.
//!
//! Promises: a slow client slows nobody: between the store and it are [`QUEUE`] messages and a piece
//! per subscription, no more. One that falls [`BEHIND`] records behind goes on with the newest
//! [`KEPT`] and is told how many it was not given, and between which numbers: `GET
//! /raw?run=…&query=…&since=(from - 1)&limit=(count)` has them. What is there when it subscribes is
//! given whole, however slowly. A peer that is silent for [`PATIENCE`], answering no ping, has gone.
//! Who may open a socket is decided as for everything else: pages of other origins may not, which
//! browsers tell for sockets too, and the token is needed.

mod protocol;
mod session;
mod subscription;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use self::session::Session;
use crate::app::Shared;
use crate::refusal::Refusal;
use crate::serve::Seat;

/// A message of a client's, at most. Bytes.
const MAX_MESSAGE: usize = 64 << 10;
/// What is read of one that is larger. A connection that is closed with something unread in it is
/// reset, and its goodbye lost: so one that is a little too large is read whole first.
const MAX_READ: usize = 4 * MAX_MESSAGE;
/// Subscriptions of one socket.
const MAX_SUBSCRIPTIONS: usize = 64;
/// Messages between the subscriptions and the client.
const QUEUE: usize = 64;
/// New records that a subscription may be behind before it passes some over.
const BEHIND: u64 = 5_000;
/// Records that it goes on with then.
const KEPT: usize = 1_000;
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(20);
/// How long it may say nothing at all, not even to that.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a client may take to receive one message.
const SEND: Duration = Duration::from_secs(30);
/// How long saying goodbye may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// Opens a WebSocket.
pub(crate) async fn socket(
    State(shared): State<Arc<Shared>>,
    Extension(seat): Extension<Seat>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refusal> {
    let upgrade = upgrade.map_err(|rejection| {
        let status = match rejection.status() {
            StatusCode::UPGRADE_REQUIRED => StatusCode::UPGRADE_REQUIRED,
            _ => StatusCode::BAD_REQUEST,
        };
        Refusal::new(status, "not_a_websocket", rejection.body_text())
            .hint("this address speaks WebSocket (version 13); `GET /stream` needs only HTTP")
            .header(header::UPGRADE, HeaderValue::from_static("websocket"))
    })?;
    let session = Session::new(&shared);
    Ok(upgrade
        .max_message_size(MAX_READ)
        .max_frame_size(MAX_READ)
        .on_upgrade(move |socket| async move {
            session.run(socket).await;
            // The connection counts among the port's until here.
            drop(seat);
        }))
}
