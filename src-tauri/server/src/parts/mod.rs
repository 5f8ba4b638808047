//! `POST /api/parts`: what Crosscut's own commands pass on, byte for byte.
//!
//! `/ingest` guesses what a body is, as it must for loggers that cannot be changed; `crosscut run`,
//! `pipe` and `tmux` need no guess: a line that looks like an envelope is a line, a record may
//! have newlines, bytes need not be UTF-8, and what two streams said in turns is stored in turns.
//!
//! ```text
//! {"run":…,"key":…,"ended":false,"parts":[{"source","kind","stream","level"?,"at"?,"records":[4,11]},…]}\n
//! the records' bytes one after the other, nothing between them
//! ```
//!
//! Owns that format and both its ends. Promises: 200 means that all parts are durable, anything
//! else that none of them is; the same key again stores nothing twice.

mod form;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use crosscut_engine::api::ApiError;

pub use self::form::{Parcel, Piece};
pub(crate) use self::form::{Stored, write};
use crate::app::Shared;
use crate::refusal::Refusal;

/// A parcel, at most: a mebibyte of text about, a line that is as long, and how long each record is,
/// which takes more than the text where lines are empty. Bytes.
const PARCEL: usize = 16 << 20;

/// Stores what a command passes on.
pub(crate) async fn take(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Stored>, Refusal> {
    let budget = shared.budget.of_at_least(PARCEL);
    let body = crate::ingest::read_body(&headers, body, &budget).await?;
    let workbench = shared.workbench.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let parcel = form::read(&body.bytes).map_err(|why| ApiError::new("bad_parts", why))?;
        let stored = parcel.store(&workbench).map_err(Refusal::from);
        // Counted against the budget until the lines are stored.
        drop(body);
        stored
    });
    Ok(Json(stored.await??))
}

#[cfg(test)]
mod tests;
