//! What sources are called, and what else is known of them.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crosscut_model::SourceId;
use crosscut_parse::Layout;
use crosscut_query::{Path, Segment};

/// What sources are called.
pub trait SourceNames: Sync {
    /// A source's name; empty when it is unknown.
    fn source_name(&self, id: SourceId) -> &str;

    /// All names that [`source_name`](Self::source_name) may give.
    fn source_names(&self) -> Vec<&str>;

    /// What else is known of the sources.
    fn facts(&self) -> &SourceFacts {
        &NOTHING
    }
}

/// What is known of sources beside their names: attributes, which are fields of all their records,
/// and how their records are divided into fields. Never changes; whoever learns more makes another.
#[derive(Debug)]
pub struct SourceFacts {
    /// Tells these facts from all others.
    number: u64,
    attributes: BTreeMap<SourceId, BTreeMap<String, String>>,
    /// The rows from which on each layout holds, in order.
    layouts: BTreeMap<SourceId, Vec<(u64, Option<Layout>)>>,
}

static NUMBERS: AtomicU64 = AtomicU64::new(1);
static NOTHING: LazyLock<SourceFacts> = LazyLock::new(SourceFacts::default);

impl Default for SourceFacts {
    fn default() -> Self {
        Self::new([])
    }
}

impl SourceFacts {
    /// The attributes of sources, by dotted names.
    pub fn new(attributes: impl IntoIterator<Item = (SourceId, BTreeMap<String, String>)>) -> Self {
        let attributes = attributes.into_iter();
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            attributes: attributes.filter(|(_, some)| !some.is_empty()).collect(),
            layouts: BTreeMap::new(),
        }
    }

    /// The same with the layouts of sources: each with the first row it holds for, in order.
    #[must_use]
    pub fn with_layouts(
        mut self,
        layouts: impl IntoIterator<Item = (SourceId, Vec<(u64, Option<Layout>)>)>,
    ) -> Self {
        let layouts = layouts.into_iter();
        self.layouts = layouts.filter(|(_, some)| !some.is_empty()).collect();
        self
    }

    /// How a record is divided into fields, where its source tells.
    pub fn layout(&self, source: SourceId, row: u64) -> Option<&Layout> {
        if self.layouts.is_empty() {
            return None;
        }
        let own = self.layouts.get(&source)?;
        let behind = own.partition_point(|(first, _)| *first <= row);
        own.get(behind.checked_sub(1)?)?.1.as_ref()
    }

    pub(crate) fn has_layouts(&self) -> bool {
        !self.layouts.is_empty()
    }

    /// Whether a layout gives this name.
    pub(crate) fn lays_out(&self, name: &str) -> bool {
        let layouts = self.layouts.values().flatten();
        let mut layouts = layouts.filter_map(|(_, layout)| layout.as_ref());
        layouts.any(|layout| layout.names().any(|known| known == name))
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.layouts.is_empty()
    }

    /// The attributes of every source that has any.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (SourceId, &BTreeMap<String, String>)> {
        self.attributes.iter().map(|(source, some)| (*source, some))
    }

    /// The sources that have an attribute at a path, and its value.
    pub(crate) fn at(&self, path: &Path) -> Vec<(SourceId, &str)> {
        if self.attributes.is_empty() || path.builtin().is_some() {
            return Vec::new();
        }
        let named = path.segments().iter();
        if named
            .clone()
            .any(|segment| matches!(segment, Segment::Index(_)))
        {
            return Vec::new();
        }
        let name = path.plain();
        let found = self.attributes.iter();
        found
            .filter_map(|(source, some)| Some((*source, some.get(&name)?.as_str())))
            .collect()
    }
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
