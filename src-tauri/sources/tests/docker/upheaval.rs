//! Daemons killed and containers restarted at random moments.

use std::time::Duration;

use crosscut_engine::api::SourceState;
use crosscut_model::{Clock, Stream, SystemClock};

use super::{Bench, Given};

/// How many cases there are to be: `CROSSCUT_CASES`, or fewer in the everyday run.
pub(super) fn cases(usual: usize) -> usize {
    std::env::var("CROSSCUT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(usual)
}

/// Numbered lines of a numbered run, on both streams, a few hundred a second.
const RUNS: &str = "r=$(cat /run 2>/dev/null || echo 0); echo $((r+1)) > /run; i=0; \
                    while :; do echo out $r $i; echo err $r $i >&2; i=$((i+1)); \
                    [ $((i%8)) = 0 ] && sleep 0.02; done";

/// What chance says; the seed is printed, so that a failure can be had again.
struct Dice(u64);

impl Dice {
    fn new() -> Self {
        let seed = SystemClock.now().0.unsigned_abs() | 1;
        eprintln!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    /// Lets some time pass: moments at which the world changes are to be random.
    fn wait(&mut self) {
        std::thread::sleep(Duration::from_millis(self.below(700)));
    }
}

/// Ten kills and twenty restarts with `CROSSCUT_CASES=10`; two and four in the everyday run.
fn upheaval(options: &[&str]) {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let mut dice = Dice::new();
    bench.daemon.run("numbers", options, RUNS);
    let mut connection = bench.follow("numbers");
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    for case in 0..cases(2) {
        for _ in 0..2 {
            dice.wait();
            bench.daemon.docker(&["restart", "--time", "0", "numbers"]);
        }
        dice.wait();
        bench.daemon.kill();
        if case % 2 == 1 {
            // Crosscut may end and start again meanwhile, and have lost what was not durable.
            connection.stop();
            bench.feed.crash(0);
            connection = bench.follow_known("numbers");
        }
        dice.wait();
        bench.daemon.launch();
        let before = bench.feed.look(|given| given.lines().len());
        bench.feed.wait("news after the daemon came back", |given| {
            given.lines().len() > before && given.is(&SourceState::Live)
        });
    }
    bench.daemon.docker(&["stop", "--time", "0", "numbers"]);
    bench
        .feed
        .wait("stopped", |given| given.code() == Some("container_stopped"));
    connection.stop();
    // What the daemon has is the truth: a killed one may lose lines that it had not written yet.
    let (out, err) = bench.daemon.logs("numbers");
    bench.feed.look(|given| {
        assert_same(&given.texts(Stream::Stdout), &out);
        assert_same(&given.texts(Stream::Stderr), &err);
        assert!(!given.markers().iter().any(|told| told.contains("missing")));
        assert_told(given, cases(2));
    });
}

fn assert_same(read: &[String], kept: &[String]) {
    let differs = read.iter().zip(kept).position(|(a, b)| a != b);
    let shorter = read.len().min(kept.len());
    assert_eq!(
        differs,
        None,
        "{} {}",
        read[differs.unwrap_or(0)],
        kept[differs.unwrap_or(0)]
    );
    assert_eq!(
        read.len(),
        kept.len(),
        "after {:?}",
        kept.get(shorter.saturating_sub(1))
    );
}

/// Every start and every end once, in turns.
fn assert_told(given: &Given, kills: usize) {
    let markers = given.markers();
    let starts = markers
        .iter()
        .filter(|told| told.ends_with("was started"))
        .count();
    assert_eq!(starts, 1 + 2 * kills, "{markers:#?}");
    for pair in markers.windows(2) {
        let begins = |told: &String| told.ends_with("was started");
        assert!(begins(&pair[0]) != begins(&pair[1]), "{markers:#?}");
    }
}

#[test]
fn daemons_killed_and_containers_restarted_at_random_cost_no_line_and_double_none() {
    upheaval(&[]);
}

#[test]
fn the_same_holds_for_a_log_that_rotates() {
    upheaval(&["--log-opt", "max-size=200k", "--log-opt", "max-file=500"]);
}
