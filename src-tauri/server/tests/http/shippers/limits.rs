//! What shippers may not do to the port.

use std::time::{Duration, Instant};

use crosscut_model::limits::{MAX_BODY_BYTES, MAX_SOURCES, REQUEST_RECORDS};
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
async fn deep_and_wide_values_are_answered_like_anything_else() {
    let port = Port::open().await;
    let deep = format!("{}1{}", "{\"a\":[".repeat(20_000), "]}".repeat(20_000));
    let wide = [&b"\x81\xa1a\xdd\x02\0\0\0"[..], &b"\xc0".repeat(1 << 25)].concat();
    let kind = [("content-type", "application/msgpack")];
    let reply = post(&port, "/ingest", &kind, wide).await;
    assert_eq!(refused(reply, 400).await["code"], "bad_msgpack");
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

/// Many times what an answer may take: tests run unoptimised, and beside each other.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_small_body_of_very_many_records_is_refused_whole() {
    let port = Port::open().await;
    let many = REQUEST_RECORDS + 1;
    let stream = b"\x12\x00".repeat(many);
    let mut length = Vec::new();
    let mut rest = stream.len();
    while rest > 0x7f {
        length.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    length.push(u8::try_from(rest).unwrap());
    let push = [&b"\x0a"[..], &length, &stream].concat();
    let snappy = snap::raw::Encoder::new().compress_vec(&push).unwrap();
    let packed = [&b"\xdd"[..], &u32::try_from(many).unwrap().to_be_bytes()].concat();
    let packed = [packed, b"\x80".repeat(many)].concat();
    let groups = b"\x0a\x00".repeat(many);
    for (path, kind, body) in [
        ("/loki/api/v1/push", "application/x-protobuf", snappy),
        ("/ingest", "application/msgpack", packed),
        ("/v1/logs", "application/x-protobuf", groups),
    ] {
        let begin = Instant::now();
        let reply = post(&port, path, &[("content-type", kind)], body).await;
        assert_eq!(reply.status(), 413, "{path} {kind}");
        let reply = reply.text().await.unwrap();
        assert!(
            reply.contains("may have 1000000 records"),
            "{path}: {reply}"
        );
        assert!(begin.elapsed() < SOON, "{path}: {:?}", begin.elapsed());
    }
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn very_many_fields_on_top_of_very_many_take_no_square_of_time() {
    let port = Port::open().await;
    let members = |name: &str| -> serde_json::Map<String, Value> {
        let all = (0..60_000).map(|n| (format!("{name}{n}"), json!(n)));
        all.collect()
    };
    let event = json!({"event": members("a"), "fields": members("b")});
    let pairs: Vec<_> = (0..60_000).map(|n| format!("a{n}=1")).collect();
    let line = pairs.join(" ");
    let logfmt = json!({"event": line, "fields": members("b")});
    let begin = Instant::now();
    for body in [event, logfmt] {
        let reply = post(&port, "/services/collector", &[], body.to_string()).await;
        assert_eq!(reply.status(), 200);
    }
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_property_that_is_named_again_and_again_fills_no_memory() {
    let port = Port::open().await;
    let (long, often) = ("x".repeat(1 << 20), "{a}".repeat(20_000));
    let event = json!({"@mt": often, "a": long});
    let begin = Instant::now();
    let reply = post(&port, "/ingest/clef", &[], event.to_string()).await;
    assert_eq!(reply.status(), 201);
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_long_index_in_the_address_is_not_repeated_for_each_document() {
    let port = Port::open().await;
    let path = format!("/{}/_bulk", "x".repeat(30_000));
    let body = "{\"index\":{}}\n{}\n".repeat(1_000);
    let reply = post(&port, &path, &[], body).await;
    assert_eq!(refused(reply, 400).await["code"], "bad_index");
}

#[tokio::test]
async fn a_path_of_very_many_steps_is_not_followed_to_its_end() {
    let port = Port::open().await;
    let steps = 30_000;
    let deep = format!("{}1{}", "{\"a\":".repeat(steps), "}".repeat(steps));
    let path = format!("/ingest?_msg_field={}", vec!["a"; steps].join("."));
    let reply = post(&port, &path, &[("content-type", "application/json")], deep).await;
    assert_eq!(reply.status(), 200);
}

#[tokio::test]
async fn an_endless_stack_is_told_by_its_newest_frames() {
    let port = Port::open().await;
    let frames: Vec<_> = (0..100_000)
        .map(|n| json!({"function": format!("f{n}"), "filename": "a.js"}))
        .collect();
    let event = json!({"exception": {"values": [
        {"type": "RangeError", "value": "too deep", "stacktrace": {"frames": frames}}]}});
    let body = format!("{{}}\n{{\"type\":\"event\"}}\n{event}");
    assert_eq!(post(&port, "/stream", &[], body).await.status(), 200);
    let records = records(&port).await;
    let stack = super::line(&records[0])["exception.stacktrace"].clone();
    let lines: Vec<_> = stack.as_str().unwrap().lines().collect();
    assert_eq!(lines[1], "    at f99999 (a.js)");
    assert_eq!(lines.len(), 1_002);
    assert_eq!(lines[1_001], "    … 99000 frames before these");
}

/// Each protocol's clients are told to send again in the way that they understand; of what they are
/// told so, nothing is kept. `tests/tests/disk.rs` has the same for a full disk.
#[tokio::test]
async fn when_there_is_no_room_each_protocol_is_told_so_in_its_own_way() {
    let port = Port::open().await;
    let held = crate::limits::crowd(&port).await;
    let before = port.text("/raw").await;
    let loki = r#"{"streams":[{"stream":{"app":"a"},"values":[["1","x"]]}]}"#;
    let bulk = "{\"index\":{\"_index\":\"a\"}}\n{\"n\":1}\n";
    let sentry = "{}\n{\"type\":\"event\"}\n{\"message\":\"x\"}";
    let json = "application/json";
    for (path, kind, body, status, told_when) in [
        ("/ingest", "text/plain", "x", 429, true),
        ("/ingest", "application/msgpack", "\u{1}", 429, true),
        ("/loki/api/v1/push", json, loki, 429, true),
        ("/_bulk", "application/x-ndjson", bulk, 503, true),
        ("/a/_bulk", json, bulk, 503, true),
        ("/a/_doc", json, "{}", 503, true),
        (
            "/ingest/clef",
            "application/vnd.serilog.clef",
            "{}",
            503,
            true,
        ),
        ("/api/events/raw", json, "{\"Events\":[{}]}", 503, true),
        ("/services/collector", json, "{\"event\":1}", 503, true),
        (
            "/services/collector/event/1.0",
            json,
            "{\"event\":1}",
            503,
            true,
        ),
        ("/services/collector/raw", "", "x", 503, true),
        ("/api/v2/logs", json, "{\"message\":\"x\"}", 429, true),
        ("/v1/input", json, "{\"message\":\"x\"}", 429, true),
        ("/api/log", json, "{\"logs\":[{\"log\":\"x\"}]}", 429, true),
        ("/stream", "", sentry, 503, false),
        ("/api/1/envelope/", "", sentry, 503, false),
        ("/api/1/store/", json, "{}", 503, false),
        ("/v1/logs", json, "{}", 429, true),
    ] {
        let reply = post(&port, path, &[("content-type", kind)], body).await;
        assert_eq!(reply.status(), status, "{path}");
        let when = reply.headers().contains_key("retry-after");
        assert_eq!(when, told_when, "{path}");
        let reply: Value = reply.json().await.unwrap();
        assert_eq!(reply["error"]["code"], "busy", "{path}: {reply}");
    }
    let handler = "/ingest?name=a&msg=x&levelname=INFO&created=1";
    let reply = port.bare(reqwest::Method::GET, handler).send().await;
    assert_eq!(reply.unwrap().status(), 429);
    assert_eq!(port.text("/raw").await, before);
    drop(held);
}

#[tokio::test]
async fn a_request_for_more_sources_than_a_run_may_have_is_refused_whole() {
    let port = Port::open().await;
    let event = |n: usize| format!("{{\"event\":1,\"source\":\"s{n}\"}}");
    let body: String = (0..=MAX_SOURCES).map(event).collect();
    let reply = post(&port, "/services/collector", &[], body).await;
    assert_eq!(refused(reply, 413).await["code"], "too_many_sources");
    assert!(records(&port).await.is_empty());
}
