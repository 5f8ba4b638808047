//! Random histories against a vector, with crash, power cut, failure and reopening as ordinary
//! steps.

use crosscut_store::{Codec, EncodedFrame, Fault, FaultStorage, RecoveryEvent, RunStore, Snapshot};
use proptest::prelude::*;

use crate::support::{Model, SOURCES, create, open};

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<(u16, usize, usize)>, Codec),
    Batch(u16, usize, Codec),
    Sync,
    Seal,
    Rest,
    Compact(Codec),
    CompactUntil(Codec, u8),
    Hold,
    Fail(u64, Fault),
    Reopen,
    Kill,
    PowerCut(u64),
}

fn codec() -> impl Strategy<Value = Codec> {
    prop_oneof![
        Just(Codec::None),
        Just(Codec::Lz4),
        Just(Codec::Lz4High),
        Just(Codec::Zstd)
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let frame = (
        0..SOURCES,
        0usize..7,
        prop_oneof![Just(0), 20usize..400, Just(5000)],
    );
    let fault = prop_oneof![Just(Fault::Error), Just(Fault::DiskFull)];
    prop_oneof![
        8 => (prop::collection::vec(frame, 1..4), codec()).prop_map(|(f, c)| Step::Append(f, c)),
        4 => (0..SOURCES, 2usize..5, codec()).prop_map(|(s, n, c)| Step::Batch(s, n, c)),
        3 => Just(Step::Sync),
        1 => Just(Step::Seal),
        1 => Just(Step::Rest),
        2 => codec().prop_map(Step::Compact),
        1 => (codec(), 0u8..4).prop_map(|(codec, frames)| Step::CompactUntil(codec, frames)),
        1 => Just(Step::Hold),
        3 => (1u64..6, fault).prop_map(|(n, fault)| Step::Fail(n, fault)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Kill),
        1 => any::<u64>().prop_map(Step::PowerCut),
    ]
}

struct World {
    storage: FaultStorage,
    store: RunStore,
    model: Model,
    synced: u64,
    held: Vec<(Snapshot, Model)>,
}

impl World {
    fn new() -> Self {
        let storage = FaultStorage::new();
        let store = create(&storage);
        Self {
            storage,
            store,
            model: Model::default(),
            synced: 0,
            held: Vec::new(),
        }
    }

    fn append(&mut self, frames: &[(u16, usize, usize)], codec: Codec) {
        let mut after = self.model.clone();
        let frames: Vec<_> = frames
            .iter()
            .map(|&(source, rows, len)| after.frame(source, rows, len, codec))
            .collect();
        self.store(&frames, after);
    }

    fn store(&mut self, frames: &[EncodedFrame], after: Model) {
        let rows = self.model.records.len() as u64..after.records.len() as u64;
        // One failure is injected at most, so what fails works when it is done again, or the time
        // after that when the failure strikes the repair.
        let mut tries = 0;
        loop {
            match self.store.append(frames) {
                Ok(appended) => break assert_eq!(appended, rows),
                Err(_) if tries < 3 => {
                    self.model.check(&self.store);
                    tries += 1;
                }
                Err(error) => panic!("{error}"),
            }
        }
        self.model = after;
    }

    fn reopen(&mut self, storage: FaultStorage) {
        self.held.clear();
        let (store, recovery) = open(&storage);
        for event in &recovery.events {
            let harmless = match event {
                RecoveryEvent::TailCut { .. } | RecoveryEvent::ColumnsRebuilt { .. } => true,
                RecoveryEvent::FramesLost { .. }
                | RecoveryEvent::TextLost { .. }
                | RecoveryEvent::ManifestRebuilt { .. }
                | RecoveryEvent::SourcesUnknown { .. }
                | RecoveryEvent::Unrepaired { .. } => false,
            };
            assert!(harmless, "{event:?}");
        }
        (self.storage, self.store) = (storage, store);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Append(frames, codec) => self.append(frames, *codec),
            Step::Batch(source, frames, codec) => {
                let mut after = self.model.clone();
                let frames = after.batch(*source, *frames, 3, 200, *codec);
                self.store(&frames, after);
            }
            Step::Sync => {
                if let Ok(rows) = self.store.sync() {
                    assert_eq!(rows, self.model.records.len() as u64);
                }
                self.synced = self.store.synced_rows();
            }
            Step::Seal => {
                let _failed_or_not = self.store.seal();
                self.synced = self.store.synced_rows();
            }
            Step::Compact(codec) => {
                let _failed_or_not = self.store.compact_some(*codec);
            }
            Step::Rest => {
                let _failed_or_not = self.store.rest();
                self.synced = self.synced.max(self.store.synced_rows());
            }
            Step::CompactUntil(codec, frames) => {
                let left = std::cell::Cell::new(*frames);
                let go_on = || {
                    let more = left.get() > 0;
                    left.set(left.get().saturating_sub(1));
                    more
                };
                let _failed_or_not = self.store.compact_while(*codec, &go_on);
            }
            Step::Hold => self.held.push((self.store.snapshot(), self.model.clone())),
            Step::Fail(n, fault) => self.storage.fail_at(*n, *fault),
            Step::Reopen => {
                self.storage.clear_fault();
                self.reopen(self.storage.clone());
            }
            Step::Kill => self.reopen(self.storage.restart()),
            Step::PowerCut(seed) => {
                self.reopen(self.storage.power_loss(*seed));
                let rows = self.store.totals().rows;
                assert!(rows >= self.synced, "{rows} rows of {} synced", self.synced);
                self.model = self.model.prefix(rows);
            }
        }
        // What a synced store says now holds after a power cut only if it was known before.
        self.synced = self.synced.min(self.model.records.len() as u64);
        self.model.check(&self.store);
        for (snapshot, model) in &self.held {
            model.check_snapshot(snapshot);
        }
    }
}

/// Few by default; a night's worth with `PROPTEST_CASES`.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_run_is_what_was_appended(steps in prop::collection::vec(step(), 1..30)) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
    }
}

#[test]
fn a_power_cut_after_a_segment_could_not_be_begun_cuts_the_one_that_was_written_to() {
    for seed in 0..200 {
        let mut world = World::new();
        world.append(&[(0, 4, 5000)], Codec::None);
        world.append(&[(0, 0, 0)], Codec::None);
        world.step(&Step::Fail(3, Fault::Error));
        world.step(&Step::Rest);
        world.append(&[(0, 1, 0)], Codec::None);
        world.step(&Step::PowerCut(seed));
    }
}
