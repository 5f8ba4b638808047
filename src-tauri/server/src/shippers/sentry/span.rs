//! Transactions and spans: a record for each span, from its start, with its duration in
//! milliseconds. A transaction is the span at the root of its own.

use serde_json::value::RawValue;

use super::super::sent::{Grown, Value, instant, text};
use super::event::inner;
use crate::ingest::json::Entries;

/// The records of a transaction: its own span, then those within.
pub(super) fn of_transaction(event: &Entries<'_>) -> Vec<Vec<u8>> {
    let trace = inner(event, "contexts").and_then(|contexts| inner(&contexts, "trace"));
    let mut root = Grown::new();
    let name = event.get("transaction").and_then(text).unwrap_or_default();
    head(&mut root, event, trace.as_ref(), &name);
    for entries in trace.iter().chain([event]) {
        for (name, value) in &entries.0 {
            if !matches!(
                &**name,
                "spans" | "timestamp" | "start_timestamp" | "type" | "modules" | "_meta"
            ) {
                root.add(name.to_string(), &Value::Json(value));
            }
        }
    }
    let spans: Vec<&RawValue> = event
        .get("spans")
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let mut records = vec![root.finish()];
    for raw in spans {
        match serde_json::from_str::<Entries<'_>>(raw.get()) {
            Ok(span) => records.push(of_span(&span)),
            Err(_) => records.push(raw.get().as_bytes().to_vec()),
        }
    }
    records
}

/// The records of an item `span`: one span, or newer SDKs' list of them.
pub(super) fn of_item(item: &Entries<'_>) -> Vec<Vec<u8>> {
    let list: Option<Vec<&RawValue>> = item
        .get("items")
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    let Some(list) = list else {
        return vec![of_span(item)];
    };
    let read = |raw: &RawValue| match serde_json::from_str::<Entries<'_>>(raw.get()) {
        Ok(span) => of_span(&span),
        Err(_) => raw.get().as_bytes().to_vec(),
    };
    list.into_iter().map(read).collect()
}

fn of_span(span: &Entries<'_>) -> Vec<u8> {
    let said = |name| {
        span.get(name)
            .and_then(text)
            .filter(|text| !text.is_empty())
    };
    let name = said("description")
        .or_else(|| said("name"))
        .or_else(|| said("op"))
        .unwrap_or_default();
    let mut record = Grown::new();
    head(&mut record, span, None, &name);
    for (name, value) in &span.0 {
        match &**name {
            "timestamp" | "start_timestamp" | "end_timestamp" => {}
            "attributes" => super::log::attributes(&mut record, value),
            _ => record.add(name.to_string(), &Value::Json(value)),
        }
    }
    record.finish()
}

fn head(record: &mut Grown<'_>, span: &Entries<'_>, trace: Option<&Entries<'_>>, name: &str) {
    let start = span.get("start_timestamp");
    let end = span.get("timestamp").or(span.get("end_timestamp"));
    if let Some(start) = start.or(end) {
        record.add("timestamp", &Value::Json(start));
    }
    let status = trace.unwrap_or(span).get("status").and_then(text);
    let failed = status
        .is_some_and(|status| !matches!(&*status, "" | "ok" | "cancelled" | "unset" | "unknown"));
    record.text("level", if failed { "error" } else { "info" });
    record.text("message", name);
    record.text("kind", "span");
    let duration = start
        .zip(end)
        .and_then(|(start, end)| Some((instant(start.get(), 9)?, instant(end.get(), 9)?)))
        .map(|(start, end)| end.0.saturating_sub(start.0).max(0));
    if let Some(nanos) = duration {
        let millis = format!("{}.{:03}", nanos / 1_000_000, nanos / 1_000 % 1_000);
        if let Ok(millis) = RawValue::from_string(millis) {
            record.add("duration_ms", &Value::Json(&millis));
        }
    }
}
