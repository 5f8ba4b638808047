//! What comes before a command's start: its run, its environment, its name.

use std::path::Path;
use std::process::Command;

use crosscut_engine::api::{Empty, RunInfo, RunNewArgs};
use crosscut_model::RunId;
use crosscut_server::handover::CallError;
use serde::Serialize;

use crate::deliver::Owner;

/// Finds the workbench, or becomes it, and begins a run; the run's id, or why there is none.
pub(super) async fn begin(data_dir: &Path, name: Option<&str>) -> (Owner, Result<String, String>) {
    let owner = Owner::find(data_dir, None, true).await;
    let run = match new_run(&owner, name).await {
        // It was there once: killed, it could not take its word back.
        Err(CallError::Unreachable { .. }) => {
            let gone = owner.endpoint().cloned();
            let owner = Owner::find(data_dir, gone.as_ref(), true).await;
            let run = new_run(&owner, name).await;
            return (owner, run.map_err(|error| error.to_string()));
        }
        run => run.map_err(|error| error.to_string()),
    };
    (owner, run)
}

async fn new_run(owner: &Owner, name: Option<&str>) -> Result<String, CallError> {
    #[derive(Serialize)]
    struct Rename<'a> {
        run: &'a RunId,
        name: &'a str,
    }
    if let Owner::Own(_) = owner {
        let runs: Vec<RunInfo> = owner.call("runs_list", &Empty {}).await?;
        // Opening has made it: a second one would leave it behind empty.
        if let Some(fresh) = runs.iter().find(|run| run.current && run.records == 0) {
            if let Some(name) = name {
                let rename = Rename {
                    run: &fresh.id,
                    name,
                };
                owner.call::<RunInfo>("run_rename", &rename).await?;
            }
            return Ok(fresh.id.to_string());
        }
    }
    let args = RunNewArgs {
        name: name.map(str::to_owned),
        delete_old: None,
    };
    let run: RunInfo = owner.call("run_new", &args).await?;
    Ok(run.id.to_string())
}

/// The command as it was typed.
pub(super) fn command(typed: &[String], data_dir: &Path) -> Command {
    let mut words = typed.iter();
    let mut command = Command::new(words.next().map(String::as_str).unwrap_or_default());
    command.args(words);
    // What the command pipes into `crosscut` itself lands where its own lines do.
    if let Ok(data_dir) = std::path::absolute(data_dir) {
        command.env("CROSSCUT_DATA", data_dir);
    }
    command
}

/// Tells the command where its logger can send to. An OTLP endpoint that is set stays, and with it
/// the protocol that belongs to it.
pub(super) fn environment(command: &mut Command, owner: &Owner, run: Option<&str>) {
    if let Some(run) = run {
        command.env("LOG_RUN_ID", run);
    }
    let Some(url) = owner.url() else { return };
    command.env("LOG_AGENT_ENDPOINT", &url);
    command.env("CROSSCUT_URL", &url);
    let unset = |name| std::env::var_os(name).is_none();
    if unset("OTEL_EXPORTER_OTLP_ENDPOINT") {
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &url);
        if unset("OTEL_EXPORTER_OTLP_PROTOCOL") {
            command.env("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        }
    }
}

/// The source's name when none is given: the program's.
pub(super) fn name(typed: &[String]) -> String {
    let program = typed.first().map(Path::new);
    let stem = program.and_then(Path::file_stem);
    let name = stem.map(|stem| crate::name::fitting(&stem.to_string_lossy()));
    name.filter(|name| !name.is_empty())
        .unwrap_or_else(|| "command".to_owned())
}
