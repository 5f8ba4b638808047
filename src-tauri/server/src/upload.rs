//! `POST /api/upload?name=`: a file that a browser holds, since a page has no paths to give.
//!
//! The body goes through a small queue to the thread that stores it, so that a file of any size
//! needs no more memory than a few pieces, and the browser is read no faster than the disk writes.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use crosscut_engine::api::SourceInfo;
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;

/// Pieces between the connection and the store.
const QUEUE: usize = 16;
/// How long the next piece may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the address says.
#[derive(Debug, Deserialize)]
pub(crate) struct Address {
    name: String,
}

/// Stores the body as a source of its own.
pub(crate) async fn upload(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    body: Body,
) -> Result<Json<SourceInfo>, Refusal> {
    let (pieces, mut arriving) = mpsc::channel::<io::Result<Bytes>>(QUEUE);
    let storing = tokio::task::spawn_blocking(move || {
        shared.workbench.upload(&address.name, &mut || {
            arriving
                .blocking_recv()
                .transpose()
                .map(|piece| piece.map(Vec::from))
        })
    });
    forward(body, pieces).await;
    Ok(Json(storing.await??))
}

async fn forward(body: Body, pieces: mpsc::Sender<io::Result<Bytes>>) {
    let mut body = body.into_data_stream();
    loop {
        let piece = match tokio::time::timeout(PATIENCE, body.next()).await {
            Ok(Some(piece)) => piece.map_err(io::Error::other),
            Ok(None) => return,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        let last = piece.is_err();
        if pieces.send(piece).await.is_err() || last {
            return;
        }
    }
}
