//! `kill -9` at random moments, while a file is written and a client posts: each line once.
//!
//! The oracle is the numbers in the lines. Of the file every number must be there once and in
//! order, whatever was killed when; of the posts each one that was answered must be there once, and
//! one that was not answered at most once.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use reqwest::blocking::Client;

use crate::support::{Crosscut, DEADLINE, Start, corpus};

/// Lines that are appended to the followed file.
const LINES: u64 = 200_000;
/// Kills at least, however fast the writer is.
const KILLS: usize = 8;
/// How long it lives at most between two of them.
const LIFE: u64 = 900;

/// Random numbers from a seed that a failing test tells.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let seed = RandomState::new().hash_one(0_u8) | 1;
        eprintln!("seed {seed:#x}");
        Self(seed)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// Appends all lines in pieces of any size, which mostly end within a line.
fn write_file(path: &Path, mut chance: Chance) -> JoinHandle<()> {
    let mut file = File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    thread::spawn(move || {
        let text = corpus::numbered("file", 0..LINES);
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let size = usize::try_from(1 + chance.below(30_000)).unwrap();
            let (piece, behind) = rest.split_at(size.min(rest.len()));
            file.write_all(piece).unwrap();
            rest = behind;
            thread::sleep(Duration::from_millis(chance.below(10)));
        }
    })
}

/// A client that posts numbered lines to wherever the port is now, and remembers what was answered.
struct Client200 {
    port: Arc<Mutex<Option<String>>>,
    enough: Arc<AtomicBool>,
    work: JoinHandle<Posted>,
}

/// Numbers that were posted: how many in all, and which were answered with 200.
struct Posted {
    sent: u64,
    answered: Vec<u64>,
}

impl Client200 {
    fn start(mut chance: Chance) -> Self {
        let port = Arc::new(Mutex::new(None::<String>));
        let enough = Arc::new(AtomicBool::new(false));
        let (url, stop) = (Arc::clone(&port), Arc::clone(&enough));
        let work = thread::spawn(move || {
            let http = Client::builder()
                .no_proxy()
                .timeout(DEADLINE)
                .build()
                .unwrap();
            let mut posted = Posted {
                sent: 0,
                answered: Vec::new(),
            };
            while !stop.load(Ordering::Acquire) {
                let Some(url) = url.lock().unwrap().clone() else {
                    thread::sleep(Duration::from_millis(1));
                    continue;
                };
                let numbers = posted.sent..posted.sent + 1 + chance.below(40);
                posted.sent = numbers.end;
                let body = corpus::numbered("post", numbers.clone());
                let request = http.post(format!("{url}/ingest?source=client"));
                let reply = request
                    .header("content-type", "text/plain")
                    .body(body)
                    .send();
                if reply.is_ok_and(|reply| reply.status() == 200) {
                    posted.answered.extend(numbers);
                }
            }
            posted
        });
        Self { port, enough, work }
    }

    /// Where to post from now on; nowhere while nobody is there.
    fn turn_to(&self, crosscut: Option<&Crosscut>) {
        *self.port.lock().unwrap() = crosscut.map(|crosscut| crosscut.url().to_owned());
    }

    fn stop(self) -> Posted {
        self.enough.store(true, Ordering::Release);
        self.work.join().unwrap()
    }
}

#[test]
fn killed_at_any_moment_it_has_each_line_of_a_file_once_and_each_answered_post_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("numbers.log");
    File::create(&file).unwrap();
    let start = Start::on(&folder.path().join("data")).file(&file);
    let mut chance = Chance::new();
    let writer = write_file(&file, Chance(chance.0 ^ 0x5555));
    let client = Client200::start(Chance(chance.0 ^ 0x3333));

    let mut kills = 0;
    while kills < KILLS || !writer.is_finished() {
        if chance.below(4) == 0 {
            // Within its start, where it mends what the last kill left.
            let crosscut = start.spawn();
            thread::sleep(Duration::from_millis(chance.below(LIFE / 4)));
            crosscut.kill();
        } else {
            let crosscut = start.serve();
            client.turn_to(Some(&crosscut));
            thread::sleep(Duration::from_millis(chance.below(LIFE)));
            client.turn_to(None);
            crosscut.kill();
        }
        kills += 1;
    }
    writer.join().unwrap();

    let crosscut = start.serve();
    client.turn_to(Some(&crosscut));
    crosscut.live("numbers.log", LINES);
    let posted = client.stop();
    eprintln!(
        "{kills} kills, {} lines posted, {} of them answered",
        posted.sent,
        posted.answered.len()
    );
    assert!(
        !posted.answered.is_empty(),
        "no post came between the kills"
    );

    let records = crosscut.records("");
    let seqs: Vec<u64> = records.iter().map(|record| record.seq - 1).collect();
    corpus::assert_each_once(&seqs, records.len() as u64);
    let numbers = |source: &str, name: &str| -> Vec<u64> {
        let own = records.iter().filter(|record| record.source == source);
        own.map(|record| corpus::number(name, &record.line))
            .collect()
    };
    corpus::assert_each_once(&numbers("numbers.log", "file"), LINES);

    let mut times: HashMap<u64, u32> = HashMap::new();
    for number in numbers("client", "post") {
        *times.entry(number).or_default() += 1;
    }
    let doubled: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    assert!(doubled.is_empty(), "stored more than once: {doubled:?}");
    let lost: Vec<_> = posted
        .answered
        .iter()
        .filter(|number| !times.contains_key(number))
        .collect();
    assert!(lost.is_empty(), "answered and not stored: {lost:?}");
    assert_eq!(
        records
            .iter()
            .filter(|record| record.stream == "system")
            .count(),
        0
    );
}

#[test]
fn killed_while_it_loads_a_large_file_it_goes_on_and_has_each_line_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.log");
    std::fs::write(&file, corpus::numbered("file", 0..LINES)).unwrap();
    let start = Start::on(&folder.path().join("data")).file(&file);
    let mut chance = Chance::new();
    let mut before = 0;
    for kill in 0..KILLS {
        let crosscut = start.serve();
        let records = || {
            let source = crosscut.source("large.log");
            source.map_or(0, |source| source["records"].as_u64().unwrap())
        };
        assert!(records() >= before, "kill {kill} took stored lines along");
        thread::sleep(Duration::from_millis(chance.below(60)));
        before = records();
        crosscut.kill();
    }
    let crosscut = start.serve();
    crosscut.live("large.log", LINES);
    let lines = crosscut.lines("large.log");
    let numbers: Vec<u64> = lines
        .iter()
        .map(|line| corpus::number("file", line))
        .collect();
    corpus::assert_each_once(&numbers, LINES);
}
