//! What a body is, and its records.
//!
//! | form | told by | a record is |
//! |---|---|---|
//! | envelope `{"runId"?,"source"?,"lines":[…]}` | an object with an array `lines`, or with nothing but an envelope's keys | an element |
//! | pino-http-send's `{"logs":[…]}` | an object with nothing else, or an envelope's keys | an element |
//! | Winston's `{"method":"collect","params":{…}}` | an object with these two | `params` |
//! | JSON array | the whole body is one | an element |
//! | JSON object | the whole body is one | the object |
//! | NDJSON | its content type; or the first line is an object and the whole is no single value | a line |
//! | text | everything else | a line |
//!
//! A string is one record, whatever newlines it has inside (a stack trace sent as one string stays
//! one); one newline at its end is dropped. A text/plain body is text, unless it is an envelope:
//! that is how pages send JSON without a preflight.

use std::borrow::Cow;

use crosscut_engine::api::ApiError;
use crosscut_engine::source::Lines;
use crosscut_model::RowFlags;
use crosscut_model::limits::{MADE_BYTES, MAX_LINE_BYTES, REQUEST_RECORDS};
use serde_json::value::RawValue;

use super::json::{Entries, each_element, is_json, on_one_line};
use super::mapping::Mapping;

/// What the content type says of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Ndjson,
    Text,
    /// Nothing that binds: none at all, or what a tool sends when nobody told it.
    Unsaid,
}

impl Kind {
    pub(super) fn of(content_type: Option<&str>) -> Self {
        let text = content_type.unwrap_or_default();
        let essence = text
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match essence.as_str() {
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines"
            | "application/jsonlines"
            | "application/json-seq"
            | "application/stream+json" => Self::Ndjson,
            "application/json" => Self::Json,
            other if other.ends_with("+json") => Self::Json,
            other if other.starts_with("text/") => Self::Text,
            _ => Self::Unsaid,
        }
    }
}

/// A body's records, and what it says about them itself.
#[derive(Debug, Default)]
pub(super) struct Split {
    pub(super) run: Option<String>,
    pub(super) source: Option<String>,
    /// Records as they are meant to be.
    pub(super) good: Lines,
    /// Records that are not what the body claims them to be.
    pub(super) broken: Lines,
    /// How many records are in `good`: fewer than its lines where one had to be cut in pieces.
    pub(super) accepted: u64,
    /// How many are in `broken`.
    pub(super) rejected: u64,
}

/// Splits a body into records. A mark of the order of bytes in front of it is none of them.
pub(super) fn split(mut body: Vec<u8>, kind: Kind, mapping: &Mapping) -> Result<Split, ApiError> {
    if body.starts_with(b"\xef\xbb\xbf") {
        body.drain(..3);
    }
    let first = body
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace());
    match (kind, first) {
        (Kind::Ndjson, _) => ndjson(body, mapping),
        (Kind::Text, Some(b'{')) => match whole(&body, mapping) {
            Some(Ok(Whole::Envelope(split))) => Ok(split),
            _ => text(body),
        },
        (Kind::Json | Kind::Unsaid, None) => Err(no_lines("the body is empty")),
        (Kind::Json, _) => match whole(&body, mapping) {
            Some(split) => split.map(Whole::into_split),
            None if starts_with_an_object(&body) => ndjson(body, mapping),
            None => Err(bad_json(&body)),
        },
        (Kind::Unsaid, Some(b'{' | b'[')) => match whole(&body, mapping) {
            Some(split) => split.map(Whole::into_split),
            None if first == Some(b'{') => ndjson(body, mapping),
            None => text(body),
        },
        (Kind::Text | Kind::Unsaid, _) => text(body),
    }
}

/// A body that is one JSON value.
enum Whole {
    Envelope(Split),
    Bare(Split),
}

impl Whole {
    fn into_split(self) -> Split {
        match self {
            Self::Envelope(split) | Self::Bare(split) => split,
        }
    }
}

/// Reads the body as one JSON value; `None` when it is none.
fn whole(body: &[u8], mapping: &Mapping) -> Option<Result<Whole, ApiError>> {
    let raw: &RawValue = serde_json::from_slice(body).ok()?;
    let Ok(entries) = serde_json::from_str::<Entries<'_>>(raw.get()) else {
        let mut split = Split::default();
        let added = if raw.get().starts_with('[') {
            split.add_elements(raw, mapping).map(|_| ())
        } else {
            split.add_element(raw, mapping)
        };
        return Some(added.map(|()| Whole::Bare(split)));
    };
    // Winston's transport as it was before version 3.
    if let [(method, collect), (params, record)] = &*entries.0
        && (&**method, collect.get(), &**params) == ("method", "\"collect\"", "params")
    {
        let mut split = Split::default();
        let added = split.add_element(record, mapping);
        return Some(added.map(|()| Whole::Bare(split)));
    }
    let own = |key: &str| matches!(key, "runId" | "run" | "source" | "lines");
    let array = |name| {
        let list = entries.get(name);
        list.is_some_and(|list| list.get().starts_with('['))
    };
    // pino-http-send has them under `logs`, and nothing beside.
    let logs = array("logs") && entries.0.iter().all(|(key, _)| own(key) || key == "logs");
    if array("lines") || logs || entries.0.iter().all(|(key, _)| own(key)) {
        return Some(envelope(&entries, mapping).map(Whole::Envelope));
    }
    let mut split = Split::default();
    split.add_good(&mapping.apply(&on_one_line(raw)));
    Some(Ok(Whole::Bare(split)))
}

fn envelope(entries: &Entries<'_>, mapping: &Mapping) -> Result<Split, ApiError> {
    let lines = entries
        .get("lines")
        .or(entries.get("logs"))
        .ok_or_else(|| no_lines("`lines` is missing"))?;
    let text = |key: &str| match entries.get(key) {
        None => Ok(None),
        Some(value) => serde_json::from_str::<Option<String>>(value.get())
            .map_err(|_| ApiError::new("bad_arguments", format!("`{key}` is no string"))),
    };
    let mut split = Split {
        run: text("runId")?.or(text("run")?),
        source: text("source")?,
        ..Split::default()
    };
    if !split.add_elements(lines, mapping)? {
        return Err(no_lines("`lines` is no array"));
    }
    Ok(split)
}

impl Split {
    /// Adds what is in an array; `false` when it is none.
    fn add_elements(&mut self, array: &RawValue, mapping: &Mapping) -> Result<bool, ApiError> {
        each_element(array, |raw| self.add_element(raw, mapping))
    }

    fn add_element(&mut self, raw: &RawValue, mapping: &Mapping) -> Result<(), ApiError> {
        match raw.get().as_bytes().first() {
            Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(raw.get()) {
                Ok(text) => {
                    let line = text.strip_suffix('\n').unwrap_or(&text);
                    self.add_good(line.as_bytes());
                }
                // A lone surrogate: JSON's grammar allows it, no text can hold it.
                Err(_) => self.add_broken(raw.get().as_bytes()),
            },
            Some(b'{') => self.add_good(&mapping.apply(&on_one_line(raw))),
            _ => self.add_broken(&on_one_line(raw)),
        }
        if self.accepted + self.rejected > REQUEST_RECORDS as u64 {
            return Err(too_many());
        }
        Ok(())
    }

    fn add_good(&mut self, record: &[u8]) {
        push(&mut self.good, record);
        self.accepted += 1;
    }

    fn add_broken(&mut self, record: &[u8]) {
        push(&mut self.broken, record);
        self.rejected += 1;
    }
}

/// Adds a record, in pieces where it is too long for one.
pub(crate) fn push(lines: &mut Lines, mut record: &[u8]) {
    while record.len() > MAX_LINE_BYTES {
        // Not through the middle of a character: its later bytes begin with the bits 10.
        let middle = |at: &usize| record.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
        let at = (MAX_LINE_BYTES - 3..=MAX_LINE_BYTES)
            .rev()
            .find(|at| !middle(at));
        let (piece, rest) = record.split_at(at.unwrap_or(MAX_LINE_BYTES));
        lines.push(piece, RowFlags::CONTINUES);
        record = rest;
    }
    lines.push(record, RowFlags::NONE);
}

/// Every line is a record.
fn text(body: Vec<u8>) -> Result<Split, ApiError> {
    check_count(&body)?;
    Ok(lines(body))
}

fn lines(body: Vec<u8>) -> Split {
    if each_line(&body).all(|line| line.len() <= MAX_LINE_BYTES) {
        let good = Lines::from_buffer(body);
        return Split {
            accepted: good.len() as u64,
            good,
            ..Split::default()
        };
    }
    let mut split = Split::default();
    for line in each_line(&body) {
        split.add_good(line);
    }
    split
}

/// Every line that is not blank is a JSON value.
fn ndjson(body: Vec<u8>, mapping: &Mapping) -> Result<Split, ApiError> {
    check_count(&body)?;
    let plain = |line: &[u8]| line.len() <= MAX_LINE_BYTES && is_json(line);
    if mapping.is_empty() && each_line(&body).all(plain) {
        return Ok(lines(body));
    }
    let mut split = Split::default();
    // A record of RFC 7464 begins with a separator.
    let records = each_line(&body).map(|line| line.strip_prefix(b"\x1e").unwrap_or(line));
    for line in records.filter(|line| !line.trim_ascii().is_empty()) {
        if is_json(line) {
            split.add_good(&mapping.apply(line));
        } else {
            split.add_broken(line);
        }
    }
    Ok(split)
}

/// A small body may have a great many lines, and each costs more than its byte.
fn check_count(body: &[u8]) -> Result<(), ApiError> {
    if each_line(body).nth(REQUEST_RECORDS).is_some() {
        return Err(too_many());
    }
    Ok(())
}

/// A request stands for more records than may come of one.
pub(crate) fn too_many() -> ApiError {
    let text = format!(
        "a request may have {REQUEST_RECORDS} records, and {} MiB may come of it",
        MADE_BYTES >> 20
    );
    ApiError::new("too_many_records", text).hint("nothing of it was kept; send fewer at once")
}

/// The body's lines; a newline at its end opens no further one.
fn each_line(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let lines = (!body.is_empty()).then(|| body.split(|&byte| byte == b'\n'));
    lines.into_iter().flatten()
}

fn starts_with_an_object(body: &[u8]) -> bool {
    let line = each_line(body)
        .find(|line| !line.trim_ascii().is_empty())
        .unwrap_or_default();
    line.trim_ascii_start().starts_with(b"{") && is_json(line)
}

fn no_lines(what: &str) -> ApiError {
    ApiError::new("bad_lines", what.to_owned())
        .hint("send {\"lines\":[…]}, a JSON object or array, one JSON object a line, or text lines")
}

fn bad_json(body: &[u8]) -> ApiError {
    match serde_json::from_slice::<&RawValue>(body) {
        Err(error) => ApiError::new("bad_json", format!("the body is not JSON: {error}"))
            .hint("nothing of it was kept; lines of text go with `Content-Type: text/plain`"),
        Ok(_) => ApiError::new("bad_json", "the body is not JSON"),
    }
}

#[cfg(test)]
mod tests;
