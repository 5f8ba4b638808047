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
use crate::ingest::json::Entries;
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
    let streams = body
        .get("streams")
        .and_then(|streams| serde_json::from_str::<Vec<&RawValue>>(streams.get()).ok())
        .ok_or_else(|| refused("`streams` is missing or no array".to_owned()))?;
    for raw in streams {
        match serde_json::from_str::<Entries<'_>>(raw.get()) {
            Ok(stream) => add_stream(&stream, gathered)?,
            Err(_) => gathered.add_broken(ANONYMOUS, raw.get().as_bytes())?,
        }
    }
    Ok(())
}

fn add_stream(stream: &Entries<'_>, gathered: &mut Gathered) -> Result<(), Refusal> {
    let labels = labels(stream);
    for raw in list(stream, "values") {
        let parts: Vec<&RawValue> = serde_json::from_str(raw.get()).unwrap_or_default();
        let mut parts = parts.into_iter();
        let (time, line) = (parts.next(), parts.next().and_then(text));
        let Some(line) = line else {
            broken(gathered, &labels, raw)?;
            continue;
        };
        let metadata: Fields<'_> = parts
            .next()
            .and_then(|raw| serde_json::from_str::<Entries<'_>>(raw.get()).ok())
            .map(|entries| fields(&entries))
            .unwrap_or_default();
        let time = time.and_then(|time| sent::instant(time.get(), 0));
        add(gathered, &labels, time, line.as_bytes(), metadata)?;
    }
    for raw in list(stream, "entries") {
        let entry: Option<Entries<'_>> = serde_json::from_str(raw.get()).ok();
        let line = entry.as_ref().and_then(|entry| text(entry.get("line")?));
        match (entry, line) {
            (Some(entry), Some(line)) => {
                // The time is RFC 3339 here: the record's own, as far as it has none.
                let time = entry
                    .get("ts")
                    .map(|time| ("timestamp".into(), time.into()));
                add(
                    gathered,
                    &labels,
                    None,
                    line.as_bytes(),
                    time.into_iter().collect(),
                )?;
            }
            _ => broken(gathered, &labels, raw)?,
        }
    }
    Ok(())
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

fn fields<'a>(entries: &Entries<'a>) -> Fields<'a> {
    let value = |raw: &'a RawValue| text(raw).map_or(Value::Json(raw), Value::Text);
    entries
        .0
        .iter()
        .map(|(name, raw)| (name.clone(), value(raw)))
        .collect()
}

fn list<'a>(stream: &Entries<'a>, name: &str) -> Vec<&'a RawValue> {
    stream
        .get(name)
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}
