//! Records, as rows of the list and in full.

use crosscut_model::{Level, RunId, Stream};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// Reply of `view_rows`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// The view.
    pub view: u64,
    /// The view's epoch when the rows were taken; older answers are to be dropped.
    pub epoch: u64,
    /// The first row's position.
    pub start: u64,
    /// Rows in the view when they were taken.
    pub total: u64,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A record as a row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its number in the run: its identity.
    pub seq: u64,
    /// When it happened.
    pub time_us: i64,
    /// Whether that is only when it arrived.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub arrival: bool,
    /// How bad it is.
    pub level: Level,
    /// Its source's number in the run.
    pub source: u16,
    /// Its stream.
    pub stream: Stream,
    /// Its message on one line: escapes removed, newlines shown as `⏎`, at most 2,000 characters.
    pub msg: String,
    /// Where the query hits in `msg`: start, end, start, end… in UTF-16 units, in order.
    pub hits: Vec<u32>,
    /// Its other fields, name and value, as far as they fit a row (at most 12, about 400
    /// characters).
    pub fields: Vec<(String, String)>,
    /// Lines in it, when more than one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lines: Option<u32>,
    /// Whether it could not be read as what it claimed to be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub broken: bool,
    /// Whether `msg` was cut; the rest is in the detail.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub cut: bool,
}

/// Arguments of `record`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RecordArgs {
    /// The run; the current one when absent.
    #[ts(optional, type = "string")]
    #[serde(default)]
    pub run: Option<RunId>,
    /// The record's number.
    pub seq: u64,
}

/// Reply of `record`: one record in full.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct RecordDetail {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// Its number.
    pub seq: u64,
    /// When it happened.
    pub time_us: i64,
    /// Nanoseconds beyond `time_us`, 0 to 999.
    pub time_nanos: u16,
    /// Whether that is only when it arrived.
    pub arrival: bool,
    /// How bad it is.
    pub level: Level,
    /// Its source's number in the run.
    pub source: u16,
    /// Its source's name.
    pub source_name: String,
    /// Its stream.
    pub stream: Stream,
    /// Its message in full, newlines and all, without terminal escapes.
    pub msg: String,
    /// Its fields in their order, nested as they were.
    pub fields: Vec<Field>,
    /// The raw line or lines. Invalid UTF-8 is shown as `�`; cut at 1 MiB.
    pub raw: String,
    /// Bytes in the raw record.
    pub bytes: u64,
    /// What it was read as: `json`, `logfmt` or `text`.
    pub format: String,
    /// Whether it could not be read as what it claimed to be.
    pub broken: bool,
    /// Whether it goes on in the next record (a line over 1 MiB).
    pub continues: bool,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Its name at the top level.
    pub name: String,
    /// Its value.
    #[ts(type = "unknown")]
    pub value: Value,
}
