//! OTLP over gRPC: the same messages as over HTTP, as unary calls.
//!
//! Owns what a call looks like (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>):
//! one message behind a head of five bytes, packed on its own as `grpc-encoding` says, and a status
//! in the trailers. HTTP/2 itself is hyper's. A call's message goes the way of every other body, so
//! that it counts against the memory of all of them: no gRPC library reads into a budget.
//!
//! Promises as over HTTP; a client is told to send again (`UNAVAILABLE`) exactly where it would be
//! told so there.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use http_body_util::{BodyExt, Full};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::node::Node;
use super::sink::{Rejected, Sink};
use super::{Encoding, Read, logs, spans, stored};
use crate::app::Shared;
use crate::ingest::body;
use crate::refusal::Refusal;

/// The head of a message: whether it is packed, and its length.
const HEAD: usize = 5;
const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What may not stand in `grpc-message` as it is, beside what is no ASCII.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// How a call ended
/// (<https://github.com/grpc/grpc/blob/master/doc/statuscodes.md>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
}

impl Code {
    /// OTLP's clients send again after `UNAVAILABLE` and `DEADLINE_EXCEEDED`, and after
    /// `RESOURCE_EXHAUSTED` only when they are told when, which a body that is too large never is.
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::REQUEST_TIMEOUT => Self::DeadlineExceeded,
            StatusCode::PAYLOAD_TOO_LARGE => Self::ResourceExhausted,
            StatusCode::NOT_FOUND | StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::Unimplemented,
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::INSUFFICIENT_STORAGE => Self::Unavailable,
            status if status.is_client_error() => Self::InvalidArgument,
            _ => Self::Internal,
        }
    }
}

/// Answers one call.
pub(crate) async fn call(shared: &Shared, request: Request) -> Response {
    if request.method() != Method::POST || !is_grpc(request.headers()) {
        return Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_type",
            "this port takes OTLP over gRPC alone",
        )
        .hint("OTLP over HTTP goes to the workbench's own port")
        .into_response();
    }
    let (parts, body) = request.into_parts();
    let done = match parts.uri.path() {
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => {
            export(shared, &parts.headers, body, logs::read).await
        }
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => {
            export(shared, &parts.headers, body, spans::read).await
        }
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => {
            forget(shared, &parts.headers, body).await
        }
        path => Err(Refusal::new(
            StatusCode::NOT_FOUND,
            "unknown_method",
            format!("there is no {path} here: OTLP's Export of logs, traces and metrics is"),
        )),
    };
    match done {
        Ok(rejected) => answer(&rejected),
        Err(refusal) => refuse(&refusal),
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let text = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = text.and_then(|text| text.split(';').next());
    matches!(
        essence.map(str::trim),
        Some("application/grpc" | "application/grpc+proto")
    )
}

async fn export(
    shared: &Shared,
    headers: &HeaderMap,
    body: Body,
    read: Read,
) -> Result<Rejected, Refusal> {
    let (headers, body) = message(headers, body).await?;
    let read = move |bytes: &[u8], sink: &mut Sink| Ok(read(Node::Binary(bytes), sink)?);
    stored(shared, &headers, body, read).await
}

/// Metrics: taken and not kept.
async fn forget(shared: &Shared, headers: &HeaderMap, body: Body) -> Result<Rejected, Refusal> {
    let (headers, body) = message(headers, body).await?;
    body::read(&headers, body, &shared.budget).await?;
    Ok(Rejected::default())
}

/// A call's one message, as a request over HTTP would carry it: its head taken off and its packing
/// named as HTTP names it.
async fn message(headers: &HeaderMap, body: Body) -> Result<(HeaderMap, Body), Refusal> {
    let mut pieces = body.into_data_stream();
    let mut start = Vec::new();
    while start.len() < HEAD {
        match tokio::time::timeout(body::PATIENCE, pieces.next()).await {
            Ok(Some(Ok(piece))) => start.extend_from_slice(&piece),
            Ok(_) => return Err(malformed("it ends within the head of its message")),
            Err(_) => return Err(body::too_slow()),
        }
    }
    let Some((&[packed, a, b, c, d], rest)) = start.split_first_chunk() else {
        return Err(malformed("it has no head"));
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    let mut as_http = headers.clone();
    as_http.remove(header::CONTENT_ENCODING);
    as_http.remove(header::CONTENT_LENGTH);
    match (packed, headers.get(ENCODING)) {
        (0, _) => {
            as_http.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        (1, Some(encoding)) => {
            as_http.insert(header::CONTENT_ENCODING, encoding.clone());
        }
        (1, None) => return Err(malformed("it is packed and does not say how")),
        _ => return Err(malformed("its message has no valid head")),
    }
    let rest = Bytes::copy_from_slice(rest);
    Ok((as_http, Body::from_stream(exactly(length, rest, pieces))))
}

/// The message's bytes; an error when they are fewer or more than its head says.
fn exactly(
    length: usize,
    start: Bytes,
    rest: BodyDataStream,
) -> impl Stream<Item = Result<Bytes, axum::BoxError>> + Send {
    let pieces = stream::once(async { Ok(start) }).chain(rest);
    let state = Some((length, Box::pin(pieces)));
    stream::unfold(state, |state| async {
        let (left, mut pieces) = state?;
        match pieces.next().await {
            Some(Ok(piece)) => match left.checked_sub(piece.len()) {
                Some(left) => Some((Ok(piece), Some((left, pieces)))),
                None => Some((Err("more than one message came in a call".into()), None)),
            },
            Some(Err(error)) => Some((Err(error.into()), None)),
            None if left == 0 => None,
            None => Some((Err("it ends within its message".into()), None)),
        }
    })
}

fn malformed(what: &str) -> Refusal {
    Refusal::bad("bad_grpc", format!("the body is no gRPC call: {what}"))
}

/// A call that succeeded: the answer's message, and the status behind it.
fn answer(rejected: &Rejected) -> Response {
    let message = Encoding::Binary.answer("", rejected);
    let mut framed = vec![0];
    framed.extend_from_slice(
        &u32::try_from(message.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes(),
    );
    framed.extend_from_slice(&message);
    let mut trailers = HeaderMap::new();
    trailers.insert(STATUS, HeaderValue::from_static("0"));
    let body = Full::new(Bytes::from(framed)).with_trailers(async { Some(Ok(trailers)) });
    headed(Body::new(body))
}

/// A call that failed: the status alone, in the head.
fn refuse(refusal: &Refusal) -> Response {
    let mut response = headed(Body::empty());
    let code = Code::of(refusal.status()) as u16;
    let headers = response.headers_mut();
    headers.insert(STATUS, HeaderValue::from(code));
    let sentence = refusal.sentence();
    let sentence = utf8_percent_encode(&sentence, ESCAPED).to_string();
    if let Ok(sentence) = HeaderValue::try_from(sentence) {
        headers.insert(MESSAGE, sentence);
    }
    response
}

fn headed(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/grpc"),
    );
    headers.insert(
        ACCEPT_ENCODING,
        HeaderValue::from_static("identity,gzip,deflate,zstd"),
    );
    response
}
