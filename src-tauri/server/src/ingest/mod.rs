//! `POST /ingest`: lines from programs, in whatever form their logger sends.
//!
//! Owns the way of a body: [`body`] reads it capped after decompression, [`forms`] decides what it
//! is and splits it into records, and the workbench stores them. Promises: 200 is sent once the
//! records are durable; otherwise none of the request's good lines was kept. A line that claims to
//! be JSON and is not costs nobody else: it is stored, in the stream `system`, and counted as
//! rejected.

mod body;
mod forms;
mod json;
mod mapping;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use crosscut_engine::{Ingest, IngestError, Workbench};
use crosscut_model::Stream;
use serde::{Deserialize, Serialize};

pub(crate) use self::body::Budget;
use self::forms::Split;
use self::mapping::Mapping;
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of lines whose client gives no name.
const ANONYMOUS: &str = "http";

/// What the address may say about the lines.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Address {
    #[serde(alias = "runId")]
    run: Option<String>,
    source: Option<String>,
    #[serde(rename = "_msg_field")]
    msg_field: Option<String>,
    #[serde(rename = "_time_field")]
    time_field: Option<String>,
}

/// Reply of `POST /ingest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Taken {
    success: bool,
    run_id: String,
    accepted: u64,
    rejected: u64,
}

/// Stores what was posted.
pub(crate) async fn ingest(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Taken>, Refusal> {
    let body = body::read(&headers, body, &shared.budget).await?;
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let kind = forms::Kind::of(text("content-type"));
    let named = address
        .source
        .or_else(|| text("x-crosscut-source").map(str::to_owned));
    let mapping = Mapping::new(address.msg_field.as_deref(), address.time_field.as_deref());
    let workbench = shared.workbench.clone();
    let stored = tokio::task::spawn_blocking(move || {
        // Counted against the budget until the lines are stored.
        let body::Held { bytes, held } = body;
        let split = forms::split(bytes, kind, &mapping)?;
        let stored = store(&workbench, split, address.run, named);
        drop(held);
        stored.map_err(Refusal::from)
    });
    stored.await?.map(Json)
}

/// The unreadable lines go first: should storing the others then fail, the client may send
/// everything again and no good line is there twice.
fn store(
    workbench: &Workbench,
    split: Split,
    run: Option<String>,
    source: Option<String>,
) -> Result<Taken, IngestError> {
    let run = split.run.or(run);
    let source = split
        .source
        .or(source)
        .unwrap_or_else(|| ANONYMOUS.to_owned());
    let mut landed = None;
    for (lines, stream) in [(split.broken, Stream::System), (split.good, Stream::Stdout)] {
        if !lines.is_empty() {
            let ingest = Ingest {
                run: run.clone(),
                source: source.clone(),
                stream,
                lines,
            };
            landed = Some(workbench.ingest(ingest)?.run);
        }
    }
    Ok(Taken {
        success: true,
        run_id: landed
            .unwrap_or_else(|| workbench.current_run())
            .to_string(),
        accepted: split.accepted,
        rejected: split.rejected,
    })
}
