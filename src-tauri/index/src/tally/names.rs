//! Which fields records have.

use std::collections::{BTreeMap, BTreeSet};

use crosscut_parse::{Leaf, Line, walk_fields};

use super::FieldScope;
use crate::SearchError;

/// Of records that no column knows yet, so many of the newest are looked at.
const NEWEST: u64 = 2_000;

/// A field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldInfo {
    /// Its name, as a query would have it.
    pub name: String,
    /// How many records of the run have it, about: of those that no column knows yet only the
    /// newest are counted.
    pub rows: u64,
}

impl FieldScope<'_> {
    /// The fields of the run's records, attributes of its sources among them, the most frequent
    /// first.
    pub fn fields(&self) -> Result<Vec<FieldInfo>, SearchError> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut told = 0;
        if let Some(fields) = self.index.map(crate::IndexSnapshot::fields) {
            told = fields.rows();
            for block in fields.blocks() {
                for (name, present, _) in block.columns() {
                    match counts.get_mut(name) {
                        Some(count) => *count += u64::from(present),
                        None => {
                            counts.insert(name.to_owned(), present.into());
                        }
                    }
                }
            }
        }
        let facts = self.names.facts();
        let rows = self.snapshot.rows();
        let mut name = String::new();
        for row in told.max(rows.saturating_sub(NEWEST))..rows {
            let raw = self.snapshot.read_row(row)?;
            let mut seen = BTreeSet::new();
            // What was shown before something odd is there.
            let layout = if facts.has_layouts() {
                facts.layout(self.snapshot.row_meta(row)?.source, row)
            } else {
                None
            };
            let (Ok(()) | Err(_)) =
                walk_fields(Line::new(&raw, layout), &mut name, |name, leaf, _| {
                    if leaf != Leaf::Null {
                        seen.insert(name.to_owned());
                    }
                });
            for name in seen {
                *counts.entry(name).or_default() += 1;
            }
        }
        let whole = Self {
            rows: None,
            ..*self
        };
        if !facts.is_empty() {
            let sources: BTreeMap<_, _> = whole.count_sources(None)?.into_iter().collect();
            for (source, attributes) in facts.attributes() {
                let rows = sources.get(&source).copied().unwrap_or_default();
                for name in attributes.keys().filter(|_| rows > 0) {
                    *counts.entry(name.clone()).or_default() += rows;
                }
            }
        }
        let mut fields: Vec<FieldInfo> = counts
            .into_iter()
            .map(|(name, rows)| FieldInfo { name, rows })
            .collect();
        fields.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.name.cmp(&b.name)));
        Ok(fields)
    }
}
