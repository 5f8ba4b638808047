//! Operations, uploads, clearing, and what is not served yet.

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Port, messages, refused};

#[tokio::test]
async fn health_says_who_is_there() {
    let port = Port::open().await;
    let health: Value = port
        .bare(Method::GET, "/health")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["name"], "crosscut");
    assert_eq!(health["run"], port.workbench.current_run().as_str());
}

#[tokio::test]
async fn operations_are_called_by_name() {
    let port = Port::open().await;
    let status = port.call("status", json!({})).await;
    assert_eq!(status["currentRun"], port.workbench.current_run().as_str());
    let empty = port
        .request(Method::POST, "/api/runs_list")
        .send()
        .await
        .unwrap();
    assert_eq!(empty.json::<Vec<Value>>().await.unwrap().len(), 1);
}

#[tokio::test]
async fn errors_of_operations_have_statuses_of_their_kind() {
    let port = Port::open().await;
    let ask = |path: &str, body: &'static str| port.request(Method::POST, path).body(body).send();
    let unknown = ask("/api/no_such_thing", "{}").await.unwrap();
    assert_eq!(refused(unknown, 404).await["code"], "unknown_operation");
    let bad = ask("/api/view_rows", "{}").await.unwrap();
    assert_eq!(refused(bad, 400).await["code"], "bad_arguments");
    let bad = ask("/api/status", "not json").await.unwrap();
    assert_eq!(refused(bad, 400).await["code"], "bad_arguments");
    let run = ask("/api/run_delete", r#"{"run":"20200101T000000000Z"}"#)
        .await
        .unwrap();
    assert_eq!(refused(run, 404).await["code"], "unknown_run");
    let large = port
        .request(Method::POST, "/api/status")
        .body(vec![b' '; 2 << 20]);
    refused(large.send().await.unwrap(), 413).await;
}

#[tokio::test]
async fn an_uploaded_file_becomes_a_source() {
    let port = Port::open().await;
    let lines: Vec<_> = (0..20_000).map(|n| format!("line {n}")).collect();
    let body = lines.join("\n");
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = body
        .as_bytes()
        .chunks(7_001)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request = port
        .request(Method::POST, "/api/upload?name=old.log")
        .body(body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let source: Value = response.json().await.unwrap();
    assert_eq!(source["name"], "old.log");
    let raw = port.text("/raw?source=old.log&limit=100000").await;
    assert_eq!(raw.lines().count(), 20_000);
    assert!(raw.ends_with("[old.log] line 19999\n"));
    refused(
        port.request(Method::POST, "/api/upload")
            .send()
            .await
            .unwrap(),
        400,
    )
    .await;
}

#[tokio::test]
async fn clearing_deletes_the_run_and_starts_another() {
    let port = Port::open().await;
    port.numbers(1..5).await;
    let before = port.workbench.current_run().to_string();
    let clear = port
        .request(Method::POST, "/control/clear")
        .json(&json!({"name": "again"}));
    let cleared: Value = clear.send().await.unwrap().json().await.unwrap();
    let after = port.workbench.current_run().to_string();
    assert_eq!(cleared["runId"], after.as_str());
    assert_ne!(before, after);
    assert_eq!(port.text("/raw").await, "");
    refused(port.get(&format!("/raw?runId={before}")).await, 404).await;
    let runs = port.call("runs_list", json!({})).await;
    assert_eq!(runs[0]["name"], "again");
}

#[tokio::test]
async fn clearing_keeps_what_it_is_told_to() {
    let port = Port::open().await;
    port.numbers(1..5).await;
    let before = port.workbench.current_run().to_string();
    let keep = port
        .request(Method::POST, "/control/clear")
        .body(r#"{"keep":true}"#);
    assert_eq!(keep.send().await.unwrap().status(), 200);
    assert_eq!(
        port.text(&format!("/raw?runId={before}"))
            .await
            .lines()
            .count(),
        4
    );

    // Clearing the older run by name leaves the one that ends now alone.
    port.numbers(5..6).await;
    let current = port.workbench.current_run().to_string();
    let older = port
        .request(Method::POST, "/control/clear")
        .json(&json!({"runId": before}));
    assert_eq!(older.send().await.unwrap().status(), 200);
    refused(port.get(&format!("/raw?runId={before}")).await, 404).await;
    assert_eq!(
        port.text(&format!("/raw?runId={current}"))
            .await
            .lines()
            .count(),
        1
    );
}

#[tokio::test]
async fn clearing_refuses_what_it_does_not_understand() {
    let port = Port::open().await;
    port.numbers(1..5).await;
    let clear = |body: &'static str| {
        port.request(Method::POST, "/control/clear")
            .body(body)
            .send()
    };
    let callback = clear(r#"{"callback":"http://localhost:1/x"}"#)
        .await
        .unwrap();
    assert_eq!(refused(callback, 400).await["code"], "not_supported");
    refused(
        clear(r#"{"runId":"20200101T000000000Z"}"#).await.unwrap(),
        404,
    )
    .await;
    refused(clear("[").await.unwrap(), 400).await;
    assert_eq!(
        port.text("/raw").await.lines().count(),
        4,
        "nothing was cleared"
    );
}

#[tokio::test]
async fn what_comes_later_says_so() {
    let port = Port::open().await;
    let qna = port.request(Method::POST, "/qna").send().await.unwrap();
    assert_eq!(refused(qna, 501).await["code"], "not_supported");
    assert_eq!(
        refused(port.get("/issues").await, 501).await["code"],
        "not_supported"
    );
}

#[tokio::test]
async fn focus_reaches_whoever_listens() {
    let port = Port::open().await;
    let mut events = messages(port.get("/api/events?client=c").await);
    events.next().await.unwrap();
    port.call("focus", json!({})).await;
    loop {
        if events.next().await.unwrap().json()["type"] == "focus" {
            return;
        }
    }
}
