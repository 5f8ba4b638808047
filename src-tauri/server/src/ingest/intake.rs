//! The way of any request that brings lines: read, unpacked, made into parts, stored.
//!
//! Every protocol goes this way; what it adds is how a body becomes parts and how the answer looks.
//! Promises: when it returns `Ok`, all parts are stored; otherwise none is. The body counts against
//! the memory of all bodies until then, and nothing heavy runs on the threads that serve the port.

use axum::body::Body;
use axum::http::HeaderMap;
use crosscut_engine::{Ingest, Ingested, Part};

use super::body;
use crate::app::Shared;
use crate::refusal::Refusal;

/// What a body was read as.
#[derive(Debug, Default)]
pub(crate) struct Read<T> {
    /// The run that the client asks for.
    pub(crate) run: Option<String>,
    /// What is to be stored.
    pub(crate) parts: Vec<Part>,
    /// What the answer will need.
    pub(crate) answer: T,
}

/// Reads the body, has `read` make parts of it on a thread that may block, and stores them.
pub(crate) async fn take<T: Send + 'static>(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
    read: impl FnOnce(Vec<u8>) -> Result<Read<T>, Refusal> + Send + 'static,
) -> Result<(Ingested, T), Refusal> {
    let body = body::read(headers, body, &shared.budget).await?;
    let workbench = shared.workbench.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let body::Held { bytes, held } = body;
        let Read { run, parts, answer } = read(bytes)?;
        let stored = workbench.ingest(Ingest { run, parts })?;
        // Counted against the budget until the lines are stored.
        drop(held);
        Ok((stored, answer))
    });
    stored.await?
}
