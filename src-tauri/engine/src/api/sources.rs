//! Sources: what is followed, and what could be.

use std::collections::BTreeMap;

use crosscut_model::{RunId, SourceKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a source is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SourceState {
    /// Being opened.
    Connecting,
    /// Catching up with what was there already. Bytes.
    Loading {
        /// Bytes read.
        done: u64,
        /// Bytes there are.
        total: u64,
    },
    /// Caught up; new lines arrive as they are written.
    Live,
    /// A folder, a glob, a project: it brings no lines itself, but other sources, and new ones as
    /// they appear.
    Watching {
        /// How many of them are there now.
        sources: u32,
    },
    /// Not there at present; it is looked for again and again.
    Waiting {
        /// Stable: `not_found`, `docker_unavailable`…
        code: String,
        /// What is missing, in a sentence.
        message: String,
        /// What to do about it.
        hint: String,
    },
    /// Held by the user.
    Paused,
    /// Nothing more will come.
    Ended,
    /// It cannot be read.
    Failed {
        /// Stable: `not_found`, `is_directory`, `permission_denied`, `read_failed`…
        code: String,
        /// What happened, in a sentence.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

/// One source of a run, as listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SourceInfo {
    /// Its number in the run; rows name it.
    pub id: u16,
    /// What it is.
    pub kind: SourceKind,
    /// Where it is: a path, a container's id, a client's name.
    pub key: String,
    /// What people call it; unique in the run.
    pub name: String,
    /// How it is doing.
    #[serde(flatten)]
    pub status: SourceState,
    /// Records from it in this run.
    pub records: u64,
    /// Records of level error and above from it in this run.
    pub errors: u64,
    /// Its last line so far, when it has no newline yet.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
}

/// Arguments of `sources_list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase", default)]
pub struct SourcesArgs {
    /// The run; the current one when absent.
    #[ts(optional, type = "string")]
    pub run: Option<RunId>,
}

/// Arguments of `source_add`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SourceAddArgs {
    /// What it is: `file`, `docker` or `demo`.
    pub kind: SourceKind,
    /// Where it is: a path, a container's id or name.
    pub key: String,
    /// What to call it; made from the key when absent.
    #[ts(optional)]
    #[serde(default)]
    pub name: Option<String>,
}

/// Arguments of `source_pause`, `source_resume` and `source_remove`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SourceArgs {
    /// Its number in the current run.
    pub source: u16,
}

/// Whether a Docker daemon answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct DockerAvailability {
    /// Whether it answers.
    pub available: bool,
    /// Its version and socket, or why it does not answer.
    pub message: String,
    /// What to do about it; empty when it answers.
    pub hint: String,
}

/// Reply of `docker_containers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Containers {
    /// Whether a daemon answers.
    pub docker: DockerAvailability,
    /// Its containers, running ones first.
    pub containers: Vec<Container>,
}

/// One container that could be followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Container {
    /// Its full id.
    pub id: String,
    /// Its name without the slash.
    pub name: String,
    /// Its image.
    pub image: String,
    /// Whether it runs.
    pub running: bool,
    /// Docker's words for its state, such as `Up 3 minutes`.
    pub status: String,
    /// Its compose project, when it has one.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Its compose service, when it has one.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its labels, but for those that compose and image builders write about themselves.
    pub labels: BTreeMap<String, String>,
    /// Whether it is a source of the current run already.
    pub followed: bool,
}
