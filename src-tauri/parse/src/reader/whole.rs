//! All that a record says in one pass: time and level, message, and every field.
//!
//! What [`Reader::meta`], [`message`] and [`walk_fields`] say one by one, each passing the line for
//! itself. Promises: says the same as they do, record for record.

use std::borrow::Cow;

use crosscut_model::{Level, UnixNanos};

use super::found::{Found, Told};
use super::{Format, LineMeta, Reader, Start, said_by};
use crate::head::of_plain;
use crate::json::Fault;
use crate::keys::Role;
use crate::known::{Message, message, message_of_text};
use crate::layout::Line;
use crate::logfmt::{Pair, Pairs, is_logfmt};
use crate::places::Places;
use crate::text::trimmed;
use crate::walk::{Irregular, Leaf, scalar, walk_fields, walk_pair, walk_text, walk_value};
use crate::wrap::{Within, behind_head};

/// What a record says, but for its fields, which are shown on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its time and level, as [`Reader::meta`] reads them.
    pub meta: LineMeta,
    /// Its message, as [`message`] gives it.
    pub message: Cow<'a, str>,
    /// Whether its fields could be told by their names, as [`walk_fields`] says.
    pub fields: Result<(), Irregular>,
}

impl Reader {
    /// Reads one record whole, and shows every field of it to `visit` as [`walk_fields`] does.
    pub fn whole<'a>(
        &mut self,
        line: impl Into<Line<'a>>,
        now: UnixNanos,
        mut visit: impl FnMut(&str, Leaf<'_>, bool),
    ) -> Record<'a> {
        let line = line.into();
        let body = trimmed(line.raw);
        let json = body.first() == Some(&b'{');
        let known = matches!(self.format, None | Some(Format::Json))
            && self.pattern.is_none()
            && line.layout.is_none();
        if known && !json && memchr::memchr2(0x1b, b'\n', body).is_none() {
            let own = behind_head(body);
            if own.first() != Some(&b'{') {
                return self.whole_plain(body, own, true, now, visit);
            }
        }
        let Within { outer, body: own } = Within::of(line.raw);
        match own {
            Cow::Borrowed(_) if known && json && outer.is_none() => {
                return self.whole_json(body, now, visit);
            }
            Cow::Borrowed(own) if known && !json && own.first() != Some(&b'{') => {
                return self.whole_plain(body, own, false, now, visit);
            }
            _ => {}
        }
        // What stands in Docker's JSON, JSON behind a container's head, what is divided by a layout, what is told to be of a format.
        let meta = self.meta(line.raw, now);
        let mut name = String::new();
        Record {
            meta,
            message: message(line),
            fields: walk_fields(line, &mut name, &mut visit),
        }
    }

    /// Reads `body`, which is no JSON and may have a container's head before the record, `own`;
    /// `simple` when it is of one line and has no terminal escapes.
    fn whole_plain<'a>(
        &mut self,
        body: &[u8],
        own: &'a [u8],
        simple: bool,
        now: UnixNanos,
        visit: impl FnMut(&str, Leaf<'_>, bool),
    ) -> Record<'a> {
        let bare = own.len() == body.len();
        let (meta, start) = match self.around(body, now, 0) {
            None if bare && is_logfmt(own) => {
                let mut told = Told::NOTHING;
                let times = &mut self.times;
                let (message, fields) = pairs(own, |pair| told.take(pair, times, now), visit);
                return Record {
                    meta: told.meta(),
                    message,
                    fields,
                };
            }
            None if !bare && is_logfmt(body) => (self.logfmt(body, now), None),
            None if simple => {
                let (meta, start) = self.line(body, of_plain(body), now);
                (meta, Some(start))
            }
            None => self.text(body, now),
            Some(meta) => (meta, None),
        };
        let start = start.filter(|_| bare);
        let (message, fields) = if start.is_none() && is_logfmt(own) {
            pairs(own, |_| (), visit)
        } else {
            text(own, start, visit)
        };
        Record {
            meta,
            message,
            fields,
        }
    }

    fn whole_json<'a>(
        &mut self,
        body: &'a [u8],
        now: UnixNanos,
        mut visit: impl FnMut(&str, Leaf<'_>, bool),
    ) -> Record<'a> {
        let mut found = Found::NOTHING;
        let mut words = Message::none();
        let mut fields = Ok(());
        let (times, buffers) = (&mut self.times, &mut self.buffers);
        let read = self.leads.each(body, |key, role, cursor| {
            let says = words.wants(key.message);
            if key.name.is_empty() {
                fields = Err(Irregular);
            }
            if let Some(b'{' | b'[') = cursor.peek() {
                if says || role != Role::Other {
                    let value = cursor.clone().value()?;
                    found.take(role, value, times, now);
                    if says {
                        words.take(key.name.as_bytes(), value);
                    }
                }
                if fields.is_ok() {
                    fields = walk_value(cursor, &key.name, buffers, &mut visit);
                    if fields.is_ok() {
                        return Ok(());
                    }
                }
                return cursor.pass();
            }
            let value = cursor.value()?;
            found.take(role, value, times, now);
            if says {
                words.take(key.name.as_bytes(), value);
            }
            if fields.is_ok() {
                visit(&key.name, scalar(value, buffers), false);
            }
            Ok(())
        });
        let level = match (found.level(), words.text()) {
            (Level::None, Some(message)) => said_by(message),
            (level, _) => level,
        };
        let mut meta = LineMeta {
            time: found.time.value,
            level,
            broken: read.is_err(),
        };
        // A fault behind the end leaves the members told.
        let told = match read {
            Ok(members) => members > 0,
            Err(Fault { members, behind }) => members > 0 && behind,
        };
        if !told {
            fields = Err(Irregular);
        }
        if let Err(Fault { members: 0, .. }) = read {
            let (text, _) = self.text(body, now);
            meta = LineMeta {
                broken: true,
                ..text
            };
        }
        // Of a broken record nothing stands out.
        let words = if read.is_ok() { words } else { Message::none() };
        Record {
            meta,
            message: words.of(body),
            fields,
        }
    }
}

/// The message and the fields of plain text, whose beginning may be known.
fn text(
    body: &[u8],
    start: Option<Start>,
    visit: impl FnMut(&str, Leaf<'_>, bool),
) -> (Cow<'_, str>, Result<(), Irregular>) {
    let mut places = Places::none(body, start);
    places.read(body);
    let fields = walk_text(body, &places, visit);
    let words = start.map(|start| start.words);
    (message_of_text(body, &places, words), fields)
}

/// The message and the fields of a logfmt line, whose pairs are shown to `take` too.
fn pairs<'a>(
    body: &'a [u8],
    mut take: impl FnMut(Pair<'a>),
    mut visit: impl FnMut(&str, Leaf<'_>, bool),
) -> (Cow<'a, str>, Result<(), Irregular>) {
    let mut words = Message::none();
    let mut fields = Ok(());
    for pair in Pairs::of_logfmt(body).known(std::str::from_utf8(body).ok()) {
        take(pair);
        words.take_pair(pair);
        if fields.is_ok() {
            fields = walk_pair(pair, &mut visit);
        }
    }
    (words.of(body), fields)
}

#[cfg(test)]
mod tests;
