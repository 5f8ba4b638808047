//! A disk that fills up while a file is written: told within a second, read all the while, and
//! nothing lost once there is room again.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Start, corpus, is_root};

/// How long a full disk may go unnoticed.
const NOTICED_WITHIN: Duration = Duration::from_secs(1);

/// A file system of 16 MiB in memory, until dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// Nothing, and why is said, where none can be had.
    fn mount() -> Option<Self> {
        if !is_root("mounting a small disk") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs"])
            .arg(folder.path());
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(folder)),
            other => {
                eprintln!("skipped: a tmpfs cannot be mounted: {other:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all the room there is.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut file = File::create(&path).unwrap();
        let block = [7_u8; 4096];
        loop {
            match file.write_all(&block) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return path,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg(self.path()).status().ok();
    }
}

/// Somebody who appends numbered lines to a file, a few hundred at a time, until stopped.
struct Flood {
    enough: Arc<AtomicBool>,
    work: JoinHandle<u64>,
}

impl Flood {
    fn start(path: &Path) -> Self {
        let mut file = File::create(path).unwrap();
        let enough = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&enough);
        let work = thread::spawn(move || {
            let mut written = 0;
            while !stop.load(Ordering::Acquire) {
                let next = written + 200;
                let text = corpus::numbered("flood", written..next);
                file.write_all(text.as_bytes()).unwrap();
                written = next;
                thread::sleep(Duration::from_millis(10));
            }
            written
        });
        Self { enough, work }
    }

    /// Ends it; how many lines it has written.
    fn stop(self) -> u64 {
        self.enough.store(true, Ordering::Release);
        self.work.join().unwrap()
    }
}

#[test]
fn a_full_disk_is_told_within_a_second_and_costs_no_line() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flood.log");
    let flood = Flood::start(&file);
    let crosscut = Start::on(&disk.path().join("data")).file(&file).serve();
    let records = || {
        let source = crosscut.source("flood.log");
        source.map_or(0, |source| source["records"].as_u64().unwrap())
    };
    crosscut.until("some lines", || (records() > 2_000).then_some(()));
    assert_eq!(
        crosscut.post("/ingest", "text/plain", "there is room").0,
        200
    );

    let ballast = disk.fill();
    let full = Instant::now();
    let notice = crosscut.until("the notice", || crosscut.notice("disk_full"));
    let noticed = full.elapsed();
    assert!(noticed < NOTICED_WITHIN, "noticed after {noticed:?}");
    assert_eq!(notice["kind"], "error");
    assert!(!notice["hint"].as_str().unwrap().is_empty());
    let message = notice["message"].as_str().unwrap();
    crosscut.says(message);

    let (status, reply) = crosscut.post("/ingest", "text/plain", "there is none");
    assert_eq!(status, 507, "{reply}");
    assert_eq!(reply["error"]["code"], "disk_full");
    // What is stored can be read and searched.
    assert_eq!(
        crosscut.text("/raw?query=flood&tail=10").lines().count(),
        10
    );
    let view = crosscut.api("view_open", &json!({ "client": "test", "query": "" }));
    let rows = json!({ "view": view["view"], "start": 0, "count": 10 });
    let rows = crosscut.api("view_rows", &rows);
    assert_eq!(rows["rows"].as_array().unwrap().len(), 10);

    fs::remove_file(ballast).unwrap();
    crosscut.until("the notice taken back", || {
        crosscut.notice("disk_full").is_none().then_some(())
    });
    let written = flood.stop();
    crosscut.live("flood.log", written);
    assert_eq!(
        crosscut
            .post("/ingest", "text/plain", "there is room again")
            .0,
        200
    );
    let lines = crosscut.lines("flood.log");
    let numbers: Vec<u64> = lines
        .iter()
        .map(|line| corpus::number("flood", line))
        .collect();
    corpus::assert_each_once(&numbers, written);
    assert_eq!(
        crosscut.lines("http"),
        ["there is room", "there is room again"]
    );
}

#[test]
fn killed_on_a_full_disk_it_starts_again_and_goes_on() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flood.log");
    let flood = Flood::start(&file);
    let start = Start::on(&disk.path().join("data")).file(&file);
    let crosscut = start.serve();
    crosscut.until("some lines", || {
        let source = crosscut.source("flood.log")?;
        (source["records"].as_u64().unwrap() > 2_000).then_some(())
    });
    let ballast = disk.fill();
    crosscut.until("the notice", || crosscut.notice("disk_full"));
    crosscut.kill();

    let crosscut = start.serve();
    crosscut.until("the notice after the start", || {
        crosscut.notice("disk_full")
    });
    assert_eq!(crosscut.text("/raw?tail=10").lines().count(), 10);
    fs::remove_file(ballast).unwrap();
    crosscut.until("the notice taken back", || {
        crosscut.notice("disk_full").is_none().then_some(())
    });
    let written = flood.stop();
    crosscut.live("flood.log", written);
    let lines = crosscut.lines("flood.log");
    let numbers: Vec<u64> = lines
        .iter()
        .map(|line| corpus::number("flood", line))
        .collect();
    corpus::assert_each_once(&numbers, written);
}

/// `server/tests/http/shippers/limits.rs` has the same for a port that is busy.
#[test]
fn a_full_disk_is_told_to_each_protocol_in_its_own_way() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let crosscut = Start::on(&disk.path().join("data")).serve();
    let loki = r#"{"streams":[{"stream":{"app":"a"},"values":[["1","x"]]}]}"#;
    let bulk = "{\"index\":{\"_index\":\"a\"}}\n{\"n\":1}\n";
    let sentry = "{}\n{\"type\":\"event\"}\n{\"message\":\"x\"}";
    let otlp =
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}"#;
    let json = "application/json";
    let table = [
        ("/ingest", "text/plain", "x", 507),
        ("/loki/api/v1/push", json, loki, 507),
        ("/_bulk", "application/x-ndjson", bulk, 503),
        ("/a/_doc", json, "{}", 503),
        ("/ingest/clef", "application/vnd.serilog.clef", "{}", 503),
        ("/services/collector", json, "{\"event\":1}", 503),
        ("/services/collector/raw", json, "x", 503),
        ("/api/v2/logs", json, "{\"message\":\"x\"}", 507),
        ("/api/log", json, "{\"logs\":[{\"log\":\"x\"}]}", 507),
        ("/stream", "text/plain", sentry, 503),
        ("/api/1/envelope/", "text/plain", sentry, 503),
        ("/v1/logs", json, otlp, 503),
    ];
    for (path, kind, body, _) in table {
        let (status, reply) = crosscut.post(path, kind, body);
        assert!((200..300).contains(&status), "{path}: {reply}");
    }
    let ballast = disk.fill();
    // What is left of a file's last block is room too.
    while crosscut.post("/ingest", "text/plain", "x").0 == 200 {}
    let before = crosscut.text("/raw?format=jsonl");
    for (path, kind, body, refused) in table {
        let (status, reply) = crosscut.post(path, kind, body);
        assert_eq!(status, refused, "{path}: {reply}");
        assert_eq!(reply["error"]["code"], "disk_full", "{path}: {reply}");
    }
    assert_eq!(crosscut.text("/raw?format=jsonl"), before);
    fs::remove_file(ballast).unwrap();
    for (path, kind, body, _) in table {
        let (status, reply) = crosscut.post(path, kind, body);
        assert!((200..300).contains(&status), "{path}: {reply}");
    }
}
