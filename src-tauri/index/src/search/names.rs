//! What sources are called.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crosscut_model::SourceId;

/// What sources are called.
pub trait SourceNames: Sync {
    /// A source's name; empty when it is unknown.
    fn source_name(&self, id: SourceId) -> &str;

    /// All names that [`source_name`](Self::source_name) may give.
    fn source_names(&self) -> Vec<&str>;
}

impl<S: BuildHasher + Sync> SourceNames for HashMap<SourceId, String, S> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }

    fn source_names(&self) -> Vec<&str> {
        let names = self.values().map(String::as_str);
        names.chain(std::iter::once("")).collect()
    }
}

impl SourceNames for BTreeMap<SourceId, String> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }

    fn source_names(&self) -> Vec<&str> {
        let names = self.values().map(String::as_str);
        names.chain(std::iter::once("")).collect()
    }
}
