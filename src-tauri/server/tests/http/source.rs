//! `GET /api/agents/{source}/logs/stream`.

use crosscut_engine::api::SourceState;
use futures_util::{Stream, StreamExt};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::{Message, Port, messages, refused, send};

const NUMBERS: &str = "/api/agents/numbers/logs/stream";

fn seqs(message: &Message) -> Vec<u64> {
    let body = message.json();
    let logs = body["logs"].as_array().unwrap();
    logs.iter()
        .map(|log| log["seq"].as_u64().unwrap())
        .collect()
}

/// The stream behind its beginning.
async fn begun(response: Response) -> impl Stream<Item = Message> + Unpin {
    let mut stream = messages(response);
    let first = stream.next().await.unwrap();
    assert_eq!(seqs(&first), [0; 0]);
    stream
}

#[tokio::test]
async fn one_source_is_followed_and_no_other() {
    let port = Port::open().await;
    port.numbers(1..4).await;
    port.ingest("/ingest?source=other", "text/plain", "not mine")
        .await;
    let mut stream = begun(port.get(NUMBERS).await).await;
    let first = stream.next().await.unwrap();
    assert_eq!(seqs(&first), [1, 2, 3]);
    assert_eq!(first.id.as_deref(), Some("3"), "its last record");
    let body = first.json();
    assert_eq!(body["status"], "running");
    assert_eq!(body.get("final"), None);
    assert_eq!(body["logs"][0]["line"], "number 1");
    port.ingest("/ingest?source=other", "text/plain", "nor this")
        .await;
    port.numbers(4..5).await;
    assert_eq!(seqs(&stream.next().await.unwrap()), [6]);
}

#[tokio::test]
async fn a_source_that_says_nothing_still_has_a_status() {
    let port = Port::open().await;
    let _feed = port.source("/quiet.log").await;
    port.numbers(1..8).await;
    let mut stream = messages(port.get("/api/agents/%2Fquiet.log/logs/stream").await);
    let first = stream.next().await.unwrap();
    let run = port.workbench.current_run();
    let expected = json!({"run": run, "logs": [], "status": "running"});
    assert_eq!(first.json(), expected);
    assert_eq!(
        first.id.as_deref(),
        Some("7"),
        "what it says will be behind"
    );
}

#[tokio::test]
async fn the_end_of_a_source_comes_behind_its_last_record_and_closes() {
    let port = Port::open().await;
    let feed = port.source("/build.log").await;
    let mut stream = messages(port.get("/api/agents/%2Fbuild.log/logs/stream").await);
    stream.next().await.unwrap();
    send(&feed, "one\ntwo").await;
    feed.state(SourceState::Ended);
    let rest: Vec<Message> = stream.collect().await;
    let (last, before) = rest.split_last().unwrap();
    let given: Vec<u64> = before.iter().flat_map(seqs).collect();
    assert_eq!(given, [1, 2]);
    let run = port.workbench.current_run();
    let expected = json!({
        "run": run, "logs": [], "status": "completed", "final": true, "reason": "source_ended",
    });
    assert_eq!(last.json(), expected);

    // And so for one who comes afterwards.
    let again: Vec<Message> = messages(port.get("/api/agents/%2Fbuild.log/logs/stream").await)
        .collect()
        .await;
    assert_eq!(seqs(&again[1]), [1, 2]);
    assert_eq!(again[1].json()["status"], "completed");
    assert_eq!(again.last().unwrap().json(), expected);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_has_failed_until_it_can() {
    let port = Port::open().await;
    let feed = port.source("/locked.log").await;
    let mut stream = messages(port.get("/api/agents/%2Flocked.log/logs/stream").await);
    let mut status = async || stream.next().await.unwrap().json()["status"].take();
    assert_eq!(status().await, "running");
    feed.state(SourceState::Failed {
        code: "permission_denied".into(),
        message: "may not be read".into(),
        hint: String::new(),
    });
    assert_eq!(status().await, "failed");
    feed.state(SourceState::Live);
    assert_eq!(status().await, "running");
}

#[tokio::test]
async fn the_end_of_the_run_is_the_last_thing_told() {
    let port = Port::open().await;
    port.numbers(1..3).await;
    let stream = begun(port.get(NUMBERS).await).await;
    port.call("run_new", json!({})).await;
    let rest: Vec<Message> = stream.collect().await;
    let last = rest.last().unwrap();
    let body = last.json();
    assert_eq!(
        (&body["final"], &body["reason"]),
        (&json!(true), &json!("run_ended"))
    );
    assert_eq!(last.id.as_deref(), Some(""), "numbers begin anew");
}

#[tokio::test]
async fn a_command_whose_last_record_says_so_has_failed() {
    let port = Port::open().await;
    for (source, level) in [("bad", "error"), ("well", "info")] {
        let path = format!("/ingest?kind=command&source={source}");
        port.ingest(&path, "text/plain", "working").await;
        let end = json!({"level": level, "message": "exited"}).to_string();
        port.ingest(&format!("{path}&stream=system"), "application/json", end)
            .await;
        port.ingest(&path, "text/plain", "a child's last words")
            .await;
    }
    let run = port.workbench.current_run();
    port.call("run_new", json!({})).await;
    for (source, status) in [("bad", "failed"), ("well", "completed")] {
        let path = format!("/api/agents/{source}/logs/stream?run={run}");
        let all: Vec<Message> = messages(port.get(&path).await).collect().await;
        for message in &all {
            assert_eq!(message.json()["status"], status, "{source}");
        }
        assert_eq!(all.last().unwrap().json()["final"], true);
    }
}

#[tokio::test]
async fn one_who_comes_back_goes_on_behind_what_it_has() {
    let port = Port::open().await;
    port.numbers(1..101).await;
    let run = port.workbench.current_run();
    let request = port
        .request(Method::GET, NUMBERS)
        .header("last-event-id", "97");
    let mut stream = begun(request.send().await.unwrap()).await;
    assert_eq!(seqs(&stream.next().await.unwrap()), [98, 99, 100]);

    // Even when the run has ended meanwhile, for one who names it.
    port.call("run_new", json!({})).await;
    port.numbers(1..201).await;
    let path = format!("{NUMBERS}?run={run}");
    let request = port
        .request(Method::GET, &path)
        .header("last-event-id", "98");
    let rest: Vec<Message> = messages(request.send().await.unwrap()).collect().await;
    assert_eq!(seqs(&rest[1]), [99, 100]);
    assert_eq!(rest.last().unwrap().json()["final"], true);
}

#[tokio::test]
async fn a_query_narrows_and_a_wrong_one_is_refused() {
    let port = Port::open().await;
    port.numbers(1..31).await;
    let path = format!("{NUMBERS}?query=%2F7%24%2F");
    let mut stream = begun(port.get(&path).await).await;
    assert_eq!(seqs(&stream.next().await.unwrap()), [7, 17, 27]);
    let error = refused(port.get(&format!("{NUMBERS}?query=(")).await, 400).await;
    assert!(error["position"].is_u64(), "{error}");
}

#[tokio::test]
async fn the_token_is_asked_for_before_the_source_is_looked_for() {
    let port = Port::open().await;
    for path in [NUMBERS, "/api/agents/nobody/logs/stream"] {
        let bare = port.bare(Method::GET, path);
        refused(bare.send().await.unwrap(), 401).await;
        let wrong = port.bare(Method::GET, path).bearer_auth("wrong");
        refused(wrong.send().await.unwrap(), 403).await;
        let unknown: Value = refused(port.get(path).await, 404).await;
        assert_eq!(unknown["code"], "unknown_source");
    }
}

#[tokio::test]
async fn long_records_come_in_small_pieces() {
    let port = Port::open().await;
    let line = "x".repeat(30_000);
    for _ in 0..3 {
        let lines = vec![line.as_str(); 50].join("\n");
        port.ingest("/ingest?source=numbers", "text/plain", lines)
            .await;
    }
    let mut stream = begun(port.get(NUMBERS).await).await;
    let mut given = 0;
    while given < 150 {
        let piece = seqs(&stream.next().await.unwrap()).len();
        assert!(piece <= 64, "{piece} records of 30 kB in one event");
        given += piece;
    }
}
