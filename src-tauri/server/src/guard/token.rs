//! The token: who may read, clear, ask and command.

use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::Policy;
use crate::app::Shared;
use crate::refusal::Refusal;

/// Lets a request through that carries the token.
pub(crate) async fn required(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    match check(&shared.policy, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Lets programs of this machine through; where others can reach the port, asks for the token.
pub(crate) async fn required_from_afar(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    if shared.policy.loopback {
        return next.run(request).await;
    }
    match check(&shared.policy, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check(policy: &Policy, request: &Request) -> Result<(), Refusal> {
    let Some(token) = &policy.token else {
        return Ok(());
    };
    let given = bearer(request).or_else(|| in_query(request.uri()));
    match given {
        None => Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "token_missing",
            "this request needs the token",
        )
        .hint(
            "send `Authorization: Bearer …` or `?token=…`; the token is in the address that \
             Crosscut printed, and in the file `endpoint.json` of its data directory",
        )
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        Some(given) if bool::from(given.as_bytes().ct_eq(token.as_bytes())) => Ok(()),
        Some(_) => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "token_wrong",
            "the token is not the right one",
        )
        .hint("the token belongs to a data directory; `crosscut status` shows the address")),
    }
}

fn bearer(request: &Request) -> Option<String> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

fn in_query(uri: &Uri) -> Option<String> {
    #[derive(Deserialize)]
    struct Params {
        token: Option<String>,
    }
    Query::<Params>::try_from_uri(uri).ok()?.0.token
}
