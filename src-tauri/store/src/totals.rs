//! What runs and sources amount to.

use crosscut_model::{Level, SourceId};
use serde::{Deserialize, Serialize};

use crate::frame::Columns;

/// What a run amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Records.
    pub rows: u64,
    /// Bytes of raw text, without the newlines the store puts between records.
    pub raw_bytes: u64,
    /// Bytes of frames and columns on disk.
    pub disk_bytes: u64,
    /// Records per level, by [`crosscut_model::Level::code`].
    pub levels: [u64; 7],
}

/// What a source has given to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceTotals {
    /// Records.
    pub records: u64,
    /// Records of level error and above.
    pub errors: u64,
}

/// Counts of some rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) levels: [u64; 7],
    /// In the order met.
    pub(crate) sources: Vec<(SourceId, SourceTotals)>,
}

impl Tally {
    /// Counts some rows.
    pub(crate) fn of(columns: &Columns) -> Self {
        let mut tally = Self::default();
        let mut at = 0;
        for (&level, &source) in columns.levels.iter().zip(&columns.sources) {
            if let Some(count) = tally.levels.get_mut(usize::from(level)) {
                *count += 1;
            }
            let source = SourceId(source);
            if tally.sources.get(at).is_none_or(|(id, _)| *id != source) {
                at = tally
                    .sources
                    .iter()
                    .position(|(id, _)| *id == source)
                    .unwrap_or_else(|| {
                        tally.sources.push((source, SourceTotals::default()));
                        tally.sources.len() - 1
                    });
            }
            if let Some((_, totals)) = tally.sources.get_mut(at) {
                totals.records += 1;
                totals.errors += u64::from(level >= Level::Error.code());
            }
        }
        tally
    }
}
