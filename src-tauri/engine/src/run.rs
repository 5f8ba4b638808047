//! One open run: its store, its index, and who waits for more.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use crosscut_index::{IndexSnapshot, RunIndex, SourceFacts, SourceNames};
use crosscut_model::{LayoutSpec, RunId, SourceId};
use crosscut_parse::Layout;
use crosscut_store::{LayoutFrom, ManifestError, RunManifest, RunStore, Snapshot, SourceEntry};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::api::RunInfo;
use crate::rate::RateMeter;
use crate::trouble::Kinds;
use crate::views::Timeline;

/// An open run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) id: RunId,
    pub(crate) store: RunStore,
    index: RwLock<Option<Arc<RunIndex>>>,
    names: RwLock<Arc<Names>>,
    rate: Mutex<RateMeter>,
    pub(crate) kinds: Mutex<Kinds>,
    growth: watch::Sender<Growth>,
    /// Its rows in order of time, as long as anybody looks at them so.
    timeline: Mutex<Weak<Mutex<Timeline>>>,
    /// Whether it is being deleted.
    pub(crate) gone: AtomicBool,
    /// How many damaged frames were told of.
    pub(crate) told_damage: AtomicUsize,
    /// Whether its index is to be left as it is.
    stop_indexing: AtomicBool,
}

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Growth {
    /// Records in it.
    pub(crate) rows: u64,
    /// Whether nothing more will come.
    pub(crate) ended: bool,
}

impl Run {
    pub(crate) fn new(store: RunStore) -> Self {
        let manifest = store.manifest();
        let growth = Growth {
            rows: store.totals().rows,
            ended: manifest.ended.is_some(),
        };
        Self {
            id: manifest.id.clone(),
            names: RwLock::new(Arc::new(Names::of(&manifest, &Ready::new()))),
            store,
            index: RwLock::new(None),
            rate: Mutex::default(),
            kinds: Mutex::default(),
            growth: watch::Sender::new(growth),
            timeline: Mutex::default(),
            gone: AtomicBool::new(false),
            told_damage: AtomicUsize::new(0),
            stop_indexing: AtomicBool::new(false),
        }
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.store.snapshot()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.growth.borrow().rows
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Growth> {
        self.growth.subscribe()
    }

    /// Its rows in order of time, shared by all who look at them so.
    pub(crate) fn timeline(&self) -> Arc<Mutex<Timeline>> {
        let mut known = self.timeline.lock();
        known.upgrade().unwrap_or_else(|| {
            let new = Arc::default();
            *known = Arc::downgrade(&new);
            new
        })
    }

    /// The names of its sources, as of now.
    pub(crate) fn names(&self) -> Arc<Names> {
        Arc::clone(&self.names.read())
    }

    /// To be called when the manifest's sources changed.
    pub(crate) fn refresh_names(&self) {
        let mut names = self.names.write();
        *names = Arc::new(Names::of(&self.store.manifest(), &names.ready));
    }

    /// Notes durably that a source's records are divided so from a row on.
    pub(crate) fn lay_out(
        &self,
        source: SourceId,
        row: u64,
        layout: &LayoutSpec,
    ) -> Result<(), ManifestError> {
        let mut new = false;
        self.store.update_manifest(|manifest| {
            let entries = manifest.sources.iter_mut();
            for entry in entries.filter(|entry| entry.id == source) {
                new |= entry.lay_out(row, layout.clone());
            }
        })?;
        if new {
            self.refresh_names();
        }
        Ok(())
    }

    /// Records were stored.
    pub(crate) fn grew(&self, added: u64) {
        self.rate.lock().add(added, Instant::now());
        let rows = self.store.totals().rows;
        self.growth.send_modify(|growth| growth.rows = rows);
    }

    /// Nothing more will come.
    pub(crate) fn end(&self) {
        self.growth.send_modify(|growth| growth.ended = true);
    }

    /// Records a second, of late.
    pub(crate) fn rate(&self) -> f64 {
        self.rate.lock().rate(Instant::now())
    }

    pub(crate) fn index(&self) -> Option<Arc<RunIndex>> {
        self.index.read().clone()
    }

    pub(crate) fn set_index(&self, index: Arc<RunIndex>) {
        *self.index.write() = Some(index);
    }

    /// Ends indexing, for good: so that nothing keeps the run's files when it is deleted or closed.
    pub(crate) fn stop_indexing(&self) {
        self.stop_indexing.store(true, Ordering::Release);
    }

    /// Set when indexing is to end.
    pub(crate) fn index_cancel(&self) -> &AtomicBool {
        &self.stop_indexing
    }

    pub(crate) fn index_snapshot(&self) -> Option<Arc<IndexSnapshot>> {
        self.index.read().as_ref().map(|index| index.snapshot())
    }

    /// Records its index has work with; none where there is no index.
    pub(crate) fn behind(&self) -> u64 {
        self.index().map_or(0, |index| index.behind(self.rows()))
    }

    /// Records the index has caught up with.
    pub(crate) fn indexed(&self) -> u64 {
        self.index.read().as_ref().map_or(0, |index| index.rows())
    }

    pub(crate) fn info(&self, current: bool) -> RunInfo {
        let totals = self.store.totals();
        let mut info = info_of(&self.store.manifest(), current);
        info.records = totals.rows;
        info.bytes = totals.raw_bytes;
        info.disk_bytes = totals.disk_bytes;
        info.levels = totals.levels;
        info.indexed = self.indexed();
        info
    }
}

/// A run as its manifest tells of it.
pub(crate) fn info_of(manifest: &RunManifest, current: bool) -> RunInfo {
    let totals = manifest.totals.unwrap_or_default();
    RunInfo {
        id: manifest.id.clone(),
        name: manifest.name.clone(),
        started_us: manifest.started.0.div_euclid(1_000),
        ended_us: manifest.ended.map(|time| time.0.div_euclid(1_000)),
        records: totals.rows,
        bytes: totals.raw_bytes,
        disk_bytes: totals.disk_bytes,
        levels: totals.levels,
        current,
        pinned: manifest.pinned,
        indexed: 0,
    }
}

/// The names of a run's sources, unique within the run, by source, and what else is known of them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    by_id: Vec<(SourceId, String)>,
    facts: SourceFacts,
    ready: Ready,
}

/// Layouts made ready, each once for all sources that have it; none for one that cannot be used.
type Ready = HashMap<LayoutSpec, Option<Layout>>;

impl Names {
    /// The names by a manifest. What `known` has is not made ready again.
    fn of(manifest: &RunManifest, known: &Ready) -> Self {
        let mut names: Vec<(SourceId, String)> = Vec::new();
        let mut taken = Taken::default();
        for SourceEntry { id, spec, .. } in &manifest.sources {
            names.push((*id, taken.unique(&spec.name, &spec.key)));
        }
        names.sort_unstable_by_key(|(id, _)| *id);
        let sources = manifest.sources.iter();
        let attributes = sources
            .clone()
            .map(|entry| (entry.id, entry.attributes.clone()));
        let mut ready = Ready::new();
        let layouts = sources.map(|entry| (entry.id, layouts(entry, known, &mut ready)));
        let facts = SourceFacts::new(attributes).with_layouts(layouts);
        Self {
            by_id: names,
            facts,
            ready,
        }
    }

    /// The name of a source; `?` for one that the manifest does not know.
    pub(crate) fn get(&self, source: SourceId) -> &str {
        self.by_id
            .binary_search_by_key(&source, |(id, _)| *id)
            .ok()
            .and_then(|at| self.by_id.get(at))
            .map_or("?", |(_, name)| name)
    }
}

impl SourceNames for Names {
    fn source_name(&self, source: SourceId) -> &str {
        self.get(source)
    }

    fn source_names(&self) -> Vec<&str> {
        let names = self.by_id.iter().map(|(_, name)| name.as_str());
        names.chain(std::iter::once("?")).collect()
    }

    fn facts(&self) -> &SourceFacts {
        &self.facts
    }
}

/// A source's layouts, made ready.
fn layouts(entry: &SourceEntry, known: &Ready, ready: &mut Ready) -> Vec<(u64, Option<Layout>)> {
    let make = |spec: &LayoutSpec| {
        Layout::new(spec).unwrap_or_else(|error| {
            tracing::warn!(%error, source = %entry.id, "a layout cannot be used");
            None
        })
    };
    let of = |from: &LayoutFrom| {
        let spec = &from.layout;
        if !ready.contains_key(spec) {
            let layout = known.get(spec).cloned().unwrap_or_else(|| make(spec));
            ready.insert(spec.clone(), layout);
        }
        (from.row, ready.get(spec).cloned().flatten())
    };
    entry.layouts.iter().map(of).collect()
}

/// Names that are taken.
#[derive(Default)]
struct Taken<'a> {
    names: HashSet<String>,
    /// The last number behind each.
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Taken<'a> {
    /// `name`, or when that is taken, with the folder before it, or a number behind it.
    fn unique(&mut self, name: &'a str, key: &str) -> String {
        if self.names.insert(name.to_owned()) {
            return name.to_owned();
        }
        let folder = std::path::Path::new(key)
            .parent()
            .and_then(|parent| parent.file_name())
            .map(|folder| format!("{}/{name}", folder.to_string_lossy()));
        if let Some(candidate) = folder
            && self.names.insert(candidate.clone())
        {
            return candidate;
        }
        let number = self.numbers.entry(name).or_insert(1);
        loop {
            *number += 1;
            let candidate = format!("{name} ({number})");
            if self.names.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}
