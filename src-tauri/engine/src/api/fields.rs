//! A view's fields: which there are, their values, their numbers; and what fits into a query.

use crosscut_model::RunId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of `view_facet`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewFacetArgs {
    /// The view.
    pub view: u64,
    /// The field, as in a query: `level`, `source`, `stream`, `service`, `http.status`…
    pub field: String,
    /// How many values; at most 1,000.
    pub top: u32,
}

/// Reply of `view_facet`: the values of a field, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewFacet {
    /// The view.
    pub view: u64,
    /// The values.
    pub values: Vec<FacetValue>,
    /// How many different ones there are; at least so many, if `truncated`.
    pub distinct: u64,
    /// Rows that have the field.
    pub rows: u64,
    /// Rows that were looked at: those of the view so far.
    pub of: u64,
    /// Whether there were too many different values to count them all.
    pub truncated: bool,
}

/// A value and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct FacetValue {
    /// As text.
    pub value: String,
    /// What it is.
    pub kind: FacetKind,
    /// Rows that have it; of an array's elements each counts.
    pub count: u64,
    /// As a query must have it behind `field:`.
    pub written: String,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub enum FacetKind {
    /// A text.
    Text,
    /// A number, as it was written.
    Number,
    /// True or false.
    Bool,
    /// An object, or an empty array, as JSON.
    Json,
}

/// Arguments of `view_summary`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewSummaryArgs {
    /// The view.
    pub view: u64,
    /// The field, as in a query.
    pub field: String,
}

/// Reply of `view_summary`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewSummary {
    /// The view.
    pub view: u64,
    /// What the field's numbers amount to; absent when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub summary: Option<NumberSummary>,
}

/// What a field's numbers amount to. Percentiles are by nearest rank.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct NumberSummary {
    /// How many there are.
    pub count: u64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The median.
    pub p50: f64,
    /// 95 % are not above this.
    pub p95: f64,
    /// 99 % are not above this.
    pub p99: f64,
    /// All together.
    pub sum: f64,
}

/// Reply of `view_fields`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewFields {
    /// The view.
    pub view: u64,
    /// The fields of its run's records, the most frequent first.
    pub fields: Vec<FieldCount>,
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct FieldCount {
    /// Its name, as in a query.
    pub name: String,
    /// Records that have it, about: of the newest ones only some thousands are looked at.
    pub rows: u64,
}

/// Arguments of `query_complete`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct QueryCompleteArgs {
    /// Names the window or tab; its next request of this kind calls this one off.
    #[ts(optional)]
    #[serde(default)]
    pub client: Option<String>,
    /// The run that fields and values are taken from; the view's, or the current one, when absent.
    #[ts(optional, type = "string")]
    #[serde(default)]
    pub run: Option<RunId>,
    /// The view that fields and values are taken from.
    #[ts(optional)]
    #[serde(default)]
    pub view: Option<u64>,
    /// The query as typed.
    pub text: String,
    /// Where the cursor stands, in UTF-16 units.
    pub cursor: u32,
}

/// Reply of `query_complete`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct QueryCompletions {
    /// Where what is replaced begins, in UTF-16 units.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What may stand there, the likeliest first.
    pub items: Vec<CompletionItem>,
}

/// Something that may stand at a place in a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct CompletionItem {
    /// What to put between `from` and `to`.
    pub insert: String,
    /// What to show.
    pub label: String,
    /// Records that have it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub count: Option<u64>,
    /// What it is.
    pub kind: CompletionKind,
}

/// What a completion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub enum CompletionKind {
    /// A field's name.
    Field,
    /// A value of a field.
    Value,
    /// What stands between them.
    Operator,
    /// A word of the language.
    Keyword,
}
