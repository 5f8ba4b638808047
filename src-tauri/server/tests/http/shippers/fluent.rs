//! Fluent Bit and Fluentd over HTTP.

use serde_json::json;

use super::{line, post, records};
use crate::harness::Port;

/// `{"log":"hi"}` in MessagePack.
const MAP: &[u8] = b"\x81\xa3log\xa2hi";
/// Fluentd's time: 1732184400 seconds and 5 nanoseconds.
const TIME: &[u8] = b"\xd7\x00\x67\x3f\x09\x50\x00\x00\x00\x05";

#[tokio::test]
async fn messagepack_is_read_in_every_form_they_send() {
    for (name, body) in [
        ("fluentd", [MAP, MAP].concat()),
        (
            "fluent-bit 1",
            [b"\x92", TIME, MAP, b"\x92", TIME, MAP].concat(),
        ),
        (
            "fluent-bit 2",
            [
                b"\x92\x92",
                TIME,
                b"\x80",
                MAP,
                b"\x92\x92",
                TIME,
                b"\x80",
                MAP,
            ]
            .concat(),
        ),
        (
            "one array",
            [b"\x92\x92", TIME, MAP, b"\x92", TIME, MAP].concat(),
        ),
    ] {
        let port = Port::open().await;
        let kind = [("content-type", "application/msgpack")];
        let reply = post(&port, "/ingest?source=bit", &kind, body).await;
        assert_eq!(reply.status(), 200, "{name}");
        let records = records(&port).await;
        assert_eq!(records.len(), 2, "{name}");
        assert_eq!(records[1]["line"], "{\"log\":\"hi\"}", "{name}");
        assert_eq!(records[1]["source"], "bit");
        let timed = records[1]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.000000005");
        assert_eq!(timed, name != "fluentd", "{name}");
    }
}

#[tokio::test]
async fn fluent_bits_json_has_its_time_under_date() {
    let port = Port::open().await;
    let kind = [("content-type", "application/json")];
    let body =
        r#"[{"date":1732184400.25,"log":"{\"level\":\"warn\"}"},{"date":1732184401.0,"log":"x"}]"#;
    assert_eq!(post(&port, "/ingest", &kind, body).await.status(), 200);
    let records = records(&port).await;
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.25")
    );
    assert_eq!(records[1]["message"], "x");
}

#[tokio::test]
async fn values_without_a_word_in_json_are_texts() {
    let port = Port::open().await;
    let body = [
        b"\x87".as_slice(),
        b"\xa1a\xcb\x7f\xf8\0\0\0\0\0\0", // not a number
        b"\xa1b\xc4\x02\xff\xfe",         // bytes
        b"\xa1c\xd4\x05\x2a",             // an extension
        b"\x07\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xa1e\x93\x01\xe0\xc0",
        b"\xa1f\xca\x3f\x00\x00\x00",
        b"\xa1g\xc3",
    ]
    .concat();
    let kind = [("content-type", "application/x-msgpack")];
    assert_eq!(post(&port, "/ingest", &kind, body).await.status(), 200);
    assert_eq!(
        line(&records(&port).await[0]),
        json!({"a": "NaN", "b": "\u{fffd}\u{fffd}", "c": "2a", "7": u64::MAX, "e": [1, -32, null],
               "f": 0.5, "g": true})
    );
}

#[tokio::test]
async fn hostile_messagepack_is_refused_at_once() {
    let port = Port::open().await;
    let kind = [("content-type", "application/msgpack")];
    for body in [
        vec![0x91; 100_000],              // arrays in arrays
        b"\xdd\xff\xff\xff\xff".to_vec(), // four billion members, none there
        b"\xdb\xff\xff\xff\xff".to_vec(), // a text of four gigabytes, none there
        b"\x81\xa1a\xc1".to_vec(),
        b"\xc0".to_vec(),
    ] {
        let reply = post(&port, "/ingest", &kind, body).await;
        assert_eq!(reply.status(), 400);
    }
    assert!(records(&port).await.is_empty());
    let cut = [MAP, b"\x81\xa3lo"].concat();
    assert_eq!(post(&port, "/ingest", &kind, cut).await.status(), 200);
    assert_eq!(port.text("/raw?stream=system").await.lines().count(), 1);
}
