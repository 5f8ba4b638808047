//! `/ingest`, as shippers use it who speak neither JSON nor text: MessagePack of Fluent Bit and
//! Fluentd, forms of Python's HTTPHandler. Everything else goes its usual way.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::fluent;
use super::gather::{self, Address, Gathered};
use super::handler::{Form, no_page};
use crate::app::Shared;
use crate::ingest::{self, body};
use crate::params::Params;
use crate::refusal::Refusal;

/// Bodies that may be forms, at most: a log record is no novel. Bytes.
const FORM_BYTES: u64 = 1 << 20;

/// `POST /ingest`, and `POST /` for clients that cannot be told a path.
pub(super) async fn post(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response, Refusal> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if matches!(
        kind.split(';').next().unwrap_or_default().trim(),
        "application/msgpack" | "application/x-msgpack" | "application/vnd.msgpack"
    ) {
        return messages(&shared, request).await;
    }
    if kind.starts_with("application/x-www-form-urlencoded") && is_short(request.headers()) {
        return form(shared, request).await;
    }
    usual(shared, request).await
}

/// `GET /ingest`.
pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Json<Value>, Refusal> {
    let form = Form::of(uri.query().unwrap_or_default().as_bytes()).ok_or_else(|| {
        Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "wrong_method",
            "lines are posted to /ingest",
        )
        .hint("GET is for Python's HTTPHandler, whose address holds a whole log record")
    })?;
    no_page(&headers)?;
    let add = move |_: &[u8], gathered: &mut Gathered| form.add(gathered);
    let none = HeaderMap::new();
    let (stored, ()) = gather::take(&shared, address, &none, Body::empty(), add).await?;
    Ok(taken(stored.run.as_str(), 1, 0))
}

async fn messages(shared: &Shared, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let Params(address) = Params::<Address>::from_request_parts(&mut parts, &()).await?;
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        fluent::read(bytes, gathered)?;
        Ok((gathered.good, gathered.broken))
    };
    let (stored, (good, broken)) =
        gather::take(shared, address, &parts.headers, body, read).await?;
    Ok(taken(stored.run.as_str(), good, broken).into_response())
}

/// A form, or what curl calls one when nobody told it better.
async fn form(shared: Arc<Shared>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let body::Held { bytes, held } = body::read(&parts.headers, body, &shared.budget).await?;
    parts.headers.remove(header::CONTENT_ENCODING);
    let Some(form) = Form::of(&bytes) else {
        drop(held);
        return usual(shared, Request::from_parts(parts, Body::from(bytes))).await;
    };
    let Params(address) = Params::<Address>::from_request_parts(&mut parts, &()).await?;
    let add = move |_: &[u8], gathered: &mut Gathered| form.add(gathered);
    let none = Body::empty();
    let (stored, ()) = gather::take(&shared, address, &parts.headers, none, add).await?;
    Ok(taken(stored.run.as_str(), 1, 0).into_response())
}

async fn usual(shared: Arc<Shared>, request: Request) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let address = Params::from_request_parts(&mut parts, &()).await?;
    let reply = ingest::ingest(State(shared), address, parts.headers, body).await?;
    Ok(reply.into_response())
}

fn is_short(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|length| length <= FORM_BYTES)
}

fn taken(run: &str, accepted: usize, rejected: usize) -> Json<Value> {
    Json(json!({"success": true, "runId": run, "accepted": accepted, "rejected": rejected}))
}
