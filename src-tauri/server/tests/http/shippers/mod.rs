//! Shippers, by what their unmodified clients put on the wire.

mod clef;
mod datadog;
mod elastic;
mod fluent;
mod guard;
mod handler;
mod limits;
mod logdy;
mod loki;
mod sentry;
mod splunk;

use reqwest::{Method, Response};
use serde_json::Value;

use crate::harness::Port;

/// Posts as a client does: with these headers and no token.
async fn post(
    port: &Port,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<reqwest::Body>,
) -> Response {
    let mut request = port.bare(Method::POST, path).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// What the port has kept, oldest first.
async fn records(port: &Port) -> Vec<Value> {
    let text = port.text("/raw?format=jsonl").await;
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A record's line, which must be JSON.
fn line(record: &Value) -> Value {
    let line = record["line"].as_str().unwrap();
    serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"))
}
