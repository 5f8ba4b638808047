//! The port: every form of a post, reading, live streams.

use serde_json::{Value, json};

use super::{Place, told};
use crate::support::DEADLINE;

const JSON: &str = "application/json";

/// What a post was answered with: status, accepted, rejected.
fn counts((status, reply): (u16, Value)) -> (u16, u64, u64) {
    let count = |key: &str| reply[key].as_u64().unwrap();
    assert_eq!(reply["success"], true);
    assert!(reply["runId"].as_str().is_some_and(|run| !run.is_empty()));
    (status, count("accepted"), count("rejected"))
}

#[test]
fn every_form_of_a_post_is_stored_line_by_line() {
    let place = Place::new();
    let crosscut = place.start().serve();
    let post =
        |path: &str, kind: &str, body: &str| counts(crosscut.post(path, kind, body.to_owned()));
    let envelope = r#"{"source":"api","lines":["plain",{"level":"warn","msg":"object"}]}"#;
    assert_eq!(post("/ingest", JSON, envelope), (200, 2, 0));
    let ndjson = "{\"msg\":\"first\"}\n{\"msg\":\"second\"}\n";
    let kind = "application/x-ndjson";
    assert_eq!(post("/ingest?source=nd", kind, ndjson), (200, 2, 0));
    let array = r#"[{"msg":"in an array"},"and a string"]"#;
    assert_eq!(post("/ingest?source=array", JSON, array), (200, 2, 0));
    assert_eq!(
        post("/ingest?source=one", JSON, r#"{"msg":"alone"}"#),
        (200, 1, 0)
    );
    assert_eq!(
        post("/ingest?source=text", "text/plain", "a\nb\n\nc"),
        (200, 4, 0)
    );
    let mapped = r#"{"at":"2026-11-21T10:00:00Z","body":"mapped"}"#;
    let path = "/ingest?source=mapped&_msg_field=body&_time_field=at";
    assert_eq!(post(path, JSON, mapped), (200, 1, 0));
    // What `curl -d` sends when nobody names a type.
    let form = "application/x-www-form-urlencoded";
    assert_eq!(
        post("/ingest", form, r#"{"lines":["from curl"]}"#),
        (200, 1, 0)
    );

    let told: Vec<_> = told(&crosscut);
    let of = |source: &str| -> Vec<&str> {
        let own = told.iter().filter(|(_, name, ..)| name == source);
        own.map(|(.., line)| line.as_str()).collect()
    };
    assert_eq!(of("api"), ["plain", r#"{"level":"warn","msg":"object"}"#]);
    assert_eq!(of("nd"), [r#"{"msg":"first"}"#, r#"{"msg":"second"}"#]);
    assert_eq!(of("array"), [r#"{"msg":"in an array"}"#, "and a string"]);
    assert_eq!(of("one"), [r#"{"msg":"alone"}"#]);
    assert_eq!(of("text"), ["a", "b", "", "c"]);
    assert_eq!(of("http"), ["from curl"]);
    let seqs: Vec<u64> = told.iter().map(|(seq, ..)| *seq).collect();
    assert_eq!(seqs, (1..=13).collect::<Vec<u64>>());
    let mapped = &crosscut.records("source=mapped")[0];
    assert!(mapped.line.contains("mapped"));
    let page = crosscut.text("/raw?format=json&source=mapped");
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page[0]["message"], "mapped");
    assert!(
        page[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-21T10:00:00")
    );
}

#[test]
fn a_broken_line_costs_nobody_else_and_is_kept() {
    let place = Place::new();
    let crosscut = place.start().serve();
    let body = "{\"msg\":\"good\"}\n{\"msg\":\"cut of\n{\"msg\":\"good too\"}\n";
    let reply = crosscut.post("/ingest?source=nd", "application/x-ndjson", body);
    assert_eq!(counts(reply), (200, 2, 1));
    let mut lines = crosscut.lines("nd");
    lines.sort();
    assert_eq!(
        lines,
        [
            "{\"msg\":\"cut of",
            "{\"msg\":\"good too\"}",
            "{\"msg\":\"good\"}"
        ]
    );
    let broken = crosscut.records("stream=system");
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].line, "{\"msg\":\"cut of");
}

#[test]
fn a_post_without_lines_is_refused_with_a_reason() {
    let place = Place::new();
    let crosscut = place.start().serve();
    for body in [r#"{"source":"api"}"#, r#"{"lines":"no array"}"#, "", "[1,"] {
        let (status, reply) = crosscut.post("/ingest", JSON, body);
        assert_eq!(status, 400, "{body}: {reply}");
        assert!(!reply["error"]["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(crosscut.records("").len(), 0);
    for path in ["/raw?grep=(", "/raw?query=%22open", "/raw?tail=many"] {
        let response = crosscut.get(path);
        assert_eq!(response.status(), 400, "{path}");
        let reply: Value = response.json().unwrap();
        assert!(!reply["error"]["code"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_stream_brings_the_last_records_then_each_new_one_and_ends_with_its_run() {
    let place = Place::new();
    let crosscut = place.start().serve();
    let post = |text: String| assert_eq!(crosscut.post("/ingest", "text/plain", text).0, 200);
    let fifty: Vec<String> = (1..=50).map(|n| format!("line {n}")).collect();
    post(fifty.join("\n"));
    let stream = crosscut.stream("tail=5");
    let seen = stream.up_to(DEADLINE, |message| message.id.as_deref() == Some("50"));
    let ids: Vec<_> = seen
        .iter()
        .filter_map(|message| message.id.clone())
        .collect();
    assert_eq!(ids, ["46", "47", "48", "49", "50"]);
    let first = seen.iter().find(|message| message.id.is_some()).unwrap();
    assert_eq!(first.json()["line"], "line 46");
    post("line 51\nline 52\n".to_owned());
    let seen = stream.up_to(DEADLINE, |message| message.id.as_deref() == Some("52"));
    let new: Vec<_> = seen
        .iter()
        .filter_map(|message| message.id.clone())
        .collect();
    assert_eq!(new, ["51", "52"]);

    // Where one stopped another goes on; a query leaves the rest out.
    let resumed = crosscut.stream("since=50");
    let seen = resumed.up_to(DEADLINE, |message| message.id.as_deref() == Some("52"));
    assert_eq!(
        seen.iter().filter(|message| message.id.is_some()).count(),
        2
    );
    let chosen = crosscut.stream("tail=0&query=urgent");
    post("line 53\nurgent 54\n".to_owned());
    let first = chosen.up_to(DEADLINE, |message| message.id.is_some());
    assert_eq!(first.last().unwrap().json()["line"], "urgent 54");

    let before = crosscut.api("status", &json!({}))["currentRun"].clone();
    let run = crosscut.api("run_new", &json!({}));
    assert_ne!(run["id"], before);
    stream.up_to(DEADLINE, |message| message.event.as_deref() == Some("end"));
    assert!(stream.closes(DEADLINE));
    let next = chosen.next(DEADLINE).unwrap();
    assert_eq!(next.event.as_deref(), Some("end"));
}

#[test]
fn a_new_run_is_empty_and_its_file_goes_on_where_it_was() {
    let place = Place::new();
    let file = place.file("app.log", "before\n");
    let crosscut = place.start().file(&file).serve();
    crosscut.live("app.log", 1);
    let old = crosscut.api("status", &json!({}))["currentRun"].clone();
    crosscut.api("run_new", &json!({ "name": "second" }));
    super::append(&file, "after\n");
    crosscut.live("app.log", 1);
    assert_eq!(crosscut.lines("app.log"), ["after"]);
    let of_old = format!("runId={}&source=app.log", old.as_str().unwrap());
    let lines: Vec<_> = crosscut
        .records(&of_old)
        .into_iter()
        .map(|r| r.line)
        .collect();
    assert_eq!(lines, ["before"]);
}
