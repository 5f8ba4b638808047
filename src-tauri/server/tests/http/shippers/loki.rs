//! Loki's push endpoint.

use reqwest::Method;
use serde_json::json;

use super::{line, post, records};
use crate::harness::{Port, gzip, refused};

const JSON: (&str, &str) = ("content-type", "application/json");

/// One field of a protobuf message that has a length.
fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![tag << 3 | 2];
    out.extend(varint(bytes.len() as u64));
    out.extend_from_slice(bytes);
    out
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            out.push(low & 0x7f);
            return out;
        }
        out.push(low | 0x80);
    }
}

fn entry(seconds: u64, nanos: u64, line: &[u8], metadata: &[(&str, &str)]) -> Vec<u8> {
    let time = [vec![0x08], varint(seconds), vec![0x10], varint(nanos)].concat();
    let mut out = [field(1, &time), field(2, line)].concat();
    for (name, value) in metadata {
        let pair = [field(1, name.as_bytes()), field(2, value.as_bytes())].concat();
        out.extend(field(3, &pair));
    }
    out
}

/// As Promtail, Alloy and Docker's driver build it; hash and all.
fn push(labels: &str, entries: &[Vec<u8>]) -> Vec<u8> {
    let mut stream = field(1, labels.as_bytes());
    for entry in entries {
        stream.extend(field(2, entry));
    }
    stream.push(0x18);
    stream.extend(varint(0x1234_5678_9abc));
    let request = field(1, &stream);
    snap::raw::Encoder::new().compress_vec(&request).unwrap()
}

#[tokio::test]
async fn promtails_snappy_protobuf_is_stored_with_its_labels_times_and_metadata() {
    let port = Port::open().await;
    let body = push(
        r#"{filename="/var/log/shop.log", job="varlogs", service_name="shop"}"#,
        &[
            entry(
                1_732_184_400,
                123_456_789,
                b"cart emptied",
                &[("trace_id", "0af7651916cd43dd")],
            ),
            entry(
                1_732_184_401,
                0,
                br#"{"level":"warn","msg":"slow","job":"own"}"#,
                &[],
            ),
        ],
    );
    let headers = [
        ("content-type", "application/x-protobuf"),
        ("user-agent", "promtail/3.2.1"),
        ("x-scope-orgid", "tenant1"),
    ];
    let reply = post(&port, "/loki/api/v1/push", &headers, body).await;
    assert_eq!(reply.status(), 204);
    assert_eq!(reply.text().await.unwrap(), "");
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[0]["message"], "cart emptied");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123456789")
    );
    assert_eq!(
        line(&records[0]),
        json!({"message": "cart emptied", "filename": "/var/log/shop.log", "job": "varlogs",
               "trace_id": "0af7651916cd43dd"})
    );
    assert_eq!(records[1]["level"], "warn");
    assert_eq!(records[1]["message"], "slow");
    assert_eq!(
        line(&records[1]),
        json!({"level": "warn", "msg": "slow", "job": "own", "filename": "/var/log/shop.log"})
    );
}

#[tokio::test]
async fn dockers_loki_driver_tells_standard_error_apart() {
    let port = Port::open().await;
    let labels = r#"{container_name="shop-web-1", compose_project="shop", compose_service="web", source="stderr", host="box"}"#;
    let body = push(
        labels,
        &[entry(1_732_184_400, 0, b"ERROR no \xff room\n", &[])],
    );
    let kind = [("content-type", "application/x-protobuf")];
    assert_eq!(
        post(&port, "/loki/api/v1/push", &kind, body).await.status(),
        204
    );
    let records = records(&port).await;
    assert_eq!(records[0]["source"], "web");
    assert_eq!(records[0]["stream"], "stderr");
    assert_eq!(records[0]["level"], "error");
    let line = line(&records[0]);
    assert_eq!(line["message"], "ERROR no \u{fffd} room");
    assert_eq!(line["compose_project"], "shop");
}

#[tokio::test]
async fn pino_lokis_json_is_stored_as_the_lines_it_carries() {
    let port = Port::open().await;
    let body = json!({"streams": [
        {"stream": {"app": "shop", "level": "info"},
         "values": [["1732184400000000001", "{\"level\":30,\"time\":1732184400000,\"msg\":\"up\"}"]]},
        {"stream": {"app": "shop", "level": "error"},
         "values": [["1732184401000000000", "level=error msg=\"no room\"", {"trace_id": "abc"}],
                    ["1732184402000000000", "plain"]]},
    ]});
    let reply = post(&port, "/loki/api/v1/push", &[JSON], body.to_string()).await;
    assert_eq!(reply.status(), 204);
    let records = records(&port).await;
    assert_eq!(records.len(), 3);
    assert_eq!(records[0]["message"], "up");
    assert_eq!(
        records[1]["line"],
        "level=error msg=\"no room\" trace_id=abc"
    );
    assert_eq!(records[1]["message"], "no room");
    assert_eq!(records[2]["level"], "error");
    assert_eq!(
        line(&records[2]),
        json!({"message": "plain", "level": "error"})
    );
    assert!(records.iter().all(|record| record["source"] == "shop"));
}

#[tokio::test]
async fn a_line_whose_labels_only_name_its_source_is_stored_as_it_was() {
    let port = Port::open().await;
    let body =
        json!({"streams": [{"stream": {"job": "odd"}, "values": [["1", "  two\n  lines"]]}]});
    let packed = gzip(body.to_string().as_bytes()).await;
    let headers = [JSON, ("content-encoding", "gzip")];
    assert_eq!(
        post(&port, "/loki/api/v1/push", &headers, packed)
            .await
            .status(),
        204
    );
    let records = records(&port).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["line"], "  two\n  lines");
}

#[tokio::test]
async fn python_logging_lokis_first_form_is_read_too() {
    let port = Port::open().await;
    let body = json!({"streams": [{
        "labels": "{application=\"shop\",severity=\"warning\"}",
        "entries": [{"ts": "2024-11-21T10:20:00.5Z", "line": "careful"}]
    }]});
    let reply = post(&port, "/loki/api/v1/push", &[JSON], body.to_string()).await;
    assert_eq!(reply.status(), 204);
    let records = records(&port).await;
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[0]["level"], "warn");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.5")
    );
}

#[tokio::test]
async fn a_value_that_is_none_costs_nobody_else() {
    let port = Port::open().await;
    let body =
        r#"{"streams":[{"stream":{"app":"a"},"values":[["1","one"],["2"],7,["3","three"]]}]}"#;
    assert_eq!(
        post(&port, "/loki/api/v1/push", &[JSON], body)
            .await
            .status(),
        204
    );
    let system = port.text("/raw?stream=system&source=a").await;
    assert_eq!(system, "[a] [\"2\"]\n[a] 7\n");
    assert_eq!(port.text("/raw?stream=stdout").await.lines().count(), 2);
}

#[tokio::test]
async fn what_is_no_push_is_refused_whole() {
    let port = Port::open().await;
    for (kind, body) in [
        ("application/json", b"{".to_vec()),
        ("application/json", br#"{"streams":7}"#.to_vec()),
        ("application/x-protobuf", b"not snappy at all".to_vec()),
        (
            "application/x-protobuf",
            snap::raw::Encoder::new().compress_vec(b"\xff\xff").unwrap(),
        ),
        // A block that claims four gigabytes.
        (
            "application/x-protobuf",
            vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0x00],
        ),
    ] {
        let reply = post(&port, "/loki/api/v1/push", &[("content-type", kind)], body).await;
        assert!(
            matches!(reply.status().as_u16(), 400 | 413),
            "{}",
            reply.status()
        );
    }
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn vectors_health_check_finds_it_ready() {
    let port = Port::open().await;
    let reply = port.bare(Method::GET, "/ready").send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let wrong = port
        .bare(Method::GET, "/loki/api/v1/push")
        .send()
        .await
        .unwrap();
    assert_eq!(refused(wrong, 405).await["code"], "wrong_method");
}
