//! Datadog's intake.

use reqwest::Method;
use serde_json::{Value, json};

use super::{line, post, records};
use crate::harness::{Port, deflate, zstd};

#[tokio::test]
async fn the_agents_batches_are_stored_by_service_with_their_tags() {
    let port = Port::open().await;
    let body = json!([
        {"message": "{\"level\":\"warn\",\"msg\":\"slow\",\"dd\":{\"trace_id\":\"7\"}}",
         "status": "info", "timestamp": 1_732_184_400_123_i64, "hostname": "box",
         "service": "shop", "ddsource": "nodejs", "ddtags": "env:dev,canary"},
        {"message": "plain", "status": "error", "timestamp": 1_732_184_401_000_i64,
         "hostname": "box", "service": "shop", "ddsource": "nodejs", "ddtags": ""},
    ]);
    let headers = [
        ("dd-api-key", "0123456789abcdef"),
        ("content-type", "application/json"),
        ("content-encoding", "zstd"),
    ];
    let body = zstd(body.to_string().as_bytes()).await;
    let reply = post(&port, "/api/v2/logs", &headers, body).await;
    assert_eq!(reply.status(), 202);
    assert_eq!(reply.text().await.unwrap(), "{}");
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert!(records.iter().all(|record| record["source"] == "shop"));
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(records[0]["message"], "slow");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123")
    );
    assert_eq!(
        line(&records[0])["tags"],
        json!({"env": "dev", "canary": true})
    );
    assert_eq!(line(&records[0])["dd"]["trace_id"], "7");
    assert_eq!(records[1]["level"], "error");
    assert_eq!(records[1]["message"], "plain");
}

#[tokio::test]
async fn the_address_describes_what_the_body_does_not() {
    let port = Port::open().await;
    let path = "/v1/input/key?ddsource=browser&service=web";
    let kind = [("content-type", "text/plain")];
    let reply = post(&port, path, &kind, "WARN one\ntwo").await;
    assert_eq!(reply.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "web");
    assert_eq!(records[0]["level"], "warn");
    assert_eq!(line(&records[0])["ddsource"], "browser");
}

#[tokio::test]
async fn any_key_is_good_and_an_empty_log_is_a_question() {
    let port = Port::open().await;
    let asked = port
        .bare(Method::GET, "/api/v1/validate")
        .header("dd-api-key", "x");
    let asked: Value = asked.send().await.unwrap().json().await.unwrap();
    assert_eq!(asked, json!({"valid": true}));
    let json = [("content-type", "application/json")];
    assert_eq!(post(&port, "/api/v2/logs", &json, "{}").await.status(), 202);
    assert_eq!(post(&port, "/api/v2/logs", &json, "[").await.status(), 400);
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn the_browsers_logs_come_a_line_each_and_each_is_read() {
    let port = Port::open().await;
    let log = |service: &str, status: &str| {
        json!({"date": 1_732_184_400_123_i64, "message": "no room", "status": status,
               "service": service, "session_id": "s1"})
        .to_string()
    };
    let body = [
        log("shop", "error"),
        log("cart", "info"),
        "plain".to_owned(),
    ]
    .join("\n");
    let kind = [("content-type", "text/plain;charset=UTF-8")];
    let path = "/api/v2/logs?ddsource=browser&dd-api-key=k";
    assert_eq!(post(&port, path, &kind, body.clone()).await.status(), 202);
    let packed = deflate(body.as_bytes()).await;
    let path = format!("{path}&dd-evp-encoding=deflate");
    assert_eq!(post(&port, &path, &kind, packed).await.status(), 202);
    let mut records = records(&port).await;
    let again = records.split_off(3);
    let lines = |records: &[Value]| -> Vec<Value> {
        records
            .iter()
            .map(|record| record["line"].clone())
            .collect()
    };
    assert_eq!(lines(&again), lines(&records));
    let told = |name: &str| {
        let told = records.iter().map(|record| record[name].clone());
        told.collect::<Vec<_>>()
    };
    assert_eq!(told("source"), ["shop", "cart", "browser"]);
    assert_eq!(told("level")[..2], ["error", "info"]);
    assert_eq!(records[0]["message"], "no room");
    assert!(
        records[0]["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123")
    );
}

#[tokio::test]
async fn what_stands_beside_a_line_of_logfmt_becomes_pairs_of_it() {
    let port = Port::open().await;
    let log = json!({"message": "level=warn msg=\"a b\" n=1", "service": "shop", "n": 2,
                     "port": 80, "host": "my box", "ddtags": "env:dev", "a b": "c"});
    let mut fits = log.clone();
    fits.as_object_mut().unwrap().remove("a b");
    assert_eq!(
        post(&port, "/api/v2/logs", &[], fits.to_string())
            .await
            .status(),
        202
    );
    // A name that is none in logfmt: its field is not left out.
    assert_eq!(
        post(&port, "/api/v2/logs", &[], log.to_string())
            .await
            .status(),
        202
    );
    let records = records(&port).await;
    assert_eq!(
        records[0]["line"],
        "level=warn msg=\"a b\" n=1 service=shop port=80 host=\"my box\" ddtags=env:dev tags.env=dev"
    );
    assert_eq!(line(&records[1])["a b"], "c");
    assert_eq!(records[1]["level"], "warn");
}
