//! What the settings keep from being stored, put to the lines of a source.
//!
//! Promises: rules hold for every line that is stored while they are set, whatever has become of its
//! source meanwhile.

use std::collections::HashMap;

use crosscut_model::{SourceId, SourceSpec};

use super::shared::Shared;
use crate::source::Lines;

impl Shared {
    /// What a source is, also when it was taken off the list while lines of it are under way.
    pub(crate) fn spec(&self, source: SourceId) -> Option<SourceSpec> {
        if let Some(entry) = self.registry.lock().get(source) {
            return Some(entry.spec.clone());
        }
        let manifest = self.current().store.manifest();
        manifest.source(source).map(|entry| entry.spec.clone())
    }

    /// The lines of a source with what the settings keep from being stored replaced; `None` when
    /// that is nothing.
    pub(crate) fn redacted(&self, source: SourceId, lines: &Lines) -> Option<Lines> {
        let settings = self.settings.get();
        if settings.redaction.is_empty() {
            return None;
        }
        settings.redaction.lines(self.spec(source).as_ref(), lines)
    }

    /// The same for the lines that were taken out of those of a source, each by the rules for its own.
    pub(crate) fn redacted_rows(
        &self,
        source: SourceId,
        rows: &[SourceId],
        lines: &Lines,
    ) -> Option<Lines> {
        let settings = self.settings.get();
        if !settings.redaction.is_for_some() {
            return None;
        }
        let mut specs = HashMap::new();
        for &row in rows {
            specs.entry(row).or_insert_with(|| self.spec(row));
        }
        settings
            .redaction
            .rows(self.spec(source).as_ref(), rows, &specs, lines)
    }

    /// The same for a text that is shown before it is stored.
    pub(crate) fn redacted_text(&self, source: SourceId, text: &[u8]) -> Option<Vec<u8>> {
        let settings = self.settings.get();
        if settings.redaction.is_empty() {
            return None;
        }
        Some(settings.redaction.text(self.spec(source).as_ref(), text))
    }
}
