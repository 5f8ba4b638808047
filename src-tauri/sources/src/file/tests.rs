//! How files are followed.

mod bytes;
mod folders;
mod joins;
mod live;
mod model;
mod paths;
mod replaced;
mod world;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_model::{RowFlags, Stream};

use super::follow::{Follower, Next};
use super::settings::Settings;
use crate::recorder::{Given, Recorder};

/// A file in a folder of its own, a feed, and a clock that tests move.
struct Bench {
    _folder: tempfile::TempDir,
    path: PathBuf,
    feed: Arc<Recorder>,
    now: Instant,
    settings: Settings,
    follower: Follower,
}

impl Bench {
    fn new() -> Self {
        Self::with(Settings::default(), |_| ())
    }

    fn with(settings: Settings, prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.log");
        prepare(&path);
        let feed = Recorder::new();
        let follower = Follower::new(path.clone(), "app.log".to_owned(), feed.clone(), settings);
        Self {
            _folder: folder,
            path,
            feed,
            now: Instant::now(),
            settings,
            follower,
        }
    }

    /// Polls until there is nothing more to do at once.
    fn poll(&mut self) -> Next {
        for _ in 0..10_000 {
            match self.follower.poll_once(self.now).unwrap() {
                Next::Again | Next::Soon => {}
                next @ (Next::Wait(_) | Next::Packed) => return next,
            }
        }
        panic!("the follower never rests");
    }

    /// Lets time pass, polling as a follower would.
    fn pass(&mut self, millis: u64) {
        for _ in 0..millis.div_ceil(100) {
            self.now += Duration::from_millis(100);
            self.poll();
        }
    }

    fn append(&self, bytes: impl AsRef<[u8]>) {
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path)
            .unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    /// Cuts the file and writes `bytes` into it.
    fn refill(&self, bytes: impl AsRef<[u8]>) {
        std::fs::write(&self.path, bytes).unwrap();
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "what is tested is what a rotation does"
    )]
    fn rename(&self, to: &str) {
        std::fs::rename(&self.path, self.path.with_file_name(to)).unwrap();
    }

    /// Ends the follower and starts another one on what is durable.
    fn restart(&mut self, keep: usize) {
        self.feed.crash(keep);
        self.follower = Follower::new(
            self.path.clone(),
            "app.log".to_owned(),
            self.feed.clone(),
            self.settings,
        );
        self.poll();
    }

    fn lines(&self) -> Vec<String> {
        self.feed.look(|given| {
            given
                .lines()
                .iter()
                .map(|l| String::from_utf8_lossy(l).into_owned())
                .collect()
        })
    }

    fn markers(&self) -> Vec<String> {
        self.feed.look(Given::markers)
    }

    fn code(&self) -> Option<String> {
        self.feed.look(|given| given.code().map(str::to_owned))
    }
}

/// Waits until a file made now has a later birth time than one made before.
fn next_birth(folder: &Path) {
    let born = |path: &Path| {
        std::fs::write(path, "").unwrap();
        let at = std::fs::metadata(path).unwrap().created().ok();
        std::fs::remove_file(path).unwrap();
        at
    };
    let probe = folder.join("probe");
    let first = born(&probe);
    while first.is_some() && born(&probe) == first {
        std::thread::yield_now();
    }
}

/// The stored bytes: each line with its newline, pieces joined.
fn stored_bytes(given: &Given) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (line, flags) in given.records(|stream| stream != Stream::System) {
        bytes.extend_from_slice(&line);
        if !flags.has(RowFlags::CONTINUES) {
            bytes.push(b'\n');
        }
    }
    bytes
}

/// The lines with their pieces joined; one that a marker cut off is left out.
fn joined(given: &Given) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for batch in &given.batches {
        for (piece, flags) in batch.lines.iter() {
            if batch.stream == Stream::System {
                line.clear();
                continue;
            }
            line.extend_from_slice(piece);
            if !flags.has(RowFlags::CONTINUES) {
                lines.push(String::from_utf8_lossy(&std::mem::take(&mut line)).into_owned());
            }
        }
    }
    lines
}
