//! An error or a message, as a record to read.
//!
//! Exceptions become a text like the ones that runtimes print, newest first, under `exception.type`,
//! `exception.message` and `exception.stacktrace`; trace and span come to the top. All else stays as
//! it was sent, but for lists that fill screens and tell nothing of the error (`modules`,
//! `debug_meta`, `threads`, and the frames themselves): the record's `left_out` names them.

use std::collections::VecDeque;
use std::fmt::Write;

use crosscut_model::limits::MAX_LINE_BYTES;
use serde_json::value::RawValue;

use super::super::sent::{Grown, Value, text};
use crate::ingest::json::{Entries, each_element};

/// Members that are left out where the record would be too long for one, the longest first.
const HEAVY: [&str; 5] = ["breadcrumbs", "extra", "contexts", "request", "user"];

/// Exceptions of a chain that are read, the newest; those before them are not told.
const MOST_EXCEPTIONS: usize = 50;
/// Frames of a stack that are read, the newest.
const MOST_FRAMES: usize = 1_000;

/// The record of an event.
pub(super) fn record(event: &Entries<'_>) -> Vec<u8> {
    let whole = write(event, &[]);
    if whole.len() <= MAX_LINE_BYTES {
        return whole;
    }
    write(event, &HEAVY)
}

fn write(event: &Entries<'_>, without: &[&str]) -> Vec<u8> {
    let errors = exceptions(event);
    let newest = errors.last();
    let mut record = Grown::new();
    if let Some(time) = event.get("timestamp") {
        record.add("timestamp", &Value::Json(time));
    }
    let level = event.get("level").and_then(text);
    record.text("level", level.as_deref().unwrap_or("error"));
    let message = message(event).or_else(|| newest.map(Exception::summary));
    record.text("message", message.as_deref().unwrap_or("(no message)"));
    if let Some(newest) = newest {
        record.text("exception.type", &newest.kind);
        record.text("exception.message", &newest.value);
    }
    let stack = stack(event, &errors);
    record.text("exception.stacktrace", &stack);
    let trace = inner(event, "contexts").and_then(|contexts| inner(&contexts, "trace"));
    if let Some(trace) = trace {
        for name in ["trace_id", "span_id"] {
            if let Some(id) = trace.get(name) {
                record.add(name, &Value::Json(id));
            }
        }
    }
    let mut left_out = Vec::new();
    for (name, value) in &event.0 {
        match &**name {
            "exception" | "message" | "logentry" | "sentry.interfaces.Message" => {}
            "modules" | "debug_meta" | "threads" | "stacktrace" | "_meta" => left_out.push(&**name),
            name if without.contains(&name) => left_out.push(name),
            _ => record.add(name.to_string(), &Value::Json(value)),
        }
    }
    if !left_out.is_empty() {
        record.text("left_out", &left_out.join(", "));
    }
    record.finish()
}

/// What was said, where the event is not an exception alone.
fn message(event: &Entries<'_>) -> Option<String> {
    let entry = inner(event, "logentry").or_else(|| inner(event, "message"));
    let said = |entry: &Entries<'_>, name| {
        let said = entry.get(name).and_then(text)?;
        (!said.is_empty()).then(|| said.into_owned())
    };
    entry
        .and_then(|entry| said(&entry, "formatted").or_else(|| said(&entry, "message")))
        .or_else(|| said(event, "message"))
}

/// One exception of a chain.
struct Exception<'a> {
    kind: String,
    value: String,
    frames: Frames<'a>,
}

/// The newest frames of a stack, the newest last as Sentry has them, and how many are before them.
#[derive(Default)]
struct Frames<'a> {
    newest: VecDeque<Entries<'a>>,
    older: usize,
}

impl Exception<'_> {
    fn summary(&self) -> String {
        match (self.kind.as_str(), self.value.as_str()) {
            (kind, "") => kind.to_owned(),
            ("", value) => value.to_owned(),
            (kind, value) => format!("{kind}: {value}"),
        }
    }
}

/// The chain, oldest cause first as Sentry has it.
fn exceptions<'a>(event: &Entries<'a>) -> Vec<Exception<'a>> {
    let Some(raw) = event.get("exception") else {
        return Vec::new();
    };
    // `{"values":[…]}`, or the list or the one exception without it.
    let values = serde_json::from_str::<Entries<'a>>(raw.get())
        .ok()
        .and_then(|outer| outer.get("values"))
        .unwrap_or(raw);
    let read = |raw: &'a RawValue| -> Option<Exception<'a>> {
        let value: Entries<'a> = serde_json::from_str(raw.get()).ok()?;
        let said = |name| {
            let said = value.get(name).and_then(text).unwrap_or_default();
            said.into_owned()
        };
        Some(Exception {
            kind: said("type"),
            value: said("value"),
            frames: inner(&value, "stacktrace").map_or_else(Frames::default, |s| frames(&s)),
        })
    };
    let (newest, _) = last_of(values, MOST_EXCEPTIONS).unwrap_or_else(|| ([values].into(), 0));
    newest.into_iter().filter_map(read).collect()
}

fn frames<'a>(stack: &Entries<'a>) -> Frames<'a> {
    let list = stack
        .get("frames")
        .and_then(|raw| last_of(raw, MOST_FRAMES));
    let (newest, older) = list.unwrap_or_default();
    let newest = newest.into_iter();
    Frames {
        newest: newest
            .filter_map(|raw| serde_json::from_str(raw.get()).ok())
            .collect(),
        older,
    }
}

/// The last elements of an array, and how many are before them; `None` where it is none.
fn last_of(array: &RawValue, most: usize) -> Option<(VecDeque<&RawValue>, usize)> {
    let (mut last, mut before) = (VecDeque::new(), 0);
    let read = each_element(array, |raw| {
        if last.len() == most {
            last.pop_front();
            before += 1;
        }
        last.push_back(raw);
        Ok::<(), std::convert::Infallible>(())
    });
    matches!(read, Ok(true)).then_some((last, before))
}

/// The trace as text; empty where there is none.
fn stack(event: &Entries<'_>, errors: &[Exception<'_>]) -> String {
    let mut out = String::new();
    for (at, error) in errors.iter().rev().enumerate() {
        if at > 0 {
            out.push_str("\nCaused by: ");
        }
        out.push_str(&error.summary());
        put_frames(&mut out, &error.frames);
    }
    if !errors.iter().all(|error| error.frames.newest.is_empty()) {
        return out;
    }
    // Some SDKs keep the trace with the thread, or with the event itself.
    let threads = inner(event, "threads").and_then(|threads| threads.get("values"));
    let mut of_thread = None;
    if let Some(threads) = threads {
        // The first that has a trace; there is no more to read behind it.
        let _ended = each_element(threads, |raw| {
            let thread: Option<Entries<'_>> = serde_json::from_str(raw.get()).ok();
            of_thread = thread.and_then(|thread| Some(frames(&inner(&thread, "stacktrace")?)));
            if of_thread.is_some() { Err(()) } else { Ok(()) }
        });
    }
    let found = of_thread.or_else(|| Some(frames(&inner(event, "stacktrace")?)));
    match found {
        Some(found) if !found.newest.is_empty() => {
            put_frames(&mut out, &found);
            out.trim_start_matches('\n').to_owned()
        }
        _ => String::new(),
    }
}

/// Newest call first, as most runtimes print them.
fn put_frames(out: &mut String, frames: &Frames<'_>) {
    for frame in frames.newest.iter().rev() {
        let said = |name| {
            frame
                .get(name)
                .and_then(text)
                .filter(|text| !text.is_empty())
        };
        let function = said("function").unwrap_or_else(|| "<anonymous>".into());
        let file = said("filename")
            .or_else(|| said("abs_path"))
            .or_else(|| said("module"))
            .unwrap_or_else(|| "<unknown>".into());
        let mut place = file.into_owned();
        for name in ["lineno", "colno"] {
            if let Some(number) = frame.get(name).filter(|number| number.get() != "null") {
                place.push(':');
                place.push_str(number.get());
            }
        }
        out.extend(["\n    at ", &*function, " (", &*place, ")"]);
        if let Some(code) = said("context_line") {
            out.push_str("\n        ");
            out.push_str(code.trim());
        }
    }
    if frames.older > 0 {
        // Writing to memory does not fail.
        let _written = write!(out, "\n    … {} frames before these", frames.older);
    }
}

/// A member that is an object.
pub(super) fn inner<'a>(entries: &Entries<'a>, name: &str) -> Option<Entries<'a>> {
    serde_json::from_str(entries.get(name)?.get()).ok()
}
