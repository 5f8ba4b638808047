//! Runs written by every version of the format stay readable.

use std::path::{Path, PathBuf};

use crosscut_store::{Codec, FaultStorage, Storage};

use crate::support::{Model, create, dir, open};

/// The newest version's fixture is written by running the test below with this set.
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

/// A run with every codec in it, two segments and a full chunk.
fn written() -> (FaultStorage, Model) {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut model = Model::default();
    let frames = [
        (0, 3, 0, Codec::None),
        (1, 1, 30, Codec::Lz4),
        (2, 9, 700, Codec::Lz4),
        (0, 8, 600, Codec::Zstd),
    ];
    for (source, rows, len, codec) in frames {
        let frame = model.frame(source, rows, len, codec);
        store.append(&[frame]).unwrap();
    }
    store.seal().unwrap();
    (storage, model)
}

fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(version)
}

#[test]
fn a_run_of_version_1_is_read_as_it_was_written() {
    let (storage, model) = written();
    if std::env::var_os(WRITE).is_some() {
        for (path, bytes) in storage.files() {
            let to = fixture("v1").join(path.strip_prefix(dir()).unwrap());
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, bytes).unwrap();
        }
    }

    let storage = FaultStorage::new();
    storage.create_dir_all(&dir().join("columns")).unwrap();
    for name in FILES {
        storage.put(
            &dir().join(name),
            &std::fs::read(fixture("v1").join(name)).unwrap(),
        );
    }
    let (store, recovery) = open(&storage);
    assert!(recovery.is_empty(), "{recovery:?}");
    model.check(&store);
    assert_eq!(store.manifest().sources.len(), 3);
    assert_eq!(store.manifest().totals, Some(store.totals()));
}
