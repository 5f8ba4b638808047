//! `GET /health`: that somebody is there, and who.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::app::Shared;

/// Reply of `GET /health`. Its `name` is how another Crosscut tells this one from a stranger.
#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
    name: &'static str,
    version: &'static str,
    run: String,
}

/// Says that the workbench is up.
pub(crate) async fn health(State(shared): State<Arc<Shared>>) -> Json<Health> {
    Json(Health {
        status: "ok",
        name: "crosscut",
        version: env!("CARGO_PKG_VERSION"),
        run: shared.workbench.current_run().to_string(),
    })
}
