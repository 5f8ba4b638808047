//! Structured logs: `{"items":[{"timestamp":…,"level":"info","body":"…","attributes":{"key":
//! {"value":…,"type":"string"}}}]}`. Attributes are fields of the record under their own names.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::super::sent::{Grown, Value, text};
use super::Done;
use super::event::inner;
use crate::ingest::json::{Entries, each_element};

/// Gives the records of an item to `put`, each with the release that it is of.
pub(super) fn records(
    item: &Entries<'_>,
    mut put: impl FnMut(Option<&str>, Vec<u8>) -> Done,
) -> Done {
    let mut put = |log: &Entries<'_>| put(release(log).as_deref(), record(log));
    let listed = item.get("items").map(|list| {
        each_element(list, |raw| {
            match serde_json::from_str::<Entries<'_>>(raw.get()) {
                Ok(log) => put(&log),
                Err(_) => put(&Entries(vec![("body".into(), raw)])),
            }
        })
    });
    match listed.transpose()? {
        Some(true) => Ok(()),
        _ => put(item),
    }
}

/// The attribute that has it, since an item of logs says nothing of all of them.
fn release<'a>(log: &Entries<'a>) -> Option<Cow<'a, str>> {
    let attributes = inner(log, "attributes")?;
    text(inner(&attributes, "sentry.release")?.get("value")?)
}

fn record(log: &Entries<'_>) -> Vec<u8> {
    let mut record = Grown::new();
    for (name, value) in &log.0 {
        match &**name {
            "body" => record.add("message", &Value::Json(value)),
            "attributes" => attributes(&mut record, value),
            name => record.add(name.to_owned(), &Value::Json(value)),
        }
    }
    record.finish()
}

/// Adds attributes, each without the type that stands beside its value.
pub(super) fn attributes(record: &mut Grown<'_>, raw: &RawValue) {
    let Ok(all) = serde_json::from_str::<Entries<'_>>(raw.get()) else {
        record.add("attributes", &Value::Json(raw));
        return;
    };
    for (name, value) in &all.0 {
        let inside = serde_json::from_str::<Entries<'_>>(value.get()).ok();
        let plain = inside.and_then(|inside| inside.get("value"));
        record.add(name.to_string(), &Value::Json(plain.unwrap_or(value)));
    }
}
