//! The shapes that cross the workbench's faces: HTTP bodies, Tauri messages, events.
//!
//! Everything here is plain data. The TypeScript in `ui/src/generated/` is made from it
//! (`cargo xtask types`) and checked for drift by a test. Names are camelCase on the wire; instants
//! are whole microseconds since 1970 (`…Us`), which a JavaScript number holds exactly.

mod events;
mod reading;
mod records;
mod runs;
mod sources;
mod views;

pub use events::{Event, Notice, NoticeKind, Trouble};
pub use reading::{ReadArgs, ReadRecord};
pub use records::{Field, RecordArgs, RecordDetail, Row, Rows};
pub use runs::{Empty, RunArgs, RunInfo, RunNewArgs, RunRenameArgs, Status};
pub use sources::{
    Container, Containers, DockerAvailability, SourceAddArgs, SourceArgs, SourceInfo, SourceState,
    SourcesArgs,
};
pub use views::{
    Reading, ReadingHint, ReadingToken, TokenKind, ViewArgs, ViewOpenArgs, ViewOpened,
    ViewPosition, ViewPositionArgs, ViewRowsArgs, ViewState, QueryReadArgs,
};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, for people and programs: the UI switches on `code` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// Stable, machine-readable, snake case: `unknown_run`, `bad_query`, `disk_full`…
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it; empty when there is nothing to say.
    #[serde(default)]
    pub hint: String,
    /// Where in the query, in bytes from its start, when the query is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub position: Option<u32>,
}
