//! What happens to containers, told once and with its time; and only questions are asked.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::Connector;
use crosscut_model::{Level, SourceKind, SourceSpec, Stream};
use crosscut_sources::Connectors;

use super::{Bench, COUNTING};

const IDLE: &str = "echo here; while :; do sleep 0.1; done";

#[test]
fn a_container_recreated_under_its_name_goes_on_as_the_same_source() {
    let Some(bench) = Bench::new() else { return };
    bench.daemon.run("web", &[], IDLE);
    let connection = bench.follow("web");
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    for times in 2..4 {
        bench.daemon.docker(&["rm", "-f", "web"]);
        bench.daemon.run("web", &[], IDLE);
        bench
            .feed
            .wait("its line again", |given| given.lines().len() == times);
    }
    // As compose did once: the new one comes while the old one has another name.
    bench.daemon.docker(&["rename", "web", "old_web"]);
    bench.daemon.docker(&["stop", "--time", "0", "old_web"]);
    bench.daemon.run("web", &[], IDLE);
    bench
        .feed
        .wait("the fourth", |given| given.lines().len() == 4);
    connection.stop();
    bench.feed.look(|given| {
        let markers = given.markers();
        let recreated = markers.iter().filter(|told| told.contains("recreated"));
        assert_eq!(recreated.count(), 3, "{markers:#?}");
        let starts = markers.iter().filter(|told| told.ends_with("was started"));
        assert_eq!(starts.count(), 4, "{markers:#?}");
        let ends = markers
            .iter()
            .filter(|told| told.contains("exited with code 137"));
        assert_eq!(ends.count(), 3, "{markers:#?}");
    });
}

#[test]
fn lines_stay_apart_from_when_the_settings_say_so_and_in_what_takes_its_place_too() {
    const TRACE: &str = "printf 'ERROR it broke\\n\\tat a.B.c(B.java:1)\\n'";
    let Some(bench) = Bench::new() else { return };
    let script = format!(
        "{TRACE}; while [ ! -e /go ]; do sleep 0.05; done; {TRACE}; while :; do sleep 0.1; done"
    );
    bench.daemon.run("web", &[], &script);
    let connection = bench.follow("web");
    bench
        .feed
        .wait("the trace", |given| given.lines().len() == 1);
    bench
        .feed
        .wait("Live", |given| given.is(&SourceState::Live));
    bench.feed.change(|given| given.apart = true);
    // Something happens, so that the follower looks at the settings.
    bench.daemon.docker(&["restart", "--time", "0", "web"]);
    bench
        .feed
        .wait("two lines", |given| given.lines().len() == 3);
    bench.daemon.docker(&["rm", "-f", "web"]);
    bench.daemon.run("web", &[], &script);
    bench
        .feed
        .wait("two more", |given| given.lines().len() >= 5);
    connection.stop();
    bench.feed.look(|given| assert_eq!(given.lines().len(), 5));
}

#[test]
fn ends_are_told_by_their_gravity_and_with_their_time() {
    let Some(bench) = Bench::new() else { return };
    bench.daemon.run("fails", &[], "sleep 0.2; exit 7");
    let connection = bench.follow("fails");
    bench
        .feed
        .wait("the end", |given| given.markers().len() == 2);
    connection.stop();
    bench.feed.look(|given| {
        let told: Vec<_> = given
            .batches
            .iter()
            .filter(|batch| batch.stream == Stream::System)
            .collect();
        assert_eq!(told[0].level, Some(Level::Info));
        assert_eq!(told[1].level, Some(Level::Error));
        let apart = told[1].times[0].0 - told[0].times[0].0;
        assert!((100_000_000..20_000_000_000).contains(&apart), "{apart}");
    });
}

#[test]
fn a_health_check_that_changes_its_mind_is_told_each_time() {
    let Some(bench) = Bench::new() else { return };
    let check = [
        "--health-cmd",
        "test ! -e /ill",
        "--health-interval",
        "100ms",
        "--health-retries",
        "1",
    ];
    bench.daemon.run("patient", &check, IDLE);
    let connection = bench.follow("patient");
    let exec = |words: &[&str]| {
        bench
            .daemon
            .docker(&[&["exec", "patient", "/bin/busybox"], words].concat());
    };
    let told = |what: &str, times: usize| {
        let text = format!("container patient is {what}");
        bench.feed.wait(&text, |given| {
            given
                .markers()
                .iter()
                .filter(|told| told.starts_with(&text))
                .count()
                == times
        });
    };
    told("healthy", 1);
    exec(&["touch", "/ill"]);
    told("unhealthy", 1);
    exec(&["rm", "/ill"]);
    told("healthy", 2);
    connection.stop();
}

/// Passes everything on between a client and the daemon, and keeps what the client says.
fn tap(daemon: String, said: Arc<Mutex<Vec<u8>>>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tap.sock");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut server = UnixStream::connect(&daemon).unwrap();
            let (mut back, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut back, &mut to));
            let said = Arc::clone(&said);
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = client.read(&mut buffer) {
                    said.lock().unwrap().extend(&buffer[..read]);
                    server.write_all(&buffer[..read]).unwrap();
                }
                server.shutdown(std::net::Shutdown::Both).ok();
            });
        }
    });
    let host = format!("unix://{}", path.display());
    (folder, host)
}

#[test]
fn the_daemon_is_asked_and_never_told_anything() {
    let Some(bench) = Bench::new() else { return };
    bench.daemon.run("plain", &[], COUNTING);
    bench
        .daemon
        .run("rotated", &["--log-opt", "max-size=1m"], COUNTING);
    let said = Arc::new(Mutex::new(Vec::new()));
    let daemon = bench.daemon.host().replace("unix://", "");
    let (_folder, host) = tap(daemon, Arc::clone(&said));
    let connectors = Connectors::with_docker_host(bench.runtime.handle().clone(), Some(host));
    let mut connections = Vec::new();
    for (kind, key) in [
        (SourceKind::Docker, "plain"),
        (SourceKind::Docker, "rotated"),
        (SourceKind::Containers, "all"),
    ] {
        let spec = SourceSpec {
            kind,
            key: key.to_owned(),
            name: String::new(),
        };
        let spec = connectors.resolve(spec).unwrap();
        connections.push(connectors.connect(&spec, bench.feed.clone()));
    }
    bench
        .feed
        .wait("lines of both", |given| given.lines().len() > 200);
    bench.daemon.docker(&["restart", "--time", "0", "plain"]);
    bench.feed.wait("the restart", |given| {
        given
            .markers()
            .iter()
            .any(|told| told == "container plain exited with code 137")
    });
    for connection in connections {
        connection.stop();
    }
    let said = String::from_utf8(said.lock().unwrap().clone()).unwrap();
    let requests: Vec<&str> = said
        .lines()
        .filter(|line| line.ends_with("HTTP/1.1"))
        .collect();
    assert!(requests.len() > 10);
    assert!(
        requests.iter().all(|request| request.starts_with("GET ")),
        "{requests:#?}"
    );
    assert!(!said.to_ascii_lowercase().contains("content-length: 1"));
}
