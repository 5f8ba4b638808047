//! What transports and terminals put around a record, and the record within.
//!
//! Kubernetes' container runtimes write a head before each line (CRI), Docker's json-file driver
//! puts the line into a JSON string, programs colour what they write. An entry of the journal is read
//! as the JSON object that it is elsewhere. Fields, message and ids are
//! those of the record within; the wrapper's own members stay fields beside them.

use std::borrow::Cow;

use crate::journal;
use crate::json::{Cursor, Raw};
use crate::strip_escapes;
use crate::text::{trimmed, utf8};
use crate::through::runtime;

/// A record without what is wrapped around it.
#[derive(Debug)]
pub(crate) struct Within<'a> {
    /// The JSON object it stands in, where it does.
    pub(crate) outer: Option<&'a [u8]>,
    /// The record itself, trimmed.
    pub(crate) body: Cow<'a, [u8]>,
}

impl<'a> Within<'a> {
    /// Looks into a record.
    #[inline]
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        let body = trimmed(raw);
        if body.first() == Some(&b'{') {
            if let Some(line) = docker(body) {
                return Self {
                    outer: Some(body),
                    body: Cow::Owned(plain(trimmed(&line)).into_owned()),
                };
            }
            return Self {
                outer: None,
                body: Cow::Borrowed(body),
            };
        }
        if let Some(object) = journal::object(raw) {
            return Self {
                outer: None,
                body: Cow::Owned(object),
            };
        }
        let body = match runtime(body) {
            Some(head) => lines(body, head.length),
            None => Cow::Borrowed(body),
        };
        let body = match body {
            Cow::Borrowed(body) => plain(body),
            Cow::Owned(body) => Cow::Owned(plain(&body).into_owned()),
        };
        Self { outer: None, body }
    }
}

/// A single line, trimmed, behind the head that a container runtime may have written.
#[inline]
pub(crate) fn behind_head(line: &[u8]) -> &[u8] {
    match runtime(line) {
        Some(head) => line.get(head.length..).unwrap_or_default().trim_ascii(),
        None => line,
    }
}

/// Whether the record within is no part of the record's text as it stands, character by character:
/// backslashes and terminal escapes apart, which anybody can see.
pub fn is_rewritten(raw: &[u8]) -> bool {
    let body = trimmed(raw);
    memchr::memchr(b'\n', body).is_some() && runtime(body).is_some()
}

/// The lines of a record as its writer wrote them, where a container runtime has put a head before each:
/// parts of a line are put together, and lines stay lines.
pub(crate) fn joined(record: &[u8]) -> Option<Vec<u8>> {
    match lines(record, runtime(record)?.length) {
        Cow::Owned(joined) => Some(joined),
        Cow::Borrowed(_) => None,
    }
}

/// The lines behind their heads; the parts of a line without what was put between them.
fn lines(body: &[u8], head: usize) -> Cow<'_, [u8]> {
    let first = body.get(head..).unwrap_or_default();
    if memchr::memchr(b'\n', first).is_none() {
        return Cow::Borrowed(first.trim_ascii());
    }
    let mut joined = Vec::with_capacity(first.len());
    let mut part = true;
    for line in body.split(|&byte| byte == b'\n') {
        if !part {
            joined.push(b'\n');
        }
        let head = runtime(line);
        part = head.is_some_and(|head| head.part);
        let length = head.map_or(0, |head| head.length);
        joined.extend_from_slice(line.get(length..).unwrap_or_default());
    }
    Cow::Owned(joined)
}

/// The line that Docker's json-file driver wrapped: `{"log":"…\n","stream":"stdout","time":"…"}`.
fn docker(body: &[u8]) -> Option<Vec<u8>> {
    if !body.starts_with(b"{\"log\":\"") {
        return None;
    }
    let mut cursor = Cursor::new(body);
    cursor.enter_object().ok()?;
    cursor.key().ok()?;
    let Raw::Str(line) = cursor.value().ok()? else {
        return None;
    };
    let (mut stream, mut time) = (false, false);
    while cursor.more_members().ok()? {
        let key = cursor.key().ok()?;
        stream |= key.bytes == b"stream";
        time |= key.bytes == b"time";
        cursor.value().ok()?;
    }
    let line = line.decode();
    (stream && time && !line.trim().is_empty()).then(|| line.into_owned().into_bytes())
}

/// Text without terminal escapes.
fn plain(body: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(0x1b, body).is_none() {
        return Cow::Borrowed(body);
    }
    let text = utf8(body);
    let text = match strip_escapes(&text) {
        Cow::Borrowed(text) => text.trim().as_bytes().to_vec(),
        Cow::Owned(text) => text.trim().as_bytes().to_vec(),
    };
    Cow::Owned(text)
}

#[cfg(test)]
mod tests;
