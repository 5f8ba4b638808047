//! Searching a run from outside the window: the command line, scripts, agents.

use crosscut_model::RunId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ReadRecord, ViewOrder};

/// Arguments of `search`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase", default)]
pub struct SearchArgs {
    /// The query, read strictly; empty for everything.
    pub query: String,
    /// The run; the current one when absent.
    #[ts(optional, type = "string")]
    pub run: Option<RunId>,
    /// Only records of the source of this name.
    #[ts(optional)]
    pub source: Option<String>,
    /// Only records from then on: what may stand behind `since:` in a query.
    #[ts(optional)]
    pub since: Option<String>,
    /// Only records up to then.
    #[ts(optional)]
    pub until: Option<String>,
    /// What order the records are told in, oldest first; that of arrival when absent.
    #[ts(optional, as = "Option<ViewOrder>")]
    pub order: ViewOrder,
    /// Only the newest so many matches, in that order; all when absent.
    #[ts(optional)]
    pub limit: Option<u64>,
    /// Of more matches than `limit`, the oldest rather than the newest; in order of arrival only.
    #[ts(optional, as = "Option<bool>")]
    pub oldest: bool,
    /// So many records on either side of each match come along; at most 1,000.
    #[ts(optional, as = "Option<u32>")]
    pub context: u32,
    /// Whether only the number of matches is wanted.
    #[ts(optional, as = "Option<bool>")]
    pub count: bool,
    /// Whether each record is to tell where the query hits in its line.
    #[ts(optional, as = "Option<bool>")]
    pub highlight: bool,
    /// Where the answer before broke off; everything else as it was then.
    #[ts(optional)]
    pub cursor: Option<String>,
}

/// Reply of `search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SearchReply {
    /// The run.
    #[ts(type = "string")]
    pub run: RunId,
    /// How many records match in all; absent when the newest were found without looking further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub matches: Option<u64>,
    /// Whether `limit` left matches out: older ones, or newer ones with `oldest`.
    pub older: bool,
    /// The next of the records: as many as fit an answer of some megabytes.
    pub records: Vec<SearchRecord>,
    /// Gets the rest; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub cursor: Option<String>,
    /// Records whose text is lost: they were matched by what stands in their place.
    pub unreadable: u64,
}

/// A record of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SearchRecord {
    /// The record.
    #[serde(flatten)]
    pub record: ReadRecord,
    /// Whether it matches; else it is context.
    pub matched: bool,
    /// Whether something was left out between it and the one before, where context is asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub gap: bool,
    /// Where the query hits in `line`: start, end, start, end… in UTF-16 units, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<u32>>")]
    pub hits: Vec<u32>,
}
