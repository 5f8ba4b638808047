//! Runs written by every version of the format stay readable.
//!
//! A fixture is a run's directory as a program of that time left it, with small sizes
//! ([`SMALL`](crate::support::SMALL)): `v1` has frames of version 1 and a manifest of schema 1; `v2`
//! has frames of versions 1 and 2, compacted and not, and a manifest of schema 2.

use std::path::{Path, PathBuf};

use crosscut_store::{Codec, FaultStorage, Storage};

use crate::support::{Model, create, dir, open};

/// The newest version's fixture is written by running the tests below with this set.
const WRITE: &str = "CROSSCUT_WRITE_FIXTURE";

const FILES: [&str; 7] = [
    "run.json",
    "frames-00000.log",
    "frames-00001.log",
    "columns/time",
    "columns/level",
    "columns/stream",
    "columns/source",
];

/// What every fixture holds: every codec of its time, two segments and a full chunk.
fn model(last: Codec) -> (Model, Vec<crosscut_store::EncodedFrame>) {
    let mut model = Model::default();
    let frames = [
        (0, 3, 0, Codec::None),
        (1, 1, 30, Codec::Lz4),
        (2, 9, 700, Codec::Lz4),
        (0, 8, 600, last),
    ];
    let frames = frames.map(|(source, rows, len, codec)| model.frame(source, rows, len, codec));
    (model, frames.into())
}

fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(version)
}

/// The fixture of a version, as a disk.
fn disk(version: &str) -> FaultStorage {
    let storage = FaultStorage::new();
    storage.create_dir_all(&dir().join("columns")).unwrap();
    for name in FILES {
        let bytes = std::fs::read(fixture(version).join(name)).unwrap();
        storage.put(&dir().join(name), &bytes);
    }
    storage
}

/// Opens a fixture, reads everything, goes on writing, and opens it again.
fn is_read(version: &str, mut model: Model) {
    let storage = disk(version);
    let (store, recovery) = open(&storage);
    assert!(recovery.is_empty(), "{recovery:?}");
    model.check(&store);
    assert_eq!(store.manifest().sources.len(), 3);
    assert_eq!(store.manifest().totals, Some(store.totals()));

    store.append(&[model.frame(1, 4, 50, Codec::Lz4)]).unwrap();
    store
        .update_manifest(|manifest| manifest.pinned = true)
        .unwrap();
    while store.compact_some(Codec::Lz4High).unwrap() {}
    model.check(&store);
    store.seal().unwrap();
    let (store, recovery) = open(&storage);
    assert!(recovery.is_empty(), "{recovery:?}");
    model.check(&store);
    assert!(store.manifest().pinned);
}

#[test]
fn a_run_of_version_1_is_read_as_it_was_written() {
    is_read("v1", model(Codec::Zstd).0);
}

#[test]
fn a_run_of_version_2_is_read_as_it_was_written() {
    let (mut model, frames) = model(Codec::Lz4High);
    if std::env::var_os(WRITE).is_some() {
        let storage = FaultStorage::new();
        let store = create(&storage);
        frames.chunks(1).for_each(|frame| {
            store.append(frame).unwrap();
        });
        store.append(&[model.frame(1, 2, 0, Codec::None)]).unwrap();
        store
            .update_manifest(|manifest| manifest.pinned = true)
            .unwrap();
        store.seal().unwrap();
        assert!(store.compact_some(Codec::Lz4High).unwrap());
        store.seal().unwrap();
        for (path, bytes) in storage.files() {
            let to = fixture("v2").join(path.strip_prefix(dir()).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, bytes).unwrap();
        }
    } else {
        model.frame(1, 2, 0, Codec::None);
    }
    is_read("v2", model);
}
