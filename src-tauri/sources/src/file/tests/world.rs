//! Random histories of a folder against a model: its finder, and a follower for each file it finds.
//!
//! Lines are numbered over all files. Files come, grow, are rotated, linked, and vanish when they have
//! been read; finder and followers are started again at any time. In the end each line has come once,
//! over all sources together, and in order within each.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::model::cases;
use super::*;
use crate::file::find::{Finder, Limits};

#[derive(Debug, Clone)]
enum Op {
    /// Lines to the log of this number.
    Append(u8, u8),
    /// Rename it to a name with a number; the next line makes a new one.
    Rotate(u8),
    /// A second name for it.
    Link(u8),
    /// Look, and follow what was found.
    Look,
    Pass(u16),
    /// End, and start again from what is durable: everything.
    Restart,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0u8..4, 1u8..4).prop_map(|(log, lines)| Op::Append(log, lines)),
        2 => (0u8..4).prop_map(Op::Rotate),
        1 => (0u8..4).prop_map(Op::Link),
        4 => Just(Op::Look),
        3 => (100u16..900).prop_map(Op::Pass),
        2 => Just(Op::Restart),
    ]
}

struct Source {
    feed: Arc<Recorder>,
    follower: Follower,
}

struct World {
    folder: tempfile::TempDir,
    feed: Arc<Recorder>,
    finder: Finder,
    sources: BTreeMap<String, Source>,
    now: Instant,
    next: u32,
    rotations: u32,
    links: u32,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let feed = Recorder::new();
        let key = folder.path().to_str().unwrap().to_owned();
        let finder = Finder::new(&key, feed.clone(), Limits::default()).unwrap();
        Self {
            folder,
            feed,
            finder,
            sources: BTreeMap::new(),
            now: Instant::now(),
            next: 0,
            rotations: 0,
            links: 0,
        }
    }

    fn log(&self, number: u8) -> PathBuf {
        self.folder
            .path()
            .join(["app.log", "db.log", "sub/app.log", "out.txt"][usize::from(number)])
    }

    fn look(&mut self) {
        self.finder.look(self.now).unwrap();
        let found = self.feed.look(|given| given.found.clone());
        for spec in found {
            self.sources.entry(spec.key.clone()).or_insert_with(|| {
                let feed = Recorder::new();
                let path = PathBuf::from(&spec.key);
                let follower =
                    Follower::new(path, spec.name.clone(), feed.clone(), Settings::default());
                Source { feed, follower }
            });
        }
        self.poll();
    }

    fn poll(&mut self) {
        for source in self.sources.values_mut() {
            while matches!(
                source.follower.poll_once(self.now).unwrap(),
                Next::Again | Next::Soon
            ) {}
        }
    }

    fn pass(&mut self, millis: u16) {
        for _ in 0..millis.div_ceil(100) {
            self.now += Duration::from_millis(100);
            self.poll();
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "what is tested is what a rotation does"
    )]
    fn apply(&mut self, op: &Op) {
        match op {
            Op::Append(log, lines) => {
                let path = self.log(*log);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                let mut file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(path)
                    .unwrap();
                for _ in 0..*lines {
                    writeln!(file, "#{}# a line", self.next).unwrap();
                    self.next += 1;
                }
            }
            Op::Rotate(log) => {
                let path = self.log(*log);
                // What was never found before it was rotated is what a folder leaves alone.
                if !path.exists() || !self.sources.contains_key(path.to_str().unwrap()) {
                    return;
                }
                next_birth(self.folder.path());
                self.rotations += 1;
                let name = path.file_name().unwrap().to_str().unwrap();
                let to = path.with_file_name(format!("{name}.{}", self.rotations));
                std::fs::rename(&path, to).unwrap();
                next_birth(self.folder.path());
            }
            Op::Link(log) => {
                let path = self.log(*log);
                if path.exists() {
                    self.links += 1;
                    let link = self.folder.path().join(format!("link{}.log", self.links));
                    std::os::unix::fs::symlink(path, link).unwrap();
                }
            }
            Op::Look => self.look(),
            Op::Pass(millis) => self.pass(*millis),
            Op::Restart => {
                let key = self.folder.path().to_str().unwrap().to_owned();
                self.finder = Finder::new(&key, self.feed.clone(), Limits::default()).unwrap();
                for (key, source) in &mut self.sources {
                    source.follower = Follower::new(
                        PathBuf::from(key),
                        key.clone(),
                        source.feed.clone(),
                        Settings::default(),
                    );
                }
                self.poll();
            }
        }
    }

    fn check(mut self) -> Result<(), TestCaseError> {
        self.look();
        // What was rotated away twice between two looks is found behind the next new file.
        for log in 0..4 {
            if self.sources.contains_key(self.log(log).to_str().unwrap()) {
                self.apply(&Op::Append(log, 1));
            }
        }
        for _ in 0..=self.rotations {
            self.pass(1500);
        }
        let mut times: BTreeMap<u32, u32> = BTreeMap::new();
        for (key, source) in &self.sources {
            let mut order = Vec::new();
            for record in source.feed.look(joined) {
                let number: u32 = record.split('#').nth(1).unwrap().parse().unwrap();
                *times.entry(number).or_default() += 1;
                order.push(number);
            }
            prop_assert!(order.is_sorted(), "{}: out of order: {:?}", key, order);
            let markers = source.feed.look(Given::markers);
            prop_assert!(markers.is_empty(), "{}: {:?}", key, markers);
        }
        for number in 0..self.next {
            let times = times.get(&number).copied().unwrap_or(0);
            prop_assert_eq!(times, 1, "line {} came {} times", number, times);
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 4, max_shrink_iters: 1000, ..ProptestConfig::default() })]

    #[test]
    fn each_line_of_a_folder_comes_once_through_any_history(ops in prop::collection::vec(op(), 1..24)) {
        let mut world = World::new();
        for op in &ops {
            world.apply(op);
        }
        world.check()?;
    }
}
