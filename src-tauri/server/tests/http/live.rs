//! `GET /stream` and `GET /api/events`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_engine::api::SourceState;
use futures_util::{Stream, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Message, Port, messages, refused, send};

/// The records among a stream's messages: states of sources come when they come.
fn records(response: reqwest::Response) -> impl Stream<Item = Message> + Unpin {
    let is_record = |message: &Message| std::future::ready(message.event.is_none());
    messages(response).filter(is_record)
}

fn seq(message: &Message) -> u64 {
    let seq = message.json()["seq"].as_u64().unwrap();
    assert_eq!(message.id.as_deref(), Some(seq.to_string().as_str()));
    seq
}

#[tokio::test]
async fn a_stream_gives_the_tail_and_then_what_comes() {
    let port = Port::open().await;
    port.numbers(1..21).await;
    let mut stream = records(port.get("/stream?tail=3").await);
    for expected in 18..21 {
        let message = stream.next().await.unwrap();
        assert_eq!(seq(&message), expected);
        assert_eq!(message.json()["line"], format!("number {expected}"));
    }
    port.numbers(21..23).await;
    for expected in 21..23 {
        assert_eq!(seq(&stream.next().await.unwrap()), expected);
    }
}

#[tokio::test]
async fn a_stream_says_where_it_begins() {
    let port = Port::open().await;
    port.numbers(1..21).await;
    for (path, seq) in [
        ("/stream?tail=3", 17),
        ("/stream?tail=0", 20),
        ("/stream?since=5", 5),
        ("/stream?tail=2&query=%229%22", 8),
    ] {
        let start = messages(port.get(path).await).next().await.unwrap();
        assert_eq!(start.event.as_deref(), Some("start"));
        let run = port.workbench.current_run();
        assert_eq!(start.json(), json!({"run": run, "seq": seq}), "{path}");
    }
}

#[tokio::test]
async fn a_stream_gives_a_thousand_records_when_not_told_otherwise() {
    let port = Port::open().await;
    port.numbers(1..1_201).await;
    let mut stream = records(port.get("/stream").await);
    assert_eq!(seq(&stream.next().await.unwrap()), 201);
}

#[tokio::test]
async fn a_filtered_stream_gives_only_what_matches() {
    let port = Port::open().await;
    let mut stream = records(port.get("/stream?query=odd").await);
    port.ingest("/ingest", "text/plain", "1 odd\n2 even\n3 odd")
        .await;
    assert_eq!(seq(&stream.next().await.unwrap()), 1);
    assert_eq!(seq(&stream.next().await.unwrap()), 3);
    refused(port.get("/stream?query=(").await, 400).await;
}

#[tokio::test]
async fn resuming_loses_and_doubles_nothing_while_lines_arrive() {
    const LAST: u64 = 3_000;
    let port = Arc::new(Port::open().await);
    let done = Arc::new(AtomicBool::new(false));
    let writer = tokio::spawn({
        let (port, done) = (port.clone(), done.clone());
        async move {
            for start in (1..=LAST).step_by(50) {
                port.numbers(start..start + 50).await;
            }
            done.store(true, Ordering::SeqCst);
        }
    });
    let mut seen: Vec<u64> = Vec::new();
    let mut connections = 0;
    while seen.last() != Some(&LAST) {
        let mut request = port.request(Method::GET, "/stream?tail=100000");
        if let Some(last) = seen.last() {
            request = request.header("last-event-id", last.to_string());
        }
        let stream = records(request.send().await.unwrap());
        // Cut off after some hundred records, in the middle of whatever was under way.
        let some = stream.take(437).take_while(|message| {
            let end = message.json()["seq"].as_u64() == Some(LAST);
            seen.push(seq(message));
            std::future::ready(!end)
        });
        some.collect::<Vec<_>>().await;
        connections += 1;
    }
    writer.await.unwrap();
    assert!(done.load(Ordering::SeqCst));
    assert!(connections > 5);
    assert!(
        seen.iter().copied().eq(1..=LAST),
        "each record once, in order"
    );
}

#[tokio::test]
async fn the_end_of_the_run_ends_its_stream() {
    let port = Port::open().await;
    port.numbers(1..3).await;
    let mut stream = messages(port.get("/stream").await);
    let mut all = vec![stream.next().await.unwrap()];
    port.call("run_new", json!({})).await;
    all.extend(stream.collect::<Vec<_>>().await);
    let end = all.last().unwrap();
    assert_eq!(end.event.as_deref(), Some("end"));
    assert_eq!(
        end.id.as_deref(),
        Some(""),
        "the browser forgets where it was"
    );
    let records = all.iter().filter(|message| message.event.is_none());
    assert_eq!(records.count(), 2);
}

#[tokio::test]
async fn a_number_from_an_ended_run_does_not_hide_the_new_one() {
    let port = Port::open().await;
    port.numbers(1..101).await;
    port.call("run_new", json!({})).await;
    port.numbers(1..4).await;
    let request = port
        .request(Method::GET, "/stream")
        .header("last-event-id", "100");
    let mut stream = records(request.send().await.unwrap());
    assert_eq!(seq(&stream.next().await.unwrap()), 1);
}

#[tokio::test]
async fn one_who_comes_back_into_a_new_run_is_given_all_of_it() {
    let port = Port::open().await;
    port.numbers(1..2_001).await;
    port.call("run_new", json!({})).await;
    port.numbers(1..1_501).await;
    let request = port
        .request(Method::GET, "/stream")
        .header("last-event-id", "2000");
    let mut stream = records(request.send().await.unwrap());
    for expected in 1..1_501 {
        assert_eq!(seq(&stream.next().await.unwrap()), expected);
    }
}

#[tokio::test]
async fn the_end_of_a_source_is_told_behind_its_last_record() {
    let port = Port::open().await;
    let feed = port.source("/job.log").await;
    let mut stream = messages(port.get("/stream").await);
    stream.next().await.unwrap();
    // The stream has looked at the sources before the end comes.
    port.numbers(1..2).await;
    stream.next().await.unwrap();
    send(&feed, "done").await;
    feed.state(SourceState::Ended);
    let mut last = 0;
    loop {
        let message = stream.next().await.unwrap();
        match message.event.as_deref() {
            None => last = seq(&message),
            Some("state") if message.json()["name"] == "/job.log" => {
                if message.json()["state"] == "ended" {
                    break;
                }
            }
            Some(_) => {}
        }
    }
    assert_eq!(last, 2);
}

#[tokio::test]
async fn closing_the_workbench_ends_every_stream() {
    let port = Port::open().await;
    port.numbers(1..2).await;
    let mut stream = messages(port.get("/stream").await);
    let mut events = messages(port.get("/api/events?client=c").await);
    stream.next().await.unwrap();
    events.next().await.unwrap();
    let workbench = port.workbench.clone();
    let closing = tokio::task::spawn_blocking(move || workbench.close());
    while stream.next().await.is_some() {}
    while events.next().await.is_some() {}
    closing.await.unwrap();
}

#[tokio::test]
async fn events_begin_with_hello_and_tell_of_new_lines() {
    let port = Port::open().await;
    let mut events = messages(port.get("/api/events?client=tab-1").await);
    let hello = events.next().await.unwrap().json();
    assert_eq!(hello["type"], "hello");
    let opened = port.call("view_open", json!({"client": "tab-1"})).await;
    port.numbers(1..11).await;
    let mut kinds = Vec::new();
    let rows = |event: &Value| {
        event["type"] == "view"
            && event["state"]["view"] == opened["view"]
            && event["state"]["rows"] == 10
    };
    loop {
        let event = events.next().await.unwrap().json();
        kinds.push(event["type"].as_str().unwrap().to_owned());
        if rows(&event) && kinds.iter().any(|kind| kind == "sources") {
            return;
        }
        let views = kinds.iter().filter(|kind| *kind == "view").count();
        assert!(views <= 100, "no view of ten rows among {kinds:?}");
    }
}

#[tokio::test]
async fn events_need_a_client() {
    let port = Port::open().await;
    for path in ["/api/events", "/api/events?client="] {
        assert_eq!(
            refused(port.get(path).await, 400).await["code"],
            "bad_parameter"
        );
    }
}
