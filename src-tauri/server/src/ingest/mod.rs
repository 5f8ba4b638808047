//! `POST /ingest`: lines from programs, in whatever form their logger sends.
//!
//! Owns the way of a body: [`intake`] reads it capped after decompression ([`body`]) and stores what
//! comes of it, [`forms`] decides what it is and splits it into records, [`record`] writes records
//! for protocols that send no lines. Promises: 200 is sent once the records are durable; otherwise
//! nothing of the request was kept. A line that claims to be JSON and is not costs nobody else: it
//! is stored, in the stream `system`, and counted as rejected.

pub(crate) mod base64;
pub(crate) mod body;
pub(crate) mod forms;
pub(crate) mod intake;
pub(crate) mod json;
mod mapping;
pub(crate) mod otlp;
pub(crate) mod record;
pub(crate) mod wire;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::AppendHeaders;
use crosscut_engine::Part;
use crosscut_model::{Level, SourceKind, Stream};
use serde::{Deserialize, Serialize};

pub(crate) use self::body::{Budget, read as read_body};
use self::intake::Again;
use self::mapping::Mapping;
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of lines whose client gives no name.
const ANONYMOUS: &str = "http";

/// What the address may say about the lines.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Address {
    #[serde(alias = "runId")]
    run: Option<String>,
    source: Option<String>,
    kind: Option<ClientKind>,
    stream: Option<Stream>,
    level: Option<Level>,
    #[serde(rename = "_msg_field")]
    msg_field: Option<String>,
    #[serde(rename = "_time_field")]
    time_field: Option<String>,
}

/// How a client comes by its lines.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ClientKind {
    /// They are its own.
    #[default]
    Http,
    /// It passes on its standard input.
    Stdin,
    /// It passes on what a command says.
    Command,
}

impl From<ClientKind> for SourceKind {
    fn from(kind: ClientKind) -> Self {
        match kind {
            ClientKind::Http => Self::Http,
            ClientKind::Stdin => Self::Stdin,
            ClientKind::Command => Self::Command,
        }
    }
}

/// Reply of `POST /ingest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken {
    success: bool,
    run_id: String,
    accepted: u64,
    rejected: u64,
}

/// Stores what was posted.
pub(crate) async fn ingest(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<(AppendHeaders<Again>, Json<Taken>), Refusal> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let kind = forms::Kind::of(text("content-type"));
    let header = text("x-crosscut-source").map(str::to_owned);
    let read = move |bytes| {
        let mapping = Mapping::new(address.msg_field.as_deref(), address.time_field.as_deref());
        let split = forms::split(bytes, kind, &mapping)?;
        let source = split.source.or(address.source).or(header);
        let source = source.unwrap_or_else(|| ANONYMOUS.to_owned());
        let part = |lines, stream, level| Part {
            kind: address.kind.unwrap_or_default().into(),
            stream,
            level,
            join: stream != Stream::System,
            ..Part::new(source.clone(), lines)
        };
        let stream = address.stream.unwrap_or_default();
        let mut parts = vec![part(split.good, stream, address.level)];
        if !split.broken.is_empty() {
            parts.push(part(split.broken, Stream::System, None));
        }
        Ok(intake::Read {
            run: split.run.or(address.run),
            parts,
            answer: (split.accepted, split.rejected),
        })
    };
    let (stored, (accepted, rejected)) = intake::take(&shared, &headers, body, read).await?;
    let taken = Taken {
        success: true,
        run_id: stored.run.to_string(),
        accepted,
        rejected,
    };
    Ok((AppendHeaders(intake::again(&stored)), Json(taken)))
}
