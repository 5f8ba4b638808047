//! Which pages may call, and what CORS grants them.
//!
//! The port's own page may do everything (with the token). A page on any port of this machine may
//! post logs: that is where front ends in development run. Every other page is refused outright,
//! whatever it asks for.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Policy;
use super::host::Authority;
use crate::refusal::Refusal;

/// Paths that pages on other ports of this machine may post to.
const INGEST: [&str; 4] = ["/ingest", "/v1/logs", "/v1/traces", "/v1/metrics"];

/// Who is calling, by the look of the headers.
#[derive(Debug)]
pub(crate) enum Caller {
    /// A program, or the port's own page.
    Known,
    /// A page of this machine, or a listed one, that may read the answer.
    Granted(HeaderValue),
}

impl Caller {
    /// The origin that CORS lets in.
    pub(crate) fn grant(&self) -> Option<&HeaderValue> {
        match self {
            Self::Known => None,
            Self::Granted(origin) => Some(origin),
        }
    }
}

/// Lets a caller in, or says why not.
pub(crate) fn judge(
    policy: &Policy,
    host: &Authority,
    origin: Option<&str>,
    path: &str,
) -> Result<Caller, Refusal> {
    let Some(text) = origin else {
        return Ok(Caller::Known);
    };
    let lower = text.to_ascii_lowercase();
    let granted = || {
        HeaderValue::from_str(text)
            .map(Caller::Granted)
            .map_err(|_| Refusal::bad("bad_header", "the Origin header is malformed"))
    };
    if policy.origins.contains(&lower) {
        return granted();
    }
    let (scheme, rest) = lower.split_once("://").unwrap_or(("", ""));
    if let Some(origin) = Authority::parse(rest) {
        if scheme == "http" && same(&origin, host) {
            return Ok(Caller::Known);
        }
        let web = matches!(scheme, "http" | "https");
        if web && origin.name.is_loopback() && INGEST.contains(&path) {
            return granted();
        }
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "foreign_origin",
        format!("pages of `{text}` may not call this port"),
    )
    .hint("a page on this machine may post to /ingest; others are let in with --allow-origin"))
}

fn same(a: &Authority, b: &Authority) -> bool {
    a.name == b.name && a.port.unwrap_or(80) == b.port.unwrap_or(80)
}

/// The answer to a preflight of a page that is let in; anything else goes on to its route.
pub(crate) fn preflight(request: &Request, caller: &Caller) -> Option<Response> {
    let asks = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks || caller.grant().is_none() {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
    put(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST");
    put(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        "authorization, content-encoding, content-type, last-event-id, x-crosscut-source",
    );
    put(header::ACCESS_CONTROL_MAX_AGE, "600");
    put(
        header::HeaderName::from_static("access-control-allow-private-network"),
        "true",
    );
    Some(response)
}
