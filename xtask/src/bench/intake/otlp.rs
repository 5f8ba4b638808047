//! JSON lines as OTLP requests: `ExportLogsServiceRequest`, binary.
//!
//! What the corpus tells becomes what an SDK would send of it: its time, severity and ids in their
//! own fields, the message as the body, the rest as attributes. Enough of Protocol Buffers for that
//! (<https://protobuf.dev/programming-guides/encoding/>) is less than a library.

use serde_json::{Map, Value};

use crate::command::{Context, Outcome};

/// 2026-11-21T10:15:00Z; records follow a millisecond apart.
const BEGIN: u64 = 1_795_256_100_000_000_000;

/// What every SDK says of itself.
const RESOURCE: [(&str, &str); 6] = [
    ("service.name", "bench"),
    ("telemetry.sdk.language", "nodejs"),
    ("telemetry.sdk.name", "opentelemetry"),
    ("telemetry.sdk.version", "2.2.0"),
    ("process.runtime.name", "nodejs"),
    ("host.name", "localhost"),
];

/// A request of these lines.
pub(super) fn request(lines: &[&[u8]]) -> Outcome<Vec<u8>> {
    let mut scope = Vec::new();
    let mut name = Vec::new();
    put(&mut name, 1, b"bench");
    put(&mut scope, 1, &name);
    for (line, time) in lines.iter().zip((BEGIN..).step_by(1_000_000)) {
        let fields: Map<String, Value> = serde_json::from_slice(line).context("the corpus")?;
        put(&mut scope, 2, &record(&fields, time));
    }
    let (mut resource, mut attributes) = (Vec::new(), Vec::new());
    for (key, value) in RESOURCE {
        put(&mut attributes, 1, &pair(key, &Value::from(value)));
    }
    put(&mut resource, 1, &attributes);
    put(&mut resource, 2, &scope);
    let mut request = Vec::new();
    put(&mut request, 1, &resource);
    Ok(request)
}

fn record(fields: &Map<String, Value>, time: u64) -> Vec<u8> {
    let mut record = Vec::new();
    put_fixed(&mut record, 1, time);
    put_fixed(&mut record, 11, time + 1_000);
    for (key, value) in fields {
        let text = value.as_str().unwrap_or_default();
        match key.as_str() {
            "timestamp" => {}
            "level" => {
                put_number(&mut record, 2, severity(text));
                put(&mut record, 3, text.as_bytes());
            }
            "msg" => put(&mut record, 5, &any(value)),
            "trace_id" => put(&mut record, 9, &bytes(text)),
            "span_id" => put(&mut record, 10, &bytes(text)),
            _ => put(&mut record, 6, &pair(key, value)),
        }
    }
    record
}

fn severity(level: &str) -> u64 {
    match level {
        "trace" => 1,
        "debug" => 5,
        "warn" => 13,
        "error" => 17,
        "fatal" => 21,
        _ => 9,
    }
}

/// The bytes of a hexadecimal id.
fn bytes(id: &str) -> Vec<u8> {
    let digits: Vec<u8> = id
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .collect();
    let (pairs, _) = digits.as_chunks();
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

fn pair(key: &str, value: &Value) -> Vec<u8> {
    let mut pair = Vec::new();
    put(&mut pair, 1, key.as_bytes());
    put(&mut pair, 2, &any(value));
    pair
}

/// `AnyValue`.
fn any(value: &Value) -> Vec<u8> {
    let (mut any, mut list) = (Vec::new(), Vec::new());
    match value {
        Value::Null => {}
        Value::Bool(value) => put_number(&mut any, 2, u64::from(*value)),
        Value::String(text) => put(&mut any, 1, text.as_bytes()),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => put_number(&mut any, 3, whole.cast_unsigned()),
            (None, number) => {
                put_tag(&mut any, 4, 1);
                any.extend(number.unwrap_or_default().to_le_bytes());
            }
        },
        Value::Array(values) => {
            for value in values {
                put(&mut list, 1, &self::any(value));
            }
            put(&mut any, 5, &list);
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                put(&mut list, 1, &pair(key, value));
            }
            put(&mut any, 6, &list);
        }
    }
    any
}

fn put(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_tag(out, field, 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn put_fixed(out: &mut Vec<u8>, field: u64, value: u64) {
    put_tag(out, field, 1);
    out.extend(value.to_le_bytes());
}

fn put_number(out: &mut Vec<u8>, field: u64, value: u64) {
    put_tag(out, field, 0);
    put_varint(out, value);
}

fn put_tag(out: &mut Vec<u8>, field: u64, kind: u64) {
    put_varint(out, field << 3 | kind);
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}
