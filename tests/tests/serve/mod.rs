//! `crosscut serve`: what it prints, what its port answers, how it ends, and who comes second.

mod inputs;
mod port;
mod search;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use crate::support::{Crosscut, DEADLINE, Ending, Start};

/// A folder with a data directory to be in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file with this in it.
    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn start(&self) -> Start {
        Start::on(&self.data())
    }
}

fn append(path: &Path, text: &str) {
    use std::io::Write;
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn shop() -> String {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop.jsonl");
    fs::read_to_string(fixture).unwrap()
}

#[test]
fn a_file_is_followed_and_every_line_can_be_read() {
    let place = Place::new();
    let text = shop();
    let file = place.file("shop.jsonl", &text);
    let crosscut = place.start().file(&file).serve();
    let lines: Vec<&str> = text.lines().collect();
    crosscut.live("shop.jsonl", lines.len() as u64);

    assert_eq!(crosscut.lines("shop.jsonl"), lines);
    let plain = crosscut.text("/raw?tail=1");
    assert_eq!(plain, format!("[shop.jsonl] {}\n", lines[lines.len() - 1]));
    let array: Vec<serde_json::Value> =
        serde_json::from_str(&crosscut.text("/raw?format=json&limit=3")).unwrap();
    assert_eq!(array[2]["seq"], 3);
    let errors = crosscut.records("query=level:error");
    assert!(!errors.is_empty());
    assert!(errors.iter().all(|record| record.level == "error"));
    let with_error = lines
        .iter()
        .filter(|line| line.contains(r#""level":"error""#));
    assert_eq!(errors.len(), with_error.count());

    append(&file, "{\"level\":\"info\",\"msg\":\"one more\"}\n");
    crosscut.live("shop.jsonl", lines.len() as u64 + 1);
    assert!(crosscut.text("/raw?tail=1").ends_with("\"one more\"}\n"));
}

#[test]
fn the_address_that_is_printed_is_the_page_and_health_needs_no_token() {
    let place = Place::new();
    let crosscut = place.start().serve();
    assert!(
        crosscut.url().starts_with("http://127.0.0.1:"),
        "{}",
        crosscut.page()
    );
    assert!(crosscut.token().len() >= 32);
    let page = reqwest::blocking::get(crosscut.page()).unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().unwrap().contains("<title>"));
    let health = reqwest::blocking::get(format!("{}/health", crosscut.url())).unwrap();
    let health: serde_json::Value = health.json().unwrap();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["name"], "crosscut");
    let status = crosscut.api("status", &json!({}));
    assert_eq!(health["run"], status["currentRun"]);
    let refused = reqwest::blocking::get(format!("{}/raw", crosscut.url())).unwrap();
    assert_eq!(refused.status(), 401);
}

#[test]
fn a_signal_ends_it_with_code_0_and_it_goes_on_where_it_was() {
    let place = Place::new();
    let file = place.file("app.log", "one\ntwo\n");
    let mut records = 2;
    for ending in [Ending::Terminate, Ending::Interrupt] {
        let crosscut = place.start().file(&file).serve();
        crosscut.live("app.log", records);
        assert!(place.data().join("endpoint.json").exists());
        let stream = crosscut.stream("tail=0");
        let status = crosscut.end(ending);
        assert_eq!(status.code(), Some(0), "{ending:?}");
        assert!(stream.closes(DEADLINE));
        assert!(!place.data().join("endpoint.json").exists());
        append(&file, "written while nobody looked\n");
        records += 1;
    }
    // Nobody names the file again: the run remembers what it follows.
    let crosscut = place.start().serve();
    crosscut.live("app.log", records);
    let lines = crosscut.lines("app.log");
    let missed = "written while nobody looked";
    assert_eq!(lines, ["one", "two", missed, missed]);
}

#[test]
fn a_second_start_hands_its_file_to_the_first_and_ends() {
    let place = Place::new();
    let first_file = place.file("first.log", "of the first\n");
    let second_file = place.file("second.log", "of the second\n");
    let first = place.start().file(&first_file).serve();
    let second = place.start().file(&second_file).run();
    let errors = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(0), "{errors}");
    assert_eq!(String::from_utf8_lossy(&second.stdout).trim(), first.page());
    assert!(errors.contains("belongs to a running Crosscut"), "{errors}");
    first.live("second.log", 1);
    assert_eq!(first.lines("second.log"), ["of the second"]);
    assert_eq!(first.lines("first.log"), ["of the first"]);
    // A file that is named again is the same source.
    let third = place.start().file(&first_file).run();
    assert_eq!(third.status.code(), Some(0));
    let sources = first.api("sources_list", &json!({}));
    assert_eq!(sources.as_array().unwrap().len(), 2);
}

#[test]
fn a_port_of_a_stranger_makes_way_to_the_next_and_it_is_said() {
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = stranger.local_addr().unwrap().port();
    let place = Place::new();
    let crosscut = place.start().port(port).serve();
    let got = crosscut.url().rsplit(':').next().unwrap();
    assert_ne!(got, port.to_string());
    let line = crosscut.says("is held by another program");
    assert!(
        line.contains(&port.to_string()) && line.contains(got),
        "{line}"
    );
    let notice = crosscut.notice("port_taken").unwrap();
    assert_eq!(notice["kind"], "warning");
    assert_eq!(crosscut.post("/ingest", "text/plain", "still works").0, 200);
}

#[test]
fn a_port_of_another_crosscut_is_told_from_a_strangers() {
    let (one, other) = (Place::new(), Place::new());
    let first = one.start().serve();
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let second = other.start().port(port).serve();
    assert_ne!(first.url(), second.url());
    second.says("is held by another Crosscut");
}

/// The records of the current run, without what tells of when.
fn told(crosscut: &Crosscut) -> Vec<(u64, String, String, String)> {
    let records = crosscut.records("");
    let row = |r: crate::support::Record| (r.seq, r.source, r.stream, r.line);
    records.into_iter().map(row).collect()
}
