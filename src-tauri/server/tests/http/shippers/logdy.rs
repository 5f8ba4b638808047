//! Logdy's API.

use serde_json::json;

use super::{line, post, records};
use crate::harness::Port;

#[tokio::test]
async fn logs_of_text_and_json_are_taken_with_their_times() {
    let port = Port::open().await;
    let body = json!({"source": "machine", "logs": [
        {"ts": "1732184400123", "log": "text"},
        {"ts": "2024-11-21T10:20:01Z", "log": {"level": "error", "msg": "no"}},
        {"log": "later"},
        {"ts": "1"},
    ]});
    let headers = [
        ("authorization", "Bearer any"),
        ("content-type", "application/json"),
    ];
    let reply = post(&port, "/api/log", &headers, body.to_string()).await;
    assert_eq!(reply.status(), 202);
    let records = records(&port).await;
    assert_eq!(records.len(), 4);
    assert!(records.iter().all(|record| record["source"] == "machine"));
    let found = |message: &str| records.iter().find(|r| r["message"] == message).unwrap();
    assert!(
        found("text")["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123")
    );
    assert_eq!(found("no")["level"], "error");
    assert_eq!(line(found("no"))["timestamp"], "2024-11-21T10:20:01Z");
    assert_eq!(found("later")["line"], "later");
    assert_eq!(
        port.text("/raw?stream=system").await,
        "[machine] {\"ts\":\"1\"}\n"
    );
    assert_eq!(post(&port, "/api/log", &headers, "{}").await.status(), 400);
}
