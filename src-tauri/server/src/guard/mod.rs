//! Who may call.
//!
//! Owns the checks every request passes before it is read, in this order: the `Host` header is
//! there once and names this machine ([`host`]); a page that calls belongs here ([`origin`]); then,
//! once a route is found, the token is right ([`token`]). Promises: a malformed header is a 400 and
//! never a panic; nothing of a stranger's page gets further than its `Origin`.

pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod token;

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use self::host::{Authority, Name};
use self::origin::{Caller, Fetch};
use crate::app::Shared;
use crate::refusal::Refusal;
use crate::shippers;

/// What the port was told about its callers.
#[derive(Debug)]
pub(crate) struct Policy {
    /// Whether only this machine can reach the port.
    pub(crate) loopback: bool,
    /// Names beside loopback that `Host` may carry, in lower case.
    pub(crate) hosts: Vec<String>,
    /// Origins beside the port's own, in lower case.
    pub(crate) origins: Vec<String>,
    /// The token; none when none is asked for.
    pub(crate) token: Option<String>,
}

/// Where the request's connection ends on this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived(pub(crate) IpAddr);

/// The content security policy of the web UI, and harmless for everything else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// Checks `Host` and `Origin`, answers preflights, and dresses the response.
pub(crate) async fn admit(
    State(shared): State<Arc<Shared>>,
    request: Request,
    next: Next,
) -> Response {
    let caller = match caller(&shared.policy, &request) {
        Ok(caller) => caller,
        Err(refusal) => return dress(refusal.into_response()),
    };
    let grant = caller.grant().cloned();
    let response = match origin::preflight(&request, &caller) {
        Some(response) => response,
        None => next.run(request).await,
    };
    let mut response = dress(response);
    if let Some(origin) = grant {
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        // How long to wait when too much is under way.
        response.headers_mut().insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("retry-after"),
        );
        response
            .headers_mut()
            .insert(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn caller(policy: &Policy, request: &Request) -> Result<Caller, Refusal> {
    let arrived = request
        .extensions()
        .get::<Arrived>()
        .map(|arrived| arrived.0);
    let host = only(request.headers(), &header::HOST, "Host")?.ok_or_else(|| {
        Refusal::bad("bad_host", "the request has no Host header").hint("HTTP/1.1 asks for one")
    })?;
    let host = known_host(policy, arrived, host)?;
    // A request line may name a whole address (`GET http://x/`); it must not name another one.
    if let Some(named) = request.uri().authority() {
        known_host(policy, arrived, named.as_str())?;
    }
    if let Some(origin) = only(request.headers(), &header::ORIGIN, "Origin")? {
        return origin::judge(policy, &host, origin, brings_lines(request));
    }
    let told = |name, called| {
        only(
            request.headers(),
            &header::HeaderName::from_static(name),
            called,
        )
    };
    let fetch = Fetch {
        site: told("sec-fetch-site", "Sec-Fetch-Site")?,
        mode: told("sec-fetch-mode", "Sec-Fetch-Mode")?,
        dest: told("sec-fetch-dest", "Sec-Fetch-Dest")?,
    };
    origin::judge_nameless(fetch, &host, request, brings_lines(request))
}

/// Whether a request brings lines, or asks beforehand whether it may.
fn brings_lines(request: &Request) -> bool {
    let asked = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_METHOD)
        .and_then(|method| Method::from_bytes(method.as_bytes()).ok())
        .filter(|_| request.method() == Method::OPTIONS);
    let method = asked.as_ref().unwrap_or(request.method());
    shippers::brings_lines(method, request.uri().path())
}

fn known_host(policy: &Policy, arrived: Option<IpAddr>, text: &str) -> Result<Authority, Refusal> {
    let authority = Authority::parse(text)
        .ok_or_else(|| Refusal::bad("bad_host", "the Host header is malformed"))?;
    let known = match &authority.name {
        name if name.is_loopback() => true,
        // Beyond loopback, an address that is this machine's is as good: no foreign page can make
        // a browser send one, as it can a name of its own.
        Name::Address(address) if !policy.loopback => arrived == Some(*address),
        Name::Address(_) | Name::Word(_) => false,
    };
    if known || policy.hosts.contains(&authority.name.to_string()) {
        return Ok(authority);
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "foreign_host",
        format!(
            "this port does not answer for the host `{}`",
            authority.name
        ),
    )
    .hint("call it as localhost, or start Crosscut with --allow-host"))
}

/// The header's one value; `None` when it is not there.
fn only<'a>(
    headers: &'a HeaderMap,
    name: &header::HeaderName,
    called: &str,
) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Refusal::bad(
            "bad_header",
            format!("the request has two {called} headers"),
        ));
    }
    let text = value.to_str();
    text.map(Some).map_err(|_| {
        Refusal::bad(
            "bad_header",
            format!("the {called} header has bytes that are not ASCII"),
        )
    })
}

fn dress(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::REFERRER_POLICY, "no-referrer");
    put(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    put(header::SERVER, "crosscut");
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
