//! Shippers that need no code: the protocols in which programs send their logs elsewhere, spoken so
//! that the unmodified client is content.
//!
//! | path | who sends | module |
//! |---|---|---|
//! | `/loki/api/v1/push` | Promtail, Alloy, pino-loki, … | [`loki`] |
//! | `/_bulk`, `/{index}/_bulk`, `/{index}/_doc` | Elasticsearch's clients, Filebeat, rsyslog, … | [`elastic`] |
//! | `/ingest/clef`, `/api/events/raw` | Serilog and others for Seq | [`clef`] |
//! | `/services/collector…` | Docker's splunk driver, HEC clients | [`splunk`] |
//! | `/api/v2/logs`, `/v1/input` | the Datadog agent and libraries | [`datadog`] |
//! | `/api/log` | Logdy's clients | [`logdy`] |
//! | `/stream`, `/api/{project}/envelope/` | Sentry's SDKs, to Spotlight or a DSN | [`sentry`] |
//! | `/ingest`, `/` | Winston, Python's HTTPHandler, Fluent Bit, Fluentd | [`funnel`] |
//!
//! Owns what is particular to each: its form, its answers, its codes. What all have in common is
//! `ingest`'s: a body is read under the same limits, and an answer that says so means that all of it
//! is stored. Each module is a decoder from bytes to records ([`gather`], [`sent`]) and a handler
//! around it. Promises: what a program wrote stays as it was; what a protocol says beside it becomes
//! fields; what cannot be read is kept as a record of the stream `system` and costs nothing else.

mod clef;
mod credentials;
mod datadog;
mod elastic;
mod fluent;
mod funnel;
pub(crate) mod gather;
mod handler;
mod logdy;
mod loki;
pub(crate) mod msgpack;
pub(crate) mod sent;
mod sentry;
mod splunk;

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::Shared;
use crate::guard::token;
use crate::live;

/// Routes of one protocol.
type Routes = Router<Arc<Shared>>;

/// The routes of all protocols, with the guard of ingest: from afar the token is a must.
pub(crate) fn routes(shared: &Arc<Shared>) -> Routes {
    let afar = || middleware::from_fn_with_state(shared.clone(), token::required_from_afar);
    let token = || middleware::from_fn_with_state(shared.clone(), token::required);
    let key = || middleware::from_fn(credentials::as_bearer);
    Router::new()
        .route("/loki/api/v1/push", post(loki::push))
        .route("/ready", get(loki::ready))
        .route("/ingest/clef", post(clef::clef))
        .route("/api/events/raw", post(clef::raw))
        .merge(collector())
        .route("/api/v2/logs", post(datadog::logs))
        .route("/v1/input", post(datadog::input))
        .route("/v1/input/{key}", post(datadog::input))
        .route("/api/v1/validate", get(datadog::validate))
        .route("/api/log", post(logdy::log))
        .route("/api/{project}/envelope/", post(sentry::envelope))
        .route("/api/{project}/envelope", post(sentry::envelope))
        .route("/api/{project}/store/", post(sentry::store))
        .merge(elastic::routes())
        .route("/ingest", post(funnel::post).get(funnel::get))
        .route_layer(afar())
        .route_layer(key())
        // The page's files need no token, nor does what says no more than that somebody is there.
        .merge(elastic::shared_routes())
        .route(
            "/",
            post(funnel::post).route_layer(afar()).route_layer(key()),
        )
        .route("/stream", get(live::stream).route_layer(token()))
        .route(
            "/stream",
            post(sentry::spotlight)
                .route_layer(afar())
                .route_layer(key()),
        )
}

fn collector() -> Routes {
    let mut routes = Router::new()
        .route("/services/collector/health", get(splunk::health))
        .route("/services/collector/health/1.0", get(splunk::health))
        .route("/services/collector/ack", post(splunk::ack));
    for path in ["", "/event", "/event/1.0"] {
        let methods = post(splunk::event).options(splunk::options);
        routes = routes.route(&format!("/services/collector{path}"), methods);
    }
    for path in ["/raw", "/raw/1.0"] {
        let methods = post(splunk::raw).options(splunk::options);
        routes = routes.route(&format!("/services/collector{path}"), methods);
    }
    routes
}

/// Whether a request is for an address that lines are brought to, so that a page on another port of this machine may send it.
pub(crate) fn brings_lines(method: &Method, path: &str) -> bool {
    let path = path.strip_suffix('/').unwrap_or(path);
    let fixed = [
        "",
        "/ingest",
        "/ingest/clef",
        "/api/events/raw",
        "/api/log",
        "/api/v2/logs",
        "/v1/input",
        "/v1/logs",
        "/v1/traces",
        "/v1/metrics",
        "/stream",
        "/loki/api/v1/push",
        "/_bulk",
    ];
    let sentry = |path: &str| {
        let project = path.strip_prefix("/api/").unwrap_or_default();
        matches!(project.split_once('/'), Some((_, "envelope" | "store")))
    };
    // Under these, something is read that is for the port's own page alone.
    let reads = matches!(path, "" | "/stream") && *method != Method::POST;
    !reads
        && (fixed.contains(&path)
            || path.ends_with("/_bulk")
            || path.starts_with("/services/collector")
            || sentry(path))
}
