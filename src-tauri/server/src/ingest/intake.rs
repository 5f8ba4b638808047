//! The way of any request that brings lines: read, unpacked, made into parts, stored.
//!
//! Every protocol goes this way; what it adds is how a body becomes parts and how the answer looks.
//! Promises: when it returns `Ok`, all parts are stored; otherwise none is. The body counts against
//! the memory of all bodies until then, and nothing heavy runs on the threads that serve the port.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName};
use crosscut_engine::{Ingest, Ingested, Part};
use crosscut_model::limits::{REQUEST_RECORDS, SOURCE_NAME_CHARS};

use super::{body, forms};
use crate::app::Shared;
use crate::refusal::Refusal;

/// Names a request, so that it is stored once however often it is sent.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Tells that a request had been stored before, under its key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Headers of an answer: whether the request had been stored before.
pub(crate) type Again = Option<(HeaderName, &'static str)>;

/// What the answer's headers say about the request's key.
pub(crate) fn again(stored: &Ingested) -> Again {
    stored.again.then_some((REPLAYED, "true"))
}

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
    let key = key(headers)?;
    let body = body::read(headers, body, &shared.budget).await?;
    let workbench = shared.workbench.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let body::Held { bytes, held } = body;
        let Read { run, parts, answer } = read(bytes)?;
        if parts.iter().map(|part| part.lines.len()).sum::<usize>() > REQUEST_RECORDS {
            return Err(forms::too_many().into());
        }
        let stored = workbench.ingest(Ingest { run, parts, key })?;
        // Counted against the budget until the lines are stored.
        drop(held);
        Ok((stored, answer))
    });
    stored.await?
}

/// A source's name out of what a program calls itself, fit for a list: on one line, of bounded
/// length, with `suffix` behind it. Empty when nothing is left.
pub(crate) fn source_name(text: &str, suffix: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let room = SOURCE_NAME_CHARS - suffix.chars().count();
    let name: String = text.trim().chars().take(room).map(shown).collect();
    let name = name.trim();
    if name.is_empty() {
        String::new()
    } else {
        format!("{name}{suffix}")
    }
}

/// The request's `Idempotency-Key`: a bare word, or in quotes as a structured header has it
/// (<https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/>).
fn key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().ok().map(str::trim);
    let bare = text.map(|text| {
        let quoted = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'));
        quoted.unwrap_or(text)
    });
    match bare {
        Some(bare) if values.next().is_none() => Ok(Some(bare.to_owned())),
        _ => Err(Refusal::bad(
            "bad_header",
            "the Idempotency-Key header is no single ASCII text",
        )),
    }
}
