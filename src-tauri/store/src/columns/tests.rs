use std::path::Path;

use crosscut_model::{Level, RowMeta, SourceId, UnixNanos};

use super::{Chunk, ColumnStore, Kind};
use crate::frame::Columns;
use crate::storage::{FaultStorage, OpenMode, Storage};

const DIR: &str = "/c";

fn columns(seed: i64) -> Columns {
    let mut columns = Columns::default();
    for i in 0..4 {
        columns.push(&RowMeta {
            time: UnixNanos(seed + i),
            level: Level::Warn,
            source: SourceId(300),
            ..RowMeta::default()
        });
    }
    columns
}

fn open(storage: &FaultStorage) -> (ColumnStore, u64) {
    ColumnStore::open(storage, Path::new(DIR), 4, 0)
}

fn times(store: &ColumnStore, index: u64) -> Option<Vec<i64>> {
    match store.read(Kind::Time, index)? {
        Chunk::Times(values) => Some(values.to_vec()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn chunks_come_back_after_reopening() {
    let storage = FaultStorage::new();
    let (store, chunks) = open(&storage);
    assert_eq!(chunks, 0);
    store.write(0, &columns(10));
    store.write(1, &columns(20));
    let (store, chunks) = open(&storage);
    assert_eq!(chunks, 2);
    assert_eq!(times(&store, 1), Some(vec![20, 21, 22, 23]));
    assert!(matches!(store.read(Kind::Source, 0), Some(Chunk::Sources(s)) if *s == [300; 4]));
    assert!(matches!(store.read(Kind::Level, 0), Some(Chunk::Bytes(s)) if *s == [4; 4]));
    assert!(store.read(Kind::Stream, 2).is_none());
}

#[test]
fn a_chunk_with_any_byte_changed_is_not_believed() {
    let storage = FaultStorage::new();
    open(&storage).0.write(0, &columns(10));
    let path = Path::new(DIR).join("time");
    let (_, good) = storage
        .files()
        .into_iter()
        .find(|(p, _)| *p == path)
        .unwrap();
    for at in 16..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        storage.put(&path, &bad);
        assert_eq!(times(&open(&storage).0, 0), None, "byte {at}");
    }
}

#[test]
fn a_file_with_another_header_is_begun_anew() {
    let storage = FaultStorage::new();
    open(&storage).0.write(0, &columns(10));
    let (_, chunks) = ColumnStore::open(&storage, Path::new(DIR), 8, 0);
    assert_eq!(chunks, 0);
}

#[test]
fn a_chunk_moved_to_another_place_is_not_believed() {
    let storage = FaultStorage::new();
    let (store, _) = open(&storage);
    store.write(0, &columns(10));
    let file = storage
        .open(&Path::new(DIR).join("time"), OpenMode::Write)
        .unwrap();
    let mut bytes = vec![0; 36];
    file.read_at(&mut bytes, 16).unwrap();
    file.write_at(&bytes, 16 + 36).unwrap();
    assert_eq!(times(&store, 1), None);
}
