//! Seq's ingestion, in both forms.

use serde_json::{Value, json};

use super::{line, post, records};
use crate::harness::Port;

const CLEF: (&str, &str) = (
    "content-type",
    "application/vnd.serilog.clef; charset=utf-8",
);

#[tokio::test]
async fn serilogs_events_are_stored_with_their_templates_filled_in() {
    let port = Port::open().await;
    let body = concat!(
        r#"{"@t":"2024-11-21T10:20:00.1234567Z","@mt":"Took {Elapsed:0.0} ms for {@Order} of {{{User}}}, {Missing}","@r":["12.3"],"Elapsed":12.345,"Order":{"Id":7},"User":"Ann","Application":"Shop"}"#,
        "\r\n",
        r#"{"@t":"2024-11-21T10:20:01Z","@mt":"Gone","@l":"Error","@x":"System.Exception: no\n   at A.B()","Application":"Shop"}"#,
        "\r\n",
    );
    let headers = [CLEF, ("x-seq-apikey", "whatever")];
    let reply = post(&port, "/ingest/clef", &headers, body).await;
    assert_eq!(reply.status(), 201);
    assert_eq!(
        reply.json::<Value>().await.unwrap(),
        json!({"MinimumLevelAccepted": null})
    );
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "Shop");
    assert_eq!(
        records[0]["message"],
        r#"Took 12.3 ms for {"Id":7} of {Ann}, {Missing}"#
    );
    assert_eq!(records[0]["level"], "info");
    assert_eq!(line(&records[0])["Elapsed"], 12.345);
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.1234567")
    );
    assert_eq!(records[1]["level"], "error");
    assert_eq!(line(&records[1])["@x"], "System.Exception: no\n   at A.B()");
}

#[tokio::test]
async fn seq_loggings_older_form_ends_as_the_same_events() {
    let port = Port::open().await;
    let body = json!({"Events": [{
        "Timestamp": "2024-11-21T10:20:00.000Z", "Level": "Warning",
        "MessageTemplate": "Hello, {name}!", "Exception": null,
        "Properties": {"name": "World", "Application": "shop"}
    }]});
    let kind = [("content-type", "application/json")];
    let reply = post(&port, "/api/events/raw", &kind, body.to_string()).await;
    assert_eq!(reply.status(), 201);
    let records = records(&port).await;
    assert_eq!(records[0]["message"], "Hello, World!");
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(line(&records[0])["name"], "World");
}

#[tokio::test]
async fn the_address_may_say_that_a_body_is_clef() {
    let port = Port::open().await;
    let body = "{\"@t\":\"2024-11-21T10:20:00Z\",\"@m\":\"hi\"}\nnot json\n";
    let reply = post(&port, "/api/events/raw?clef&apiKey=k", &[], body).await;
    assert_eq!(reply.status(), 201);
    assert_eq!(port.text("/raw?stream=system").await, "[clef] not json\n");
    assert_eq!(port.text("/raw?stream=stdout").await.lines().count(), 1);
}

#[tokio::test]
async fn a_body_without_events_is_refused_in_seqs_form() {
    let port = Port::open().await;
    let reply = post(&port, "/ingest/clef", &[CLEF], "hello").await;
    assert_eq!(reply.status(), 400);
    let reply: Value = reply.json().await.unwrap();
    assert!(reply["Error"].is_string());
    assert_eq!(reply["error"]["code"], "bad_json");
    assert!(records(&port).await.is_empty());
}
