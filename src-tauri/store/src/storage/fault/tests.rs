use std::io::IoSlice;
use std::path::Path;

use super::{Fault, FaultStorage};
use crate::storage::{OpenMode, Storage, StoredFile, read_file, replace_file};

fn storage() -> FaultStorage {
    let storage = FaultStorage::new();
    storage.create_dir_all(Path::new("/d")).unwrap();
    storage.sync_dir(Path::new("/")).unwrap();
    storage
}

fn append(file: &dyn StoredFile, bytes: &[u8]) -> std::io::Result<()> {
    file.append(&mut [IoSlice::new(bytes)])
}

#[test]
fn what_was_synced_survives_any_power_cut() {
    let path = Path::new("/d/f");
    for seed in 0..50 {
        let storage = storage();
        let file = storage.open(path, OpenMode::Write).unwrap();
        append(&*file, &[1; 2000]).unwrap();
        file.sync().unwrap();
        storage.sync_dir(Path::new("/d")).unwrap();
        append(&*file, &[2; 2000]).unwrap();
        let left = read_file(&storage.power_loss(seed), path).unwrap();
        assert!(left.len() >= 2000);
        assert!(left[..2000].iter().all(|&b| b == 1));
    }
}

#[test]
fn a_replaced_file_is_the_old_or_the_new_one_at_every_crash_and_power_cut() {
    let path = Path::new("/d/f");
    for n in 1.. {
        let storage = storage();
        replace_file(&storage, path, &[1; 700]).unwrap();
        storage.fail_at(n, Fault::Crash);
        let done = replace_file(&storage, path, &[2; 900]).is_ok();
        for seed in 0..20 {
            let left = read_file(&storage.power_loss(seed), path).unwrap();
            assert!(left == [2; 900] || (left == [1; 700] && !done));
        }
        if done {
            break;
        }
    }
}

#[test]
fn a_failed_sync_loses_what_it_was_to_write_even_if_the_next_one_succeeds() {
    let storage = storage();
    let path = Path::new("/d/f");
    let file = storage.open(path, OpenMode::Write).unwrap();
    storage.sync_dir(Path::new("/d")).unwrap();
    append(&*file, &[7; 512]).unwrap();
    storage.fail_at(1, Fault::Error);
    file.sync().unwrap_err();
    file.sync().unwrap();
    for seed in 0..20 {
        let left = read_file(&storage.power_loss(seed), path).unwrap();
        assert!(
            left == [7; 512] || left == [0; 512],
            "never torn within a sector"
        );
    }
    assert!((0..20).any(|seed| read_file(&storage.power_loss(seed), path).unwrap() == [0; 512]));
}

#[test]
fn a_full_disk_takes_what_fits_and_says_so() {
    let storage = storage();
    storage.set_capacity(Some(100));
    let file = storage.open(Path::new("/d/f"), OpenMode::Write).unwrap();
    let error = append(&*file, &[1; 150]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert_eq!(file.len().unwrap(), 100);
}

#[test]
fn a_lock_is_held_once_until_it_is_dropped_or_its_holder_killed() {
    let storage = storage();
    let path = Path::new("/d/lock");
    let held = storage.try_lock(path).unwrap();
    assert!(held.is_some());
    assert!(storage.try_lock(path).unwrap().is_none());
    assert!(storage.restart().try_lock(path).unwrap().is_some());
    drop(held);
    assert!(storage.try_lock(path).unwrap().is_some());
}
