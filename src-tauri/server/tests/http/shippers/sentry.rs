//! Sentry's SDKs, to Spotlight and to a DSN.

use reqwest::Method;
use serde_json::{Value, json};

use super::{line, post, records};
use crate::harness::{Port, gzip};

const KIND: (&str, &str) = ("content-type", "application/x-sentry-envelope");

/// An envelope of one item, as the SDKs write it: with the payload's length.
fn envelope(kind: &str, payload: &Value) -> String {
    let header = json!({
        "event_id": "9ec79c33ec9942ab8353589fcb2e04dc", "sent_at": "2024-11-21T10:20:02.000Z",
        "sdk": {"name": "sentry.javascript.node", "version": "8.40.0"}
    });
    let payload = payload.to_string();
    let item = json!({"type": kind, "length": payload.len()});
    format!("{header}\n{item}\n{payload}\n")
}

fn error() -> Value {
    json!({
        "event_id": "9ec79c33ec9942ab8353589fcb2e04dc", "level": "error", "platform": "node",
        "timestamp": 1_732_184_400.125, "release": "shop@1.2.0", "environment": "development",
        "contexts": {"trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}},
        "exception": {"values": [
            {"type": "SystemError", "value": "ENOSPC", "stacktrace": {"frames": [
                {"function": "write", "filename": "node:fs", "lineno": 10}]}},
            {"type": "Error", "value": "cannot save\nthe cart", "mechanism": {"handled": false},
             "stacktrace": {"frames": [
                {"function": "main", "filename": "/app/index.js", "lineno": 3, "colno": 1},
                {"function": "save", "filename": "/app/cart.js", "lineno": 14, "colno": 9,
                 "context_line": "  throw new Error(text)", "in_app": true}]}}
        ]},
        "breadcrumbs": [{"category": "console", "message": "saving"}],
        "tags": {"region": "eu"}, "modules": {"express": "4.0.0"}
    })
}

#[tokio::test]
async fn an_error_becomes_a_record_with_a_stack_trace_to_read() {
    let port = Port::open().await;
    let reply = post(&port, "/stream", &[KIND], envelope("event", &error())).await;
    assert_eq!(reply.status(), 200);
    let reply: Value = reply.json().await.unwrap();
    assert_eq!(reply["id"], "9ec79c33ec9942ab8353589fcb2e04dc");
    let records = records(&port).await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["source"], "shop");
    assert_eq!(record["level"], "error");
    assert_eq!(record["message"], "Error: cannot save\nthe cart");
    assert!(
        record["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.125")
    );
    let line = line(record);
    assert_eq!(
        line["exception.stacktrace"],
        "Error: cannot save\nthe cart\n    at save (/app/cart.js:14:9)\n        throw new \
         Error(text)\n    at main (/app/index.js:3:1)\nCaused by: SystemError: ENOSPC\n    at \
         write (node:fs:10)"
    );
    assert_eq!(line["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(line["tags"]["region"], "eu");
    assert_eq!(line["breadcrumbs"][0]["message"], "saving");
    assert_eq!(line["left_out"], "modules");
}

#[tokio::test]
async fn a_dsn_of_this_port_works_with_items_without_length() {
    let port = Port::open().await;
    let message = json!({"level": "warning", "timestamp": "2024-11-21T10:20:00Z",
        "logentry": {"message": "hello %s", "formatted": "hello Ann", "params": ["Ann"]}});
    let body = format!("{{}}\n{{\"type\":\"event\"}}\n{message}");
    let headers = [
        KIND,
        ("content-encoding", "gzip"),
        (
            "x-sentry-auth",
            "Sentry sentry_key=abc, sentry_version=7, sentry_client=sentry.python/2.19.0",
        ),
    ];
    let reply = post(
        &port,
        "/api/42/envelope/",
        &headers,
        gzip(body.as_bytes()).await,
    )
    .await;
    assert_eq!(reply.status(), 200);
    let stored = post(
        &port,
        "/api/42/store/",
        &[],
        json!({"message": "old", "level": "info"}).to_string(),
    );
    assert_eq!(stored.await.status(), 200);
    let records = records(&port).await;
    assert_eq!(records[0]["source"], "sentry-42");
    assert_eq!(records[0]["message"], "hello Ann");
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(records[1]["message"], "old");
}

#[tokio::test]
async fn a_transaction_is_a_record_for_each_of_its_spans() {
    let port = Port::open().await;
    let transaction = json!({
        "type": "transaction", "transaction": "GET /cart", "release": "shop@1.2.0",
        "start_timestamp": 1_732_184_400.1, "timestamp": 1_732_184_400.350_5,
        "contexts": {"trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c",
                               "span_id": "b7ad6b7169203331", "op": "http.server", "status": "internal_error"}},
        "spans": [{"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "a1", "op": "db",
                   "parent_span_id": "b7ad6b7169203331", "description": "SELECT 1",
                   "start_timestamp": 1_732_184_400.2, "timestamp": 1_732_184_400.201, "status": "ok",
                   "data": {"db.system": "postgresql"}}]
    });
    let reply = post(
        &port,
        "/stream",
        &[KIND],
        envelope("transaction", &transaction),
    )
    .await;
    assert_eq!(reply.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    let (root, query) = (line(&records[0]), line(&records[1]));
    assert_eq!(records[0]["message"], "GET /cart");
    assert_eq!(records[0]["source"], "shop spans");
    assert_eq!(records[0]["stream"], "control");
    assert_eq!(root["span_id"], "b7ad6b7169203331");
    assert_eq!(root["span"]["duration_ms"], 250.5);
    assert_eq!(root["span"]["kind"], "http.server");
    assert_eq!(root["span"]["status"], "internal_error");
    assert_eq!(records[1]["message"], "SELECT 1");
    assert_eq!(query["span"]["parent_id"], "b7ad6b7169203331");
    assert_eq!(query["span"]["duration_ms"], 1.0);
    assert_eq!(query["data"]["db.system"], "postgresql");
    assert!(
        records[1]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.2")
    );
}

#[tokio::test]
async fn logs_and_newer_spans_come_with_their_attributes_as_fields() {
    let port = Port::open().await;
    let logs = json!({"items": [{
        "timestamp": 1_732_184_400.5, "trace_id": "0af7651916cd43dd8448eb211c80319c", "level": "warn",
        "body": "low stock", "severity_number": 13,
        "attributes": {"sku": {"value": "a-1", "type": "string"}, "left": {"value": 2, "type": "integer"},
                       "sentry.release": {"value": "shop@1.2.3", "type": "string"}}
    }]});
    let spans = json!({"items": [{
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "c1", "name": "GET /users",
        "status": "ok", "start_timestamp": 1_732_184_401.0, "end_timestamp": 1_732_184_401.25,
        "attributes": {"sentry.op": {"value": "http.client", "type": "string"}}
    }]});
    let body = envelope("log", &logs) + envelope("span", &spans).split_once('\n').unwrap().1;
    assert_eq!(post(&port, "/stream", &[KIND], body).await.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["message"], "low stock");
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(line(&records[0])["left"], 2);
    assert_eq!(line(&records[1])["span"]["duration_ms"], 250.0);
    assert_eq!(line(&records[1])["sentry.op"], "http.client");
}

#[tokio::test]
async fn what_is_nothing_to_read_is_said_to_be_left_out() {
    let port = Port::open().await;
    let mut body = envelope("session", &json!({"sid": "s", "status": "ok"})).into_bytes();
    body.extend_from_slice(
        b"{\"type\":\"attachment\",\"length\":5,\"filename\":\"a.bin\"}\n\x00\n\xff\n\x01\n",
    );
    body.extend_from_slice(b"{\"type\":\"replay_recording\",\"length\":3}\nabc\n");
    body.extend_from_slice(b"{\"type\":\"event\",\"length\":7}\n{broken\n");
    assert_eq!(post(&port, "/stream", &[KIND], body).await.status(), 200);
    let records = records(&port).await;
    let of = |n: usize| records[n]["message"].as_str().unwrap();
    assert_eq!(of(0), "Sentry session");
    assert_eq!(line(&records[0])["status"], "ok");
    assert_eq!(of(1), "Sentry attachment of 5 bytes left out: a.bin");
    assert_eq!(of(2), "Sentry replay_recording of 3 bytes left out");
    assert_eq!(port.text("/raw?stream=system").await.lines().count(), 1);
}

#[tokio::test]
async fn reading_the_stream_is_still_another_thing_and_needs_the_token() {
    let port = Port::open().await;
    let bare = port.bare(Method::GET, "/stream").send().await.unwrap();
    assert_eq!(bare.status(), 401);
    let bad = post(&port, "/stream", &[KIND], "no envelope").await;
    assert_eq!(bad.status(), 400);
    assert!(records(&port).await.is_empty());
}
