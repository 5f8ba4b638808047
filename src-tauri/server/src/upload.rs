//! `POST /api/upload?name=`: a file that a browser holds, since a page has no paths to give.
//!
//! The body goes through a small queue to the thread that stores it, so that a file of any size
//! needs no more memory than a few pieces, and the browser is read no faster than the disk writes.

use std::io::{self, Read};
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
    let (pieces, arriving) = mpsc::channel(QUEUE);
    let storing = tokio::task::spawn_blocking(move || {
        let body = Arriving {
            pieces: arriving,
            piece: Bytes::new(),
            ended: false,
        };
        shared.workbench.upload(&address.name, Box::new(body))
    });
    forward(body, pieces).await;
    Ok(Json(storing.await??))
}

/// The body as it arrives, to be read on a thread that may block.
struct Arriving {
    pieces: mpsc::Receiver<io::Result<Option<Bytes>>>,
    /// What is left of the last one.
    piece: Bytes,
    ended: bool,
}

impl Read for Arriving {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended {
            match self.pieces.blocking_recv() {
                Some(Ok(Some(piece))) => self.piece = piece,
                Some(Ok(None)) => self.ended = true,
                Some(Err(error)) => return Err(error),
                // No end was told: whoever brought the pieces is gone, as when the port closes.
                None => return Err(io::Error::other("the connection was closed")),
            }
        }
        let some = self.piece.split_to(into.len().min(self.piece.len()));
        for (to, from) in into.iter_mut().zip(&some) {
            *to = *from;
        }
        Ok(some.len())
    }
}

async fn forward(body: Body, pieces: mpsc::Sender<io::Result<Option<Bytes>>>) {
    let mut body = body.into_data_stream();
    loop {
        let piece = match tokio::time::timeout(PATIENCE, body.next()).await {
            Ok(piece) => piece.transpose().map_err(io::Error::other),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        let last = !matches!(piece, Ok(Some(_)));
        if pieces.send(piece).await.is_err() || last {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
