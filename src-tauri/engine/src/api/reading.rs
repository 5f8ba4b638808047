//! Reading a run from outside the window: `/raw`, `/stream`, the command line.

use crosscut_model::{Level, RunId, Stream};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which records to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadArgs {
    /// The run; the current one when absent.
    pub run: Option<RunId>,
    /// A query, read strictly.
    pub query: Option<String>,
    /// A regular expression (syntax of Rust's `regex`, ignoring case) that must find something in
    /// the record's text.
    pub grep: Option<String>,
    /// A source's name.
    pub source: Option<String>,
    /// A stream.
    pub stream: Option<Stream>,
    /// Only records after this one.
    pub since: Option<u64>,
    /// Only the last so many.
    pub tail: Option<usize>,
    /// At most so many, counted from the first.
    pub limit: Option<usize>,
}

/// A record as `/raw`, `/stream` and the command line give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ReadRecord {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// Its number.
    pub seq: u64,
    /// When it happened, RFC 3339 in UTC.
    pub time: String,
    /// How bad it is.
    pub level: Level,
    /// Its source's name.
    pub source: String,
    /// Its stream.
    pub stream: Stream,
    /// Its message.
    pub message: String,
    /// The raw line or lines; invalid UTF-8 shown as `�`.
    pub line: String,
}
