//! The writer on a disk that is full.

use std::path::Path;

use crosscut_model::{RowFlags, SourceKind, SourceSpec, UnixNanos};
use crosscut_store::{
    FaultStorage, RunManifest, RunStore, SourceEntry, Standing, Storage, StoreOptions,
};

use super::*;
use crate::pipeline::{LineReader, encode};
use crate::source::{Batch, Lines};

/// Tells the test that storing failed, and that it works again.
struct Told(Sender<bool>);

impl Observer for Told {
    fn stored(&self, run: &Arc<Run>, added: u64) {
        run.grew(added);
    }

    fn sampled(&self, _: &Arc<Run>, _: u64, _: Vec<Sample>) {}

    fn stalled(&self, error: Option<&AppendError>) {
        if self.0.try_send(error.is_some()).is_err() {
            tracing::debug!("told already");
        }
    }
}

fn run(storage: &FaultStorage, name: &str) -> Arc<Run> {
    let dir = Path::new("/runs").join(name);
    let mut manifest = RunManifest::new(name.to_owned().try_into().unwrap(), name, UnixNanos(0));
    manifest.sources.push(SourceEntry {
        id: SourceId(0),
        spec: SourceSpec {
            kind: SourceKind::File,
            key: "/a.csv".into(),
            name: "a.csv".into(),
        },
        resume: None,
        standing: Standing::Followed,
        attributes: std::collections::BTreeMap::new(),
        layouts: Vec::new(),
    });
    let storage = Arc::new(storage.clone());
    let store = RunStore::create(storage, dir, manifest, StoreOptions::default());
    Arc::new(Run::new(store.unwrap()))
}

/// A pipeline into a run, and what its observer is told.
fn start(storage: &FaultStorage) -> (Arc<Run>, Arc<Pipeline>, Receiver<bool>) {
    storage.create_dir_all(Path::new("/runs")).unwrap();
    let run = run(storage, "1");
    let (tell, told) = bounded(1);
    let pipeline = Pipeline::start(Arc::clone(&run), Arc::new(Told(tell))).unwrap();
    (run, Arc::new(pipeline), told)
}

fn table() -> FeedJob {
    let mut lines = Lines::new();
    for line in ["time,took,text", "2026-03-01T08:00:00Z,12,well"] {
        lines.push(line.as_bytes(), RowFlags::NONE);
    }
    let batch = Batch {
        lines,
        ..Batch::default()
    };
    let mut reader = LineReader::new(jiff::tz::TimeZone::UTC);
    FeedJob::Store(Ticket::Ready(encode(
        &batch,
        SourceId(0),
        &mut reader,
        UnixNanos(0),
    )))
}

fn fill(storage: &FaultStorage) {
    let held: usize = storage.files().iter().map(|(_, bytes)| bytes.len()).sum();
    storage.set_capacity(Some(held as u64));
}

fn stored(pipeline: &Pipeline) {
    let (done, waiting) = bounded(1);
    pipeline.send(FeedJob::Barrier(done), || false).unwrap();
    waiting.recv().unwrap();
}

#[test]
fn it_ends_when_it_is_told_to_while_the_disk_is_full() {
    let storage = FaultStorage::new();
    let (_run, pipeline, told) = start(&storage);
    fill(&storage);
    for _ in 0..3 {
        pipeline.send(table(), || false).unwrap();
    }
    assert!(told.recv().unwrap());
    pipeline.stop();
}

#[test]
fn what_a_header_said_while_the_disk_was_full_holds_once_there_is_room() {
    let storage = FaultStorage::new();
    let (run, pipeline, told) = start(&storage);
    fill(&storage);
    pipeline.send(table(), || false).unwrap();
    assert!(told.recv().unwrap());
    storage.set_capacity(None);
    stored(&pipeline);
    assert_eq!(run.rows(), 2);
    let layouts = run.store.manifest().sources[0].layouts.clone();
    assert_eq!(layouts.len(), 1, "{layouts:?}");
    assert_eq!(layouts[0].row, 1);
    pipeline.stop();
}

#[test]
fn what_was_sent_before_a_run_began_is_in_the_one_before() {
    // Whatever is ready is taken in any order.
    for _ in 0..12 {
        let storage = FaultStorage::new();
        let (first, pipeline, _told) = start(&storage);
        let second = run(&storage, "2");
        let (encoded, coming) = bounded(1);
        let FeedJob::Store(Ticket::Ready(one)) = table() else {
            panic!("it is ready");
        };
        let job = FeedJob::Store(Ticket::Coming(coming));
        pipeline.send(job, || false).unwrap();
        for _ in 0..8 {
            pipeline.send(table(), || false).unwrap();
        }
        let changing = Arc::clone(&pipeline);
        let change = thread::spawn(move || changing.change(|_| (Some(second), ())));
        while pipeline.changes.is_empty() {
            thread::yield_now();
        }
        encoded.send(one).unwrap();
        change.join().unwrap().unwrap();
        assert_eq!(first.rows(), 18);
        pipeline.stop();
    }
}

#[test]
fn a_full_disk_keeps_no_run_from_beginning() {
    let storage = FaultStorage::new();
    let (_first, pipeline, told) = start(&storage);
    let second = run(&storage, "2");
    fill(&storage);
    pipeline.send(table(), || false).unwrap();
    assert!(told.recv().unwrap());
    let (next, room) = (Arc::clone(&second), storage.clone());
    let change = pipeline.change(move |_| {
        room.set_capacity(None);
        (Some(next), ())
    });
    change.unwrap();
    stored(&pipeline);
    assert_eq!(second.rows(), 2);
    pipeline.stop();
}
