//! Keys against a disk that fails at every operation in turn, and against each other.

use std::path::Path;
use std::sync::Arc;
use std::thread;

use crosscut_store::{Fault, FaultStorage, RunManifest, Storage, StoreOptions};
use jiff::tz::TimeZone;

use super::*;
use crate::pipeline::{Encoded, LineReader, encode};
use crate::source::{Batch, Lines};

/// Segments so small that a few posts fill one.
const SMALL: StoreOptions = StoreOptions {
    segment_bytes: 2_000,
    chunk_rows: 64,
    frame_cache_bytes: 1 << 16,
    column_cache_bytes: 1 << 16,
};
const NOW: UnixNanos = UnixNanos(1_000);
const POSTS: u64 = 12;

fn name(key: &str) -> Name {
    Name {
        scope: "shop".into(),
        key: key.into(),
    }
}

fn part(text: &str) -> Vec<Part> {
    let lines = Lines::from_buffer(text.as_bytes().to_vec());
    vec![Part::new("shop", lines)]
}

fn dir(number: u64) -> std::path::PathBuf {
    Path::new("/runs").join(number.to_string())
}

fn create(storage: &FaultStorage, number: u64) -> Result<RunStore, String> {
    let id = RunId::try_from(number.to_string()).unwrap();
    let manifest = RunManifest::new(id, "run", UnixNanos(0));
    RunStore::create(Arc::new(storage.clone()), dir(number), manifest, SMALL)
        .map_err(|error| error.to_string())
}

fn open(storage: &FaultStorage, number: u64) -> Result<RunStore, String> {
    let opened = RunStore::open(Arc::new(storage.clone()), dir(number), SMALL);
    opened
        .map(|(store, _)| store)
        .map_err(|error| error.to_string())
}

/// A process: its run and the keys it knows.
struct Process {
    storage: FaultStorage,
    store: RunStore,
    keys: Keys,
}

impl Process {
    fn start(storage: FaultStorage, run: u64) -> Result<Self, String> {
        let store = open(&storage, run).or_else(|_| create(&storage, run))?;
        let keys = Keys::of_run(&store);
        Ok(Self {
            storage,
            store,
            keys,
        })
    }

    /// One request of two parts; tells whether it was there already.
    fn post(&self, number: u64) -> Result<bool, String> {
        let parts = part(&format!("{number} a\n{number} b"));
        let key = format!("key {number}");
        match self.keys.claim(name(&key), Print::of(&parts), NOW).unwrap() {
            Claim::Again(_) => Ok(true),
            Claim::First(ticket) => {
                let mut post = Encoded::default();
                let mut reader = LineReader::new(TimeZone::UTC);
                for part in parts.iter().chain(&parts) {
                    let batch = Batch {
                        lines: part.lines.clone(),
                        ..Batch::default()
                    };
                    post.join(encode(&batch, SourceId(0), &mut reader, NOW));
                }
                post.note(ticket.note());
                self.store
                    .append(&post.frames)
                    .map_err(|error| error.to_string())?;
                ticket.stored(&self.store.manifest().id);
                Ok(false)
            }
        }
    }

    fn tidy(&self) -> Result<(), String> {
        self.store.seal().map_err(|error| error.to_string())?;
        let compacted = self.store.compact_some(Codec::Zstd);
        compacted.map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The numbers of the posts that a run holds lines of, each as often as it was stored whole.
fn numbers(store: &RunStore) -> Vec<u64> {
    let snapshot = store.snapshot();
    let texts: Vec<String> = (0..snapshot.rows())
        .map(|row| String::from_utf8(snapshot.read_row(row).unwrap()).unwrap())
        .collect();
    texts
        .chunks(4)
        .map(|lines| {
            let number = lines[0].split(' ').next().unwrap();
            let whole = ["a", "b", "a", "b"].map(|line| format!("{number} {line}"));
            assert_eq!(lines, whole);
            number.parse().unwrap()
        })
        .collect()
}

/// Posts until each was answered, whatever goes wrong; every answered post is sent again, too.
fn history(storage: &FaultStorage, fault: Fault) -> FaultStorage {
    let mut process = Process::start(storage.clone(), 0);
    let again = |process: &mut Result<Process, String>, storage: &mut FaultStorage| {
        if fault == Fault::Crash {
            *storage = storage.restart();
        }
        *process = Process::start(storage.clone(), 0);
    };
    let mut storage = storage.clone();
    let mut number = 0;
    let mut tries = 0;
    while number < POSTS {
        tries += 1;
        assert!(tries < 100, "it never ends");
        let Ok(living) = &process else {
            again(&mut process, &mut storage);
            continue;
        };
        if living.post(number).is_err() {
            // The client does not know whether it was stored.
            again(&mut process, &mut storage);
            continue;
        }
        assert_eq!(living.post(number), Ok(true));
        if number % 4 == 3 && living.tidy().is_err() && fault == Fault::Crash {
            again(&mut process, &mut storage);
        }
        number += 1;
    }
    storage
}

#[test]
fn a_request_is_stored_once_whichever_operation_fails_and_however_often_it_is_sent() {
    for fault in [Fault::Crash, Fault::Error, Fault::DiskFull] {
        for n in 1.. {
            let storage = FaultStorage::new();
            storage.create_dir_all(Path::new("/runs")).unwrap();
            storage.fail_at(n, fault);
            let after = history(&storage, fault);
            let struck = !storage.clear_fault();
            let process = Process::start(after.restart(), 0).unwrap();
            assert_eq!(
                numbers(&process.store),
                (0..POSTS).collect::<Vec<_>>(),
                "{fault:?} at operation {n}"
            );
            for number in 0..POSTS {
                assert_eq!(process.post(number), Ok(true), "{fault:?} at {n}");
            }
            if !struck {
                assert!(n > 30, "the history has {n} operations");
                break;
            }
        }
    }
}

#[test]
fn a_run_that_begins_takes_the_keys_along_and_an_old_one_gives_way_to_a_new_one() {
    let storage = FaultStorage::new();
    storage.create_dir_all(Path::new("/runs")).unwrap();
    let first = Process::start(storage, 0).unwrap();
    let many = KEYS as u64 + 10;
    for number in 0..many {
        assert_eq!(first.post(number), Ok(false));
    }
    let second = create(&first.storage, 1).unwrap();
    first.keys.carry_into(&second, &first.store);
    assert_eq!(second.totals().rows, 0);
    let next = Process::start(first.storage.restart(), 1).unwrap();
    let known = |process: &Process, number| {
        let parts = part(&format!("{number} a\n{number} b"));
        let claim = process
            .keys
            .claim(name(&format!("key {number}")), Print::of(&parts), NOW);
        match claim.unwrap() {
            Claim::Again(run) => run.as_str() == "0",
            Claim::First(_) => false,
        }
    };
    for process in [&first, &next] {
        assert!(!known(process, 9), "the oldest were forgotten");
        assert!((10..many).all(|number| known(process, number)));
    }
    assert!(
        next.store.manifest().sources.is_empty(),
        "notes are no sources"
    );
}

#[test]
fn a_run_that_begins_takes_the_key_of_a_post_along_that_is_still_to_be_answered() {
    let storage = FaultStorage::new();
    storage.create_dir_all(Path::new("/runs")).unwrap();
    let first = Process::start(storage, 0).unwrap();
    let parts = part("one");
    let Claim::First(ticket) = first.keys.claim(name("a"), Print::of(&parts), NOW).unwrap() else {
        panic!("nobody has it yet");
    };
    let batch = Batch {
        lines: parts[0].lines.clone(),
        ..Batch::default()
    };
    let mut reader = LineReader::new(TimeZone::UTC);
    let mut post = encode(&batch, SourceId(0), &mut reader, NOW);
    post.note(ticket.note());
    first.store.append(&post.frames).unwrap();
    // The lines are stored, and the run changes before the client is told.
    let second = create(&first.storage, 1).unwrap();
    first.keys.carry_into(&second, &first.store);
    let next = Process::start(first.storage.restart(), 1).unwrap();
    let claim = next.keys.claim(name("a"), Print::of(&parts), NOW).unwrap();
    assert!(matches!(claim, Claim::Again(run) if run.as_str() == "0"));
}

#[test]
fn a_key_with_other_lines_is_refused_and_one_of_another_source_is_another() {
    let keys = Keys::default();
    let run = RunId::try_from("run".to_owned()).unwrap();
    let (one, two) = (Print::of(&part("one")), Print::of(&part("two")));
    assert_ne!(one, two);
    let Ok(Claim::First(ticket)) = keys.claim(name("k"), one, NOW) else {
        panic!("it is the first");
    };
    assert_eq!(keys.claim(name("k"), two, NOW).unwrap_err(), Reused);
    ticket.stored(&run);
    assert_eq!(keys.claim(name("k"), two, NOW).unwrap_err(), Reused);
    assert!(matches!(
        keys.claim(name("k"), one, NOW),
        Ok(Claim::Again(_))
    ));
    let other = Name {
        scope: "till".into(),
        ..name("k")
    };
    assert!(matches!(keys.claim(other, two, NOW), Ok(Claim::First(_))));
    let tomorrow = UnixNanos(NOW.0 + MAX_AGE + 1);
    assert!(matches!(
        keys.claim(name("k"), two, tomorrow),
        Ok(Claim::First(_))
    ));
}

#[test]
fn requests_with_one_key_wait_for_the_first_and_go_on_when_it_fails() {
    let keys = Keys::default();
    let run = RunId::try_from("run".to_owned()).unwrap();
    let print = Print::of(&part("one"));
    let mut stored = 0;
    let Ok(Claim::First(failing)) = keys.claim(name("k"), print, NOW) else {
        panic!("it is the first");
    };
    thread::scope(|scope| {
        let claim = || match keys.claim(name("k"), print, NOW).unwrap() {
            Claim::First(ticket) => {
                ticket.stored(&run);
                1
            }
            Claim::Again(_) => 0,
        };
        let waiting: Vec<_> = (0..8).map(|_| scope.spawn(claim)).collect();
        drop(failing);
        stored = waiting.into_iter().map(|one| one.join().unwrap()).sum();
    });
    assert_eq!(stored, 1);
}
