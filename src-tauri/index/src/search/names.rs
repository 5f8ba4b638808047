//! What sources are called.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crosscut_model::SourceId;

/// What sources are called.
pub trait SourceNames: Sync {
    /// A source's name; empty when it is unknown.
    fn source_name(&self, id: SourceId) -> &str;
}

impl<S: BuildHasher + Sync> SourceNames for HashMap<SourceId, String, S> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }
}

impl SourceNames for BTreeMap<SourceId, String> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }
}
