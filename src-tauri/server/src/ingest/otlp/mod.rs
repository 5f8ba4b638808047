//! OTLP over HTTP, and over gRPC ([`grpc`]): what programs that are instrumented with OpenTelemetry
//! send.
//!
//! | request | becomes |
//! |---|---|
//! | `POST /v1/logs` | records of the source that `service.name` names ([`logs`]) |
//! | `POST /v1/traces` | spans, as records of the source `<service.name> spans` ([`spans`]) |
//! | `POST /v1/metrics` | nothing: metrics are taken and not kept |
//!
//! Binary or JSON as the content type says, answered in the same encoding as
//! <https://opentelemetry.io/docs/specs/otlp/> has it. Promises: 200 once all is stored; a record
//! that cannot be read costs only itself, is counted in `partialSuccess`, and a marker tells of it;
//! nothing that is known to the protocol is left out of a record; memory is bounded by the body and
//! by what may come of it, whatever the body claims.
//!
//! A full disk is answered 503 and not 507: OTLP's clients send again after 429, 502, 503 and 504
//! only, and drop the records after anything else.
//!
//! Spans are kept for the trace view. They have sources of their own, the stream `control` and the
//! level `trace`, failed ones too: an instrumented program tells of a dozen spans for each line it
//! logs, and one failure fails every span around it, so that they would drown the logs and the
//! errors among them. `span.status:error` finds the failed ones, and `trace_id:…` a trace with its
//! logs.

mod any;
mod attributes;
pub(crate) mod grpc;
mod logs;
mod node;
mod sink;
mod spans;
mod walk;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use serde_json::value::RawValue;

use self::node::Node;
use self::sink::{Rejected, Sink};
use super::{body, forms, intake, wire};
use crate::app::Shared;
use crate::refusal::Refusal;

/// Reads a request of one signal into records.
type Read = fn(Node<'_>, &mut Sink) -> Result<(), Stop>;

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Malformed(&'static str);

impl From<wire::NoProtobuf> for Malformed {
    fn from(_: wire::NoProtobuf) -> Self {
        Self("it is no protobuf")
    }
}

/// Why reading a request ended early.
#[derive(Debug)]
enum Stop {
    /// The request is no such message.
    Malformed(Malformed),
    /// More comes of it than may.
    TooMuch,
    /// There is no room for it now.
    Refused(Refusal),
}

impl From<Malformed> for Stop {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Malformed(Malformed(what)) => {
                Self::bad("bad_otlp", format!("the body is no OTLP request: {what}"))
                    .hint("is it encoded as its Content-Type says?")
            }
            Stop::TooMuch => forms::too_many().into(),
            Stop::Refused(refusal) => refusal,
        }
    }
}

/// How messages are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Binary,
    Json,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let value = headers.get(header::CONTENT_TYPE);
        let text = value.and_then(|value| value.to_str().ok());
        let essence = text.unwrap_or_default().split(';').next();
        match essence
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "application/x-protobuf" | "application/protobuf" => Ok(Self::Binary),
            "application/json" => Ok(Self::Json),
            _ => Err(Refusal::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_type",
                "OTLP comes as application/x-protobuf or application/json",
            )),
        }
    }

    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Binary => "application/x-protobuf",
            Self::Json => "application/json",
        })
    }

    /// `Export…ServiceResponse`. `signal` names what was rejected, for JSON.
    fn answer(self, signal: &str, rejected: &Rejected) -> Vec<u8> {
        let Rejected { count, why } = rejected;
        match (self, why) {
            (Self::Binary, None) => Vec::new(),
            (Self::Json, None) => b"{}".to_vec(),
            (Self::Binary, Some(Malformed(why))) => {
                let (mut partial, mut answer) = (Vec::new(), Vec::new());
                wire::put_number(&mut partial, 1, *count);
                wire::put_bytes(&mut partial, 2, why.as_bytes());
                wire::put_bytes(&mut answer, 1, &partial);
                answer
            }
            (Self::Json, Some(Malformed(why))) => {
                let rejected = format!("rejected{signal}");
                json!({"partialSuccess": {rejected: count.to_string(), "errorMessage": why}})
                    .to_string()
                    .into_bytes()
            }
        }
    }

    /// A refusal with a `google.rpc.Status` as its body.
    fn refuse(self, refusal: Refusal) -> Response {
        let refusal = refusal.retryable();
        let message = refusal.sentence();
        let body = match self {
            Self::Binary => {
                let mut status = Vec::new();
                wire::put_bytes(&mut status, 2, message.as_bytes());
                status
            }
            Self::Json => refusal.json_with(&message),
        };
        refusal.answered(self.content_type(), body)
    }
}

/// `POST /v1/logs`.
pub(crate) async fn logs(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    export(&shared, &headers, body, "LogRecords", logs::read).await
}

/// `POST /v1/traces`.
pub(crate) async fn traces(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    export(&shared, &headers, body, "Spans", spans::read).await
}

/// `POST /v1/metrics`: taken, so that programs which send all three signals are content, and not
/// kept.
pub(crate) async fn metrics(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let encoding = match Encoding::of(&headers) {
        Ok(encoding) => encoding,
        Err(refusal) => return refusal.into_response(),
    };
    match body::read(&headers, body, &shared.budget).await {
        Ok(_not_kept) => done(encoding, "DataPoints", &Rejected::default()),
        Err(refusal) => encoding.refuse(refusal),
    }
}

async fn export(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
    signal: &str,
    read: Read,
) -> Response {
    let encoding = match Encoding::of(headers) {
        Ok(encoding) => encoding,
        Err(refusal) => return refusal.into_response(),
    };
    let read = move |bytes: &[u8], sink: &mut Sink| match encoding {
        Encoding::Binary => Ok(read(Node::Binary(bytes), sink)?),
        Encoding::Json => {
            let raw: &RawValue = serde_json::from_slice(bytes).map_err(|error| {
                Refusal::bad("bad_json", format!("the body is not JSON: {error}"))
            })?;
            Ok(read(Node::Json(raw), sink)?)
        }
    };
    match stored(shared, headers, body, read).await {
        Ok(rejected) => done(encoding, signal, &rejected),
        Err(refusal) => encoding.refuse(refusal),
    }
}

/// Stores what `read` makes of the body, and gives what it could not read.
async fn stored(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
    read: impl FnOnce(&[u8], &mut Sink) -> Result<(), Refusal> + Send + 'static,
) -> Result<Rejected, Refusal> {
    let budget = shared.budget.clone();
    let read = move |bytes: Vec<u8>| {
        let mut sink = Sink::new(budget);
        read(&bytes, &mut sink)?;
        Ok(sink.finish())
    };
    let (_, (rejected, _held)) = intake::take(shared, headers, body, read).await?;
    Ok(rejected)
}

fn done(encoding: Encoding, signal: &str, rejected: &Rejected) -> Response {
    let body = encoding.answer(signal, rejected);
    ([(header::CONTENT_TYPE, encoding.content_type())], body).into_response()
}
