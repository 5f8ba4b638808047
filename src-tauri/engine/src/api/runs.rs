//! Runs and the workbench's own state.

use crosscut_model::RunId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DockerAvailability, Notice};

/// No arguments, or nothing to say.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
pub struct Empty {}

/// Reply of `status`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Crosscut's version.
    pub version: String,
    /// The data directory's path.
    pub data_dir: String,
    /// Where the port listens, as `http://127.0.0.1:3002`; absent when it does not.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The run that new lines land in.
    #[ts(type = "string")]
    pub current_run: RunId,
    /// Whether a Docker daemon answers.
    pub docker: DockerAvailability,
    /// What the user should know: a port that was taken, a full disk. Newest last.
    pub notices: Vec<Notice>,
}

/// One run, as listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RunInfo {
    /// Its id.
    #[ts(type = "string")]
    pub id: RunId,
    /// Its name: the user's, or `Run 14`.
    pub name: String,
    /// When it began.
    pub started_us: i64,
    /// When it ended; absent while it goes on.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_us: Option<i64>,
    /// Records in it.
    pub records: u64,
    /// Bytes of raw text in it.
    pub bytes: u64,
    /// Bytes it takes on disk, without the index.
    pub disk_bytes: u64,
    /// Records per level, by [`crosscut_model::Level::code`] (none, trace … fatal).
    pub levels: [u64; 7],
    /// Whether new lines land in it.
    pub current: bool,
    /// Whether it is kept however old it gets.
    pub pinned: bool,
    /// Records the index has caught up with.
    pub indexed: u64,
}

/// Arguments of `run_new`: ends the current run and starts another; sources go on into it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase", default)]
pub struct RunNewArgs {
    /// The new run's name; made up when absent.
    #[ts(optional)]
    pub name: Option<String>,
    /// Deletes the run that ends.
    #[ts(optional)]
    pub delete_old: Option<bool>,
}

/// Arguments of `run_delete`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RunArgs {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
}

/// Arguments of `run_rename`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RunRenameArgs {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// Its new name, at most 200 characters.
    pub name: String,
}

/// Arguments of `run_pin`: keeps a run however old it gets, or no longer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RunPinArgs {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// Whether it is kept.
    pub pinned: bool,
}
