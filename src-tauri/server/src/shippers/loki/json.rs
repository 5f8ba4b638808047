//! The JSON form, and the older one of Loki's first versions:
//!
//! ```text
//! {"streams":[{"stream":{"app":"shop"},"values":[["1732184400000000000","line",{"key":"value"}]]}]}
//! {"streams":[{"labels":"{app=\"shop\"}","entries":[{"ts":"2024-11-21T10:20:00Z","line":"line"}]}]}
//! ```

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::super::gather::Gathered;
use super::super::sent::{self, Fields, Value, text};
use super::labels::Labels;
use super::{ANONYMOUS, add};
use crate::ingest::json::{Entries, each_element};
use crate::refusal::Refusal;

/// Adds all lines of a body.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    let refused = |what: String| {
        Refusal::bad("bad_json", what).hint(
            "Loki's form is {\"streams\":[{\"stream\":{\"app\":\"x\"},\"values\":[[\"<ns>\",\"line\"]]}]}",
        )
    };
    let body: Entries<'_> = serde_json::from_slice(bytes)
        .map_err(|error| refused(format!("the body is no JSON object: {error}")))?;
    let none = || refused("`streams` is missing or no array".to_owned());
    let streams = body.get("streams").ok_or_else(none)?;
    let read = each_element(streams, |raw| {
        match serde_json::from_str::<Entries<'_>>(raw.get()) {
            Ok(stream) => add_stream(&stream, raw, gathered),
            Err(_) => gathered.add_broken(ANONYMOUS, raw.get().as_bytes()),
        }
    })?;
    if read { Ok(()) } else { Err(none()) }
}

/// Adds a stream's lines. One whose lines are in no list is kept as it is.
fn add_stream(
    stream: &Entries<'_>,
    raw: &RawValue,
    gathered: &mut Gathered,
) -> Result<(), Refusal> {
    let labels = labels(stream);
    let mut read = true;
    if let Some(values) = stream.get("values") {
        read &= each_element(values, |value| add_value(value, &labels, gathered))?;
    }
    if let Some(entries) = stream.get("entries") {
        read &= each_element(entries, |entry| add_entry(entry, &labels, gathered))?;
    }
    if read {
        Ok(())
    } else {
        broken(gathered, &labels, raw)
    }
}

/// `["<ns>","line",{"key":"value"}]`
fn add_value(raw: &RawValue, labels: &Labels, gathered: &mut Gathered) -> Result<(), Refusal> {
    let mut parts = [None; 3];
    let mut places = parts.iter_mut();
    each_element(raw, |part| {
        // What stands behind the three means nothing.
        if let Some(place) = places.next() {
            *place = Some(part);
        }
        Ok::<(), Refusal>(())
    })?;
    let [time, line, metadata] = parts;
    let Some(line) = line.and_then(text) else {
        return broken(gathered, labels, raw);
    };
    let mut fields: Fields<'_> = metadata
        .and_then(|raw| serde_json::from_str::<Entries<'_>>(raw.get()).ok())
        .map(|entries| fields_of(&entries))
        .unwrap_or_default();
    let words = time.filter(|time| sent::epoch(time).is_none() && time.get() != "\"\"");
    if let Some(words) = words {
        // A time in words is the record's own, as far as it has none.
        fields.push(("timestamp".into(), words.into()));
    }
    let time = time.and_then(sent::epoch);
    add(gathered, labels, time, line.as_bytes(), fields)
}

/// `{"ts":"…","line":"line"}`
fn add_entry(raw: &RawValue, labels: &Labels, gathered: &mut Gathered) -> Result<(), Refusal> {
    let entry: Option<Entries<'_>> = serde_json::from_str(raw.get()).ok();
    let line = entry.as_ref().and_then(|entry| text(entry.get("line")?));
    let (Some(entry), Some(line)) = (entry.as_ref(), line) else {
        return broken(gathered, labels, raw);
    };
    // The time is RFC 3339 here: the record's own, as far as it has none.
    let time = entry
        .get("ts")
        .map(|time| ("timestamp".into(), time.into()));
    let fields = time.into_iter().collect();
    add(gathered, labels, None, line.as_bytes(), fields)
}

fn broken(gathered: &mut Gathered, labels: &Labels, raw: &RawValue) -> Result<(), Refusal> {
    let source = labels.source.as_deref().unwrap_or(ANONYMOUS);
    gathered.add_broken(source, raw.get().as_bytes())
}

fn labels(stream: &Entries<'_>) -> Labels {
    if let Some(labels) = stream.get("labels").and_then(text) {
        return Labels::of_text(&labels);
    }
    let entries = stream
        .get("stream")
        .and_then(|raw| serde_json::from_str::<Entries<'_>>(raw.get()).ok());
    let pairs = entries.iter().flat_map(|entries| &entries.0);
    let value = |raw: &RawValue| text(raw).map_or_else(|| raw.get().to_owned(), Cow::into_owned);
    Labels::new(
        pairs
            .map(|(name, raw)| (name.to_string(), value(raw)))
            .collect(),
    )
}

fn fields_of<'a>(entries: &Entries<'a>) -> Fields<'a> {
    let value = |raw: &'a RawValue| text(raw).map_or(Value::Json(raw), Value::Text);
    entries
        .0
        .iter()
        .map(|(name, raw)| (name.clone(), value(raw)))
        .collect()
}
