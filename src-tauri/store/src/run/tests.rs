use std::path::Path;
use std::sync::Arc;

use crosscut_model::{RowMeta, RunId, SourceId, SourceKind, SourceSpec, UnixNanos};

use super::{RunManifest, RunStore, SourceEntry, StoreOptions};
use crate::frame::{Codec, EncodedFrame, FrameBuilder};
use crate::run::manifest::Standing;
use crate::run::{AppendError, ReadError};
use crate::storage::{Fault, FaultStorage, Storage};

const OPTIONS: StoreOptions = StoreOptions {
    segment_bytes: 2000,
    chunk_rows: 8,
    frame_cache_bytes: 1 << 20,
    column_cache_bytes: 1 << 20,
};

const DIR: &str = "/run";

fn create(storage: &FaultStorage) -> RunStore {
    let id = RunId::try_from("run".to_owned()).unwrap();
    let mut manifest = RunManifest::new(id, "Run", UnixNanos(0));
    manifest.sources.push(SourceEntry {
        id: SourceId(0),
        spec: SourceSpec {
            kind: SourceKind::File,
            key: "/a".into(),
            name: "a".into(),
        },
        resume: Some(b"from before".to_vec()),
        standing: Standing::default(),
        attributes: std::collections::BTreeMap::new(),
        layouts: Vec::new(),
    });
    RunStore::create(Arc::new(storage.clone()), DIR, manifest, OPTIONS).unwrap()
}

fn open(storage: &FaultStorage) -> RunStore {
    RunStore::open(Arc::new(storage.clone()), DIR, OPTIONS)
        .unwrap()
        .0
}

fn frame(texts: &[&str], checkpoint: &str) -> EncodedFrame {
    let mut builder = FrameBuilder::new();
    for text in texts {
        builder.push(&RowMeta::default(), text.as_bytes()).unwrap();
    }
    builder.checkpoint(SourceId(0), checkpoint.as_bytes().to_vec());
    builder.encode(Codec::None)
}

fn texts(store: &RunStore) -> Vec<String> {
    let snapshot = store.snapshot();
    let row = |row| String::from_utf8(snapshot.read_row(row).unwrap()).unwrap();
    (0..snapshot.rows()).map(row).collect()
}

#[test]
fn a_source_goes_on_where_the_frames_say_and_before_any_where_the_manifest_says() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    assert_eq!(store.checkpoint(SourceId(0)).unwrap(), b"from before");
    assert_eq!(store.checkpoint(SourceId(1)), None);
    store
        .append(&[frame(&["a"], "1"), frame(&[], "2")])
        .unwrap();
    assert_eq!(store.checkpoint(SourceId(0)).unwrap(), b"2");
    assert_eq!(
        open(&storage.restart()).checkpoint(SourceId(0)).unwrap(),
        b"2"
    );
}

#[test]
fn a_manifest_that_cannot_be_written_stays_as_it_was() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    for n in 1..=3 {
        storage.fail_at(n, Fault::DiskFull);
        store
            .update_manifest(|manifest| manifest.name = "new".into())
            .unwrap_err();
        assert_eq!(store.manifest().name, "Run");
    }
    assert_eq!(open(&storage.restart()).manifest().name, "Run");
    store
        .update_manifest(|manifest| manifest.name = "new".into())
        .unwrap();
    assert_eq!(open(&storage.restart()).manifest().name, "new");
}

#[test]
fn compaction_joins_small_frames_and_leaves_records_and_snapshots_as_they_were() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut expected = Vec::new();
    for i in 0..40 {
        let text = format!("record {i} {}", "x".repeat(100));
        store.append(&[frame(&[&text], &i.to_string())]).unwrap();
        expected.push(text);
    }
    let before = store.snapshot();
    let disk_before = store.totals().disk_bytes;
    let mut rounds = 0;
    while store.compact_some(Codec::Zstd).unwrap() {
        rounds += 1;
    }
    assert!(rounds >= 4, "{rounds} segments were compacted");
    assert!(store.snapshot().frame_count() <= rounds + 8);
    assert!(store.totals().disk_bytes < disk_before);
    assert_eq!(texts(&store), expected);
    for row in 0..40 {
        assert_eq!(
            before.read_row(row).unwrap(),
            expected[usize::try_from(row).unwrap()].as_bytes()
        );
    }
    let store = open(&storage.power_loss(3));
    assert!(
        store.totals().rows >= 30,
        "compaction made what it wrote durable"
    );
    let store = open(&storage.restart());
    assert_eq!(texts(&store), expected);
    assert_eq!(store.checkpoint(SourceId(0)).unwrap(), b"39");
}

#[test]
fn a_damaged_segment_is_not_compacted() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    for _ in 0..12 {
        store
            .append(&[frame(&["some text to damage", "more"], "1")])
            .unwrap();
    }
    store.seal().unwrap();
    let path = Path::new(DIR).join("frames-00000.log");
    let mut bytes = storage
        .files()
        .into_iter()
        .find(|(p, _)| *p == path)
        .unwrap()
        .1;
    let last = bytes.len() - 3;
    bytes[last] ^= 1;
    let storage = storage.restart();
    storage.put(&path, &bytes);
    let store = open(&storage);
    while store.compact_some(Codec::Lz4).unwrap() {}
    let left = storage
        .files()
        .into_iter()
        .find(|(p, _)| *p == path)
        .unwrap()
        .1;
    assert_eq!(left, bytes);
}

#[test]
fn what_is_not_there_is_an_error_and_not_a_panic() {
    let store = create(&FaultStorage::new());
    store.append(&[frame(&["a"], "1")]).unwrap();
    let snapshot = store.snapshot();
    let out_of_range = |error| matches!(error, ReadError::OutOfRange { .. });
    assert!(out_of_range(snapshot.read_row(1).unwrap_err()));
    assert!(out_of_range(snapshot.row_meta(u64::MAX).unwrap_err()));
    assert!(out_of_range(snapshot.read_frame(1).unwrap_err()));
    assert!(out_of_range(snapshot.level_chunk(1).unwrap_err()));
    assert!(out_of_range(
        snapshot.times(0..2, &mut Vec::new()).unwrap_err()
    ));
    assert_eq!(snapshot.frame_info(1), None);
    assert_eq!(snapshot.frame_of_row(1), None);
    assert_eq!(snapshot.row_metas(0..0).unwrap(), []);
}

#[test]
fn nothing_appended_is_nothing_done() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let operations = storage.operations();
    assert_eq!(store.append(&[]).unwrap(), 0..0);
    store.seal().unwrap();
    assert_eq!(store.sync().unwrap(), 0);
    store.compact_some(Codec::Lz4).unwrap();
    let manifest_only = 5;
    assert!(storage.operations() - operations <= manifest_only);
}

#[test]
fn sealing_twice_leaves_one_mark() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    store.append(&[frame(&["a"], "1")]).unwrap();
    store.seal().unwrap();
    let bytes = store.totals().disk_bytes;
    store.seal().unwrap();
    drop(store);
    let store = open(&storage);
    store.seal().unwrap();
    assert_eq!(store.totals().disk_bytes, bytes);
}

#[test]
fn a_sync_that_fails_is_told_and_the_rows_stay() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    store.append(&[frame(&["a"], "1")]).unwrap();
    storage.fail_at(1, Fault::Error);
    store.sync().unwrap_err();
    assert_eq!(store.synced_rows(), 0);
    assert_eq!(texts(&store), ["a"]);
    // The repair fails too: then so does the append, and nothing of it is kept.
    storage.fail_at(1, Fault::DiskFull);
    let error = store.append(&[frame(&["b"], "2")]).unwrap_err();
    assert!(matches!(error, AppendError::DiskFull { .. }), "{error}");
    store.append(&[frame(&["b"], "2")]).unwrap();
    assert_eq!(texts(&store), ["a", "b"]);
    assert_eq!(store.synced_rows(), 1);
    let again = open(&storage.restart());
    assert_eq!(texts(&again), ["a", "b"]);
}

#[test]
fn a_run_that_was_moved_keeps_its_frames() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    store
        .append(&[frame(&["a"], "1"), frame(&["b"], "2")])
        .unwrap();
    drop(store);
    storage
        .rename(Path::new(DIR), Path::new("/elsewhere"))
        .unwrap();
    storage
        .remove_file(Path::new("/elsewhere/run.json"))
        .unwrap();
    let (store, _) = RunStore::open(Arc::new(storage), "/elsewhere", OPTIONS).unwrap();
    store.append(&[frame(&["c"], "3")]).unwrap();
    assert_eq!(texts(&store), ["a", "b", "c"]);
}
