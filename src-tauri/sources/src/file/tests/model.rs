//! Random histories of a file against a model.
//!
//! Lines are numbered. Whatever happens, in any order, each complete line is handed over once; a line
//! may be missing only when its bytes were destroyed before they could be read *and* a marker says
//! that lines may be missing. Restarts go on from the last durable checkpoint, with any number of the
//! batches after it lost.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::file::checkpoint::Checkpoint;
use crate::file::cut::Sizes;
use crate::file::identity::Identity;
use crosscut_engine::source::Feed as _;

#[derive(Debug, Clone)]
enum Op {
    /// Whole lines.
    Append(u8),
    /// A line that names a time, and lines that go on with it: one record, if they come in time.
    Trace(u8),
    /// The beginning of a line.
    Begin,
    Poll,
    Pass(u16),
    /// Rename, then make a new file (at once or with the next append).
    Rotate {
        make: bool,
    },
    /// Delete, then make a new file.
    Recreate,
    /// Cut to nothing and write this many lines.
    Refill(u8),
    /// End, lose batches after the last durable one but for `keep`, start again.
    Restart {
        keep: u8,
    },
    /// All batches so far become durable.
    Durable,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (1u8..6).prop_map(Op::Append),
        4 => (0u8..6).prop_map(Op::Trace),
        2 => Just(Op::Begin),
        6 => Just(Op::Poll),
        2 => (100u16..900).prop_map(Op::Pass),
        2 => any::<bool>().prop_map(|make| Op::Rotate { make }),
        1 => Just(Op::Recreate),
        2 => (0u8..8).prop_map(Op::Refill),
        2 => (0u8..4).prop_map(|keep| Op::Restart { keep }),
        2 => Just(Op::Durable),
    ]
}

struct Model {
    bench: Bench,
    next: u32,
    /// Numbers of complete lines in the file at the path.
    in_file: Vec<u32>,
    /// The line that was begun there.
    begun: Option<u32>,
    /// Every complete line.
    written: Vec<u32>,
    /// Lines whose bytes were destroyed at some time.
    destroyed: HashSet<u32>,
    /// Of those the ones no follower can know of: they came and went between two looks at a file of
    /// which nothing had been read, or their file is not the one of the last durable checkpoint.
    unknowable: HashSet<u32>,
    /// Whether something of what is in the file was there at some look.
    looked: bool,
    rotations: u32,
    /// Files that came in the place of another: each is left only after a grace of its own.
    replaced: u32,
}

impl Model {
    fn new() -> Self {
        let sizes = Sizes {
            joins: true,
            line: 400,
            first: 32,
            partial: 64,
        };
        let mut bench = Bench::with(
            Settings {
                sizes,
                ..Settings::default()
            },
            |path| {
                std::fs::write(path, "").unwrap();
            },
        );
        bench.poll();
        let mut model = Self {
            bench,
            next: 0,
            in_file: Vec::new(),
            begun: None,
            written: Vec::new(),
            destroyed: HashSet::new(),
            unknowable: HashSet::new(),
            looked: false,
            rotations: 0,
            replaced: 0,
        };
        // A source that was never read has no checkpoint, and so no history to be exact about.
        for op in [Op::Append(1), Op::Poll, Op::Durable] {
            model.apply(&op);
        }
        model
    }

    fn lines(&mut self, count: u8) -> String {
        let mut text = String::new();
        if let Some(begun) = self.begun.take() {
            text.push_str("-end\n");
            self.complete(begun);
        }
        for _ in 0..count {
            let number = self.next;
            self.next += 1;
            // Some lines are longer than the limit.
            let long = if number % 7 == 3 {
                "long ".repeat(100)
            } else {
                String::new()
            };
            writeln!(text, "#{number}# {long}").unwrap();
            self.complete(number);
        }
        text
    }

    /// A record of several lines, each with a number of its own.
    fn trace(&mut self, more: u8) -> String {
        let mut text = self.lines(0);
        for line in 0..=more {
            let number = self.next;
            self.next += 1;
            let head = if line == 0 {
                "2024-05-01 10:00:00 ERROR"
            } else {
                "   "
            };
            writeln!(text, "{head} #{number}# of a trace").unwrap();
            self.complete(number);
        }
        text
    }

    fn complete(&mut self, number: u32) {
        self.in_file.push(number);
        self.written.push(number);
    }

    /// The bytes of the file at the path are about to be gone.
    fn destroy(&mut self) {
        if !self.looked {
            self.unknowable.extend(&self.in_file);
        }
        self.looked = false;
        self.destroyed.extend(self.in_file.drain(..));
        self.begun = None;
    }

    fn look(&mut self) {
        self.looked |= !self.in_file.is_empty() || self.begun.is_some();
    }

    fn apply(&mut self, op: &Op) {
        match op {
            Op::Append(count) => {
                let text = self.lines(*count);
                self.bench.append(text);
            }
            Op::Trace(more) => {
                let text = self.trace(*more);
                self.bench.append(text);
            }
            Op::Begin => {
                if self.begun.is_none() {
                    self.begun = Some(self.next);
                    self.bench.append(format!("#{}# begun", self.next));
                    self.next += 1;
                }
            }
            Op::Poll => {
                self.bench.poll();
                self.look();
            }
            Op::Pass(millis) => {
                self.bench.pass(u64::from(*millis));
                self.look();
            }
            Op::Rotate { make } => {
                if !self.bench.path.exists() {
                    return;
                }
                self.rotations += 1;
                self.replaced += 1;
                next_birth(self.bench.path.parent().unwrap());
                self.bench.rename(&format!("app.log.{}", self.rotations));
                self.in_file.clear();
                self.looked = false;
                // What was begun stays as it is: a line without an end.
                if let Some(begun) = self.begun.take() {
                    self.written.push(begun);
                }
                if *make {
                    self.bench.append("");
                }
            }
            Op::Recreate => {
                // A follower that holds the file reads it to its end; seen or not, it is gone.
                if self.bench.path.exists() {
                    std::fs::remove_file(&self.bench.path).unwrap();
                }
                next_birth(self.bench.path.parent().unwrap());
                self.replaced += 1;
                self.destroy();
                self.bench.append("");
            }
            Op::Refill(count) => {
                self.destroy();
                let text = self.lines(*count);
                self.bench.refill(text);
            }
            Op::Restart { keep } => {
                let durable = self.bench.feed.look(|given| given.durable);
                let keep = durable + usize::from(*keep);
                self.bench.feed.crash(keep);
                let at = self
                    .bench
                    .feed
                    .checkpoint()
                    .and_then(|c| Checkpoint::decode(&c).ok());
                let here = std::fs::metadata(&self.bench.path)
                    .ok()
                    .map(|m| Identity::of(&m));
                let knows = at
                    .zip(here)
                    .is_some_and(|(at, here)| at.at > 0 && at.file.same(&here));
                if !knows {
                    self.unknowable.extend(&self.destroyed);
                }
                self.bench.restart(keep);
                self.look();
            }
            Op::Durable => self
                .bench
                .feed
                .change(|given| given.durable = given.batches.len()),
        }
    }

    fn check(mut self) -> Result<(), TestCaseError> {
        let end = self.lines(1);
        self.bench.append(end);
        for _ in 0..=self.replaced {
            self.bench.pass(1500);
        }
        let mut times: BTreeMap<u32, u32> = BTreeMap::new();
        let mut order = Vec::new();
        let records = self.bench.feed.look(joined);
        for line in records.iter().flat_map(|record| record.lines()) {
            let number: u32 = line
                .split('#')
                .nth(1)
                .and_then(|n| n.parse().ok())
                .ok_or_else(|| {
                    TestCaseError::fail(format!("a line that was never written: {line:?}"))
                })?;
            *times.entry(number).or_default() += 1;
            order.push(number);
        }
        for (number, times) in &times {
            prop_assert_eq!(*times, 1, "line {} came {} times", number, times);
        }
        prop_assert!(order.is_sorted(), "out of order: {:?}", order);
        let missing: Vec<u32> = self
            .written
            .iter()
            .copied()
            .filter(|n| !times.contains_key(n))
            .collect();
        let markers = self.bench.markers();
        for number in &missing {
            prop_assert!(
                self.destroyed.contains(number),
                "line {} was there to be read; markers {:?}",
                number,
                markers
            );
        }
        prop_assert!(
            !markers.is_empty() || missing.iter().all(|n| self.unknowable.contains(n)),
            "lines {:?} are missing and nothing says so",
            missing
        );
        Ok(())
    }
}

/// How many histories: `CROSSCUT_CASES`, or enough for every day.
pub(super) fn cases() -> u32 {
    std::env::var("CROSSCUT_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(2000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn each_line_comes_once_through_any_history(ops in prop::collection::vec(op(), 1..24)) {
        let mut model = Model::new();
        for op in &ops {
            model.apply(op);
        }
        model.check()?;
    }
}
