//! OTLP over gRPC, spoken as its clients do: HTTP/2 known beforehand, one message in a call.

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::future::join_all;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper::header::HeaderMap;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Port, gzip};
use crate::otlp::{Message, record, request};
use crate::sockets::{address, open};

const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

type Client = SendRequest<Full<Bytes>>;

/// How a call ended: its message, and its status and what it says.
#[derive(Debug, PartialEq, Eq)]
struct Ended {
    message: Bytes,
    status: String,
    says: String,
}

async fn client(port: &Port) -> Client {
    let stream = TcpStream::connect(address(port, "otlp-grpc"))
        .await
        .unwrap();
    let (client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    client
}

fn framed(packed: u8, length: usize, message: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u8(packed);
    body.put_u32(u32::try_from(length).unwrap());
    body.put_slice(message);
    body.freeze()
}

fn plain(message: &Message) -> Bytes {
    framed(0, message.0.len(), &message.0)
}

async fn call(client: &Client, path: &str, encoding: &str, body: Bytes) -> Ended {
    let request = Request::post(format!("http://127.0.0.1{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("grpc-encoding", encoding)
        .body(Full::new(body))
        .unwrap();
    let response = client.clone().send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/grpc");
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned().unwrap_or(head.headers);
    let text = |headers: &HeaderMap, name| {
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    Ended {
        status: text(&trailers, "grpc-status"),
        says: text(&trailers, "grpc-message"),
        message: body.to_bytes(),
    }
}

async fn records(port: &Port) -> Vec<Value> {
    let text = port.text("/raw?format=jsonl").await;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn well() -> Ended {
    Ended {
        message: Bytes::from_static(&[0; 5]),
        status: "0".to_owned(),
        says: String::new(),
    }
}

#[tokio::test]
async fn logs_are_stored_before_the_call_is_answered_however_they_are_packed() {
    let port = open().await;
    let client = client(&port).await;
    let one = request("shop", &[record("one")]);
    assert_eq!(call(&client, LOGS, "identity", plain(&one)).await, well());
    assert_eq!(records(&port).await.len(), 1);

    let two = request("shop", &[record("two"), record("three")]);
    let packed = gzip(&two.0).await;
    let packed = framed(1, packed.len(), &packed);
    assert_eq!(call(&client, LOGS, "gzip", packed).await, well());
    // A client that packs may leave a message as it is where packing gains nothing.
    let four = request("shop", &[record("four")]);
    assert_eq!(call(&client, LOGS, "gzip", plain(&four)).await, well());

    let records = records(&port).await;
    let messages: Vec<_> = records
        .iter()
        .map(|r| r["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["one", "two", "three", "four"]);
    assert!(records.iter().all(|record| record["source"] == "shop"));
}

#[tokio::test]
async fn spans_are_kept_and_metrics_are_taken() {
    let port = open().await;
    let client = client(&port).await;
    let span = request("shop", &[Message::default().bytes(5, "checkout")]);
    assert_eq!(
        call(&client, TRACES, "identity", plain(&span)).await,
        well()
    );
    let empty = Message::default();
    assert_eq!(
        call(&client, METRICS, "identity", plain(&empty)).await,
        well()
    );
    let records = records(&port).await;
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0]["source"], "shop spans");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_told_in_the_answers_message() {
    let port = open().await;
    let client = client(&port).await;
    // The record's message claims more than there is.
    let broken = Message(vec![0x2a, 0x7f, 0x00]);
    let body = request("shop", &[record("good"), broken]);
    let ended = call(&client, LOGS, "identity", plain(&body)).await;
    assert_eq!(ended.status, "0");
    // partial_success { rejected_log_records: 1, … } behind the head.
    assert_eq!(ended.message.get(5), Some(&0x0a), "{ended:?}");
    assert_eq!(
        ended.message.get(7..9),
        Some(&[0x08, 0x01][..]),
        "{ended:?}"
    );
    let records = records(&port).await;
    assert_eq!(records.len(), 2, "the good one and a marker: {records:?}");
}

#[tokio::test]
async fn what_is_no_call_of_otlp_is_refused_with_a_status_and_nothing_is_stored() {
    let port = open().await;
    let client = client(&port).await;
    let good = plain(&request("shop", &[record("never")]));
    let length = good.len() - 5;
    let message = good.slice(5..);
    let twice: Bytes = [&good[..], &good[..]].concat().into();
    let refused = [
        (
            "/grpc.health.v1.Health/Check",
            "identity",
            good.clone(),
            "12",
        ),
        (LOGS, "br", framed(1, length, &message), "12"),
        (LOGS, "identity", good.slice(..3), "3"),
        (LOGS, "identity", good.slice(..good.len() - 1), "3"),
        (LOGS, "identity", twice, "3"),
        (LOGS, "identity", framed(2, length, &message), "3"),
        (LOGS, "gzip", framed(1, length, &message), "3"),
        (LOGS, "identity", framed(0, 4, b"\xff\xff\xff\xff"), "3"),
        (
            LOGS,
            "identity",
            framed(0, usize::try_from(u32::MAX).unwrap(), b""),
            "8",
        ),
        (METRICS, "identity", good.slice(..7), "3"),
    ];
    for (n, (path, encoding, body, status)) in refused.into_iter().enumerate() {
        let ended = call(&client, path, encoding, body).await;
        assert_eq!(ended.status, status, "{n}: {ended:?}");
        assert!(!ended.says.is_empty(), "{n}");
        assert!(ended.message.is_empty(), "{n}: {ended:?}");
    }
    assert_eq!(records(&port).await, Vec::<Value>::new());
    // The connection is as good as before.
    assert_eq!(call(&client, LOGS, "identity", good).await, well());
}

#[tokio::test]
async fn a_refusals_words_are_escaped_as_grpc_has_them() {
    let port = open().await;
    let client = client(&port).await;
    let ended = call(&client, "/caf%C3%A9", "identity", framed(0, 0, b"")).await;
    assert_eq!(ended.status, "12");
    assert!(
        ended.says.starts_with("there is no /caf%25C3%25A9 here"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn very_many_calls_at_once_on_one_connection_are_each_stored_once() {
    let port = open().await;
    let client = client(&port).await;
    let bodies = (0..200).map(|n| plain(&request("shop", &[record(&format!("call {n}"))])));
    let calls = bodies.map(|body| call(&client, LOGS, "identity", body));
    for ended in join_all(calls).await {
        assert_eq!(ended, well());
    }
    let mut messages: Vec<_> = records(&port).await;
    messages.sort_by_key(|record| record["message"].to_string());
    messages.dedup_by_key(|record| record["message"].to_string());
    assert_eq!(messages.len(), 200);
    assert_eq!(records(&port).await.len(), 200);
}

#[tokio::test]
async fn clients_are_told_to_send_again_while_nothing_can_be_stored() {
    let port = open().await;
    let client = client(&port).await;
    port.workbench.close();
    let body = plain(&request("shop", &[record("later")]));
    let ended = call(&client, LOGS, "identity", body).await;
    assert_eq!(ended.status, "14", "{ended:?}");
}

#[tokio::test]
async fn http_1_is_hung_up_on_and_costs_nobody_else() {
    let port = open().await;
    let mut stream = TcpStream::connect(address(&port, "otlp-grpc"))
        .await
        .unwrap();
    let post = b"POST /v1/logs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n";
    stream.write_all(post).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    let client = client(&port).await;
    let body = plain(&request("shop", &[record("well")]));
    assert_eq!(call(&client, LOGS, "identity", body).await, well());
}

#[tokio::test]
async fn what_is_no_grpc_over_http_2_is_told_what_this_port_takes() {
    let port = open().await;
    let client = client(&port).await;
    let request = Request::post("http://127.0.0.1/v1/logs")
        .header("content-type", "application/x-protobuf")
        .body(Full::new(Bytes::new()))
        .unwrap();
    let response = client.clone().send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}
