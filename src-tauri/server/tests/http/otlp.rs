//! OTLP over HTTP: `/v1/logs`, `/v1/traces`, `/v1/metrics`.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::harness::{Port, gzip};

const BINARY: &str = "application/x-protobuf";
const JSON: &str = "application/json";
const TRACE: [u8; 16] = [
    0x5b, 0x8e, 0xff, 0xf7, 0x98, 0x03, 0x81, 0x03, 0xd2, 0x69, 0xb6, 0x33, 0x81, 0x3f, 0xc6, 0x0c,
];

/// A message that is put together field by field.
#[derive(Default, Clone)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
            value >>= 7;
        }
        self.0.push(u8::try_from(value).unwrap());
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn fixed(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3 | 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(crate) fn bytes(mut self, field: u64, value: impl AsRef<[u8]>) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.as_ref().len() as u64);
        self.0.extend(value.as_ref());
        self
    }

    fn within(self, field: u64, message: Self) -> Self {
        self.bytes(field, message.0)
    }
}

fn new() -> Message {
    Message::default()
}

fn pair(key: &str, value: &str) -> Message {
    new().bytes(1, key).within(2, new().bytes(1, value))
}

/// A request for one resource and scope, with these records.
pub(crate) fn request(service: &str, records: &[Message]) -> Message {
    let scope = new().within(1, new().bytes(1, "cart").bytes(2, "1.2"));
    let scope = records
        .iter()
        .fold(scope, |scope, record| scope.within(2, record.clone()));
    // The resource comes last, as it may.
    let resource = new()
        .within(2, scope)
        .within(1, new().within(1, pair("service.name", service)));
    new().within(1, resource)
}

pub(crate) fn record(text: &str) -> Message {
    new().within(5, new().bytes(1, text))
}

async fn post(port: &Port, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Response {
    port.bare(Method::POST, path)
        .header("content-type", kind)
        .body(body)
        .send()
        .await
        .unwrap()
}

/// Each record as it is stored.
async fn records(port: &Port, path: &str) -> Vec<Value> {
    let text = port.text(path).await;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const LOGS: &str = r#"{"resourceLogs":[{
  "scopeLogs":[{"logRecords":[{
      "timeUnixNano":"1795256100123456789","observedTimeUnixNano":1795256100200000000,
      "severityNumber":18,"severityText":"ERROR","body":{"stringValue":"no stock"},
      "attributes":[{"key":"cart","value":{"kvlistValue":{"values":[
        {"key":"items","value":{"intValue":"3"}}]}}},{"key":"http.route","value":{"stringValue":"/cart"}}],
      "droppedAttributesCount":2,"flags":1,"traceId":"5B8EFFF798038103D269B633813FC60C",
      "spanId":"EEE19B7EC3C1B174","eventName":"cart.empty","somethingNew":{"a":[1]}}],
    "scope":{"name":"cart","version":"1.2"},"schemaUrl":"https://a/1"}],
  "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
  "schemaUrl":"https://b/2"}]}"#;

#[tokio::test]
async fn a_log_record_is_kept_with_all_it_says_in_either_encoding() {
    let port = Port::open().await;
    let span = [0xee, 0xe1, 0x9b, 0x7e, 0xc3, 0xc1, 0xb1, 0x74];
    let cart = new().within(1, new().bytes(1, "items").within(2, new().number(3, 3)));
    let binary = new()
        .fixed(1, 1_795_256_100_123_456_789)
        .number(2, 18)
        .bytes(3, "ERROR")
        .within(5, new().bytes(1, "no stock"))
        .within(6, new().bytes(1, "cart").within(2, new().within(6, cart)))
        .within(6, pair("http.route", "/cart"))
        .number(7, 2)
        .bytes(9, TRACE)
        .bytes(10, span)
        .fixed(11, 1_795_256_100_200_000_000)
        .bytes(12, "cart.empty")
        .number(8, 1);
    let scope = new()
        .within(1, new().bytes(1, "cart").bytes(2, "1.2"))
        .within(2, binary)
        .bytes(3, "https://a/1");
    let resource = new()
        .within(1, new().within(1, pair("service.name", "shop")))
        .within(2, scope)
        .bytes(3, "https://b/2");
    let binary = new().within(1, resource).0;
    let expected = json!({
        "time": "2026-11-21T10:15:00.123456789Z", "level": "error", "message": "no stock",
        "severity_number": 18, "event": "cart.empty",
        "trace_id": "5b8efff798038103d269b633813fc60c", "span_id": "eee19b7ec3c1b174",
        "observed_time": "2026-11-21T10:15:00.200000000Z", "flags": 1,
        "cart": {"items": 3}, "http.route": "/cart",
        "dropped_attributes_count": 2,
        "logger": "cart", "scope": {"version": "1.2", "schema_url": "https://a/1"},
        "resource": {"service.name": "shop"}, "resource_schema_url": "https://b/2",
    });
    for (kind, body, answer) in [
        (BINARY, binary, ""),
        (
            "application/json; charset=utf-8",
            LOGS.as_bytes().to_vec(),
            "{}",
        ),
    ] {
        let response = post(&port, "/v1/logs", kind, body).await;
        assert_eq!(response.status(), 200);
        let answered = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with(answered));
        assert_eq!(response.text().await.unwrap(), answer);
        let told = records(&port, "/raw?format=jsonl&tail=1").await.remove(0);
        assert_eq!(told["source"], "shop");
        assert_eq!(told["level"], "error");
        assert_eq!(told["message"], "no stock");
        assert!(
            told["time"]
                .as_str()
                .unwrap()
                .starts_with("2026-11-21T10:15:00.123456")
        );
        let line: Value = serde_json::from_str(told["line"].as_str().unwrap()).unwrap();
        assert_eq!(line, expected, "{kind}");
    }
    let query = "/raw?query=service:shop%20logger:cart%20trace_id:5b8efff798038103d269b633813fc60c";
    assert_eq!(port.text(query).await.lines().count(), 2);
}

#[tokio::test]
async fn records_of_many_services_go_to_sources_of_their_own() {
    let port = Port::open().await;
    let mut body = request("shop", &[record("one"), record("two")]).0;
    body.extend(request("till", &[record("three")]).0);
    body.extend(request("", &[record("four")]).0);
    let control = format!("a\nb{}", "x".repeat(300));
    body.extend(request(&control, &[record("five")]).0);
    assert_eq!(post(&port, "/v1/logs", BINARY, body).await.status(), 200);
    let told = records(&port, "/raw?format=jsonl").await;
    let told: Vec<_> = told
        .iter()
        .map(|told| {
            let source: String = told["source"].as_str().unwrap().chars().take(5).collect();
            (source, told["message"].as_str().unwrap().to_owned())
        })
        .collect();
    let expected = [
        ("shop", "one"),
        ("shop", "two"),
        ("till", "three"),
        ("otlp", "four"),
        ("a bxx", "five"),
    ];
    assert_eq!(told, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[tokio::test]
async fn levels_come_from_the_number_else_from_the_text() {
    let port = Port::open().await;
    let severity = |number: u64, text: &str| record("x").number(2, number).bytes(3, text);
    let cases = [
        (1, "", "trace"),
        (5, "", "debug"),
        (9, "", "info"),
        (12, "", "info"),
        (13, "WARN", "warn"),
        (20, "", "error"),
        (24, "", "fatal"),
        (0, "Warning", "warn"),
        (0, "odd", "none"),
        (77, "", "none"),
    ];
    let all: Vec<_> = cases.map(|(number, text, _)| severity(number, text)).into();
    post(&port, "/v1/logs", BINARY, request("s", &all).0).await;
    let told = records(&port, "/raw?format=jsonl").await;
    let levels: Vec<_> = told
        .iter()
        .map(|told| told["level"].as_str().unwrap())
        .collect();
    assert_eq!(levels, cases.map(|(_, _, level)| level));
    let line = |at: usize| told[at]["line"].as_str().unwrap();
    assert!(line(3).contains("\"severity_number\":12"));
    assert!(!line(2).contains("severity"), "{}", line(2));
    assert!(line(8).contains("\"severity_text\":\"odd\""));
    assert!(line(9).contains("\"severity_number\":77"));
}

#[tokio::test]
async fn a_record_that_cannot_be_read_costs_only_itself() {
    let port = Port::open().await;
    let deep = (0..200).fold(new(), |inner, _| new().within(5, new().within(1, inner)));
    let bad = [
        new().within(5, deep),
        new().bytes(1, "no time"),
        new().number(5, 1),
    ];
    let mut all = vec![record("before")];
    all.extend(bad);
    all.push(record("after"));
    let response = post(&port, "/v1/logs", BINARY, request("shop", &all).0).await;
    assert_eq!(response.status(), 200);
    let answer = response.bytes().await.unwrap();
    // partial_success { rejected_log_records: 3, error_message: … }
    assert_eq!((answer[0], &answer[2..4]), (0x0a, &[0x08, 3][..]));
    let json = r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[
        {"body":{"stringValue":"good"}},{"timeUnixNano":"soon"},7,{"body":3}]}]}]}"#;
    let response = post(&port, "/v1/logs", JSON, json).await;
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["partialSuccess"]["rejectedLogRecords"], "3");
    assert!(
        !answer["partialSuccess"]["errorMessage"]
            .as_str()
            .unwrap()
            .is_empty()
    );
    let told = records(&port, "/raw?format=jsonl").await;
    let of = |stream: &str| {
        let own = told.iter().filter(|told| told["stream"] == stream);
        own.map(|told| told["message"].as_str().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("stdout"), ["before", "after", "good"]);
    let markers = of("system");
    assert_eq!(markers.len(), 2);
    assert!(
        markers[0].starts_with("3 OTLP records could not be read"),
        "{markers:?}"
    );
}

#[tokio::test]
async fn spans_are_kept_apart_from_the_logs() {
    let port = Port::open().await;
    let body = json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeSpans": [{"scope": {"name": "http"}, "spans": [{
            "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174",
            "parentSpanId": "eee19b7ec3c1b173", "name": "GET /cart", "kind": 2,
            "startTimeUnixNano": "1795256100000000000", "endTimeUnixNano": "1795256100012345678",
            "attributes": [{"key": "http.status_code", "value": {"intValue": 500}}],
            "events": [{"timeUnixNano": "1795256100001000000", "name": "exception",
                "attributes": [{"key": "exception.type", "value": {"stringValue": "Oops"}}]}],
            "links": [{"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331"}],
            "status": {"code": 2, "message": "no stock"}, "traceState": "a=b",
            "droppedEventsCount": 1,
        }]}],
    }]});
    let response = post(&port, "/v1/traces", JSON, body.to_string()).await;
    assert_eq!(response.text().await.unwrap(), "{}");
    post(&port, "/v1/logs", JSON, LOGS).await;
    assert_eq!(port.text("/raw?source=shop").await.lines().count(), 1);
    assert_eq!(port.text("/raw?query=level:error").await.lines().count(), 1);
    let trace = "/raw?query=trace_id:5b8efff798038103d269b633813fc60c";
    assert_eq!(port.text(trace).await.lines().count(), 2);
    let told = records(&port, "/raw?format=jsonl&query=span.status:error").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["source"], "shop spans");
    assert_eq!(told[0]["stream"], "control");
    assert_eq!(told[0]["level"], "trace");
    assert_eq!(told[0]["message"], "GET /cart");
    let line: Value = serde_json::from_str(told[0]["line"].as_str().unwrap()).unwrap();
    assert_eq!(
        line["span"],
        json!({
            "name": "GET /cart", "kind": "server", "parent_id": "eee19b7ec3c1b173",
            "end": "2026-11-21T10:15:00.012345678Z", "duration_ms": 12.345_678,
            "status": "error", "status_message": "no stock", "trace_state": "a=b",
            "dropped_events_count": 1,
            "events": [{"time": "2026-11-21T10:15:00.001000000Z", "name": "exception",
                "attributes": {"exception.type": "Oops"}}],
            "links": [{"trace_id": "0af7651916cd43dd8448eb211c80319c",
                "span_id": "b7ad6b7169203331"}],
        })
    );
    assert_eq!(line["http.status_code"], json!(500));
}

#[tokio::test]
async fn metrics_are_taken_and_not_kept_and_empty_requests_are_fine() {
    let port = Port::open().await;
    for path in ["/v1/metrics", "/v1/logs", "/v1/traces"] {
        for (kind, body, answer) in [(BINARY, "", ""), (JSON, "{}", "{}")] {
            let response = post(&port, path, kind, body).await;
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(response.headers()["content-type"], kind);
            assert_eq!(response.text().await.unwrap(), answer);
        }
    }
    let metrics = r#"{"resourceMetrics":[{"scopeMetrics":[]}]}"#;
    assert_eq!(
        post(&port, "/v1/metrics", JSON, metrics).await.status(),
        200
    );
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_encoding_of_the_request() {
    let port = Port::open().await;
    let response = post(&port, "/v1/logs", BINARY, "no protobuf").await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], BINARY);
    // google.rpc.Status { message: … }
    assert_eq!(response.bytes().await.unwrap()[0], 0x12);
    for bad in [
        "",
        "[",
        "[]",
        r#"{"resourceLogs":7}"#,
        r#"{"resourceLogs":[{"scopeLogs":{}}]}"#,
    ] {
        let response = post(&port, "/v1/logs", JSON, bad).await;
        assert_eq!(response.status(), 400, "{bad}");
        let answer: Value = response.json().await.unwrap();
        assert!(!answer["message"].as_str().unwrap().is_empty());
        assert!(answer["error"]["code"].is_string());
    }
    let response = post(&port, "/v1/logs", "text/plain", "x").await;
    assert_eq!(response.status(), 415);
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn packed_requests_are_unpacked() {
    let port = Port::open().await;
    let response = port
        .bare(Method::POST, "/v1/logs")
        .header("content-type", BINARY)
        .header("content-encoding", "gzip")
        .body(gzip(&request("shop", &[record("packed")]).0).await)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    let told = records(&port, "/raw?format=jsonl").await;
    assert_eq!(told[0]["message"], "packed");
}

/// A small body that stands for millions of records, or for large ones, is refused before they are
/// made.
#[tokio::test]
async fn a_body_that_would_become_far_more_is_refused() {
    let port = Port::open().await;
    let empty_records = |count: usize| Message([0x12, 0x00].repeat(count));
    let many = new().within(1, new().within(2, empty_records(1_000_001)));
    let resource = new().within(1, pair("service.name", &"x".repeat(1 << 20)));
    let large = new().within(1, new().within(1, resource).within(2, empty_records(1_000)));
    let json = format!(
        r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{}{{}}]}}]}}]}}"#,
        "{},".repeat(1_000_000)
    );
    for (kind, body) in [
        (BINARY, many.0),
        (BINARY, large.0),
        (JSON, json.into_bytes()),
    ] {
        let begin = std::time::Instant::now();
        let response = post(&port, "/v1/logs", kind, body).await;
        assert_eq!(response.status(), 413);
        eprintln!("refused after {:?}", begin.elapsed());
    }
    assert_eq!(port.text("/raw").await, "");
}

/// JSON as encoders write it that were not made for OTLP: enums by name, large numbers as floats, ids
/// in base64, null where nothing is.
#[tokio::test]
async fn json_is_read_as_less_careful_encoders_write_it() {
    let port = Port::open().await;
    let body = json!({"resourceLogs": [{"resource": {"attributes": [
    {"key": "service.name", "value": {"stringValue": "shop", "intValue": null}}]},
    "scopeLogs": [{"logRecords": [{
        "timeUnixNano": 1.732_184_4e18, "severityNumber": "SEVERITY_NUMBER_ERROR2",
        "traceId": "Cvd2UZFs1D3dCvd2UZFs1A==", "spanId": "AAAAAAAAAAE=",
        "body": {"stringValue": null, "kvlistValue": {"values": [
            {"key": "list", "value": {"arrayValue": {"values": null}}},
            {"key": "none", "value": {"arrayValue": null}},
            {"key": "big", "value": {"intValue": "9223372036854775807"}}]}}
    }]}]}]});
    let reply = post(&port, "/v1/logs", "application/json", body.to_string()).await;
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.text().await.unwrap(), "{}");
    let records = records(&port, "/raw?format=jsonl").await;
    assert_eq!(records.len(), 1);
    let record = &records[0];
    assert_eq!(record["source"], "shop");
    assert_eq!(record["level"], "error");
    assert!(
        record["time"]
            .as_str()
            .unwrap()
            .starts_with("2024-11-21T10:20:00")
    );
    let line: Value = serde_json::from_str(record["line"].as_str().unwrap()).unwrap();
    assert_eq!(line["severity_number"], 18);
    assert_eq!(line["trace_id"], "0af77651916cd43ddd0af77651916cd4");
    assert_eq!(line["span_id"], "0000000000000001");
    assert_eq!(
        line["message"],
        json!({"list": [], "none": null, "big": i64::MAX})
    );

    let span = json!({"resourceSpans": [{"scopeSpans": [{"spans": [{
        "name": "GET", "kind": "SPAN_KIND_SERVER", "status": {"code": "STATUS_CODE_ERROR"}}]}]}]});
    let reply = post(&port, "/v1/traces", "application/json", span.to_string()).await;
    assert_eq!(reply.text().await.unwrap(), "{}");
    let spans = self::records(&port, "/raw?format=jsonl&stream=control").await;
    let line: Value = serde_json::from_str(spans[0]["line"].as_str().unwrap()).unwrap();
    assert_eq!(line["span"]["kind"], "server");
    assert_eq!(line["span"]["status"], "error");
}
