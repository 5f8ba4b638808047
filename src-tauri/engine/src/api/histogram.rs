//! A view's rows over time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Arguments of `view_histogram`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewHistogramArgs {
    /// The view.
    pub view: u64,
    /// Where the first bucket begins; the run's earliest record when absent.
    #[ts(optional)]
    #[serde(default)]
    pub from_us: Option<i64>,
    /// Where the last bucket ends, itself not included; just behind the run's latest record when
    /// absent.
    #[ts(optional)]
    #[serde(default)]
    pub to_us: Option<i64>,
    /// How many buckets, 1 to 2,000. There are fewer when the span has fewer microseconds.
    pub buckets: u32,
}

/// Reply of `view_histogram`. Bucket *i* holds what happened from `fromUs + i * widthUs` on for
/// `widthUs`; the last may reach beyond what was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ViewHistogram {
    /// The view.
    pub view: u64,
    /// The view's epoch when it was counted.
    pub epoch: u64,
    /// Where the first bucket begins.
    pub from_us: i64,
    /// Where the last bucket ends.
    pub to_us: i64,
    /// The width of each.
    pub width_us: i64,
    /// Rows of the view per bucket, by level (none, trace … fatal).
    pub buckets: Vec<[u64; 7]>,
    /// Rows of the view before the first bucket.
    pub before: u64,
    /// Rows of the view behind the last bucket.
    pub after: u64,
    /// Records looked at so far; less than `total` while the view's search goes on.
    pub searched: u64,
    /// Records in the run.
    pub total: u64,
}
