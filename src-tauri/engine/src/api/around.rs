//! Records and those around them.

use crosscut_model::RunId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Row, ViewOrder};

/// Arguments of `view_around`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewAroundArgs {
    /// The view.
    pub view: u64,
    /// A record's number.
    pub seq: u64,
    /// How many rows before it; at most 1,024.
    pub before: u32,
    /// How many rows behind it; at most 1,024.
    pub after: u32,
}

/// Reply of `view_around`: where a record stands, and the rows around it, of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewAround {
    /// The view.
    pub view: u64,
    /// The view's epoch at that moment; older answers are to be dropped.
    pub epoch: u64,
    /// Rows in the view.
    pub total: u64,
    /// How many rows of the view stand before the record: its position if it is in the view.
    pub position: u64,
    /// Whether the record is in the view.
    pub found: bool,
    /// The position of the first of `rows`.
    pub start: u64,
    /// The rows: the record's own among them when it is in the view.
    pub rows: Vec<Row>,
}

/// Arguments of `context`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ContextArgs {
    /// The run; the current one when absent.
    #[ts(optional, type = "string")]
    #[serde(default)]
    pub run: Option<RunId>,
    /// A record's number.
    pub seq: u64,
    /// How many records before it; at most 1,024.
    pub before: u32,
    /// How many records behind it; at most 1,024.
    pub after: u32,
    /// What order its neighbours are told in; that of arrival when absent.
    #[ts(optional, as = "Option<ViewOrder>")]
    #[serde(default)]
    pub order: ViewOrder,
    /// Whether only records of its source count.
    #[ts(optional, as = "Option<bool>")]
    #[serde(default)]
    pub same_source: bool,
}

/// Reply of `context`: a record among its neighbours, whatever a view leaves out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// Which of `rows` the record is.
    pub at: u32,
    /// The records, in the order asked for.
    pub rows: Vec<Row>,
    /// Whether there are records before the first.
    pub more_before: bool,
    /// Whether there are records behind the last.
    pub more_after: bool,
}
