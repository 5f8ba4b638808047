//! What the workbench tells its clients without being asked.

use crosscut_model::{Level, RunId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{RunInfo, SourceInfo, ViewState};

/// One event. At most about thirty a second per client; of several of one kind the latest wins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// First on every stream, and again whenever events were skipped: fetch everything anew.
    Hello {
        /// Crosscut's version.
        version: String,
    },
    /// A view of this client changed.
    View {
        /// As it is now.
        state: ViewState,
    },
    /// The sources of the current run, or their states, changed.
    Sources {
        /// The run.
        #[ts(type = "string")]
        run: RunId,
        /// All of them.
        sources: Vec<SourceInfo>,
    },
    /// Runs began, ended, grew, were renamed or deleted.
    Runs {
        /// All of them, newest first.
        runs: Vec<RunInfo>,
        /// The one new lines land in.
        #[ts(type = "string")]
        current: RunId,
    },
    /// Something the user should know.
    Notice {
        /// What.
        notice: Notice,
    },
    /// Errors of a kind not seen before in this run: what the operating system announces.
    Trouble {
        /// What.
        trouble: Trouble,
    },
    /// Someone asked for the window: bring it to the front.
    Focus,
}

/// Something the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// Stable: `port_taken`, `disk_full`, `frame_damaged`, `index_rebuilt`…
    pub code: String,
    /// How bad it is.
    pub kind: NoticeKind,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// Whether it still holds; a notice with the same code and `false` takes it back.
    pub active: bool,
}

/// How bad a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Something is not as asked.
    Warning,
    /// Something does not work.
    Error,
}

/// The first error of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// The record it was first seen in.
    pub seq: u64,
    /// Its source's name.
    pub source: String,
    /// How bad it is.
    pub level: Level,
    /// The record's message, cut to 200 characters.
    pub message: String,
    /// The template behind it: numbers and ids masked.
    pub pattern: String,
    /// Kinds first seen in the same moment, beside this one.
    pub others: u32,
}
