//! Splunk's event collector.

use reqwest::Method;
use serde_json::{Value, json};

use super::{line, post, records};
use crate::harness::{Port, gzip};

const TOKEN: (&str, &str) = (
    "authorization",
    "Splunk 176FCEBF-4CF5-4EDF-91BC-703796522D20",
);

async fn answered(reply: reqwest::Response, status: u16) -> (String, i64) {
    assert_eq!(reply.status(), status);
    let reply: Value = reply.json().await.unwrap();
    (
        reply["text"].as_str().unwrap().to_owned(),
        reply["code"].as_i64().unwrap(),
    )
}

#[tokio::test]
async fn dockers_splunk_driver_is_content_and_its_lines_are_told_apart() {
    let port = Port::open().await;
    let path = "/services/collector/event/1.0";
    let asked = port.bare(Method::OPTIONS, path).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    let body = concat!(
        r#"{"event":{"line":"ready","source":"stdout","tag":"4f0c1f9c2a11","attrs":{"com.docker.compose.service":"web"}},"time":"1732184400.123456","host":"box"}"#,
        r#"{"event":{"line":{"level":"warn","msg":"slow"},"source":"stderr","tag":"4f0c1f9c2a11"},"time":"1732184401.000000","host":"box","sourcetype":"docker","index":"main"}"#,
    );
    let headers = [
        TOKEN,
        ("content-encoding", "gzip"),
        ("user-agent", "Go-http-client/1.1"),
    ];
    let reply = post(&port, path, &headers, gzip(body.as_bytes()).await).await;
    assert_eq!(answered(reply, 200).await, ("Success".to_owned(), 0));
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    let (out, err) = (&records[0], &records[1]);
    assert_eq!(out["source"], "4f0c1f9c2a11");
    assert_eq!(out["stream"], "stdout");
    assert_eq!(out["message"], "ready");
    assert!(
        out["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00.123456")
    );
    assert_eq!(
        line(out),
        json!({"message": "ready", "tag": "4f0c1f9c2a11",
               "attrs": {"com.docker.compose.service": "web"}, "host": "box"})
    );
    assert_eq!(err["stream"], "stderr");
    assert_eq!(err["level"], "warn");
    assert_eq!(line(err)["index"], "main");
}

#[tokio::test]
async fn events_of_any_kind_are_taken_with_or_without_blanks_between() {
    let port = Port::open().await;
    let body = concat!(
        "{\"event\":\"text\",\"source\":\"shop\"}\n\n",
        "{\"event\":{\"a\":1},\"source\":\"shop\",\"time\":1732184400,\"fields\":{\"region\":\"eu\"}}",
        "[{\"event\":7,\"source\":\"shop\"}]"
    );
    let reply = post(&port, "/services/collector", &[TOKEN], body).await;
    assert_eq!(answered(reply, 200).await.1, 0);
    let lines: Vec<_> = records(&port)
        .await
        .iter()
        .map(|r| r["line"].clone())
        .collect();
    let mut lines: Vec<_> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        ["text", "{\"a\":1,\"region\":\"eu\"}", "{\"event\":7}"]
    );
}

#[tokio::test]
async fn raw_lines_are_records_of_the_source_in_the_address() {
    let port = Port::open().await;
    let path = "/services/collector/raw?source=syslog&host=box&channel=1-2";
    let reply = post(&port, path, &[TOKEN], "one\r\ntwo\n").await;
    assert_eq!(answered(reply, 200).await.1, 0);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "syslog");
    assert_eq!(line(&records[0]), json!({"message": "one", "host": "box"}));
}

#[tokio::test]
async fn faults_have_the_collectors_numbers() {
    let port = Port::open().await;
    for (path, body, code) in [
        ("/services/collector", "", 5),
        ("/services/collector/raw", "\n", 5),
        ("/services/collector", "{", 6),
        ("/services/collector", "hello", 6),
        ("/services/collector", "{\"time\":1}", 12),
        ("/services/collector", "{\"event\":\"\"}", 13),
    ] {
        let reply = post(&port, path, &[TOKEN], body).await;
        assert_eq!(answered(reply, 400).await.1, code, "{body}");
    }
    assert!(records(&port).await.is_empty());
    let health = port.bare(Method::GET, "/services/collector/health/1.0");
    assert_eq!(answered(health.send().await.unwrap(), 200).await.1, 17);
    let ack = post(
        &port,
        "/services/collector/ack",
        &[TOKEN],
        "{\"acks\":[\"x\"]}",
    )
    .await;
    assert_eq!(answered(ack, 400).await.1, 6);
}

#[tokio::test]
async fn who_names_a_channel_gets_a_number_and_is_told_that_it_is_stored() {
    let port = Port::open().await;
    let body = "{\"event\":\"one\"}";
    let without = post(&port, "/services/collector", &[TOKEN], body).await;
    let without: Value = without.json().await.unwrap();
    assert_eq!(without, json!({"text": "Success", "code": 0}));
    let channel = (
        "x-splunk-request-channel",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    );
    let first = post(&port, "/services/collector", &[TOKEN, channel], body).await;
    let first: Value = first.json().await.unwrap();
    let second = post(&port, "/services/collector/raw?channel=c", &[TOKEN], "two").await;
    let second: Value = second.json().await.unwrap();
    let (first, second) = (&first["ackId"], &second["ackId"]);
    assert!(first.is_u64() && second.is_u64() && first != second);
    let asked = json!({"acks": [first, second]}).to_string();
    let told = post(&port, "/services/collector/ack?channel=c", &[TOKEN], asked).await;
    assert_eq!(told.status(), 200);
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        told,
        json!({"acks": {first.to_string(): true, second.to_string(): true}})
    );
}

#[tokio::test]
async fn times_are_read_in_whatever_unit_they_come() {
    let port = Port::open().await;
    for time in [
        "1732184400.5",
        "\"1732184400.500\"",
        "1732184400500",
        "1732184400500000",
        "1732184400500000000",
        "\"2024-11-21T10:20:00.5Z\"",
    ] {
        let loki = format!("{{\"streams\":[{{\"stream\":{{}},\"values\":[[{time},\"x\"]]}}]}}");
        for (path, body) in [
            (
                "/services/collector",
                format!("{{\"event\":\"x\",\"time\":{time}}}"),
            ),
            (
                "/api/v2/logs",
                format!("{{\"message\":\"x\",\"timestamp\":{time}}}"),
            ),
            (
                "/api/log",
                format!("{{\"logs\":[{{\"log\":\"x\",\"ts\":{time}}}]}}"),
            ),
            ("/loki/api/v1/push", loki),
        ] {
            let kind = ("content-type", "application/json");
            let reply = post(&port, path, &[TOKEN, kind], body).await;
            assert!(reply.status().is_success(), "{path} {time}");
        }
    }
    let records = records(&port).await;
    assert_eq!(records.len(), 24);
    for record in records {
        let time = record["time"].as_str().unwrap();
        assert!(time.starts_with("2024-11-21T10:20:00.5"), "{record}");
    }
}

#[tokio::test]
async fn an_event_that_is_none_is_kept_and_costs_nobody_else() {
    let port = Port::open().await;
    let body = "{\"event\":\"one\"}{\"event\":null}{\"event\":\"two\"}{oops\nmore";
    let reply = post(&port, "/services/collector", &[TOKEN], body).await;
    assert_eq!(answered(reply, 200).await.1, 0);
    assert_eq!(
        port.text("/raw?stream=stdout").await,
        "[splunk] one\n[splunk] two\n"
    );
    assert_eq!(
        port.text("/raw?stream=system").await,
        "[splunk] {\"event\":null}\n[splunk] {oops\n[splunk] more\n"
    );
}

#[tokio::test]
async fn what_a_container_says_on_two_streams_stays_in_its_order() {
    let port = Port::open().await;
    let event = |n: usize| {
        let stream = ["stdout", "stderr"][n % 2];
        let time = 1_732_184_400 + n;
        json!({"event": {"line": format!("line {n}"), "source": stream, "tag": "t"}, "time": time})
    };
    let body: String = (0..9).map(|n| event(n).to_string()).collect();
    let reply = post(&port, "/services/collector", &[TOKEN], body).await;
    assert_eq!(answered(reply, 200).await.1, 0);
    let lines: Vec<_> = records(&port)
        .await
        .iter()
        .map(|record| record["message"].as_str().unwrap().to_owned())
        .collect();
    let all: Vec<_> = (0..9).map(|n| format!("line {n}")).collect();
    assert_eq!(lines, all);
}
