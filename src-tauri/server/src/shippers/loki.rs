//! Grafana Loki: `POST /loki/api/v1/push` and `GET /ready`.
//!
//! What Promtail, Alloy, Vector, Fluent Bit, pino-loki, winston-loki, python-logging-loki, Serilog's
//! Loki sink and Docker's Loki driver send: snappy-packed protobuf, or JSON. A stream's labels name
//! the source and are fields of each of its lines, as is a line's structured metadata; 204 says that
//! all is stored. Form: <https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs>.

mod json;
mod labels;
mod protobuf;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use crosscut_model::{Stream, UnixNanos};

use self::labels::Labels;
use super::gather::{self, Address, Gathered};
use super::sent::{self, Fields};
use crate::app::Shared;
use crate::ingest::body;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of lines whose labels name none.
const ANONYMOUS: &str = "loki";

/// Stores streams.
pub(super) async fn push(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    mut headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let json = is_json(&headers);
    // The protobuf is snappy-packed with or without being called so.
    if headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"snappy"))
    {
        headers.remove(header::CONTENT_ENCODING);
    }
    let budget = shared.budget.clone();
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        if json {
            json::read(bytes, gathered)?;
        } else {
            let unpacked = unsnap(bytes, &budget)?;
            protobuf::read(&unpacked.bytes, gathered)?;
        }
        Ok(())
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Loki says when it can take lines; this port always can.
pub(super) async fn ready() -> impl IntoResponse {
    "ready\n"
}

/// Loki itself takes for protobuf what does not say that it is JSON.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.to_ascii_lowercase().contains("json"))
}

/// Unpacks a snappy block, its size known and paid for before.
fn unsnap(bytes: &[u8], budget: &body::Budget) -> Result<body::Held, Refusal> {
    let broken = |error: snap::Error| {
        Refusal::bad(
            "bad_body",
            format!("the body is not packed by snappy: {error}"),
        )
        .hint("protobuf comes snappy-packed; JSON with `Content-Type: application/json`")
    };
    let length = snap::raw::decompress_len(bytes).map_err(broken)?;
    if length > budget.most() {
        return Err(body::too_large(budget.most()));
    }
    let held = budget.room(length)?;
    let bytes = snap::raw::Decoder::new()
        .decompress_vec(bytes)
        .map_err(broken)?;
    Ok(body::Held { bytes, held })
}

/// Adds a line of a stream.
fn add(
    gathered: &mut Gathered,
    labels: &Labels,
    time: Option<UnixNanos>,
    line: &[u8],
    metadata: Fields<'_>,
) -> Result<(), Refusal> {
    let source = labels.source.as_deref().unwrap_or(ANONYMOUS);
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let fields: Fields<'_> = labels
        .rest
        .iter()
        .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
        .chain(metadata)
        .collect();
    gathered.add(source, labels.stream, time, &sent::line(line, &fields))
}

/// Which stream a label's value names.
fn stream(value: &str) -> Option<Stream> {
    match value {
        "stdout" => Some(Stream::Stdout),
        "stderr" => Some(Stream::Stderr),
        _ => None,
    }
}
