//! Runs that are kept, and runs that go.

use std::path::Path;
use std::time::{Duration, Instant};

use crosscut_engine::Retention;
use crosscut_engine::api::Event;
use serde_json::{Value, json};

use crate::support::{Bench, event};

fn names(bench: &Bench) -> Vec<String> {
    let runs = bench.call("runs_list", &json!({})).unwrap();
    let name = |run: &Value| run["name"].as_str().unwrap().to_owned();
    runs.as_array().unwrap().iter().map(name).collect()
}

fn run_named(bench: &Bench, name: &str) -> Value {
    let runs = bench.call("runs_list", &json!({})).unwrap();
    let runs = runs.as_array().unwrap();
    runs.iter().find(|run| run["name"] == name).unwrap().clone()
}

/// Waits until something holds.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::yield_now();
    }
}

#[tokio::test]
async fn old_runs_go_but_pinned_ones_and_the_one_being_looked_at_stay_and_it_is_told() {
    let retention = Retention {
        max_runs: Some(1),
        ..Retention::FOREVER
    };
    let bench = Bench::keeping(retention);
    let mut events = bench.workbench.events("test");
    for name in ["pinned", "looked at", "old", "last", "now"] {
        let run = bench.call("run_new", &json!({ "name": name })).unwrap();
        bench.post("app", &["one"]);
        match name {
            "pinned" => {
                let args = json!({ "run": run["id"], "pinned": true });
                assert_eq!(bench.call("run_pin", &args).unwrap()["pinned"], true);
            }
            "looked at" => {
                bench.view("");
            }
            _ => {}
        }
    }
    let message = event(&mut events, |event| match event {
        Event::Notice { notice } if notice.code == "runs_deleted" => Some(notice.message),
        _ => None,
    });
    let message = message.await;
    assert!(message.contains("(1 old runs are kept)"), "{message}");
    until("only what is kept is there", || {
        names(&bench) == ["now", "last", "looked at", "pinned"]
    });
    assert_eq!(run_named(&bench, "pinned")["pinned"], true);

    let bench = bench.reopen();
    let run = run_named(&bench, "pinned");
    let args = json!({ "run": run["id"], "pinned": false });
    assert_eq!(bench.call("run_pin", &args).unwrap()["pinned"], false);
}

/// Files below a directory that are deleted but held, by this process.
#[cfg(target_os = "linux")]
fn held(dir: &Path) -> Vec<String> {
    let dir = dir.to_str().unwrap();
    let links = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let open =
        links.filter_map(|link| Some(std::fs::read_link(link.path()).ok()?.display().to_string()));
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mapped = maps.lines().map(str::to_owned);
    let is_held = |name: &String| name.contains(dir) && name.ends_with("(deleted)");
    open.chain(mapped).filter(is_held).collect()
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_deleted_while_it_is_searched_and_indexed_gives_its_space_back() {
    let bench = Bench::new();
    let lines: Vec<String> = (0..20_000).map(|n| format!("line {n} of many")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    bench.post("app", &lines);
    let run = bench.call("status", &json!({})).unwrap()["currentRun"].clone();
    let view = bench.view("line");
    until("the search has found some", || !bench.seqs(view).is_empty());
    bench.view("many -7");
    bench.call("run_delete", &json!({ "run": run })).unwrap();
    let runs = bench.dir().join("runs");
    assert!(!runs.join(run.as_str().unwrap()).exists());
    until("nothing of it is held", || held(&runs).is_empty());
}

#[tokio::test]
async fn a_frame_damaged_while_the_run_is_open_is_told() {
    let bench = Bench::new();
    bench.post("app", &["one", "two"]);
    let run = bench.call("status", &json!({})).unwrap()["currentRun"].clone();
    let mut events = bench.workbench.events("test");
    let path = bench.dir().join("runs").join(run.as_str().unwrap());
    let path = path.join("frames-00000.log");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let view = bench.view("");
    assert_eq!(bench.seqs(view), [1, 2]);
    let message = event(&mut events, |event| match event {
        Event::Notice { notice } if notice.code == "frame_damaged" => Some(notice.message),
        _ => None,
    });
    assert!(message.await.contains("the text of 2 records, from 1 on"));
}
