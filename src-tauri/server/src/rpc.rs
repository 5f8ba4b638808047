//! `POST /api/<operation>`: the workbench's operations, by name.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::header;
use axum::response::IntoResponse;
use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, Empty};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::app::Shared;
use crate::refusal::Refusal;

/// Arguments of an operation, at most. Bytes.
const MAX_ARGS: usize = 1 << 20;

/// Performs an operation.
pub(crate) async fn rpc(
    State(shared): State<Arc<Shared>>,
    Path(operation): Path<String>,
    request: Request,
) -> Result<impl IntoResponse, Refusal> {
    let args = small_body(request).await?;
    let reply = tokio::task::spawn_blocking(move || shared.workbench.call(&operation, &args));
    Ok(([(header::CONTENT_TYPE, "application/json")], reply.await??))
}

/// `POST /api/focus`: asks the window to the front, for a second start that has handed over.
pub(crate) async fn focus(State(shared): State<Arc<Shared>>) -> Json<Empty> {
    shared.workbench.focus();
    Json(Empty {})
}

/// A body that holds arguments.
pub(crate) async fn small_body(mut request: Request) -> Result<Bytes, Refusal> {
    DefaultBodyLimit::max(MAX_ARGS).apply(&mut request);
    Bytes::from_request(request, &())
        .await
        .map_err(|error| Refusal::new(error.status(), "bad_body", error.body_text()))
}

/// Performs an operation with its own types. Blocks.
pub(crate) fn call<R: DeserializeOwned>(
    workbench: &Workbench,
    operation: &str,
    args: &impl Serialize,
) -> Result<R, ApiError> {
    let broken = |error| ApiError::new("internal", format!("{operation}: {error}"));
    let args = serde_json::to_vec(args).map_err(broken)?;
    let reply = workbench.call(operation, &args)?;
    serde_json::from_slice(&reply).map_err(broken)
}
