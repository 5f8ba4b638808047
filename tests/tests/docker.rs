//! `crosscut serve --docker NAME` on a real daemon: one of our own, in a temporary folder.
//!
//! Where there is no dockerd, or it may not be started, the tests say so and pass.

#[path = "../../src-tauri/sources/tests/docker/daemon.rs"]
#[expect(
    dead_code,
    clippy::let_underscore_must_use,
    reason = "it belongs to the tests of the sources, which use more of it"
)]
pub(crate) mod daemon;

use serde_json::json;

use crate::support::{Crosscut, Record, Start};
use daemon::Daemon;

/// Writes `out N` and `err N`, about twenty of each a second.
const COUNTING: &str =
    "i=0; while :; do echo out $i; echo err $i >&2; i=$((i+1)); sleep 0.05; done";

/// The numbers that a stream's lines carry behind this word.
fn numbers(records: &[Record], stream: &str, word: &str) -> Vec<u64> {
    let own = records.iter().filter(|record| record.stream == stream);
    own.map(|record| {
        let number = record
            .line
            .strip_prefix(word)
            .and_then(|rest| rest.parse().ok());
        number.unwrap_or_else(|| panic!("a line nobody wrote: {record:?}"))
    })
    .collect()
}

fn assert_each_once(crosscut: &Crosscut, container: &str) -> usize {
    let records = crosscut.records(&format!("source={container}"));
    let out = numbers(&records, "stdout", "out ");
    for numbers in [&out, &numbers(&records, "stderr", "err ")] {
        let all: Vec<u64> = (0..numbers.len() as u64).collect();
        assert_eq!(*numbers, all);
    }
    out.len()
}

/// Waits until so many records of a container are stored.
fn wait_for(crosscut: &Crosscut, container: &str, records: u64) {
    crosscut.until(&format!("{records} records of {container}"), || {
        let source = crosscut.source(container)?;
        (source["records"].as_u64().unwrap() >= records).then_some(())
    });
}

#[test]
fn a_container_is_followed_from_its_first_line_streams_apart_and_over_a_crash() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    daemon.run("counter", &[], COUNTING);
    daemon.wait_for_log("counter", "out 10");
    let folder = tempfile::tempdir().unwrap();
    let start = || Start::on(&folder.path().join("data")).docker(daemon.host());
    let named = start().argument("--docker").argument("counter");

    let crosscut = named.serve();
    let source = crosscut.state("counter", "live");
    assert_eq!(source["kind"], "docker");
    let list = crosscut.api("docker_containers", &json!({}));
    assert_eq!(list["docker"]["available"], true);
    let containers = list["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    assert_eq!(containers[0]["name"], "counter");
    assert_eq!(containers[0]["running"], true);
    assert_eq!(containers[0]["followed"], true);
    wait_for(&crosscut, "counter", 60);
    let before = assert_each_once(&crosscut, "counter");
    assert!(before > 10, "history is missing: {before}");
    crosscut.kill();

    // Nobody names it again: the run remembers.
    let crosscut = start().serve();
    wait_for(&crosscut, "counter", 2 * before as u64 + 60);
    assert_each_once(&crosscut, "counter");
    daemon.docker(&["stop", "--time", "0", "counter"]);
    let source = crosscut.state("counter", "waiting");
    assert_eq!(source["code"], "container_stopped");
    crosscut.says("counter");
    let marker = crosscut.records("source=counter&stream=system");
    assert_eq!(marker.len(), 2, "{marker:?}");
    assert!(marker[0].line.contains("was started"), "{marker:?}");
    assert!(marker[1].line.contains("exited"), "{marker:?}");
}

#[test]
fn all_containers_are_followed_and_new_ones_join_with_what_is_known_of_them() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    daemon.run("first", &[], COUNTING);
    let folder = tempfile::tempdir().unwrap();
    let start = Start::on(&folder.path().join("data")).docker(daemon.host());
    let crosscut = start.argument("--docker").serve();
    crosscut.state("first", "live");
    let label = |what: &str| format!("--label=com.docker.compose.{what}");
    let labels = [label("project=shop"), label("service=web")];
    let labels = labels.each_ref().map(String::as_str);
    daemon.run("shop-web-1", &labels, COUNTING);
    crosscut.state("shop-web-1", "live");
    wait_for(&crosscut, "shop-web-1", 20);
    // One that takes its name goes on as the same source.
    daemon.docker(&["rm", "-f", "shop-web-1"]);
    daemon.run("shop-web-1", &labels, COUNTING);
    crosscut.until("the next container of the name", || {
        let told = crosscut.records("source=shop-web-1&stream=system");
        let starts = told
            .iter()
            .filter(|record| record.line.ends_with("was started"));
        (starts.count() == 2).then_some(())
    });
    assert_each_once(&crosscut, "first");
}

#[test]
fn a_container_that_is_not_there_is_refused_and_the_rest_works() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let start = Start::on(&folder.path().join("data")).docker(daemon.host());
    let crosscut = start.argument("--docker").argument("nobody").serve();
    let line = crosscut.says("nobody");
    assert!(line.contains("nobody"), "{line}");
    assert_eq!(crosscut.post("/ingest", "text/plain", "works").0, 200);
}

#[test]
fn without_a_daemon_it_says_so_and_the_rest_works() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start::on(&folder.path().join("data"));
    let crosscut = start.argument("--docker").argument("counter").serve();
    crosscut.says("counter");
    let list = crosscut.api("docker_containers", &json!({}));
    assert_eq!(list["docker"]["available"], false);
    assert!(!list["docker"]["message"].as_str().unwrap().is_empty());
    assert!(!list["docker"]["hint"].as_str().unwrap().is_empty());
    assert_eq!(crosscut.post("/ingest", "text/plain", "works").0, 200);
}
