//! Tokens in the places where shippers can put one.
//!
//! From this machine no token is needed and any is tolerated. From afar the port's own token is a
//! must, and few shippers can send `Authorization: Bearer`: so it is looked for where each protocol
//! has its key, and put where the guard reads it.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::ingest::base64;

/// Headers that hold nothing but a key: Datadog's, Seq's.
const KEYS: [&str; 2] = ["dd-api-key", "x-seq-apikey"];

/// Writes the protocol's key as a bearer token, unless there is one.
pub(super) async fn as_bearer(mut request: Request, next: Next) -> Response {
    if let Some(key) = key(request.headers())
        && let Ok(value) = HeaderValue::from_str(&format!("Bearer {key}"))
    {
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    next.run(request).await
}

fn key(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let Some(authorization) = text("authorization") else {
        if let Some(key) = KEYS.iter().find_map(|name| text(name)) {
            return Some(key.trim().to_owned());
        }
        return text("x-sentry-auth").and_then(sentry);
    };
    let (scheme, rest) = authorization.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "splunk" => Some(rest.trim().to_owned()),
        // A password, or the second half of Elasticsearch's `ApiKey`.
        "basic" | "apikey" => {
            let pair = String::from_utf8(base64::read(rest.trim())?).ok()?;
            Some(pair.split_once(':')?.1.to_owned())
        }
        _ => None,
    }
}

/// `Sentry sentry_version=7, sentry_key=…`
fn sentry(text: &str) -> Option<String> {
    let pairs = text.split([',', ' ']);
    pairs
        .filter_map(|pair| pair.trim().strip_prefix("sentry_key="))
        .map(str::to_owned)
        .next()
}
