//! Sockets beside the port: syslog, GELF, Fluentd's forward protocol ([`crate::grpc`] has OTLP's).

use std::net::SocketAddr;

use crosscut_server::{Options, Sockets};
use futures_util::StreamExt;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use crate::harness::{Port, gzip, messages, zstd};

pub(crate) const ANY: Option<SocketAddr> = Some(SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    0,
));

pub(crate) async fn open() -> Port {
    let sockets = Sockets {
        syslog: ANY,
        gelf: ANY,
        fluent: ANY,
        otlp_grpc: ANY,
    };
    Port::open_with(Options {
        sockets,
        ..Options::default()
    })
    .await
}

pub(crate) fn address(port: &Port, protocol: &str) -> SocketAddr {
    let opened = port.bound.sockets();
    let found = opened.iter().find(|opened| opened.protocol == protocol);
    found.unwrap().address
}

async fn datagram(port: &Port, protocol: &str, bytes: &[u8]) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket
        .send_to(bytes, address(port, protocol))
        .await
        .unwrap();
}

/// Sends over a connection, ends it, and gives what was answered.
async fn connection(port: &Port, protocol: &str, pieces: &[&[u8]]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address(port, protocol)).await.unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

/// The records, once there are so many: the live stream tells of each as it is stored.
async fn records(port: &Port, count: usize) -> Vec<Value> {
    let stream = messages(port.get("/stream?since=0").await);
    let stored = stream.filter(|message| std::future::ready(message.event.is_none()));
    assert_eq!(stored.take(count).count().await, count);
    let text = port.text("/raw?format=jsonl&limit=100000").await;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn line(record: &Value) -> Value {
    serde_json::from_str(record["line"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn syslog_comes_by_datagram_and_by_both_framings() {
    let port = open().await;
    datagram(
        &port,
        "syslog",
        b"<11>Nov 21 10:20:00 box shop[7]: no room\n",
    )
    .await;
    records(&port, 1).await;
    // rsyslog's omfwd with RSYSLOG_SyslogProtocol23Format, lines and octet counting, cut anywhere.
    let lines: [&[u8]; 2] = [
        b"<14>1 2024-11-21T10:20:01.5+00:00 box shop 7 - - o",
        b"ne\n<14>1 2024-11-21T10:20:02Z box shop 7 - - two\n",
    ];
    connection(&port, "syslog", &lines).await;
    records(&port, 3).await;
    let counted: [&[u8]; 2] = [
        b"49 <14>1 2024-11-21T10:20:03Z box shop 7 - - thr\nee-",
        b"17 <12>cart: careful",
    ];
    connection(&port, "syslog", &counted).await;
    let records = records(&port, 5).await;
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[0]["level"], "error");
    assert_eq!(records[0]["message"], "no room");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .contains("-11-21T10:20:00")
    );
    assert_eq!(line(&records[0])["pid"], "7");
    assert_eq!(records[1]["message"], "one");
    assert!(
        records[1]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:01.5")
    );
    assert_eq!(records[2]["message"], "two");
    assert_eq!(records[4]["source"], "cart");
    assert_eq!(records[4]["level"], "warn");
}

#[tokio::test]
async fn gelf_comes_packed_in_chunks_and_over_connections() {
    let port = open().await;
    // Docker's gelf driver.
    let message = br#"{"version":"1.1","host":"box","short_message":"ready","timestamp":1732184400.123,"level":3,"_container_id":"4f0c","_container_name":"shop-web-1","_tag":"4f0c"}"#;
    let packed = gzip(message).await;
    datagram(&port, "gelf", &packed).await;
    records(&port, 1).await;
    let (one, two) = packed.split_at(packed.len() / 2);
    let head = |number: u8| [&b"\x1e\x0f01234567"[..], &[number, 2]].concat();
    datagram(&port, "gelf", &[&head(1), two].concat()).await;
    datagram(&port, "gelf", &[&head(0), one].concat()).await;
    records(&port, 2).await;
    connection(
        &port,
        "gelf",
        &[message, b"\0{\"short_message\":\"x\"}\0nonsense\0"],
    )
    .await;
    let records = records(&port, 5).await;
    for record in &records[..3] {
        assert_eq!(record["source"], "shop-web-1");
        assert_eq!(record["stream"], "stderr");
        assert_eq!(record["level"], "none");
        assert_eq!(record["message"], "ready");
        assert!(
            record["time"]
                .as_str()
                .unwrap()
                .starts_with("2024-11-21T10:20:00.123")
        );
    }
    assert_eq!(port.text("/raw?stream=system").await, "[gelf] nonsense\n");
}

/// Fluentd's time: 1732184400 seconds and 5 nanoseconds.
const TIME: &[u8] = b"\xd7\x00\x67\x3f\x09\x50\x00\x00\x00\x05";
const RECORD: &[u8] = b"\x81\xa3msg\xa2hi";

#[tokio::test]
async fn fluentd_is_taken_in_all_its_modes_and_chunks_are_acknowledged() {
    let port = open().await;
    let entry = [b"\x92", TIME, RECORD].concat();
    let two = [entry.clone(), entry.clone()].concat();
    let binary = |bytes: &[u8]| [&[0xc4, u8::try_from(bytes.len()).unwrap()], bytes].concat();
    let packed = gzip(&two).await;
    let message = [b"\x93\xa3app", TIME, RECORD].concat();
    let forward = [&b"\x93\xa3app\x92"[..], &two, b"\x81\xa5chunk\xa1a"].concat();
    let in_one = [
        &b"\x93\xa3app"[..],
        &binary(&two),
        b"\x82\xa4size\x02\xa5chunk\xa1b",
    ]
    .concat();
    let zipped = [
        &b"\x93\xa3app"[..],
        &binary(&packed),
        b"\x82\xa5chunk\xa1c\xaacompressed\xa4gzip",
    ]
    .concat();
    let all = [message, forward, b"\xc0".to_vec(), in_one, zipped].concat();
    let (start, end) = all.split_at(all.len() / 2);
    let answer = connection(&port, "fluent", &[start, end]).await;
    let ack = |chunk: &[u8]| [b"\x81\xa3ack\xdb\0\0\0\x01", chunk].concat();
    assert_eq!(answer, [ack(b"a"), ack(b"b"), ack(b"c")].concat());
    // What was acknowledged is stored: nothing to wait for.
    let records = records(&port, 7).await;
    assert_eq!(records.len(), 7);
    for record in &records {
        assert_eq!(record["source"], "app");
        assert_eq!(record["line"], "{\"msg\":\"hi\"}");
        assert!(
            record["time"]
                .as_str()
                .unwrap()
                .starts_with("2024-11-21T10:20:00.000000005")
        );
    }
}

/// What comes again and again until it is acknowledged is acknowledged, whatever is wrong with it.
#[tokio::test]
async fn what_of_a_chunk_cannot_be_read_is_told_and_comes_no_second_time() {
    let port = open().await;
    let good = [b"\x92", TIME, RECORD].concat();
    let odd = b"\x92\x01\xa4text";
    let cut = &good[..good.len() - 1];
    let packed = |bytes: &[u8], rest: &[u8]| {
        let length = u8::try_from(bytes.len()).unwrap();
        [&b"\x93\xa3app\xc4"[..], &[length], bytes, rest].concat()
    };
    let chunk = [&good, &odd[..], &good, cut].concat();
    let first = packed(&chunk, b"\x81\xa5chunk\xa1a");
    let not_packed = packed(b"plain", b"\x82\xa5chunk\xa1b\xaacompressed\xa4gzip");
    let zipped = zstd(&[good.clone(), good.clone()].concat()).await;
    let zipped = packed(&zipped, b"\x82\xa5chunk\xa1c\xaacompressed\xa4zstd");
    let answer = connection(&port, "fluent", &[&first, &not_packed, &zipped]).await;
    let ack = |chunk: &[u8]| [b"\x81\xa3ack\xdb\0\0\0\x01", chunk].concat();
    assert_eq!(answer, [ack(b"a"), ack(b"b"), ack(b"c")].concat());
    let records = records(&port, 7).await;
    let lines: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record["stream"].as_str().unwrap(),
                record["line"].as_str().unwrap(),
            )
        })
        .collect();
    let hi = ("stdout", "{\"msg\":\"hi\"}");
    assert_eq!(lines[..3], [hi, ("system", "[1,\"text\"]"), hi]);
    for told in &lines[3..5] {
        assert_eq!(told.0, "system");
        assert!(told.1.starts_with("the rest of a chunk could not be read"));
    }
    assert_eq!(lines[5..], [hi, hi]);
    assert!(records.iter().all(|record| record["source"] == "app"));
}

#[tokio::test]
async fn a_small_chunk_of_very_many_entries_is_stored_bit_by_bit() {
    let port = open().await;
    let many = 50_000;
    let packed = gzip(&b"\x92\x01\x80".repeat(many)).await;
    let length = u16::try_from(packed.len()).unwrap().to_be_bytes();
    let options = b"\x82\xa5chunk\xa1a\xaacompressed\xa4gzip";
    let message = [&b"\x93\xa3app\xc5"[..], &length, &packed, options].concat();
    let answer = connection(&port, "fluent", &[&message]).await;
    assert_eq!(answer, b"\x81\xa3ack\xdb\0\0\0\x01a");
    let status = port.call("sources_list", serde_json::json!({})).await;
    assert_eq!(status[0]["records"], many, "{status}");
}

#[tokio::test]
async fn a_connection_that_ends_within_a_message_is_told() {
    let port = open().await;
    connection(&port, "fluent", &[b"\x93\xa3app\x92"]).await;
    let told = records(&port, 1).await;
    assert_eq!(told[0]["stream"], "system");
    let line = told[0]["line"].as_str().unwrap();
    assert!(line.contains("within a message"), "{line}");
}

#[tokio::test]
async fn a_lost_datagram_is_told_though_no_other_comes() {
    let port = open().await;
    // A chunk that says that it is the third of two.
    datagram(&port, "gelf", b"\x1e\x0f01234567\x02\x02{}").await;
    let told = records(&port, 1).await;
    assert_eq!(told[0]["stream"], "system");
    let line = told[0]["line"].as_str().unwrap();
    assert!(line.starts_with("1 datagrams were lost"), "{line}");
}

#[tokio::test]
async fn dockers_fluentd_driver_names_container_and_stream() {
    let port = open().await;
    let record = [
        &b"\x84\xaccontainer_id\xa44f0c\xaecontainer_name\xab/shop-web-1\xa6source\xa6stderr"[..],
        b"\xa3log\xb6{\"level\":\"warn\",\"n\":1}",
    ]
    .concat();
    let message = [&b"\x93\xa44f0c\xce\x67\x3f\x09\x50"[..], &record].concat();
    connection(&port, "fluent", &[&message]).await;
    let records = records(&port, 1).await;
    assert_eq!(records[0]["source"], "shop-web-1");
    assert_eq!(records[0]["stream"], "stderr");
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(line(&records[0])["n"], 1);
    assert_eq!(line(&records[0])["container_id"], "4f0c");
}

#[tokio::test]
async fn what_is_no_message_ends_its_connection_and_is_told() {
    let port = open().await;
    assert!(
        connection(&port, "fluent", &[b"GET / HTTP/1.1\r\n\r\n"])
            .await
            .is_empty()
    );
    let told = records(&port, 1).await;
    assert_eq!(told[0]["stream"], "system");
    assert_eq!(told[0]["source"], "fluent");
}

#[tokio::test]
async fn a_socket_whose_port_is_taken_costs_no_other_and_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sockets = Sockets {
        syslog: Some(taken.local_addr().unwrap()),
        gelf: ANY,
        otlp_grpc: Some(taken.local_addr().unwrap()),
        ..Sockets::default()
    };
    let port = Port::open_with(Options {
        sockets,
        ..Options::default()
    })
    .await;
    let opened: Vec<_> = port
        .bound
        .sockets()
        .iter()
        .map(|opened| opened.protocol)
        .collect();
    assert_eq!(opened, ["gelf"]);
    let status = port.call("status", serde_json::json!({})).await;
    let notices = status["notices"].to_string();
    assert!(notices.contains("syslog_socket_refused"), "{status}");
    assert!(notices.contains("otlp_grpc_socket_refused"), "{status}");
    assert!(notices.contains("--otlp-grpc=127.0.0.1:PORT"), "{status}");
    let us = format!("pid {}", std::process::id());
    assert!(notices.contains(&us) || !std::path::Path::new("/proc/net/tcp").exists());
}
