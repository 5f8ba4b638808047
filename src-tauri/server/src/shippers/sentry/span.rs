//! Transactions and spans: a record for each span, in the form that spans of OTLP have too, so that
//! the trace view reads both: a record with an object `span` is one. A transaction is the span at the
//! root of its own.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::super::sent::{Grown, Value, instant, text};
use super::Done;
use super::event::inner;
use crate::ingest::json::{Entries, each_element};
use crate::refusal::Refusal;

/// Members that the object `span` has, or that tell nothing.
const TOLD: [&str; 13] = [
    "spans",
    "timestamp",
    "start_timestamp",
    "end_timestamp",
    "type",
    "modules",
    "_meta",
    "parent_span_id",
    "op",
    "status",
    "description",
    "transaction",
    "name",
];

/// Gives the records of a transaction to `put`: its own span, then those within.
pub(super) fn of_transaction(event: &Entries<'_>, mut put: impl FnMut(Vec<u8>) -> Done) -> Done {
    let none = Entries(Vec::new());
    let trace = inner(event, "contexts").and_then(|contexts| inner(&contexts, "trace"));
    put(record(event, trace.as_ref().unwrap_or(&none)))?;
    of_list(event, "spans", &mut put)?;
    Ok(())
}

/// Gives the records of an item `span` to `put`: one span, or newer SDKs' list of them.
pub(super) fn of_item(item: &Entries<'_>, mut put: impl FnMut(Vec<u8>) -> Done) -> Done {
    if of_list(item, "items", &mut put)? {
        return Ok(());
    }
    put(record(item, &Entries(Vec::new())))
}

/// Whether there is a list of that name.
fn of_list(
    outer: &Entries<'_>,
    name: &str,
    put: &mut impl FnMut(Vec<u8>) -> Done,
) -> Result<bool, Refusal> {
    let Some(list) = outer.get(name) else {
        return Ok(false);
    };
    let none = Entries(Vec::new());
    each_element(list, |raw| {
        let span = serde_json::from_str::<Entries<'_>>(raw.get());
        put(span.map_or_else(
            |_| raw.get().as_bytes().to_vec(),
            |span| record(&span, &none),
        ))
    })
}

/// A span; of transactions, what their trace context says goes before.
fn record(span: &Entries<'_>, trace: &Entries<'_>) -> Vec<u8> {
    let get = |name| trace.get(name).or(span.get(name));
    let said = |name| get(name).and_then(text).filter(|text| !text.is_empty());
    let name = ["transaction", "description", "name", "op"]
        .into_iter()
        .find_map(|name| {
            span.get(name)
                .and_then(text)
                .filter(|text| !text.is_empty())
        })
        .or_else(|| said("op"))
        .unwrap_or_default();
    let start = span.get("start_timestamp");
    let end = span.get("timestamp").or(span.get("end_timestamp"));
    let mut record = Grown::new();
    if let Some(start) = start.or(end) {
        record.add("timestamp", &Value::Json(start));
    }
    record.text("level", "trace");
    record.text("message", &name);
    for id in ["trace_id", "span_id"] {
        record.text(id, &said(id).unwrap_or_default());
    }
    let mut about = Grown::new();
    about.text("name", &name);
    about.text("kind", &said("op").unwrap_or_default());
    about.text("parent_id", &said("parent_span_id").unwrap_or_default());
    about.text("status", &said("status").unwrap_or_default());
    if let Some(end) = end {
        about.add("end", &Value::Json(end));
    }
    if let Some(millis) = start.zip(end).and_then(|(start, end)| duration(start, end)) {
        about.add("duration_ms", &Value::Json(&millis));
    }
    if let Some(about) = raw(about) {
        record.add("span", &Value::Json(&about));
    }
    for (name, value) in trace.0.iter().chain(&span.0) {
        match &**name {
            "attributes" => super::log::attributes(&mut record, value),
            name if TOLD.contains(&name) => {}
            _ => record.add(Cow::Owned(name.to_string()), &Value::Json(value)),
        }
    }
    record.finish()
}

/// Milliseconds between two times, with all their digits.
fn duration(start: &RawValue, end: &RawValue) -> Option<Box<RawValue>> {
    let (start, end) = (instant(start.get(), 9)?, instant(end.get(), 9)?);
    let nanos = end.0.saturating_sub(start.0).max(0);
    let millis = format!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000);
    RawValue::from_string(millis).ok()
}

fn raw(object: Grown<'_>) -> Option<Box<RawValue>> {
    RawValue::from_string(String::from_utf8(object.finish()).ok()?).ok()
}
