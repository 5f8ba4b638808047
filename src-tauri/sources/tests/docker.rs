//! Containers of a real daemon: one of our own, which a test may kill.
//!
//! Each test starts a private dockerd in a temporary folder and ends it again. Where there is no
//! dockerd, or it may not be started, the tests say so and pass.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::let_underscore_must_use,
    reason = "helpers of tests fail by panicking, tidy up as well as they can, and say what is skipped"
)]

#[path = "../src/recorder.rs"]
mod recorder;

#[path = "docker/daemon.rs"]
mod daemon;

#[path = "docker/life.rs"]
mod life;
#[path = "docker/rotation.rs"]
mod rotation;
#[path = "docker/selection.rs"]
mod selection;
#[path = "docker/upheaval.rs"]
mod upheaval;

use std::sync::Arc;

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Connection, Connector};
use crosscut_model::{SourceKind, SourceSpec, Stream};
use crosscut_sources::Connectors;
use daemon::Daemon;
use recorder::{Given, Recorder};

/// A runtime, connectors on a daemon, and a feed.
struct Bench {
    daemon: Daemon,
    runtime: tokio::runtime::Runtime,
    connectors: Connectors,
    feed: Arc<Recorder>,
}

impl Bench {
    /// Nothing when no daemon can be had here.
    fn new() -> Option<Self> {
        let daemon = Daemon::start()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let connectors =
            Connectors::with_docker_host(runtime.handle().clone(), Some(daemon.host()));
        Some(Self {
            daemon,
            runtime,
            connectors,
            feed: Recorder::new(),
        })
    }

    fn follow(&self, container: &str) -> Box<dyn Connection> {
        let spec = SourceSpec {
            kind: SourceKind::Docker,
            key: container.to_owned(),
            name: String::new(),
        };
        let spec = self.connectors.resolve(spec).unwrap();
        assert_eq!(
            (spec.key.as_str(), spec.name.as_str()),
            (container, container)
        );
        self.connectors.connect(&spec, self.feed.clone())
    }
}

impl Bench {
    /// Follows a container that was resolved before; the daemon may be away.
    fn follow_known(&self, container: &str) -> Box<dyn Connection> {
        let spec = SourceSpec {
            kind: SourceKind::Docker,
            key: container.to_owned(),
            name: container.to_owned(),
        };
        self.connectors.connect(&spec, self.feed.clone())
    }
}

/// The numbers behind a word at the beginning of lines: `out 7`.
fn numbers(given: &Given, stream: Stream, word: &str) -> Vec<u32> {
    let lines = given.texts(stream);
    lines
        .iter()
        .map(|line| {
            let number = line
                .strip_prefix(word)
                .and_then(|rest| rest.trim().parse().ok());
            number.unwrap_or_else(|| panic!("a line nobody wrote: {line:?}"))
        })
        .collect()
}

fn each_once(numbers: &[u32]) {
    let expected: Vec<u32> = (0..u32::try_from(numbers.len()).unwrap()).collect();
    assert_eq!(numbers, expected);
}

/// Writes `out N` and `err N`, about twenty of each a second.
const COUNTING: &str =
    "i=0; while :; do echo out $i; echo err $i >&2; i=$((i+1)); sleep 0.05; done";

#[test]
fn history_and_news_come_without_a_seam_streams_apart() {
    let Some(bench) = Bench::new() else { return };
    bench.daemon.run("counter", &[], COUNTING);
    bench.daemon.wait_for_log("counter", "out 10");
    let connection = bench.follow("counter");
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    bench.feed.wait("news", |given| {
        numbers(given, Stream::Stderr, "err ").len() > 40
    });
    connection.stop();
    bench.feed.look(|given| {
        each_once(&numbers(given, Stream::Stdout, "out "));
        each_once(&numbers(given, Stream::Stderr, "err "));
        assert!(given.batches.iter().any(|batch| !batch.live));
        assert!(given.batches.iter().any(|batch| batch.live));
        assert!(
            given
                .batches
                .iter()
                .all(|batch| batch.times.len() == batch.lines.len())
        );
        assert!(given.batches.iter().all(|batch| batch.checkpoint.is_some()));
    });
}

#[test]
fn a_read_goes_on_exactly_behind_its_checkpoint() {
    let Some(bench) = Bench::new() else { return };
    // Many lines of one time, in both streams.
    let burst = "i=0; while [ $i -lt 3000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done";
    bench.daemon.run("burst", &[], burst);
    bench.daemon.wait("burst");
    for keep in [0, 1, 2, 5, 40, 200] {
        bench.feed.change(|given| given.durable = 0);
        bench.feed.crash(keep);
        let connection = bench.follow("burst");
        bench
            .feed
            .wait("stopped", |given| given.code() == Some("container_stopped"));
        connection.stop();
        bench.feed.look(|given| {
            let out = numbers(given, Stream::Stdout, "out ");
            assert_eq!(out.len(), 3000, "kept {keep}");
            each_once(&out);
            each_once(&numbers(given, Stream::Stderr, "err "));
            let told = [
                "container burst was started",
                "container burst exited with code 0",
            ];
            assert_eq!(given.markers(), told);
        });
    }
}

#[test]
fn a_container_is_followed_through_stop_start_and_removal() {
    let Some(bench) = Bench::new() else { return };
    let script = "echo begin; trap 'echo bye; exit 3' TERM; while :; do sleep 0.05; done";
    bench.daemon.run("service", &[], script);
    let connection = bench.follow("service");
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    bench.daemon.docker(&["stop", "service"]);
    bench
        .feed
        .wait("stopped", |given| given.code() == Some("container_stopped"));
    bench.feed.look(|given| {
        assert_eq!(given.lines(), [b"begin", &b"bye"[..]]);
        let told = [
            "container service was started",
            "container service exited with code 3",
        ];
        assert_eq!(given.markers(), told);
    });
    bench.daemon.docker(&["start", "service"]);
    bench
        .feed
        .wait("the second begin", |given| given.lines().len() == 3);
    bench
        .feed
        .wait("Live again", |given| given.is(&SourceState::Live));
    bench.daemon.docker(&["restart", "service"]);
    bench
        .feed
        .wait("the third begin", |given| given.lines().len() == 5);
    bench.daemon.docker(&["rm", "-f", "service"]);
    bench
        .feed
        .wait("the end", |given| given.is(&SourceState::Ended));
    connection.stop();
    bench.feed.look(|given| {
        let markers = given.markers();
        let course = ["was started", "exited with code 3"];
        let course = [
            &course[..],
            &course,
            &["was started", "exited with code 137", "was removed"],
        ];
        let course: Vec<String> = course
            .concat()
            .iter()
            .map(|what| format!("container service {what}"))
            .collect();
        assert_eq!(markers, course);
        let expected: [&[u8]; 5] = [b"begin", b"bye", b"begin", b"bye", b"begin"];
        assert_eq!(given.lines(), expected);
    });
}

#[test]
fn long_and_unfinished_lines_are_whole() {
    let Some(bench) = Bench::new() else { return };
    let long = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo short; printf unfinished";
    bench.daemon.run("long", &[], long);
    bench.daemon.wait("long");
    let connection = bench.follow("long");
    bench
        .feed
        .wait("stopped", |given| given.code() == Some("container_stopped"));
    connection.stop();
    let lines = bench.feed.look(Given::lines);
    let lengths: Vec<usize> = lines.iter().map(Vec::len).collect();
    assert_eq!(lengths, [100_000, 5, 10]);
    assert!(lines[0].iter().all(|&byte| byte == b'x'));
}

#[test]
fn a_terminals_output_is_read_too() {
    let Some(bench) = Bench::new() else { return };
    let script = "echo first; echo second >&2; head -c 40000 /dev/zero | tr '\\0' y; echo; \
                  while :; do sleep 1; done";
    bench.daemon.run("terminal", &["--tty"], script);
    let connection = bench.follow("terminal");
    bench
        .feed
        .wait("three lines", |given| given.lines().len() == 3);
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    connection.stop();
    let lines = bench.feed.look(Given::lines);
    assert_eq!(lines[..2], [b"first\r".to_vec(), b"second\r".to_vec()]);
    assert_eq!(lines[2].len(), 40_001);
    assert!(lines[2].starts_with(b"yyyy") && lines[2].ends_with(b"y\r"));
    assert!(lines[2].iter().take(40_000).all(|&byte| byte == b'y'));
}

#[test]
fn a_daemon_killed_under_a_writing_container_costs_no_line() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.daemon.run("counter", &[], COUNTING);
    let connection = bench.follow("counter");
    bench
        .feed
        .wait("some lines", |given| given.texts(Stream::Stdout).len() > 20);
    bench.daemon.kill();
    bench.feed.wait("the loss", |given| {
        given.code() == Some("docker_unavailable")
    });
    let before = bench.feed.look(|given| given.texts(Stream::Stdout).len());
    bench.daemon.launch();
    bench
        .feed
        .wait("Live again", |given| given.is(&SourceState::Live));
    bench.feed.wait("news", |given| {
        given.texts(Stream::Stderr).len() > before + 60
    });
    connection.stop();
    bench.feed.look(|given| {
        each_once(&numbers(given, Stream::Stdout, "out "));
        each_once(&numbers(given, Stream::Stderr, "err "));
    });
}

#[test]
fn what_cannot_be_followed_says_why() {
    let Some(bench) = Bench::new() else { return };
    bench
        .daemon
        .run("silent", &["--log-driver", "none"], COUNTING);
    let listed = bench.connectors.containers();
    assert!(listed.docker.available);
    assert!(
        listed.docker.message.contains(&bench.daemon.host()),
        "{}",
        listed.docker.message
    );
    assert_eq!(listed.containers.len(), 1);
    assert!(listed.containers[0].running);
    let connection = bench.follow("silent");
    bench
        .feed
        .wait("the failure", |given| given.code() == Some("no_logs"));
    connection.stop();
    let nobody = SourceSpec {
        kind: SourceKind::Docker,
        key: "nobody".to_owned(),
        name: String::new(),
    };
    assert_eq!(
        bench.connectors.resolve(nobody).unwrap_err().code,
        "unknown_container"
    );
}
