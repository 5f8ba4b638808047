//! Views: a query over a run, with its matched rows.

use crosscut_model::RunId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of `view_open`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewOpenArgs {
    /// Names the window or tab, as given to the event stream; its views close with it.
    pub client: String,
    /// The run; the current one when absent.
    #[ts(optional, type = "string")]
    #[serde(default)]
    pub run: Option<RunId>,
    /// The query, read leniently; empty for everything.
    #[serde(default)]
    pub query: String,
    /// What order the rows stand in; that of arrival when absent.
    #[ts(optional, as = "Option<ViewOrder>")]
    #[serde(default)]
    pub order: ViewOrder,
}

/// What order a view's rows stand in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub enum ViewOrder {
    /// As they came in.
    #[default]
    Arrival,
    /// By their times; where those are equal, as they came in. Late records stand in their place.
    Time,
}

/// Reply of `view_open`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewOpened {
    /// The view's number; given back in events and row requests.
    pub view: u64,
    /// The run it looks at.
    #[ts(type = "string")]
    pub run: RunId,
    /// How the query was read.
    pub reading: Reading,
    /// What stands in it so far; events bring the rest.
    pub state: ViewState,
}

/// A view at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewState {
    /// The view's number.
    pub view: u64,
    /// Changes when rows already handed out may have other positions now (a search in progress
    /// found older matches; in order of time, late records came). Rows appended at the end leave it as it is.
    pub epoch: u64,
    /// Rows in the view.
    pub rows: u64,
    /// Records in the run.
    pub total: u64,
    /// Records looked at so far; less than `total` while the search goes on.
    pub searched: u64,
    /// Rows of the view per level (none, trace … fatal).
    pub levels: [u64; 7],
    /// Records of the run per level.
    pub run_levels: [u64; 7],
    /// Records that arrived in the run during the last second or so, per second.
    pub rate: f64,
    /// Records the index has caught up with.
    pub indexed: u64,
}

/// Arguments of `view_rows`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewRowsArgs {
    /// The view.
    pub view: u64,
    /// The first row's position, from 0.
    pub start: u64,
    /// How many; at most 1,024 are given.
    pub count: u32,
}

/// Arguments of `view_close`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewArgs {
    /// The view.
    pub view: u64,
}

/// Arguments of `view_position`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewPositionArgs {
    /// The view.
    pub view: u64,
    /// A record's number.
    pub seq: u64,
}

/// Reply of `view_position`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewPosition {
    /// How many rows of the view stand before the record: its position if it is in the view.
    pub row: u64,
    /// Whether the record is in the view.
    pub found: bool,
    /// The epoch this holds for.
    pub epoch: u64,
}

/// Arguments of `query_read`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct QueryReadArgs {
    /// The query as typed.
    pub query: String,
}

/// How a query was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The query's parts, in order, for colouring. Offsets are UTF-16 units, as in JavaScript.
    pub tokens: Vec<ReadingToken>,
    /// What the reader should know about how it was read.
    pub hints: Vec<ReadingHint>,
    /// The query printed back in its plainest form.
    pub printed: String,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ReadingToken {
    /// Where it starts.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What it is.
    pub kind: TokenKind,
}

/// What a part of a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub enum TokenKind {
    /// Plain text to find.
    Word,
    /// Quoted text to find.
    Phrase,
    /// A regular expression.
    Regex,
    /// A field's name.
    Field,
    /// A comparison.
    Operator,
    /// What a field is compared with.
    Value,
    /// AND, OR, NOT, `-`.
    Boolean,
    /// A bracket.
    Bracket,
}

/// A remark on how a query was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ReadingHint {
    /// Where the part in question starts, in UTF-16 units.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// The remark.
    pub message: String,
}
