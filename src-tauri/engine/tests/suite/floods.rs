//! A flood from some sources starves no other.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crosscut_engine::source::{Batch, Lines};
use crosscut_model::RowFlags;
use serde_json::json;

use crate::support::{Bench, batch};

/// Sources that send as much as they can.
const FLOODS: usize = 4;
/// Lines of each batch of a flood: enough that the workers encode it.
const LINES: usize = 1_500;
/// Lines of the quiet source, and posts beside them.
const QUIET: usize = 20;
/// Batches of the floods that may be stored before a line that was sent is, on average: the queue's
/// sixteen, and one that each flood has in hand. Twice that, since floods may push in.
const BEFORE: u64 = 2 * (16 + FLOODS as u64);

fn flood() -> Batch {
    let mut lines = Lines::new();
    for n in 0..LINES {
        let line = format!("2026-11-21T10:15:00Z INFO request {n} took 12 ms of all there is");
        lines.push(line.as_bytes(), RowFlags::NONE);
    }
    Batch {
        lines,
        ..Batch::default()
    }
}

fn rows(bench: &Bench) -> u64 {
    let runs = bench.call("runs_list", &json!({})).unwrap();
    runs[0]["records"].as_u64().unwrap()
}

/// Ends the floods, also when what is tried fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_quiet_source_and_a_post_get_their_turn_amid_floods() {
    let bench = Bench::new();
    let done = AtomicBool::new(false);
    let risen = Barrier::new(FLOODS + 1);
    let feeds: Vec<_> = (0..FLOODS)
        .map(|n| bench.follow(&format!("flood {n}")))
        .collect();
    let quiet = bench.follow("quiet");
    let mut waited = 0;
    thread::scope(|scope| {
        let _end = End(&done);
        for feed in feeds {
            let (done, risen) = (&done, &risen);
            scope.spawn(move || {
                for _ in 0..8 {
                    feed.send(flood()).unwrap();
                }
                risen.wait();
                while !done.load(Ordering::Relaxed) {
                    feed.send(flood()).unwrap();
                }
            });
        }
        risen.wait();
        for n in 0..QUIET {
            let before = rows(&bench);
            quiet
                .send(batch(&[&format!("quiet {n}")], "", true))
                .unwrap();
            quiet.flush().unwrap();
            assert_eq!(bench.post("posted", &[&format!("posted {n}")]), 1);
            waited += rows(&bench) - before;
        }
    });
    let batches = waited / u64::try_from(LINES * QUIET).unwrap();
    assert!(
        batches <= BEFORE,
        "{batches} batches were stored before each line"
    );
    for query in ["source:=quiet", "source:=posted"] {
        let found = bench.call("search", &json!({"query": query, "limit": 100}));
        assert_eq!(
            found.unwrap()["records"].as_array().unwrap().len(),
            QUIET,
            "{query}"
        );
    }
}
