//! `POST /control/clear`: a fresh run for the next test.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, Empty, RunArgs, RunInfo, RunNewArgs};
use crosscut_model::RunId;
use serde::{Deserialize, Serialize};

use crate::app::Shared;
use crate::refusal::Refusal;
use crate::rpc::{call, small_body};

/// What to clear.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Args {
    run_id: Option<String>,
    name: Option<String>,
    keep: bool,
    callback: Option<serde_json::Value>,
}

/// Reply of `POST /control/clear`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cleared {
    run_id: RunId,
}

/// Ends the run and starts another.
pub(crate) async fn clear(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Json<Cleared>, Refusal> {
    let body = small_body(request).await?;
    let args: Args = match body.trim_ascii() {
        b"" => Args::default(),
        body => serde_json::from_slice(body).map_err(|error| {
            Refusal::bad("bad_arguments", format!("the arguments are wrong: {error}"))
        })?,
    };
    if args.callback.is_some_and(|callback| !callback.is_null()) {
        return Err(
            Refusal::bad("not_supported", "this version calls nobody back")
                .hint("nothing was cleared; send the request without `callback`"),
        );
    }
    let workbench = shared.workbench.clone();
    let start = move || start(&workbench, args.run_id.as_deref(), args.name, args.keep);
    let run = tokio::task::spawn_blocking(start).await??;
    Ok(Json(Cleared { run_id: run.id }))
}

/// Only what was named is deleted: where that is an older run, the one that ends now is kept.
fn start(
    workbench: &Workbench,
    named: Option<&str>,
    name: Option<String>,
    keep: bool,
) -> Result<RunInfo, ApiError> {
    let current = workbench.current_run();
    let older = named.filter(|named| *named != current.as_str());
    let older = older.map(|named| find(workbench, named)).transpose()?;
    let delete_old = Some(!keep && older.is_none());
    let run = call(workbench, "run_new", &RunNewArgs { name, delete_old })?;
    if let Some(older) = older.filter(|_| !keep) {
        call::<Empty>(workbench, "run_delete", &RunArgs { run: older })?;
    }
    Ok(run)
}

fn find(workbench: &Workbench, named: &str) -> Result<RunId, ApiError> {
    let runs: Vec<RunInfo> = call(workbench, "runs_list", &Empty {})?;
    let found = runs.into_iter().find(|run| run.id.as_str() == named);
    found.map(|run| run.id).ok_or_else(|| {
        ApiError::unknown_run(named).hint("leave `runId` out to clear the current run")
    })
}
