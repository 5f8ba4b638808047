use std::path::Path;
use std::sync::Arc;

use crosscut_model::{RunId, UnixNanos};

use super::{DataDir, DataDirError, utc_name};
use crate::run::{CreateError, ManifestReadError, OpenError, RunManifest, StoreOptions};
use crate::storage::{Fault, FaultStorage, Storage};

const OPTIONS: StoreOptions = StoreOptions {
    segment_bytes: 4096,
    chunk_rows: 8,
    frame_cache_bytes: 0,
    column_cache_bytes: 0,
};

fn open(storage: &FaultStorage) -> Result<DataDir, DataDirError> {
    DataDir::open(Arc::new(storage.clone()), "/home/data")
}

fn create(data: &DataDir, id: &str) {
    let id = RunId::try_from(id.to_owned()).unwrap();
    data.create_run(RunManifest::new(id, "Run", UnixNanos(0)), OPTIONS)
        .unwrap();
}

fn ids(data: &DataDir) -> Vec<String> {
    data.runs()
        .unwrap()
        .into_iter()
        .map(|(id, _)| id.to_string())
        .collect()
}

#[test]
fn an_instant_is_named_in_utc_to_the_millisecond() {
    let cases = [
        (0, "19700101T000000000Z"),
        (1_795_256_100_123_999_999, "20261121T101500123Z"),
        (951_782_399_999_000_000, "20000228T235959999Z"),
        (951_782_400_000_000_000, "20000229T000000000Z"),
        (-1, "19691231T235959999Z"),
        (i64::MAX, "22620411T234716854Z"),
    ];
    for (nanos, name) in cases {
        assert_eq!(utc_name(UnixNanos(nanos)), name);
    }
}

#[test]
fn runs_of_one_millisecond_have_different_names_and_the_newest_is_listed_first() {
    let data = open(&FaultStorage::new()).unwrap();
    for at in [0, 1, 2_000_000] {
        create(&data, data.new_run_id(UnixNanos(at)).as_str());
    }
    let expected = [
        "19700101T000000002Z",
        "19700101T000000000Z-2",
        "19700101T000000000Z",
    ];
    assert_eq!(ids(&data), expected);
}

#[test]
fn a_run_is_not_made_over_another() {
    let data = open(&FaultStorage::new()).unwrap();
    create(&data, "a");
    let again = RunManifest::new(RunId::try_from("a".to_owned()).unwrap(), "b", UnixNanos(0));
    assert!(matches!(
        data.create_run(again, OPTIONS),
        Err(CreateError::Exists { .. })
    ));
}

#[test]
fn a_run_whose_manifest_is_damaged_is_listed_and_opens() {
    let storage = FaultStorage::new();
    let data = open(&storage).unwrap();
    create(&data, "a");
    storage.put(Path::new("/home/data/runs/a/run.json"), b"{}");
    let (id, manifest) = data.runs().unwrap().remove(0);
    assert!(matches!(manifest, Err(ManifestReadError::Damaged { .. })));
    let (store, recovery) = data.open_run(&id, OPTIONS).unwrap();
    assert!(!recovery.is_empty());
    assert_eq!(store.manifest().id, id);
    assert!(data.runs().unwrap().remove(0).1.is_ok());
}

#[test]
fn a_deleted_run_is_gone_at_once_and_for_good_wherever_deleting_is_interrupted() {
    for n in 1.. {
        let storage = FaultStorage::new();
        let data = open(&storage).unwrap();
        create(&data, "a");
        create(&data, "b");
        storage.fail_at(n, Fault::Crash);
        let run = RunId::try_from("a".to_owned()).unwrap();
        let deleted = data.delete_run(&run).is_ok();
        for left in [storage.restart(), storage.power_loss(n)] {
            let data = open(&left).unwrap();
            let ids = ids(&data);
            assert!(ids == ["b"] || (ids == ["b", "a"] && !deleted), "{ids:?}");
            let names = left.list(Path::new("/home/data/runs")).unwrap();
            assert_eq!(names.len(), ids.len(), "nothing is left over");
            assert!(
                data.open_run(&RunId::try_from("b".to_owned()).unwrap(), OPTIONS)
                    .is_ok()
            );
        }
        if deleted {
            storage.clear_fault();
            assert!(matches!(
                data.open_run(&run, OPTIONS),
                Err(OpenError::NotFound { .. })
            ));
            data.delete_run(&run).unwrap();
            break;
        }
    }
}

#[test]
fn the_directory_is_locked_until_its_owner_drops_it() {
    let storage = FaultStorage::new();
    let data = open(&storage).unwrap();
    assert!(matches!(open(&storage), Err(DataDirError::Locked { .. })));
    drop(data);
    open(&storage).unwrap();
}
