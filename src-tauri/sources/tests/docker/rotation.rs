//! Logs that the daemon rotates while they are written, read and lost.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::Connector;
use crosscut_model::{SourceKind, SourceSpec, Stream};
use crosscut_sources::Connectors;

use super::upheaval::cases;
use super::{Bench, Given};

/// Writes so many numbered lines of about 140 bytes as the daemon stores them, as fast as it can,
/// once it is told to.
fn burst(lines: u32) -> String {
    let filler = "x".repeat(70);
    format!(
        "while [ ! -e /go ]; do sleep 0.05; done; i=0; while [ $i -lt {lines} ]; do \
         echo $i {filler}; i=$((i+1)); done; while :; do sleep 1; done"
    )
}

fn numbers(lines: &[String]) -> Vec<u32> {
    let number = |line: &String| line.split(' ').next()?.parse().ok();
    lines
        .iter()
        .map(|line| number(line).unwrap_or_else(|| panic!("a line nobody wrote: {line:?}")))
        .collect()
}

fn follow_burst(bench: &Bench, options: &[&str], lines: u32) -> Vec<u32> {
    bench.daemon.run("burst", options, &burst(lines));
    let connection = bench.follow("burst");
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    bench
        .daemon
        .docker(&["exec", "burst", "/bin/busybox", "touch", "/go"]);
    let last = format!("{} ", lines - 1);
    let over = |given: &Given| {
        let newest = given.batches.iter().rev();
        let mut newest = newest.filter(|batch| batch.stream == Stream::Stdout);
        let line = newest.next().and_then(|batch| batch.lines.iter().last());
        line.is_some_and(|(line, _)| line.starts_with(last.as_bytes()))
    };
    // However long it takes, as long as it goes on.
    while !bench.feed.look(over) {
        let before = bench.feed.look(|given| given.batches.len());
        let more = |given: &Given| given.batches.len() > before;
        bench.feed.wait("more lines", more);
    }
    connection.stop();
    bench
        .feed
        .look(|given| numbers(&given.texts(Stream::Stdout)))
}

/// With `CROSSCUT_CASES=10` all the 200,000 lines in files of 10 MB; else a tenth of both.
#[test]
fn what_a_follow_would_skip_when_the_daemon_rotates_is_there_in_order_and_once() {
    let Some(bench) = Bench::new() else { return };
    let (lines, size) = if cases(1) >= 10 {
        (200_000, "max-size=10m")
    } else {
        (20_000, "max-size=1m")
    };
    let options = ["--log-opt", size, "--log-opt", "max-file=3"];
    let read = follow_burst(&bench, &options, lines);
    assert_eq!(read.len(), lines as usize);
    assert!(read.iter().copied().eq(0..lines));
    let markers = bench.feed.look(Given::markers);
    assert_eq!(markers, ["container burst was started"]);
}

#[test]
fn what_the_daemon_threw_away_before_it_could_be_read_is_marked() {
    let Some(bench) = Bench::new() else { return };
    let options = ["--log-opt", "max-size=20k", "--log-opt", "max-file=2"];
    let read = follow_burst(&bench, &options, 20_000);
    let holes = read
        .windows(2)
        .filter(|pair| pair[1] != pair[0] + 1)
        .count();
    assert!(read.is_sorted_by(|a, b| a < b), "doubled or out of order");
    let markers = bench.feed.look(Given::markers);
    let told = markers
        .iter()
        .filter(|marker| marker.contains("may be missing"));
    // A file may begin right behind what was read: then a marker tells of a hole that is none.
    assert!(holes > 0, "nothing was lost: the burst is too slow");
    assert!(told.count() >= holes, "{holes} holes, {markers:?}");
}

#[test]
fn the_last_words_of_a_container_that_is_removed_at_once_are_there_though_its_log_rotates() {
    let Some(bench) = Bench::new() else { return };
    let options: [&[&str]; 2] = [
        &["--rm", "--log-opt", "max-size=1m"],
        &["--rm", "--log-driver", "local"],
    ];
    for (number, options) in options.iter().cycle().take(6).enumerate() {
        let name = format!("brief{number}");
        let script = "while [ ! -e /go ]; do sleep 0.05; done; i=0; \
                      while [ $i -lt 100 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done";
        bench.daemon.run(&name, options, script);
        bench.feed.change(|given| *given = Given::default());
        let connection = bench.follow(&name);
        bench
            .feed
            .wait("Live", |given| given.is(&SourceState::Live));
        bench
            .daemon
            .docker(&["exec", &name, "/bin/busybox", "touch", "/go"]);
        bench
            .feed
            .wait("the end", |given| given.is(&SourceState::Ended));
        connection.stop();
        bench.feed.look(|given| {
            let expected =
                |word: &str| -> Vec<String> { (0..100).map(|i| format!("{word} {i}")).collect() };
            assert_eq!(given.texts(Stream::Stdout), expected("out"), "{options:?}");
            assert_eq!(given.texts(Stream::Stderr), expected("err"), "{options:?}");
            let told = ["was started", "exited with code 0", "was removed"];
            let told = told.map(|what| format!("container {name} {what}"));
            assert_eq!(given.markers(), told);
        });
    }
}

#[test]
fn a_slow_log_that_rotates_comes_line_by_line_and_at_once() {
    let Some(bench) = Bench::new() else { return };
    let options = ["--log-opt", "max-size=2k", "--log-opt", "max-file=50"];
    let script = "i=0; while [ $i -lt 300 ]; do echo out $i; echo err $i >&2; i=$((i+1)); \
                  sleep 0.01; done";
    bench.daemon.run("slow", &options, script);
    let connection = bench.follow("slow");
    bench
        .feed
        .wait("stopped", |given| given.code() == Some("container_stopped"));
    connection.stop();
    bench.feed.look(|given| {
        let expected =
            |word: &str| -> Vec<String> { (0..300).map(|i| format!("{word} {i}")).collect() };
        assert_eq!(given.texts(Stream::Stdout), expected("out"));
        assert_eq!(given.texts(Stream::Stderr), expected("err"));
        assert!(given.batches.iter().filter(|batch| batch.live).count() > 20);
        let told = [
            "container slow was started",
            "container slow exited with code 0",
        ];
        assert_eq!(given.markers(), told);
    });
}

/// What a full disk leaves of a line; the daemon's plain reads end at it, and do not say so.
const TORN: &[u8] = b"{\"log\":\"torn\0\0\0\0\n";

#[test]
fn a_log_that_is_torn_is_read_on_behind_it_and_marked() {
    let Some(bench) = Bench::new() else { return };
    // As many lines as a tail reaches back over, and more.
    let script = "echo out 0; while [ ! -e /go ]; do sleep 0.05; done; i=1; \
                  while [ $i -lt 40 ]; do echo out $i; i=$((i+1)); done; \
                  while [ ! -e /end ]; do sleep 0.05; done; echo out 40";
    for (name, options) in [
        ("plain", &[][..]),
        ("rotated", &["--log-opt", "max-size=1m"]),
    ] {
        bench.daemon.run(name, options, script);
        bench.feed.change(|given| *given = Given::default());
        let connection = bench.follow(name);
        bench
            .feed
            .wait("the first", |given| given.lines().len() == 1);
        bench
            .feed
            .wait("Live", |given| given.is(&SourceState::Live));
        let log = bench
            .daemon
            .docker(&["inspect", "--format", "{{.LogPath}}", name]);
        let mut log = std::fs::OpenOptions::new()
            .append(true)
            .open(log.trim())
            .unwrap();
        log.write_all(TORN).unwrap();
        let touch = |file: &str| {
            bench
                .daemon
                .docker(&["exec", name, "/bin/busybox", "touch", file]);
        };
        touch("/go");
        bench.feed.wait("the lines behind", |given| {
            given.texts(Stream::Stdout).last().map(String::as_str) == Some("out 39")
        });
        touch("/end");
        bench
            .feed
            .wait("the end", |given| given.code() == Some("container_stopped"));
        connection.stop();
        bench.feed.look(|given| {
            let lines = super::numbers(given, Stream::Stdout, "out ");
            assert_eq!(lines.last(), Some(&40), "{name}");
            assert!(lines.is_sorted_by(|a, b| a < b), "{name}: {lines:?}");
            assert!(lines.len() > 35, "{name}: {lines:?}");
            let markers = given.markers();
            let told = markers.iter().any(|told| told.contains("may be missing"));
            assert!(told || lines.len() == 41, "{name}: {markers:?}");
        });
    }
}

/// Stands before the daemon, and says of reads that are not of a log's tail what newer daemons say of
/// one that is torn: its first line, and that it cannot be read on.
fn torn_behind(first: &str, daemon: String) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("torn.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let framed = |stream: u8, text: &str| {
        let length = u32::try_from(text.len()).unwrap().to_be_bytes();
        [&[stream, 0, 0, 0], &length[..], text.as_bytes()].concat()
    };
    let told = framed(3, "Error grabbing logs: invalid character\n");
    let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    let answer = [&head[..], &framed(1, first), &told].concat();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut asked = [0; 4096];
            let Ok(length @ 1..) = client.read(&mut asked) else {
                continue;
            };
            let asked = asked[..length].to_vec();
            let text = String::from_utf8_lossy(&asked).into_owned();
            if text.contains("/logs?") && !text.contains("tail=") {
                client.write_all(&answer).ok();
                continue;
            }
            let mut server = UnixStream::connect(&daemon).unwrap();
            server.write_all(&asked).unwrap();
            let (mut back, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || {
                std::io::copy(&mut back, &mut to).ok();
                to.shutdown(std::net::Shutdown::Both).ok();
            });
            std::thread::spawn(move || {
                std::io::copy(&mut client, &mut server).ok();
                server.shutdown(std::net::Shutdown::Both).ok();
            });
        }
    });
    (folder, format!("unix://{}", path.display()))
}

#[test]
fn a_log_that_the_daemon_says_it_cannot_read_on_is_read_from_its_end_and_marked() {
    let Some(bench) = Bench::new() else { return };
    let script = "echo out 0; echo out 1; echo out 2; while [ ! -e /go ]; do sleep 0.05; done; \
                  echo out 3; while :; do sleep 1; done";
    bench.daemon.run("torn", &[], script);
    bench.daemon.wait_for_log("torn", "out 2");
    let stamped = bench.daemon.docker(&["logs", "--timestamps", "torn"]);
    let first = format!("{}\n", stamped.lines().next().unwrap());
    let daemon = bench.daemon.host().replace("unix://", "");
    let (_folder, host) = torn_behind(&first, daemon);
    let connectors = Connectors::with_docker_host(bench.runtime.handle().clone(), Some(host));
    let spec = SourceSpec {
        kind: SourceKind::Docker,
        key: "torn".to_owned(),
        name: "torn".to_owned(),
    };
    let connection = connectors.connect(&spec, bench.feed.clone());
    bench
        .feed
        .wait("the last", |given| given.lines().len() == 2);
    bench
        .daemon
        .docker(&["exec", "torn", "/bin/busybox", "touch", "/go"]);
    bench
        .feed
        .wait("what came since", |given| given.lines().len() == 3);
    connection.stop();
    bench.feed.look(|given| {
        // The second line lies between what can be read from either end.
        assert_eq!(given.texts(Stream::Stdout), ["out 0", "out 2", "out 3"]);
        let markers = given.markers();
        let gaps = markers
            .iter()
            .filter(|told| told.contains("may be missing"));
        assert_eq!(gaps.count(), 1, "{markers:?}");
    });
}

#[test]
fn what_lies_behind_a_tear_in_a_stopped_containers_log_is_marked() {
    let Some(bench) = Bench::new() else { return };
    bench.daemon.run("torn", &[], "echo out 0; echo out 1");
    bench.daemon.wait("torn");
    let log = bench
        .daemon
        .docker(&["inspect", "--format", "{{.LogPath}}", "torn"]);
    let kept = std::fs::read(log.trim()).unwrap();
    let end = kept.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let (before, behind) = kept.split_at(end);
    std::fs::write(log.trim(), [before, TORN, behind].concat()).unwrap();
    let connection = bench.follow("torn");
    bench
        .feed
        .wait("the end", |given| given.code() == Some("container_stopped"));
    connection.stop();
    bench.feed.look(|given| {
        assert_eq!(given.texts(Stream::Stdout), ["out 0", "out 1"]);
        assert!(
            given
                .markers()
                .iter()
                .any(|told| told.contains("may be missing"))
        );
    });
}
