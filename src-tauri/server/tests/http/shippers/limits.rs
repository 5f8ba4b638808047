//! What shippers may not do to the port.

use crosscut_model::limits::MAX_BODY_BYTES;
use serde_json::{Value, json};

use super::{post, records};
use crate::harness::{Port, gzip, refused};

#[tokio::test]
async fn labels_that_would_swell_a_body_beyond_bounds_are_refused_whole() {
    let port = Port::open().await;
    let values: Vec<Value> = (0..20_000).map(|n| json!([n.to_string(), "x"])).collect();
    let label = "y".repeat(10_000);
    let body = json!({"streams": [{"stream": {"app": "a", "big": label}, "values": values}]});
    let kind = [("content-type", "application/json")];
    let reply = post(&port, "/loki/api/v1/push", &kind, body.to_string()).await;
    assert_eq!(refused(reply, 413).await["code"], "body_too_large");
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn bombs_are_refused_by_what_they_unpack_to() {
    let port = Port::open().await;
    let zeros = vec![b' '; MAX_BODY_BYTES + (1 << 20)];
    let snappy = snap::raw::Encoder::new().compress_vec(&zeros).unwrap();
    let proto = [("content-type", "application/x-protobuf")];
    let reply = post(&port, "/loki/api/v1/push", &proto, snappy).await;
    assert_eq!(refused(reply, 413).await["code"], "body_too_large");
    let packed = gzip(&zeros).await;
    for path in [
        "/_bulk",
        "/services/collector",
        "/api/v2/logs",
        "/stream",
        "/ingest/clef",
    ] {
        let reply = post(&port, path, &[("content-encoding", "gzip")], packed.clone()).await;
        assert_eq!(reply.status(), 413, "{path}");
        let reply: Value = reply.json().await.unwrap();
        assert_eq!(reply["error"]["code"], "body_too_large", "{path}");
    }
}

#[tokio::test]
async fn deep_nesting_is_answered_like_anything_else() {
    let port = Port::open().await;
    let deep = format!("{}1{}", "{\"a\":[".repeat(20_000), "]}".repeat(20_000));
    for (path, body) in [
        ("/_bulk", format!("{{\"index\":{{}}}}\n{deep}\n")),
        ("/services/collector", format!("{{\"event\":{deep}}}")),
        ("/api/v2/logs", format!("{{\"message\":{deep}}}")),
        ("/api/log", format!("{{\"logs\":[{{\"log\":{deep}}}]}}")),
        (
            "/ingest/clef",
            format!("{{\"@mt\":\"{{a}}\",\"a\":{deep}}}"),
        ),
        (
            "/stream",
            format!("{{}}\n{{\"type\":\"event\"}}\n{{\"extra\":{deep}}}"),
        ),
        (
            "/stream",
            format!("{{}}\n{{\"type\":\"event\"}}\n{{\"exception\":{deep}}}"),
        ),
    ] {
        let reply = post(&port, path, &[], body).await;
        assert!(reply.status().is_success(), "{path}: {}", reply.status());
    }
}

#[tokio::test]
async fn a_name_that_is_none_is_made_one() {
    let port = Port::open().await;
    let kind = [("content-type", "application/json")];
    for app in ["  ", "a\u{7}b\nc", &"x".repeat(1_000)] {
        let body = json!({"streams": [{"stream": {"app": app}, "values": [["1", "x"]]}]});
        let reply = post(&port, "/loki/api/v1/push", &kind, body.to_string()).await;
        assert_eq!(reply.status(), 204, "{app:?}");
    }
    let sources: Vec<_> = records(&port)
        .await
        .iter()
        .map(|r| r["source"].clone())
        .collect();
    assert_eq!(
        sources,
        [json!("http"), json!("abc"), json!("x".repeat(200))]
    );
}
