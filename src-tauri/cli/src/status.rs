//! `crosscut status`: where the workbench runs, and what it follows.

use std::path::Path;

use crosscut_engine::api::{Empty, RunInfo, SourceInfo, SourceState, SourcesArgs, Status};
use crosscut_engine::endpoint_of;
use crosscut_server::handover::Client;

use crate::args::{Format, StatusArgs};
use crate::failure::Failure;
use crate::say;

/// Asks the running workbench.
pub(crate) async fn status(data_dir: &Path, args: &StatusArgs) -> Result<(), Failure> {
    let endpoint = endpoint_of(data_dir).ok_or_else(|| {
        Failure::refused(format!("no Crosscut is running on {}", data_dir.display()))
    })?;
    let client = Client::new(endpoint);
    let status: Status = client
        .call("status", &Empty {})
        .await
        .map_err(Failure::refused)?;
    let runs: Vec<RunInfo> = client
        .call("runs_list", &Empty {})
        .await
        .map_err(Failure::refused)?;
    let sources: Vec<SourceInfo> = client
        .call("sources_list", &SourcesArgs::default())
        .await
        .map_err(Failure::refused)?;
    match args.format {
        Format::Text => text(&client, &status, &runs, &sources),
        Format::Json => say::line(serde_json::json!({
            "status": status,
            "window": client.endpoint().window,
            "pid": client.endpoint().pid,
            "runs": runs,
            "sources": sources,
        })),
    }
    Ok(())
}

fn text(client: &Client, status: &Status, runs: &[RunInfo], sources: &[SourceInfo]) {
    let endpoint = client.endpoint();
    let face = if endpoint.window {
        "with a window"
    } else {
        "without a window"
    };
    say::line(format_args!(
        "Crosscut {} {face}, process {}, at {}",
        status.version,
        endpoint.pid,
        client.page()
    ));
    say::line(format_args!("data: {}", status.data_dir));
    for notice in status.notices.iter().filter(|notice| notice.active) {
        say::line(format_args!("notice: {}", notice.message));
    }
    say::line(format_args!("runs: {}", runs.len()));
    for run in runs {
        let current = if run.current { "  (current)" } else { "" };
        say::line(format_args!(
            "  {}  {}  {} records{current}",
            run.id, run.name, run.records
        ));
    }
    say::line(format_args!("sources: {}", sources.len()));
    for source in sources {
        say::line(format_args!(
            "  {}  {}  {} records, {} errors",
            source.name,
            state(&source.status),
            source.records,
            source.errors
        ));
    }
}

fn state(state: &SourceState) -> String {
    match state {
        SourceState::Connecting => "connecting".to_owned(),
        SourceState::Loading { done, total } => {
            let percent = done.saturating_mul(100).checked_div(*total).unwrap_or(0);
            format!("loading ({percent} %)")
        }
        SourceState::Live => "live".to_owned(),
        SourceState::Watching { sources } => format!("watching {sources}"),
        SourceState::Waiting { message, .. } => format!("waiting ({message})"),
        SourceState::Paused => "paused".to_owned(),
        SourceState::Ended => "ended".to_owned(),
        SourceState::Failed { message, .. } => format!("failed ({message})"),
    }
}
