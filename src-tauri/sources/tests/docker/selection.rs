//! Containers found by a selection.

use std::sync::Arc;

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Connection, Connector};
use crosscut_model::{SourceKind, SourceSpec, Stream};

use super::Bench;
use super::recorder::Recorder;
use super::upheaval::cases;

fn select(bench: &Bench, key: &str) -> Box<dyn Connection> {
    let spec = SourceSpec {
        kind: SourceKind::Containers,
        key: key.to_owned(),
        name: String::new(),
    };
    let spec = bench.connectors.resolve(spec).unwrap();
    bench.connectors.connect(&spec, bench.feed.clone())
}

/// Follows a container that was found, as the engine does.
fn join(bench: &Bench, name: &str) -> (Arc<Recorder>, Box<dyn Connection>) {
    bench.feed.wait(name, |given| {
        given.found.iter().any(|found| found.key == name)
    });
    let found = bench
        .feed
        .look(|given| given.found.iter().find(|found| found.key == name).cloned());
    let spec = bench.connectors.resolve(found.unwrap()).unwrap();
    let feed = Recorder::new();
    let connection = bench.connectors.connect(&spec, feed.clone());
    (feed, connection)
}

const IDLE: &str = "echo here; while :; do sleep 1; done";

#[test]
fn a_compose_projects_containers_are_found_now_and_as_they_start() {
    let Some(bench) = Bench::new() else { return };
    let project = |name: &str, service: &str| {
        let label = |name: &str, value: &str| format!("--label=com.docker.compose.{name}={value}");
        let labels = [label("project", "shop"), label("service", service)];
        bench
            .daemon
            .run(name, &labels.each_ref().map(String::as_str), IDLE);
    };
    project("shop-web-1", "web");
    bench.daemon.run(
        "stranger",
        &["--label=com.docker.compose.project=other"],
        IDLE,
    );
    let selection = select(&bench, "project:shop");
    bench.feed.wait("one", |given| {
        given.is(&SourceState::Watching { sources: 1 })
    });
    project("shop-db-1", "db");
    bench.feed.wait("two", |given| {
        given.is(&SourceState::Watching { sources: 2 })
    });
    let found: Vec<String> = bench
        .feed
        .look(|given| given.found.iter().map(|found| found.name.clone()).collect());
    assert_eq!(found, ["shop-web-1", "shop-db-1"]);
    let again = SourceSpec {
        kind: SourceKind::Docker,
        key: "shop-db-1".to_owned(),
        name: String::new(),
    };
    assert_eq!(bench.connectors.resolve(again).unwrap().name, "shop-db-1");
    let (feed, connection) = join(&bench, "shop-db-1");
    feed.wait("its line", |given| given.lines() == [b"here"]);
    let told = feed.look(|given| given.attributes.clone());
    let told: Vec<(&str, &str)> = told
        .iter()
        .filter(|(name, _)| *name != "container.id")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("compose.project", "shop"),
            ("compose.service", "db"),
            ("container.image", "crosscut-test"),
            ("container.name", "shop-db-1"),
        ]
    );
    bench.daemon.docker(&["rm", "-f", "shop-web-1"]);
    bench.feed.wait("one again", |given| {
        given.is(&SourceState::Watching { sources: 1 })
    });
    let listed = bench.connectors.containers().containers;
    let db = listed
        .iter()
        .find(|listed| listed.name == "shop-db-1")
        .unwrap();
    assert_eq!(
        (db.project.as_deref(), db.service.as_deref()),
        (Some("shop"), Some("db"))
    );
    connection.stop();
    selection.stop();
}

#[test]
fn short_lived_containers_are_caught_from_their_start() {
    let Some(bench) = Bench::new() else { return };
    let selection = select(&bench, "all");
    bench.feed.wait("the selection", |given| {
        given.code() == Some("no_containers")
    });
    for number in 0..4 * cases(2) {
        let name = format!("brief{number}");
        let script = format!("echo one {number}; echo two {number} >&2; exit 5");
        bench.daemon.run(&name, &["--rm"], &script);
        let (feed, connection) = join(&bench, &name);
        feed.wait("its end", |given| given.is(&SourceState::Ended));
        connection.stop();
        feed.look(|given| {
            let mut lines = given.lines();
            lines.sort();
            let expected = ["one", "two"].map(|word| format!("{word} {number}").into_bytes());
            assert_eq!(lines, expected);
            let told = ["was started", "exited with code 5", "was removed"];
            let told = told.map(|what| format!("container {name} {what}"));
            assert_eq!(given.markers(), told);
            assert_eq!(given.attributes.get("container.name"), Some(&name));
        });
    }
    selection.stop();
}

#[test]
fn each_run_of_a_short_lived_container_of_one_name_is_caught() {
    let Some(bench) = Bench::new() else { return };
    let selection = select(&bench, "all");
    bench.feed.wait("the selection", |given| {
        given.code() == Some("no_containers")
    });
    let run = |number: usize| {
        let script = format!("echo run {number}");
        let options = ["run", "--rm", "--network", "none", "--name", "job"];
        let command = ["crosscut-test", "/bin/busybox", "sh", "-c", &script];
        bench.daemon.docker(&[&options[..], &command].concat());
    };
    run(0);
    let (feed, connection) = join(&bench, "job");
    // The follower is held up for some of them.
    feed.wait("the end", |given| given.is(&SourceState::Ended));
    feed.change(|given| given.full = true);
    (1..4).for_each(run);
    feed.change(|given| given.full = false);
    let runs = 4 * cases(2);
    (4..runs).for_each(run);
    let expected: Vec<String> = (0..runs).map(|number| format!("run {number}")).collect();
    feed.wait("all runs", |given| given.lines().len() >= runs);
    feed.wait("the end", |given| given.is(&SourceState::Ended));
    connection.stop();
    assert_eq!(feed.look(|given| given.texts(Stream::Stdout)), expected);
    selection.stop();
}

#[test]
fn a_selection_survives_its_daemon() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.daemon.run("first", &[], IDLE);
    let selection = select(&bench, "name:*r*");
    bench.feed.wait("first", |given| given.found.len() == 1);
    bench.daemon.kill();
    bench.feed.wait("the loss", |given| {
        given.code() == Some("docker_unavailable")
    });
    bench.daemon.launch();
    bench.daemon.run("third", &[], IDLE);
    bench.feed.wait("third", |given| {
        given.is(&SourceState::Watching { sources: 2 })
    });
    selection.stop();
}

#[test]
fn what_selects_nothing_is_refused() {
    let Some(bench) = Bench::new() else { return };
    let spec = SourceSpec {
        kind: SourceKind::Containers,
        key: "colour:red".to_owned(),
        name: String::new(),
    };
    assert_eq!(
        bench.connectors.resolve(spec).unwrap_err().code,
        "bad_selection"
    );
}
