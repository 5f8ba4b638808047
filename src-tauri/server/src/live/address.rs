//! Which records a stream is asked for.

use axum::http::HeaderMap;
use crosscut_engine::api::{ApiError, Empty, ReadArgs, RunInfo, SourceInfo, SourcesArgs};
use crosscut_engine::{Follow, Workbench};
use crosscut_model::SourceKind;
use serde::Deserialize;

use crate::raw::run_id;
use crate::rpc::call;

/// Records from before that a stream begins with.
const DEFAULT_TAIL: usize = 1_000;
/// Digits of a container's id that are enough to mean it, as Docker prints it.
const SHORT_ID: usize = 12;

/// What an address, or a subscription, asks for.
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct Address {
    #[serde(alias = "runId")]
    pub(super) run: Option<String>,
    pub(super) query: Option<String>,
    pub(super) grep: Option<String>,
    #[serde(alias = "container")]
    pub(super) source: Option<String>,
    pub(super) since: Option<u64>,
    pub(super) tail: Option<usize>,
}

impl Address {
    /// Starts to follow; `seen` is the last record that the client has. Blocks.
    pub(super) fn follow(
        self,
        workbench: &Workbench,
        seen: Option<u64>,
    ) -> Result<Follow, ApiError> {
        let run = run_id(self.run.as_deref())?;
        let seen = match (seen, &run) {
            (Some(seen), None) if !is_of_current_run(workbench, seen)? => Some(0),
            (seen, _) => seen,
        };
        let since = seen.or(self.since);
        let tail = self.tail.unwrap_or(DEFAULT_TAIL);
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        workbench.follow(&ReadArgs {
            run,
            query: said(self.query),
            grep: self.grep.filter(|grep| !grep.is_empty()),
            source: self.source.filter(|source| !source.is_empty()),
            since,
            tail: since.is_none().then_some(tail),
            ..ReadArgs::default()
        })
    }

    /// The source that is named, as the run knows it. Blocks.
    pub(super) fn find_source(
        &self,
        workbench: &Workbench,
        named: &str,
    ) -> Result<SourceInfo, ApiError> {
        let run = run_id(self.run.as_deref())?;
        let sources: Vec<SourceInfo> = call(workbench, "sources_list", &SourcesArgs { run })?;
        let container = |source: &SourceInfo| {
            source.kind == SourceKind::Docker
                && named.len() >= SHORT_ID
                && source.key.starts_with(named)
        };
        let by_name = sources.iter().find(|source| source.name == named);
        let found = by_name
            .or_else(|| sources.iter().find(|source| source.key == named))
            .or_else(|| sources.iter().find(|source| container(source)));
        found.cloned().ok_or_else(|| {
            ApiError::new("unknown_source", format!("the run has no source `{named}`"))
                .hint("`POST /api/sources_list` tells which it has")
        })
    }
}

/// The record that a client saw last, as its browser tells by itself.
pub(super) fn last_seen(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

/// A client that names no run and comes back after the run it saw has ended brings a number that
/// means nothing in the new one; where that can be told, all of the new run is news to it. Blocks.
fn is_of_current_run(workbench: &Workbench, seen: u64) -> Result<bool, ApiError> {
    let runs: Vec<RunInfo> = call(workbench, "runs_list", &Empty {})?;
    Ok(runs.iter().any(|run| run.current && seen <= run.records))
}
