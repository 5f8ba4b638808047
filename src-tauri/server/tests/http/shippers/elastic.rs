//! Elasticsearch's bulk, and what its clients ask before.

use reqwest::Method;
use serde_json::{Value, json};

use super::{line, post, records};
use crate::harness::{Port, gzip};

/// What the Python client of version 8 sends with a bulk.
const PYTHON: [(&str, &str); 3] = [
    (
        "accept",
        "application/vnd.elasticsearch+json; compatible-with=8",
    ),
    (
        "content-type",
        "application/vnd.elasticsearch+x-ndjson; compatible-with=8",
    ),
    (
        "x-elastic-client-meta",
        "es=8.15.1,py=3.12.3,t=8.15.1,ur=2.2.3",
    ),
];

#[tokio::test]
async fn the_python_clients_bulk_helper_gets_an_item_for_each_document() {
    let port = Port::open().await;
    let body = concat!(
        r#"{"index":{"_index":"logs-2024.11.21","_id":"1"}}"#,
        "\n",
        r#"{"@timestamp":"2024-11-21T10:20:00.123Z","log.level":"error","message":"no room"}"#,
        "\n",
        r#"{"create":{"_index":"logs-2024.11.21"}}"#,
        "\n",
        r#"{"@timestamp":"2024-11-21T10:20:01Z","log":{"level":"info"},"message":"room"}"#,
        "\n",
    );
    let reply = post(&port, "/_bulk", &PYTHON, body).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["x-elastic-product"], "Elasticsearch");
    assert_eq!(
        reply.headers()["content-type"],
        "application/vnd.elasticsearch+json;compatible-with=8"
    );
    let reply: Value = reply.json().await.unwrap();
    assert_eq!(reply["errors"], false);
    assert_eq!(reply["items"][0]["index"]["status"], 201);
    assert_eq!(reply["items"][0]["index"]["_id"], "1");
    assert_eq!(reply["items"][1]["create"]["result"], "created");
    assert_eq!(reply["items"][1]["create"]["_index"], "logs-2024.11.21");
    assert_eq!(
        reply["items"][1]["create"]["_id"].as_str().unwrap().len(),
        20
    );
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "logs");
    assert_eq!(records[0]["level"], "error");
    assert_eq!(records[0]["message"], "no room");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123")
    );
    assert_eq!(line(&records[0])["_id"], "1");
    assert_eq!(records[1]["level"], "info");
}

#[tokio::test]
async fn the_index_of_the_address_counts_where_the_action_names_none() {
    let port = Port::open().await;
    let body = gzip(b"{\"create\":{}}\n{\"message\":\"x\"}\n").await;
    let request = port
        .bare(
            Method::PUT,
            "/filebeat-8.15.1/_bulk?filter_path=errors,items.*.status",
        )
        .header("content-encoding", "gzip")
        .header("content-type", "application/json")
        .body(body);
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(reply["items"][0]["create"]["_index"], "filebeat-8.15.1");
    let records = records(&port).await;
    assert_eq!(records[0]["source"], "filebeat-8.15.1");
    assert_eq!(records[0]["line"], "{\"message\":\"x\"}");
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_item_by_item_and_costs_nobody_else() {
    let port = Port::open().await;
    let body = concat!(
        "{\"index\":{\"_index\":\"a\"}}\n{\"n\":1}\n",
        "{\"update\":{\"_index\":\"a\",\"_id\":\"1\"}}\n{\"doc\":{\"n\":2}}\n",
        "{\"delete\":{\"_index\":\"a\",\"_id\":\"1\"}}\n",
        "{\"index\":{\"_index\":\"a\"}}\n{broken\n",
        "{\"index\":{\"_index\":\"a\"}}\n{\"n\":3}",
    );
    let reply = post(&port, "/_bulk", &PYTHON, body).await;
    let reply: Value = reply.json().await.unwrap();
    assert_eq!(reply["errors"], true);
    let items = reply["items"].as_array().unwrap();
    let status: Vec<_> = items
        .iter()
        .map(|item| {
            item.as_object().unwrap().values().next().unwrap()["status"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(status, [201, 400, 400, 400, 201]);
    assert!(items[1]["update"]["error"]["reason"].is_string());
    assert_eq!(port.text("/raw?stream=system").await, "[a] {broken\n");
    assert_eq!(
        port.text("/raw?stream=stdout").await,
        "[a] {\"n\":1}\n[a] {\"n\":3}\n"
    );
}

#[tokio::test]
async fn an_action_may_say_more_than_what_is_asked_for() {
    let port = Port::open().await;
    let body = "{\"index\":{\"_index\":\"shop\",\"pipeline\":null},\"attempts\":0}\n\
                {\"message\":\"hello\",\"severity\":\"warning\"}\n";
    let reply = post(&port, "/_bulk", &PYTHON, body).await;
    assert_eq!(reply.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[0]["level"], "warn");
}

#[tokio::test]
async fn lines_without_actions_are_refused_in_words_that_clients_print() {
    let port = Port::open().await;
    let reply = post(&port, "/_bulk", &PYTHON, "{\"message\":\"x\"}\n").await;
    assert_eq!(reply.status(), 400);
    assert_eq!(reply.headers()["x-elastic-product"], "Elasticsearch");
    let reply: Value = reply.json().await.unwrap();
    assert_eq!(reply["status"], 400);
    assert_eq!(reply["error"]["code"], "bad_bulk");
    assert!(reply["error"]["root_cause"][0]["reason"].is_string());
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn single_documents_are_taken_as_rsyslog_and_log4j_send_them() {
    let port = Port::open().await;
    let reply = post(&port, "/system/events", &[], r#"{"message":"a"}"#).await;
    assert_eq!(reply.status(), 201);
    let reply = port
        .bare(Method::PUT, "/system/_doc/7")
        .body(r#"{"message":"b"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 201);
    assert_eq!(reply.json::<Value>().await.unwrap()["_id"], "7");
    let records = records(&port).await;
    assert_eq!(line(&records[1]), json!({"message": "b", "_id": "7"}));
}

#[tokio::test]
async fn clients_find_what_they_ask_for_before_they_send() {
    let port = Port::open().await;
    for (method, path) in [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/_cluster/health"),
        ("GET", "/_cat/health"),
        ("GET", "/_license?human=false"),
        ("GET", "/_xpack"),
        ("GET", "/_nodes/http"),
        ("GET", "/_ilm/policy/filebeat"),
        ("PUT", "/_ilm/policy/filebeat"),
        ("HEAD", "/_index_template/filebeat-8.15.1"),
        ("PUT", "/_index_template/filebeat-8.15.1"),
        ("HEAD", "/_template/logs"),
        ("PUT", "/_template/logs"),
        ("GET", "/_data_stream/filebeat-8.15.1"),
        ("GET", "/_ingest/pipeline/filebeat-8.15.1-nginx"),
        ("HEAD", "/logs-app"),
        ("PUT", "/logs-app"),
    ] {
        let request = port.bare(method.parse().unwrap(), path);
        let reply = request
            .header("accept", "application/json")
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200, "{method} {path}");
        assert_eq!(
            reply.headers()["x-elastic-product"],
            "Elasticsearch",
            "{method} {path}"
        );
    }
    let info = port.bare(Method::GET, "/").header(PYTHON[0].0, PYTHON[0].1);
    let info = info.send().await.unwrap();
    assert_eq!(
        info.headers()["content-type"],
        "application/vnd.elasticsearch+json;compatible-with=8"
    );
    let info: Value = info.json().await.unwrap();
    assert_eq!(info["tagline"], "You Know, for Search");
    assert!(
        info["version"]["number"]
            .as_str()
            .unwrap()
            .starts_with("8.")
    );
    let nodes: Value = port
        .bare(Method::GET, "/_nodes/http")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let address = nodes["nodes"]["crosscut"]["http"]["publish_address"]
        .as_str()
        .unwrap();
    assert_eq!(address, port.address().to_string());
}

#[tokio::test]
async fn a_browser_still_finds_the_page() {
    let port = Port::open().await;
    let page = port
        .bare(Method::GET, "/")
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("<title>Crosscut"));
    let nothing = port.bare(Method::GET, "/nothing.js").send().await.unwrap();
    assert_eq!(nothing.status(), 404);
}
