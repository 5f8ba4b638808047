//! `GET /raw`.

use serde_json::{Value, json};

use crate::harness::{Port, refused};

#[tokio::test]
async fn text_json_and_jsonl_tell_the_same_records() {
    let port = Port::open().await;
    let body = r#"[{"level":"error","msg":"no stock"},"plain"]"#;
    port.ingest("/ingest?source=shop", "application/json", body)
        .await;
    let text = port.get("/raw").await;
    assert_eq!(text.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        text.text().await.unwrap(),
        "[shop] {\"level\":\"error\",\"msg\":\"no stock\"}\n[shop] plain\n"
    );
    let json: Vec<Value> = port.get("/raw?format=json").await.json().await.unwrap();
    let jsonl = port.text("/raw?format=jsonl").await;
    let lines: Vec<Value> = jsonl
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(json, lines);
    assert_eq!(json[0]["seq"], 1);
    assert_eq!(json[0]["level"], "error");
    assert_eq!(json[0]["message"], "no stock");
    assert_eq!(json[1]["source"], "shop");
}

#[tokio::test]
async fn nothing_found_is_an_empty_answer_in_every_format() {
    let port = Port::open().await;
    assert_eq!(port.text("/raw").await, "");
    assert_eq!(port.text("/raw?format=json").await, "[]\n");
    assert_eq!(port.text("/raw?format=jsonl").await, "");
}

#[tokio::test]
async fn grep_query_source_and_stream_narrow() {
    let port = Port::open().await;
    let body = "{\"level\":\"error\",\"n\":1}\n{\"level\":\"info\",\"n\":2}";
    port.ingest("/ingest?source=a", "application/x-ndjson", body)
        .await;
    port.ingest("/ingest?source=b", "text/plain", "connection REFUSED")
        .await;
    for (filter, count) in [
        ("grep=refus.d", 1),
        ("query=level:error", 1),
        ("query=level:error%20OR%20refused", 2),
        ("source=a", 2),
        ("source=nobody", 0),
        ("stream=stderr", 0),
        ("stream=stdout&query=refused", 1),
        ("query=&grep=&source=", 3),
    ] {
        let answer = port.text(&format!("/raw?{filter}")).await;
        assert_eq!(answer.lines().count(), count, "{filter}");
    }
}

#[tokio::test]
async fn tail_counts_from_the_end_and_limit_from_the_start() {
    let port = Port::open().await;
    port.numbers(1..2_501).await;
    let numbers = async |path: &str| {
        let text = port.text(path).await;
        let all: Vec<u64> = text
            .lines()
            .map(|line| line.rsplit(' ').next().unwrap().parse().unwrap())
            .collect();
        assert!(all.is_sorted_by(|a, b| a + 1 == *b), "{path}");
        (all.first().copied(), all.last().copied())
    };
    assert_eq!(numbers("/raw").await, (Some(1), Some(2_000)));
    assert_eq!(numbers("/raw?limit=10").await, (Some(1), Some(10)));
    assert_eq!(numbers("/raw?tail=10").await, (Some(2_491), Some(2_500)));
    assert_eq!(numbers("/raw?tail=2200").await, (Some(301), Some(2_500)));
    assert_eq!(numbers("/raw?limit=100000").await, (Some(1), Some(2_500)));
    assert_eq!(
        numbers("/raw?tail=100&limit=5").await,
        (Some(2_401), Some(2_405))
    );
    assert_eq!(numbers("/raw?since=2490").await, (Some(2_491), Some(2_500)));
    assert_eq!(numbers("/raw?limit=0").await, (None, None));
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_never_ignored() {
    let port = Port::open().await;
    let query = refused(port.get("/raw?query=level:error%20AND%20(").await, 400).await;
    assert!(query["position"].is_u64(), "{query}");
    let grep = refused(port.get("/raw?grep=a(b").await, 400).await;
    assert!(!grep["message"].as_str().unwrap().is_empty());
    for path in ["/raw?tail=x", "/raw?format=xml", "/raw?stream=none"] {
        assert_eq!(
            refused(port.get(path).await, 400).await["code"],
            "bad_parameter",
            "{path}"
        );
    }
    let unknown = refused(port.get("/raw?runId=20200101T000000000Z").await, 404).await;
    assert_eq!(unknown["code"], json!("unknown_run"));
    refused(port.get("/raw?runId=..%2F..").await, 404).await;
}
