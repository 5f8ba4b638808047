//! `GET /ws`.

use std::sync::Arc;
use std::time::Duration;

use crosscut_engine::api::SourceState;
use crosscut_server::{Options, Server};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Port, refused, send, workbench};
use crate::websocket::{Message, Socket};

fn line(message: &Value) -> u64 {
    assert_eq!(message["type"], "log.line", "{message}");
    message["log"]["seq"].as_u64().unwrap()
}

async fn subscribed(socket: &mut Socket, message: Value) -> Value {
    socket.say(&message).await;
    let mut answer = socket.hear().await;
    while answer["type"] == "log.status" {
        answer = socket.hear().await;
    }
    assert_eq!(answer["type"], "log.subscribed", "{answer}");
    answer
}

/// The history up to its end.
async fn history(socket: &mut Socket) -> Vec<u64> {
    let mut seqs = Vec::new();
    loop {
        let piece = socket.hear().await;
        assert_eq!(piece["type"], "log.history", "{piece}");
        let logs = piece["logs"].as_array().unwrap();
        seqs.extend(logs.iter().map(|log| log["seq"].as_u64().unwrap()));
        if piece["done"] == true {
            return seqs;
        }
    }
}

#[tokio::test]
async fn a_subscription_gives_what_there_is_and_then_every_line() {
    let port = Port::open().await;
    port.numbers(1..11).await;
    let mut socket = Socket::open(&port).await;
    let ask = json!({"type": "log.subscribe", "id": "a", "source": "numbers", "tail": 3});
    let answer = subscribed(&mut socket, ask).await;
    assert_eq!(answer["id"], "a");
    assert_eq!(answer["source"], "numbers");
    assert_eq!(answer["status"], "running");
    assert_eq!(answer["run"], port.workbench.current_run().as_str());
    assert_eq!(history(&mut socket).await, [8, 9, 10]);
    port.ingest("/ingest?source=other", "text/plain", "not mine")
        .await;
    port.numbers(11..13).await;
    let mut lines = Vec::new();
    while lines.len() < 2 {
        let message = socket.hear().await;
        if message["type"] == "log.line" {
            assert_eq!(message["id"], "a");
            lines.push(message["log"]["line"].clone());
        }
    }
    assert_eq!(lines, ["number 11", "number 12"]);
}

#[tokio::test]
async fn many_subscriptions_share_a_socket_and_end_one_by_one() {
    let port = Port::open().await;
    let mut socket = Socket::open(&port).await;
    for (id, query) in [(json!(1), "odd"), (json!("two"), "even")] {
        let ask = json!({"type": "log.subscribe", "id": id, "query": query});
        assert_eq!(subscribed(&mut socket, ask).await["id"], id);
        assert_eq!(history(&mut socket).await, [0; 0]);
    }
    port.ingest("/ingest", "text/plain", "1 odd\n2 even\n3 odd")
        .await;
    let mut heard = Vec::new();
    while heard.len() < 3 {
        let message = socket.hear().await;
        if message["type"] == "log.line" {
            heard.push((line(&message), message["id"].clone()));
        }
    }
    heard.sort_by_key(|(seq, _)| *seq);
    assert_eq!(heard, [(1, json!(1)), (2, json!("two")), (3, json!(1))]);

    socket
        .say(&json!({"type": "log.unsubscribe", "id": 1}))
        .await;
    let mut told = socket.hear().await;
    while told["type"] == "log.status" {
        told = socket.hear().await;
    }
    assert_eq!(told, json!({"type": "log.unsubscribed", "id": 1}));
    port.ingest("/ingest", "text/plain", "4 odd\n5 odd\n6 even")
        .await;
    let mut first = socket.hear().await;
    while first["type"] == "log.status" {
        first = socket.hear().await;
    }
    assert_eq!(line(&first), 6, "and nothing odd before");
    socket
        .say(&json!({"type": "log.unsubscribe", "id": 1}))
        .await;
    let mut error = socket.hear().await;
    while error["type"] == "log.status" {
        error = socket.hear().await;
    }
    assert_eq!(error["error"]["code"], "unknown_subscription");
}

#[tokio::test]
async fn many_clients_see_the_same_lines() {
    let port = Arc::new(Port::open().await);
    let mut clients = Vec::new();
    for _ in 0..8 {
        let mut socket = Socket::open(&port).await;
        subscribed(
            &mut socket,
            json!({"type": "log.subscribe", "query": "number"}),
        )
        .await;
        assert_eq!(history(&mut socket).await, [0; 0]);
        clients.push(tokio::spawn(async move {
            let mut lines = Vec::new();
            while lines.len() < 500 {
                let message = socket.hear().await;
                if message["type"] == "log.line" {
                    lines.push(line(&message));
                }
            }
            lines
        }));
    }
    for start in (1..501).step_by(100) {
        port.numbers(start..start + 100).await;
    }
    for client in clients {
        assert!(client.await.unwrap().into_iter().eq(1..=500));
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_and_the_socket_goes_on() {
    let port = Port::open().await;
    let mut socket = Socket::open(&port).await;
    for (message, code, id) in [
        ("nonsense", "bad_message", Value::Null),
        ("[1]", "bad_message", Value::Null),
        (r#"{"type":"log.what","id":5}"#, "bad_message", json!(5)),
        (
            r#"{"type":"log.subscribe","tail":"x","id":"t"}"#,
            "bad_message",
            json!("t"),
        ),
        (
            r#"{"type":"log.subscribe","query":"a AND (b","id":"q"}"#,
            "bad_query",
            json!("q"),
        ),
        (
            r#"{"type":"log.subscribe","grep":"(","id":"g"}"#,
            "bad_query",
            json!("g"),
        ),
        (
            r#"{"type":"log.subscribe","source":"nobody","id":"n"}"#,
            "unknown_source",
            json!("n"),
        ),
        (
            r#"{"type":"log.subscribe","run":"no-such-run","id":"r"}"#,
            "unknown_run",
            json!("r"),
        ),
        (
            r#"{"type":"log.unsubscribe","id":"never"}"#,
            "unknown_subscription",
            json!("never"),
        ),
    ] {
        socket.send(Message::text(message)).await;
        let error = socket.hear().await;
        assert_eq!(error["type"], "log.stream.error", "{message}: {error}");
        assert_eq!(error["error"]["code"], code, "{message}: {error}");
        assert_eq!(error["id"], id, "{message}: {error}");
        let in_query = code == "bad_query";
        assert_eq!(error["error"]["position"].is_u64(), in_query, "{error}");
    }
    socket.send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.hear().await["error"]["code"], "bad_message");
    socket.say(&json!({"type": "ping", "id": "still"})).await;
    assert_eq!(socket.hear().await, json!({"type": "pong", "id": "still"}));
    socket.send(Message::Ping(vec![7].into())).await;
    loop {
        match socket.receive().await.unwrap() {
            Message::Pong(payload) => break assert_eq!(payload.as_ref(), [7]),
            Message::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn an_id_is_taken_once_and_subscriptions_are_counted() {
    let port = Port::open().await;
    let mut socket = Socket::open(&port).await;
    let ask = json!({"type": "log.subscribe", "id": "same", "query": "nothing"});
    subscribed(&mut socket, ask.clone()).await;
    socket.say(&ask).await;
    history(&mut socket).await;
    assert_eq!(socket.hear().await["error"]["code"], "id_in_use");
    for _ in 1..64 {
        subscribed(
            &mut socket,
            json!({"type": "log.subscribe", "query": "nothing"}),
        )
        .await;
        history(&mut socket).await;
    }
    socket.say(&json!({"type": "log.subscribe"})).await;
    assert_eq!(socket.hear().await["error"]["code"], "too_many");
}

#[tokio::test]
async fn a_slow_client_is_told_what_it_missed_and_slows_nobody() {
    const LAST: u64 = 10_000;
    const BATCH: u64 = 1_000;
    let port = Port::open().await;
    let padding = "x".repeat(1_000);
    let mut slow = Socket::open_narrow(&port).await;
    let mut fast = Socket::open(&port).await;
    for socket in [&mut slow, &mut fast] {
        subscribed(
            socket,
            json!({"type": "log.subscribe", "id": "x", "tail": 0}),
        )
        .await;
        assert_eq!(history(socket).await, [0; 0]);
    }
    // The slow one reads nothing at all meanwhile; the fast one is given every line.
    for start in (1..=LAST).step_by(usize::try_from(BATCH).unwrap()) {
        let lines: Vec<_> = (start..start + BATCH)
            .map(|n| format!("number {n} {padding}"))
            .collect();
        port.ingest("/ingest?source=numbers", "text/plain", lines.join("\n"))
            .await;
        let mut expected = start;
        while expected < start + BATCH {
            let message = fast.hear().await;
            if message["type"] != "log.status" {
                assert_eq!(line(&message), expected);
                expected += 1;
            }
        }
    }
    let mut next = 1;
    let mut gaps = Vec::new();
    while next <= LAST {
        let message = slow.hear().await;
        match message["type"].as_str().unwrap() {
            "log.line" => {
                assert_eq!(line(&message), next);
                next += 1;
            }
            "log.skipped" => {
                let number = |name: &str| message[name].as_u64().unwrap();
                let (from, to, count) = (number("from"), number("to"), number("count"));
                assert_eq!((from, count), (next, to - from + 1));
                gaps.push((from, count, message["run"].clone()));
                next = to + 1;
            }
            "log.status" => {}
            other => panic!("{other}"),
        }
    }
    assert!(!gaps.is_empty(), "so much was not under way");
    for (from, count, run) in gaps {
        let run = run.as_str().unwrap();
        let since = from - 1;
        let path = format!("/raw?run={run}&since={since}&limit={count}&format=jsonl");
        let missed = port.text(&path).await;
        let seqs = missed.lines().map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["seq"]
                .as_u64()
                .unwrap()
        });
        assert!(seqs.eq(from..from + count));
    }
}

#[tokio::test]
async fn a_subscription_is_ended_by_what_it_was_begun_with() {
    let port = Port::open().await;
    let job = json!({"kind": "file", "key": "/job.log", "name": "job"});
    port.call("source_add", job).await;
    let mut socket = Socket::open(&port).await;
    for (begun, ended) in [("/job.log", "/job.log"), ("/job.log", "job")] {
        let ask = json!({"type": "log.subscribe", "id": 1, "container": begun});
        subscribed(&mut socket, ask).await;
        history(&mut socket).await;
        let ask = json!({"type": "log.unsubscribe", "container": ended});
        socket.say(&ask).await;
        let mut told = socket.hear().await;
        while told["type"] == "log.status" {
            told = socket.hear().await;
        }
        assert_eq!(told, json!({"type": "log.unsubscribed", "id": 1}));
    }
}

#[tokio::test]
async fn a_source_and_a_run_end_their_subscriptions() {
    let port = Port::open().await;
    let feed = port.source("/job.log").await;
    let mut socket = Socket::open(&port).await;
    subscribed(
        &mut socket,
        json!({"type": "log.subscribe", "id": "job", "container": "/job.log"}),
    )
    .await;
    history(&mut socket).await;
    subscribed(
        &mut socket,
        json!({"type": "log.subscribe", "id": "all", "query": "done"}),
    )
    .await;
    send(&feed, "working\ndone").await;
    feed.state(SourceState::Ended);
    let mut of_job = Vec::new();
    loop {
        let message = socket.hear().await;
        if message["id"] == "job" {
            of_job.push(message["type"].clone());
            if message["type"] == "log.end" {
                assert_eq!(message["status"], "completed");
                assert_eq!(message["reason"], "source_ended");
                break;
            }
        }
    }
    of_job.retain(|kind| kind != "log.status");
    assert_eq!(of_job, ["log.line", "log.line", "log.end"]);
    port.call("run_new", json!({})).await;
    loop {
        let message = socket.hear().await;
        if message["type"] == "log.end" {
            assert_eq!(
                (&message["id"], &message["reason"]),
                (&json!("all"), &json!("run_ended"))
            );
            return;
        }
    }
}

#[tokio::test]
async fn a_page_of_another_origin_cannot_open_a_socket() {
    let port = Port::open().await;
    let token = port.workbench.token();
    let own = port.bound.url();
    for (origin, status) in [
        (Some("http://evil.example"), 403),
        (Some("https://evil.example"), 403),
        (Some("null"), 403),
        (Some("http://localhost:5173"), 403),
        (Some(own.as_str()), 101),
        (None, 101),
    ] {
        let origin = origin.map_or_else(String::new, |origin| format!("Origin: {origin}\r\n"));
        let path = format!("/ws?token={token}");
        let got = match Socket::ask(port.address(), &origin, &path).await {
            Ok(_) => 101,
            Err((status, _)) => status,
        };
        assert_eq!(got, status, "{origin}");
    }
    for (headers, status) in [
        (String::new(), 401),
        ("Authorization: Bearer wrong\r\n".to_owned(), 403),
        (format!("Authorization: Bearer {token}\r\n"), 101),
    ] {
        let got = match Socket::ask(port.address(), &headers, "/ws").await {
            Ok(_) => 101,
            Err((status, _)) => status,
        };
        assert_eq!(got, status, "{headers}");
    }
}

#[tokio::test]
async fn a_request_that_is_no_websocket_is_refused_in_words() {
    let port = Port::open().await;
    let error = refused(port.get("/ws").await, 400).await;
    assert_eq!(error["code"], "not_a_websocket");
    let posted = port.request(Method::POST, "/ws").send().await.unwrap();
    assert_eq!(refused(posted, 405).await["code"], "wrong_method");
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_the_socket() {
    let port = Port::open().await;
    let mut socket = Socket::open(&port).await;
    let large = json!({"type": "ping", "id": "x".repeat(70_000)});
    socket.say(&large).await;
    assert_eq!(u16::from(socket.farewell().await.unwrap().code), 1009);
    // The port itself is well.
    Socket::open(&port).await;
}

#[tokio::test]
async fn stopping_says_goodbye_to_every_socket() {
    let dir = tempfile::tempdir().unwrap();
    let workbench = workbench(&dir);
    let options = Options {
        port: 0,
        ..Options::default()
    };
    let bound = Server::bind(workbench.clone(), options).await.unwrap();
    let path = format!("/ws?token={}", workbench.token());
    let mut socket = Socket::ask(bound.address(), "", &path).await.unwrap();
    subscribed(&mut socket, json!({"type": "log.subscribe"})).await;
    history(&mut socket).await;
    let stop = tokio::spawn(tokio::time::timeout(Duration::from_secs(1), bound.stop()));
    assert_eq!(u16::from(socket.farewell().await.unwrap().code), 1001);
    stop.await
        .unwrap()
        .expect("an open socket does not hold up the end");
    workbench.close();
}
