//! Records that can be told apart, and a run to compare with.

use std::path::Path;
use std::sync::Arc;

use crosscut_model::{
    Level, RowFlags, RowMeta, RunId, SourceId, SourceKind, SourceSpec, Stream, UnixNanos,
};
use crosscut_store::{
    Codec, EncodedFrame, FaultStorage, FrameBuf, FrameBuilder, Recovery, RunManifest, RunStore,
    Snapshot, SourceEntry, Standing, Storage, StoreOptions,
};

/// Everything small, so that segments roll, chunks fill and caches overflow within a few rows.
pub(crate) const SMALL: StoreOptions = StoreOptions {
    segment_bytes: 1500,
    chunk_rows: 8,
    frame_cache_bytes: 4096,
    column_cache_bytes: 256,
};

pub(crate) const SOURCES: u16 = 3;

/// A record: the `n`th of its source, from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub(crate) source: u16,
    pub(crate) n: u64,
    pub(crate) len: usize,
}

impl Record {
    pub(crate) fn text(&self) -> Vec<u8> {
        let mut text = format!("source {} record {}", self.source, self.n).into_bytes();
        text.resize(text.len().max(self.len), b'.');
        text
    }

    pub(crate) fn meta(&self) -> RowMeta {
        RowMeta {
            time: UnixNanos(1_700_000_000_000_000_000 + self.n.cast_signed() * 1_000_000),
            level: Level::from_code((self.n % 7) as u8),
            stream: if self.n.is_multiple_of(2) {
                Stream::Stdout
            } else {
                Stream::Stderr
            },
            flags: if self.n.is_multiple_of(5) {
                RowFlags::BROKEN
            } else {
                RowFlags::NONE
            },
            source: SourceId(self.source),
        }
    }
}

/// What should be in the run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) records: Vec<Record>,
}

impl Model {
    pub(crate) fn count(&self, source: u16) -> u64 {
        self.records
            .iter()
            .filter(|record| record.source == source)
            .count() as u64
    }

    /// Builds a frame of the next records of a source with its checkpoint, and takes them up.
    pub(crate) fn frame(
        &mut self,
        source: u16,
        rows: usize,
        len: usize,
        codec: Codec,
    ) -> EncodedFrame {
        let mut builder = FrameBuilder::new();
        let mut n = self.count(source);
        for _ in 0..rows {
            n += 1;
            let record = Record { source, n, len };
            builder.push(&record.meta(), &record.text()).unwrap();
            self.records.push(record);
        }
        builder.checkpoint(SourceId(source), n.to_string().into_bytes());
        builder.encode(codec)
    }

    /// As [`frame`](Self::frame), but a batch of several frames, the checkpoint in the last.
    pub(crate) fn batch(
        &mut self,
        source: u16,
        frames: usize,
        rows: usize,
        len: usize,
        codec: Codec,
    ) -> Vec<EncodedFrame> {
        let mut batch = Vec::new();
        for left in (0..frames).rev() {
            let mut builder = FrameBuilder::new();
            let mut n = self.count(source);
            for _ in 0..rows {
                n += 1;
                let record = Record { source, n, len };
                builder.push(&record.meta(), &record.text()).unwrap();
                self.records.push(record);
            }
            if left == 0 {
                builder.checkpoint(SourceId(source), n.to_string().into_bytes());
                batch.push(builder.encode(codec));
            } else {
                batch.push(builder.encode(codec).goes_on());
            }
        }
        batch
    }

    pub(crate) fn prefix(&self, rows: u64) -> Self {
        Self {
            records: self.records[..usize::try_from(rows).unwrap()].to_vec(),
        }
    }

    /// Checks all that a snapshot can say.
    pub(crate) fn check_snapshot(&self, snapshot: &Snapshot) {
        assert_eq!(snapshot.rows(), self.records.len() as u64);
        let mut buf = FrameBuf::new();
        let mut row = 0;
        for frame in 0..snapshot.frame_count() {
            let info = snapshot.frame_info(frame).unwrap();
            let cached = snapshot.read_frame(frame).unwrap();
            let text = snapshot.read_frame_uncached(frame, &mut buf).unwrap();
            assert_eq!(cached.text(), text.text());
            assert_eq!((text.first_row(), info.first_row), (row, row));
            assert_eq!(text.rows(), info.rows as usize);
            assert_eq!(text.text().len(), info.text_bytes as usize);
            for i in 0..text.rows() {
                let record = &self.records[usize::try_from(row).unwrap()];
                assert_eq!(text.row(i), record.text(), "row {row}");
                assert_eq!(snapshot.row_meta(row).unwrap(), record.meta(), "row {row}");
                assert_eq!(snapshot.frame_of_row(row), Some(frame));
                assert!(info.levels.contains(record.meta().level));
                assert!((info.min_time..=info.max_time).contains(&record.meta().time));
                row += 1;
            }
        }
        assert_eq!(row, self.records.len() as u64);

        let metas: Vec<_> = self.records.iter().map(Record::meta).collect();
        assert_eq!(snapshot.row_metas(0..row).unwrap(), metas);
        let (mut times, mut chunked) = (Vec::new(), Vec::new());
        snapshot.times(0..row, &mut times).unwrap();
        for chunk in 0..snapshot.chunk_count() {
            chunked.extend_from_slice(&snapshot.time_chunk(chunk).unwrap());
        }
        assert_eq!(times, chunked);
        assert_eq!(
            times,
            metas.iter().map(|meta| meta.time.0).collect::<Vec<_>>()
        );
    }

    /// Checks all that a store can say.
    pub(crate) fn check(&self, store: &RunStore) {
        self.check_snapshot(&store.snapshot());
        for source in 0..SOURCES {
            let count = self.count(source);
            let checkpoint = store.checkpoint(SourceId(source)).unwrap_or(b"0".to_vec());
            assert_eq!(String::from_utf8(checkpoint).unwrap(), count.to_string());
            let totals = store.source_totals();
            let found = totals.iter().find(|(id, _)| *id == SourceId(source));
            assert_eq!(found.map_or(0, |(_, totals)| totals.records), count);
        }
        let totals = store.totals();
        assert_eq!(totals.levels.iter().sum::<u64>(), self.records.len() as u64);
        assert_eq!(
            totals.raw_bytes,
            self.records
                .iter()
                .map(|record| record.text().len() as u64)
                .sum::<u64>()
        );
        assert_eq!(store.damage(), []);
    }
}

pub(crate) fn manifest() -> RunManifest {
    let id = RunId::try_from("20261121T101500123Z".to_owned()).unwrap();
    let mut manifest = RunManifest::new(id, "Run 1", UnixNanos(1));
    manifest.sources = (0..SOURCES)
        .map(|id| SourceEntry {
            id: SourceId(id),
            spec: SourceSpec {
                kind: SourceKind::File,
                key: format!("/var/log/{id}.log"),
                name: format!("{id}.log"),
            },
            resume: None,
            standing: Standing::default(),
            attributes: std::collections::BTreeMap::new(),
            layouts: Vec::new(),
        })
        .collect();
    manifest
}

pub(crate) fn dir() -> &'static Path {
    Path::new("/data/runs/20261121T101500123Z")
}

pub(crate) fn arc(storage: &FaultStorage) -> Arc<dyn Storage> {
    Arc::new(storage.clone())
}

pub(crate) fn create(storage: &FaultStorage) -> RunStore {
    make_runs_dir(storage);
    RunStore::create(arc(storage), dir(), manifest(), SMALL).unwrap()
}

/// Makes the directory that runs are in, durably, as a data directory does.
pub(crate) fn make_runs_dir(storage: &FaultStorage) {
    let runs = dir().parent().unwrap();
    storage.create_dir_all(runs).unwrap();
    for above in runs.ancestors().skip(1) {
        storage.sync_dir(above).unwrap();
    }
}

pub(crate) fn open(storage: &FaultStorage) -> (RunStore, Recovery) {
    RunStore::open(arc(storage), dir(), SMALL).unwrap()
}
