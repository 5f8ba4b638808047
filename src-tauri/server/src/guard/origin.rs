//! Which pages may call, and what CORS grants them.
//!
//! The port's own page may do everything (with the token). A page on any port of this machine may
//! post logs: that is where front ends in development run. Every other page is refused outright,
//! whatever it asks for.
//!
//! A browser names the page (`Origin`) wherever the page might read the answer or sends a body, for
//! sockets too. What a page fetches blindly (an image, a script, a link followed) goes without;
//! but then the browser tells whose page it was (`Sec-Fetch-Site`), and that must do: nothing is
//! fetched for a stranger but the app's page itself, when somebody follows a link to it.

use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Policy;
use super::host::Authority;
use crate::refusal::Refusal;

/// Where the app's page is, which any page may link to.
const PAGE: [&str; 2] = ["/", "/index.html"];

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

/// Lets a page in by its `Origin`, or says why not. One on another port of this machine may do nothing
/// but bring lines.
pub(crate) fn judge(
    policy: &Policy,
    host: &Authority,
    text: &str,
    brings_lines: bool,
) -> Result<Caller, Refusal> {
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
        if web && origin.name.is_loopback() && brings_lines {
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

/// What a browser tells of a request whose page it does not name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fetch<'a> {
    /// `Sec-Fetch-Site`: how the page stands to this port.
    pub(crate) site: Option<&'a str>,
    /// `Sec-Fetch-Mode`.
    pub(crate) mode: Option<&'a str>,
    /// `Sec-Fetch-Dest`: what the answer becomes.
    pub(crate) dest: Option<&'a str>,
}

/// Lets a request without an `Origin` in, or says why not.
pub(crate) fn judge_nameless(
    fetch: Fetch<'_>,
    host: &Authority,
    request: &Request,
    brings_lines: bool,
) -> Result<Caller, Refusal> {
    let is_link = fetch.mode == Some("navigate")
        && fetch.dest == Some("document")
        && matches!(*request.method(), Method::GET | Method::HEAD)
        && PAGE.contains(&request.uri().path());
    match fetch.site {
        // A program; the app's own page; an address that somebody typed.
        None | Some("same-origin" | "none") => Ok(Caller::Known),
        // Another port of the same name, and that name is this machine's.
        Some("same-site") if host.name.is_loopback() && brings_lines => Ok(Caller::Known),
        Some(_) if is_link => Ok(Caller::Known),
        Some(_) => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "pages of other sites may not call this port",
        )
        .hint("open the address itself, or call it with fetch() from an origin that is let in")),
    }
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
        "authorization, baggage, content-encoding, content-type, dd-api-key, idempotency-key, \
         last-event-id, sentry-trace, x-crosscut-source, x-scope-orgid, x-sentry-auth, \
         x-seq-apikey, x-splunk-request-channel",
    );
    put(header::ACCESS_CONTROL_MAX_AGE, "600");
    put(
        header::HeaderName::from_static("access-control-allow-private-network"),
        "true",
    );
    Some(response)
}
