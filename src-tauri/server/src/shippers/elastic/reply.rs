//! Answers as Elasticsearch gives them: the header its clients insist on, its content types, its
//! shape of an error.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::refusal::Refusal;

/// Names the product on every answer, or the clients refuse to go on; and answers in the media type
/// that was asked for, since they look for the version in it.
pub(super) async fn introduce(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    introduced(&asked, next.run(request).await)
}

/// The same for an answer that is there.
pub(super) fn introduced(asked: &HeaderMap, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        "x-elastic-product",
        HeaderValue::from_static("Elasticsearch"),
    );
    let json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if let Some(kind) = compatible(asked).filter(|_| json) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

/// `application/vnd.elasticsearch+json;compatible-with=8`, with the version that the client named.
fn compatible(headers: &HeaderMap) -> Option<HeaderValue> {
    let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
    if !accept.contains("application/vnd.elasticsearch+json") {
        return None;
    }
    let (_, version) = accept.split_once("compatible-with=")?;
    let version: u8 = version
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()?;
    let kind = format!("application/vnd.elasticsearch+json;compatible-with={version}");
    HeaderValue::from_str(&kind).ok()
}

/// A refusal with the members that Elasticsearch's clients read beside ours. What may go well later is
/// 503: after that all of them send again, after 429 only some do, and after 507 none.
pub(super) struct Refused(pub(super) Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let kind = match self.0.status() {
            StatusCode::TOO_MANY_REQUESTS => "es_rejected_execution_exception",
            StatusCode::INSUFFICIENT_STORAGE => "cluster_block_exception",
            StatusCode::PAYLOAD_TOO_LARGE => "circuit_breaking_exception",
            status if status.is_server_error() => "exception",
            _ => "illegal_argument_exception",
        };
        self.0.later().respond(|status, error| {
            let reason = error.to_string();
            json!({
                "error": {
                    "type": kind,
                    "reason": reason,
                    "root_cause": [{"type": kind, "reason": reason}],
                    "code": error.code,
                    "message": error.message,
                    "hint": error.hint
                },
                "status": status.as_u16()
            })
        })
    }
}

/// `{"acknowledged":true}`: what was asked to be set up needs no setting up.
pub(super) fn acknowledged(more: &Value) -> Response {
    let mut reply = json!({"acknowledged": true});
    if let (Some(reply), Some(more)) = (reply.as_object_mut(), more.as_object()) {
        reply.extend(more.clone());
    }
    Json(reply).into_response()
}
