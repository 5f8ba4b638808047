//! What is hostile, or only too much: memory stays bounded and an answer comes soon.

use std::time::{Duration, Instant};

use crosscut_model::limits::REQUEST_RECORDS;
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Port, gzip, refused, zstd};

/// Twenty times what an answer may take: tests run unoptimised, and beside each other.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_small_body_of_very_many_records_is_refused_whole() {
    let port = Port::open().await;
    let many = REQUEST_RECORDS + 1;
    let array = format!("[{}0]", "0,".repeat(many - 1));
    let envelope = format!("{{\"source\":\"s\",\"lines\":{array}}}");
    for (kind, body) in [
        ("text/plain", "\n".repeat(many + 1)),
        ("application/x-ndjson", "{}\n".repeat(many)),
        ("application/json", array),
        ("application/json", envelope),
    ] {
        let begin = Instant::now();
        let packed = gzip(body.as_bytes()).await;
        let request = port
            .bare(Method::POST, "/ingest")
            .header("content-type", kind)
            .header("content-encoding", "gzip")
            .body(packed);
        let error = refused(request.send().await.unwrap(), 413).await;
        assert_eq!(error["code"], "too_many_records", "{kind}");
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    }
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn an_object_of_a_million_keys_is_one_record() {
    let port = Port::open().await;
    let keys: Vec<_> = (0..1_000_000).map(|n| format!("\"k{n}\":{n}")).collect();
    let object = format!("{{\"msg\":\"wide\",{}}}", keys.join(","));
    for kind in ["application/json", "application/x-ndjson"] {
        let begin = Instant::now();
        let reply = port
            .ingest("/ingest?_msg_field=k1", kind, object.clone())
            .await;
        assert_eq!(reply["accepted"], 1);
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    }
    let attributes =
        (0..200_000).map(|n| json!({"key": format!("k{n}"), "value": {"intValue": n}}));
    let attributes: Vec<_> = attributes.collect();
    let body = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [
        {"body": {"stringValue": "wide"}, "attributes": attributes}]}]}]});
    let request = port
        .bare(Method::POST, "/v1/logs")
        .header("content-type", "application/json")
        .body(body.to_string());
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn slow_senders_hold_up_nobody() {
    let port = Port::open().await;
    let address = ("127.0.0.1", port.address().port());
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST /ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx";
        stream.write_all(head.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    let begin = Instant::now();
    port.ingest("/ingest?source=quick", "text/plain", "here")
        .await;
    assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    assert_eq!(port.text("/raw").await, "[quick] here\n");
}

/// Has so much being received at once that there is no room for more, for as long as the connections
/// are kept. Each has sent all of its body but one byte.
pub(crate) async fn crowd(port: &Port) -> Vec<TcpStream> {
    let address = ("127.0.0.1", port.address().port());
    let size = 40 << 20;
    let piece = vec![b'x'; 1 << 20];
    let mut held = Vec::new();
    // Each grows to 64 MiB of memory before it has all of its 40.
    for _ in 0..4 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /ingest HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n",
            size + 1
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..size / piece.len() {
            stream.write_all(&piece).await.unwrap();
        }
        held.push(stream);
    }
    // What was sent last may still be on its way.
    loop {
        let request = port.bare(Method::POST, "/ingest").body("one more");
        if request.send().await.unwrap().status() != 200 {
            return held;
        }
    }
}

/// Bodies that are being received share a budget; who comes when it is used up is told to wait.
#[tokio::test]
async fn when_too_much_is_being_received_more_is_told_to_wait() {
    let port = Port::open().await;
    let mut held = crowd(&port).await;
    let request = port.bare(Method::POST, "/ingest").body("one more");
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    let otlp = port
        .bare(Method::POST, "/v1/logs")
        .header("content-type", "application/x-protobuf")
        .send()
        .await
        .unwrap();
    assert_eq!(otlp.status(), 429);
    assert_eq!(otlp.headers()["retry-after"], "1");
    // One of them ends, and there is room again.
    let mut first = held.remove(0);
    first.write_all(b"\n").await.unwrap();
    let mut answer = [0; 12];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    port.ingest("/ingest", "text/plain", "room again").await;
}

#[tokio::test]
async fn bombs_are_refused_by_otlp_too() {
    let port = Port::open().await;
    let zeros = vec![0; (64 << 20) + 1];
    for (coding, bomb) in [("gzip", gzip(&zeros).await), ("zstd", zstd(&zeros).await)] {
        let begin = Instant::now();
        let request = port
            .bare(Method::POST, "/v1/logs")
            .header("content-type", "application/x-protobuf")
            .header("content-encoding", coding)
            .body(bomb);
        assert_eq!(request.send().await.unwrap().status(), 413, "{coding}");
        assert!(begin.elapsed() < SOON, "{:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn the_settings_tell_how_large_a_body_may_be() {
    let port = Port::open().await;
    let text = "[limits]\nbody = \"4KiB\"\n";
    port.call("settings_save", json!({ "text": text })).await;
    let post = |length: usize| {
        port.bare(Method::POST, "/ingest")
            .body("x".repeat(length))
            .send()
    };
    assert_eq!(post(4_096).await.unwrap().status(), 200);
    let error = refused(post(4_097).await.unwrap(), 413).await;
    assert!(
        error["message"].as_str().unwrap().contains("4 KiB"),
        "{error}"
    );
}
