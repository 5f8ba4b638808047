//! A run to try things on.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_index::{
    Found, IndexOptions, IndexSnapshot, Opened, RunIndex, Searcher, StoredRecord,
};
use crosscut_model::{RowMeta, RunId, Seq, SourceId, UnixNanos};
use crosscut_query::{Context, Matcher, Query, Temper};
use crosscut_store::{Codec, DiskStorage, FrameBuilder, RunManifest, RunStore, StoreOptions};
use roaring::RoaringBitmap;
use tempfile::TempDir;

/// 2026-11-21T10:00:00Z.
pub(crate) const NOW: UnixNanos = UnixNanos(1_795_255_200_000_000_000);

pub(crate) type Line = (RowMeta, Vec<u8>);

pub(crate) struct Run {
    pub(crate) dir: TempDir,
    pub(crate) store: Arc<RunStore>,
    pub(crate) names: BTreeMap<SourceId, String>,
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
        let names = (0..).map(SourceId).zip(names.map(str::to_owned)).collect();
        Self {
            dir,
            store: Arc::new(store.unwrap()),
            names,
            lines: Vec::new(),
        }
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
            .catch_up(&self.store.snapshot(), &AtomicBool::new(false))
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
                let record = StoredRecord::new(raw, Seq::from_row(u64::from(*row)), *meta, source);
                matcher.matches(&record)
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
