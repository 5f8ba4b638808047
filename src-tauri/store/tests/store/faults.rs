//! A fixed history with a failure, a crash or a power cut at every operation in turn.

use crosscut_store::{AppendError, Codec, Fault, FaultStorage, OpenError, RunStore};

use crate::support::{Model, SMALL, arc, create, dir, make_runs_dir, manifest, open};

fn empty() -> FaultStorage {
    let storage = FaultStorage::new();
    make_runs_dir(&storage);
    storage
}

/// How far a history came.
#[derive(Default)]
struct Done {
    model: Model,
    acknowledged: u64,
    synced: u64,
    created: bool,
}

/// Runs the history until something fails that is not retried.
fn history(storage: &FaultStorage, retries: usize, done: &mut Done) -> Result<(), String> {
    let tries = || 0..=retries;
    let mut made = Err(String::new());
    for _ in tries() {
        made = RunStore::create(arc(storage), dir(), manifest(), SMALL).map_err(|e| e.to_string());
        if made.is_ok() {
            break;
        }
        // A run that was made in part is thrown away: it has a name of its own.
        let _gone = crosscut_store::Storage::remove_dir_all(storage, dir());
    }
    let store = made?;
    done.created = true;
    for round in 0..8u16 {
        let frames: Vec<_> = (0..3)
            .map(|source| {
                done.model
                    .frame(source, usize::from(round % 4), 150, Codec::Lz4)
            })
            .collect();
        let rows = done.model.records.len() as u64;
        again(retries, || store.append(&frames))?;
        done.acknowledged = rows;
        match round {
            2 => again(retries, || store.sync()).map(|rows| done.synced = rows)?,
            4 => again(retries, || store.compact_some(Codec::Zstd)).map(|_| ())?,
            5 => again(retries, || store.update_manifest(|m| m.name.push('!')))?,
            6 => {
                again(retries, || store.seal())?;
                done.synced = rows;
            }
            _ => {}
        }
    }
    if retries > 0 {
        done.model.check(&store);
    }
    Ok(())
}

fn again<T, E: std::fmt::Display>(
    retries: usize,
    mut call: impl FnMut() -> Result<T, E>,
) -> Result<T, String> {
    let mut answer = call();
    for _ in 0..retries {
        if answer.is_ok() {
            break;
        }
        answer = call();
    }
    answer.map_err(|error| error.to_string())
}

/// Checks what is left: a prefix of what was appended, of at least so many rows.
fn check_left(storage: &FaultStorage, done: &Done, at_least: u64) {
    let store = match RunStore::open(arc(storage), dir(), SMALL) {
        Ok((store, _)) => store,
        Err(OpenError::NotFound { .. }) if !done.created => return,
        Err(error) => panic!("{error}"),
    };
    let rows = store.totals().rows;
    assert!(rows >= at_least, "{rows} of {at_least} rows");
    let mut model = done.model.prefix(rows);
    if done.created {
        model.check(&store);
        let frame = model.frame(1, 4, 100, Codec::None);
        store.append(&[frame]).unwrap();
        model.check(&store);
        store.sync().unwrap();
        drop(store);
        model.check(&open(&storage.power_loss(rows)).0);
    }
}

#[test]
fn a_crash_at_any_operation_loses_nothing_acknowledged_and_doubles_nothing() {
    for n in 1.. {
        let storage = empty();
        storage.fail_at(n, Fault::Crash);
        let mut done = Done::default();
        let _crashed = history(&storage, 0, &mut done);
        let struck = !storage.clear_fault();
        check_left(&storage.restart(), &done, done.acknowledged);
        if !struck {
            assert!(n > 50, "the history has {n} operations");
            break;
        }
    }
}

#[test]
fn a_power_cut_at_any_operation_leaves_a_prefix_as_far_as_the_last_sync() {
    for n in 1.. {
        let storage = empty();
        storage.fail_at(n, Fault::Crash);
        let mut done = Done::default();
        let _crashed = history(&storage, 0, &mut done);
        let struck = !storage.clear_fault();
        for seed in 0..12 {
            check_left(&storage.power_loss(n * 100 + seed), &done, done.synced);
        }
        if !struck {
            break;
        }
    }
}

#[test]
fn a_failure_at_any_operation_is_told_and_the_same_call_works_again() {
    for fault in [Fault::Error, Fault::DiskFull] {
        for n in 1.. {
            let storage = empty();
            storage.fail_at(n, fault);
            let mut done = Done::default();
            history(&storage, 1, &mut done).unwrap();
            let struck = !storage.clear_fault();
            check_left(&storage.restart(), &done, done.acknowledged);
            for seed in 0..2 {
                check_left(&storage.power_loss(n * 10 + seed), &done, done.synced);
            }
            if !struck {
                break;
            }
        }
    }
}

#[test]
fn a_full_disk_is_told_apart_readable_and_usable_again_when_there_is_space() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut model = Model::default();
    let first = model.frame(0, 5, 100, Codec::None);
    store.append(&[first]).unwrap();
    let used: usize = storage.files().iter().map(|(_, bytes)| bytes.len()).sum();
    for room in 0..900 {
        storage.set_capacity(Some((used + room) as u64));
        let mut after = model.clone();
        let frame = after.frame(0, 6, 200, Codec::None);
        let error = store.append(std::slice::from_ref(&frame)).unwrap_err();
        assert!(matches!(error, AppendError::DiskFull { .. }), "{error}");
        model.check(&store);
    }
    storage.set_capacity(None);
    let frame = model.frame(0, 6, 200, Codec::None);
    store.append(&[frame]).unwrap();
    model.check(&store);
    model.check(&open(&storage.restart()).0);
}

#[test]
fn after_a_failed_sync_the_next_one_saves_all_even_what_the_system_dropped() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut model = Model::default();
    for round in 0..3 {
        let frame = model.frame(round, 4, 200, Codec::None);
        store.append(&[frame]).unwrap();
        storage.fail_at(1, Fault::Error);
        store.sync().unwrap_err();
        assert_eq!(store.sync().unwrap(), model.records.len() as u64);
        for seed in 0..20 {
            model.check(&open(&storage.power_loss(seed)).0);
        }
    }
}

#[test]
fn a_write_whose_remains_cannot_be_cut_off_is_cut_before_the_next() {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut model = Model::default();
    let frame = model.frame(0, 4, 100, Codec::None);
    store.append(&[frame]).unwrap();

    // The write fails at a full disk, and so does cutting its remains off.
    let used: usize = storage.files().iter().map(|(_, bytes)| bytes.len()).sum();
    storage.set_capacity(Some(used as u64 + 50));
    storage.fail_at(2, Fault::Error);
    let mut after = model.clone();
    let frame = after.frame(0, 2, 100, Codec::None);
    store.append(std::slice::from_ref(&frame)).unwrap_err();
    model.check(&store);
    model.check(&open(&storage.restart()).0);

    storage.set_capacity(None);
    store.append(&[frame]).unwrap();
    after.check(&store);
    after.check(&open(&storage.restart()).0);
}
