//! A run to try things on.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_index::{
    Found, IndexOptions, IndexSnapshot, Opened, RunIndex, Searcher, SourceFacts, SourceNames,
    StoredRecord,
};
use crosscut_model::{LayoutSpec, Level, RowMeta, RunId, Seq, SourceId, Stream, UnixNanos};
use crosscut_parse::Layout;
use crosscut_query::{Context, Matcher, Path, Query, Record, Temper, Value};
use crosscut_store::{Codec, DiskStorage, FrameBuilder, RunManifest, RunStore, StoreOptions};
use roaring::RoaringBitmap;
use tempfile::TempDir;

/// 2026-11-21T10:00:00Z.
pub(crate) const NOW: UnixNanos = UnixNanos(1_795_255_200_000_000_000);

pub(crate) type Line = (RowMeta, Vec<u8>);

pub(crate) struct Run {
    pub(crate) dir: TempDir,
    pub(crate) store: Arc<RunStore>,
    pub(crate) names: Names,
    pub(crate) lines: Vec<Line>,
}

impl Run {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let id: RunId = "20261121T100000000Z".parse().unwrap();
        let manifest = RunManifest::new(id, "a run", NOW);
        let options = StoreOptions {
            chunk_rows: 24,
            ..StoreOptions::default()
        };
        let store = RunStore::create(
            Arc::new(DiskStorage),
            dir.path().join("run"),
            manifest,
            options,
        );
        let names = ["api.log", "Billing-Worker", "", "straße"];
        let names = Names {
            by_id: (0..).map(SourceId).zip(names.map(str::to_owned)).collect(),
            attributes: BTreeMap::new(),
            facts: SourceFacts::default(),
        };
        Self {
            dir,
            store: Arc::new(store.unwrap()),
            names,
            lines: Vec::new(),
        }
    }

    /// Tells what is true of all records of a source.
    pub(crate) fn describe(&mut self, source: u16, attributes: &[(&str, &str)]) {
        let own = attributes.iter();
        let own = own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let names = &mut self.names;
        names.attributes.insert(SourceId(source), own.collect());
        names.facts = SourceFacts::new(names.attributes.clone());
    }

    /// Tells how a source's records are divided, and from which row on.
    pub(crate) fn lay_out(&mut self, source: u16, layouts: &[(u64, LayoutSpec)]) {
        let ready = |(row, spec): &(u64, LayoutSpec)| (*row, Layout::new(spec).unwrap());
        let layouts = layouts.iter().map(ready).collect();
        self.names.facts = SourceFacts::new(self.names.attributes.clone())
            .with_layouts([(SourceId(source), layouts)]);
    }

    /// Tells something of some sources.
    pub(crate) fn describe_some(&mut self) {
        self.describe(0, &[("compose.service", "orders"), ("status", "500")]);
        self.describe(1, &[("compose.service", "Straße"), ("user.id", "a1b2")]);
        self.describe(3, &[("http.status", "user")]);
        let commas = |names: [&str; 3]| LayoutSpec::Cells {
            delimiter: ',',
            names: names.map(str::to_owned).to_vec(),
        };
        let source =
            r"^(?:(?<level>\w+) )?(?<user>[^ ,=]+)[ ,=]+(?<status>\S+)(?: (?<message>.+))?$";
        let source = source.to_owned();
        self.lay_out(
            2,
            &[
                (3, commas(["user", "dur", "message"])),
                (9, commas(["x", "status", "service"])),
                (24, LayoutSpec::Expression { source }),
                (40, LayoutSpec::Plain),
            ],
        );
    }

    /// A run of plain lines.
    pub(crate) fn of(lines: &[&str]) -> Self {
        let mut run = Self::new();
        run.append(&lines.iter().map(|line| plain(line)).collect::<Vec<_>>());
        run
    }

    /// Stores lines as one frame.
    pub(crate) fn append(&mut self, lines: &[Line]) {
        let mut frame = FrameBuilder::new();
        for (meta, raw) in lines {
            frame.push(meta, raw).unwrap();
        }
        self.store.append(&[frame.encode(Codec::Lz4)]).unwrap();
        self.lines.extend_from_slice(lines);
    }

    pub(crate) fn index_dir(&self) -> PathBuf {
        self.dir.path().join("run").join("index")
    }

    /// Opens its index as it is.
    pub(crate) fn open_index(&self) -> (RunIndex, Opened) {
        let store = Arc::clone(&self.store);
        RunIndex::open(
            &self.index_dir(),
            self.store.snapshot().rows(),
            small(),
            Box::new(move || Ok(store.sync()?)),
        )
        .unwrap()
    }

    /// Its index, caught up.
    pub(crate) fn indexed(&self) -> RunIndex {
        let (index, _) = self.open_index();
        let rows = index
            .catch_up_knowing(
                &self.store.snapshot(),
                self.names.facts(),
                &AtomicBool::new(false),
            )
            .unwrap();
        assert_eq!(rows, self.store.snapshot().rows());
        index
    }

    pub(crate) fn search(&self, query: &Query, index: Option<&IndexSnapshot>) -> RoaringBitmap {
        let mut told = RoaringBitmap::new();
        let mut searched = 0;
        let snapshot = self.store.snapshot();
        let found = Searcher::new(query, &context())
            .unwrap()
            .search(
                &snapshot,
                index,
                &self.names,
                0..snapshot.rows(),
                &AtomicBool::new(false),
                &mut |progress| {
                    assert!(progress.searched >= searched);
                    assert!(told.is_disjoint(&progress.found), "a row was told twice");
                    told |= progress.found;
                    searched = progress.searched;
                },
            )
            .unwrap();
        assert_eq!(found.rows, told, "what was told is what was found");
        assert_eq!(searched, snapshot.rows());
        assert_eq!(found.unreadable, []);
        found.rows
    }

    /// The rows that match, as plainly as it can be said.
    pub(crate) fn naive(&self, query: &Query) -> RoaringBitmap {
        let matcher = Matcher::new(query, &context()).unwrap();
        (0..)
            .zip(&self.lines)
            .filter(|(row, (meta, raw))| {
                let source = &self.names[&meta.source];
                let own = StoredRecord::new(raw, Seq::from_row(u64::from(*row)), *meta, source);
                let own = own.laid_out(self.names.facts().layout(meta.source, u64::from(*row)));
                let attributes = self.names.attributes.get(&meta.source);
                matcher.matches(&Described { own, attributes })
            })
            .map(|(row, _)| row)
            .collect()
    }

    pub(crate) fn rows(&self, query: &str, index: Option<&IndexSnapshot>) -> Vec<u32> {
        self.search(&read(query), index).iter().collect()
    }

    pub(crate) fn scan(&self, query: &str, rows: std::ops::Range<u64>) -> Found {
        let searcher = Searcher::new(&read(query), &context()).unwrap();
        searcher
            .scan(&self.store.snapshot(), &self.names, rows)
            .unwrap()
    }
}

/// What is known of sources.
pub(crate) struct Names {
    by_id: BTreeMap<SourceId, String>,
    pub(crate) attributes: BTreeMap<SourceId, BTreeMap<String, String>>,
    facts: SourceFacts,
}

impl std::ops::Index<&SourceId> for Names {
    type Output = String;

    fn index(&self, source: &SourceId) -> &String {
        &self.by_id[source]
    }
}

impl SourceNames for Names {
    fn source_name(&self, id: SourceId) -> &str {
        self.by_id.source_name(id)
    }

    fn source_names(&self) -> Vec<&str> {
        self.by_id.source_names()
    }

    fn facts(&self) -> &SourceFacts {
        &self.facts
    }
}

/// A record whose source's attributes are fields of its own.
pub(crate) struct Described<'a> {
    pub(crate) own: StoredRecord<'a>,
    pub(crate) attributes: Option<&'a BTreeMap<String, String>>,
}

impl Record for Described<'_> {
    fn text(&self) -> &str {
        self.own.text()
    }
    fn raw(&self) -> &[u8] {
        self.own.raw()
    }
    fn level(&self) -> Level {
        self.own.level()
    }
    fn time(&self) -> UnixNanos {
        self.own.time()
    }
    fn seq(&self) -> Seq {
        self.own.seq()
    }
    fn stream(&self) -> Stream {
        self.own.stream()
    }
    fn source(&self) -> &str {
        self.own.source()
    }
    fn broken(&self) -> bool {
        self.own.broken()
    }
    fn field(&self, path: &Path, visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {
        let attribute = self.attributes.and_then(|some| some.get(&path.plain()));
        if let Some(value) = attribute
            && path.builtin().is_none()
            && visit(Value::Str(value.as_str().into())).is_break()
        {
            return;
        }
        self.own.field(path, visit);
    }
}

pub(crate) fn plain(line: &str) -> Line {
    (
        RowMeta {
            time: NOW,
            ..RowMeta::default()
        },
        line.as_bytes().to_vec(),
    )
}

pub(crate) fn small() -> IndexOptions {
    IndexOptions {
        threads: 2,
        memory_bytes: 32 << 20,
        commit_rows: 100,
        block_rows: 32,
        unfinished_rows: 5,
    }
}

pub(crate) fn context() -> Context {
    Context {
        now: NOW,
        zone: jiff::tz::TimeZone::UTC,
        run: "20261121T100000000Z".into(),
    }
}

pub(crate) fn read(query: &str) -> Query {
    crosscut_query::parse(query, Temper::Strict).unwrap().query
}
