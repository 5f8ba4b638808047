//! The table of routes.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::middleware;
use axum::routing::{get, post};
use crosscut_engine::Workbench;
use tokio::sync::watch;

use crate::guard::{self, Policy, token};
use crate::ingest::{Budget, otlp};
use crate::refusal::Refusal;
use crate::{assets, control, health, later, live, parts, raw, rpc, shippers, upload};

/// What every handler shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) workbench: Workbench,
    pub(crate) policy: Policy,
    /// Bytes of request bodies that may be in memory at once.
    pub(crate) budget: Budget,
    /// Turns true once the port is being closed: live streams end.
    pub(crate) closing: watch::Receiver<bool>,
}

/// The port's routes and their guards.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    // On each method of each route, not around them: what is not there is a 404 or 405 before
    // anyone asks for a token.
    let token = || middleware::from_fn_with_state(shared.clone(), token::required);
    let afar = || middleware::from_fn_with_state(shared.clone(), token::required_from_afar);
    Router::new()
        .route("/health", get(health::health).route_layer(afar()))
        .merge(shippers::routes(&shared))
        .route("/v1/logs", post(otlp::logs).route_layer(afar()))
        .route("/v1/traces", post(otlp::traces).route_layer(afar()))
        .route("/v1/metrics", post(otlp::metrics).route_layer(afar()))
        .route("/control/clear", post(control::clear).route_layer(token()))
        .route("/raw", get(raw::raw).route_layer(token()))
        .route("/ws", get(live::socket).route_layer(token()))
        .route(
            "/api/agents/{source}/logs/stream",
            get(live::source).route_layer(token()),
        )
        .route("/qna", post(later::answers).route_layer(token()))
        .route("/issues", get(later::issues).route_layer(token()))
        .route("/api/events", get(live::events).route_layer(token()))
        .route("/api/upload", post(upload::upload).route_layer(token()))
        .route("/api/parts", post(parts::take).route_layer(token()))
        .route("/api/focus", post(rpc::focus).route_layer(token()))
        .route("/api/{operation}", post(rpc::rpc).route_layer(token()))
        .fallback_service(get(assets::asset))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(shared.clone(), guard::admit))
        .with_state(shared)
}

async fn wrong_method(uri: Uri) -> Refusal {
    Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "wrong_method",
        format!("{} does not take this method", uri.path()),
    )
}
