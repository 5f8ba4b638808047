//! Fields of text lines that have places instead of names.
//!
//! Owns which formats are known and what their parts are called. Promises: a pure function of the
//! record's bytes; a line is known by its first bytes and passed once; whatever is not surely of a
//! format has no fields here. The values stand in the record as they are given, but for the file of
//! a Python frame, which is put together with its line.
//!
//! | format | fields |
//! |---|---|
//! | access logs: common, combined, with a virtual host before or more behind; Envoy, Django, gin, morgan, uvicorn | `client` `user` `host` `method` `path` `query` `protocol` `status` `bytes` `referer` `agent` `request_time` |
//! | HAProxy | `client` `frontend` `backend` `server` `timers` `status` `bytes` `termination` `method` `path` `query` `protocol` |
//! | syslog (RFC 3164, RFC 5424, as files have it) | `host` `app` `pid` `msgid`, structured data under its own names |
//! | glog, klog | `thread` `file` |
//! | log4j, logback, Spring, JBoss, Python, Rust, zap, loguru, NLog, .NET and their like | `logger` `thread` `pid` `file` `app` `event_id` `trace_id` `span_id` |
//! | Android, old MongoDB | `pid` `thread` `logger`; `component` `thread` |
//! | Ruby's Logger; Nest; pino-pretty | `pid` `app`; `pid` `logger`; `pid` `app` `host` |
//! | PostgreSQL, MySQL | `pid` `user` `db`; `thread` `code` `component` |
//! | nginx and Apache errors | `pid` `thread` `connection` `client` `server` `method` `path` `query` `protocol` `upstream` `host` `referer`; `component` |
//! | Redis | `pid` `role` |
//! | stack traces of Java, Python, Node, Go, Rust, .NET, Ruby, PHP | `exception.type` `exception.message` `exception.stacktrace` `file` |
//!
//! `pid`, `status`, `bytes` and whatever else looks like a number is one.

mod access;
mod database;
mod logger;
mod parts;
mod scan;
mod server;
mod stack;
mod syslog;

use std::borrow::Cow;

use crate::head::Begins;
use crate::json::{Cursor, Raw};
use crate::path::FieldValue;
use crate::reader::Start;
use crate::text;
use crate::time::stamp;
use scan::Scan;

/// The names that fields of places may have.
pub(crate) const NAMES: [&str; 35] = [
    "agent",
    "app",
    "backend",
    "bytes",
    "client",
    "code",
    "component",
    "connection",
    "db",
    "event_id",
    "exception.message",
    "exception.stacktrace",
    "exception.type",
    "file",
    "frontend",
    "host",
    "logger",
    "method",
    "msgid",
    "path",
    "pid",
    "protocol",
    "query",
    "referer",
    "request_time",
    "role",
    "server",
    "span_id",
    "status",
    "termination",
    "thread",
    "timers",
    "trace_id",
    "upstream",
    "user",
];

/// Whether a field of this name may stand at a place, without its name in the record.
pub fn is_positional(name: &str) -> bool {
    NAMES.binary_search(&name).is_ok()
}

/// Fields of one line.
const MOST: usize = 24;

/// Reads what stands behind a time as lines of some format; nothing when it is none of them.
type Form = for<'a> fn(Scan<'a>, &mut Places<'a>) -> Option<()>;

/// What was found in a record.
#[derive(Debug)]
pub(crate) struct Places<'a> {
    /// The record, where it is UTF-8 throughout.
    pub(crate) text: Option<&'a str>,
    /// What it begins with, as far as that is known beforehand.
    begins: Begins,
    /// Whether it is known to be of one line.
    single: bool,
    list: [Option<(&'static str, &'a [u8])>; MOST],
    len: usize,
    /// What it says, where that is known.
    words: Option<&'a [u8]>,
    /// `file:line`, put together.
    file: Option<String>,
}

impl<'a> Places<'a> {
    /// Looks at a record, trimmed and without terminal escapes.
    pub(crate) fn of(body: &'a [u8]) -> Self {
        let mut places = Self::none(body, None);
        places.read(body);
        places
    }

    /// Nothing yet of a record whose beginning may be known.
    #[inline]
    pub(crate) fn none(body: &'a [u8], start: Option<Start>) -> Self {
        Self {
            text: std::str::from_utf8(body).ok(),
            begins: start.map_or(Begins::Unknown, |start| start.begins),
            // Only records of one line have such a beginning.
            single: start.is_some(),
            list: [None; MOST],
            len: 0,
            words: None,
            file: None,
        }
    }

    /// Looks at the record. Apart from the above, so that nothing is moved afterwards.
    pub(crate) fn read(&mut self, body: &'a [u8]) {
        // What begins as JSON is read as JSON, or not at all.
        if body.first() == Some(&b'{') {
            return;
        }
        if self.line(body).is_none() {
            self.len = 0;
            self.words = None;
        }
        stack::read(body, self);
    }

    /// The fields, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let listed = self.listed();
        let listed = listed.map(|(name, value)| (name, self.part(value)));
        let file = self
            .file
            .iter()
            .map(|file| ("file", Cow::Borrowed(file.as_str())));
        listed.chain(file)
    }

    /// Shows the fields, in order.
    #[inline]
    pub(crate) fn each(&self, mut visit: impl FnMut(&'static str, Cow<'_, str>)) {
        for (name, value) in self
            .list
            .get(..self.len)
            .unwrap_or_default()
            .iter()
            .flatten()
        {
            visit(name, self.part(value));
        }
        if let Some(file) = &self.file {
            visit("file", Cow::Borrowed(file));
        }
    }

    /// A part of the record as text, which it was found to be as a whole.
    #[inline]
    pub(crate) fn part(&self, part: &'a [u8]) -> Cow<'a, str> {
        text::part(self.text, part)
    }

    /// What the record says, in words: a part of it.
    pub(crate) fn words(&self) -> Option<&'a [u8]> {
        self.words.filter(|words| !words.trim_ascii().is_empty())
    }

    /// The fields that are no part of the words.
    pub(crate) fn beside_words(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        let words = self.words.unwrap_or_default().as_ptr_range();
        self.listed().filter(move |(name, value)| {
            !words.contains(&value.as_ptr()) && !name.starts_with("exception.")
        })
    }

    fn listed(&self) -> impl Iterator<Item = (&'static str, &'a [u8])> {
        let list = self.list.get(..self.len).unwrap_or_default();
        list.iter().copied().flatten()
    }

    fn has(&self, name: &str) -> bool {
        self.listed().any(|(known, _)| known == name)
    }

    /// Adds a field; one that is empty or stands for nothing is none.
    fn put(&mut self, name: &'static str, value: &'a [u8]) {
        debug_assert!(is_positional(name), "{name} is missing in NAMES");
        if value.is_empty() || value == b"-" {
            return;
        }
        if let Some(free) = self.list.get_mut(self.len) {
            *free = Some((name, value));
            self.len += 1;
        }
    }

    /// The record as one of the formats; nothing when it is none of them.
    fn line(&mut self, body: &'a [u8]) -> Option<()> {
        match *body.first()? {
            b'<' => syslog::with_priority(body, self),
            b'[' => self.bracket(body),
            b'0'..=b'9' => self.digit(body),
            b'A'..=b'Z' | b'a'..=b'z' => self.letter(body),
            b':' => access::read(body, self),
            _ => None,
        }
    }

    /// `127.0.0.1 - - [`, `2026-03-01T08:00:00`, `08:00:00.123 [main]`, `1234:M 01 Mar`.
    fn digit(&mut self, body: &'a [u8]) -> Option<()> {
        if let Some(length) = self.time_of(body) {
            return self.timed(body, length);
        }
        if access::read(body, self).is_some() {
            return Some(());
        }
        self.len = 0;
        database::redis(body, self)
    }

    /// The length of the time that the record begins with.
    fn time_of(&self, body: &[u8]) -> Option<usize> {
        match self.begins {
            Begins::Unknown => Some(stamp(body)?.length),
            Begins::Other => None,
            Begins::Time(length) => Some(length),
        }
    }

    /// A line that begins with a time of so many bytes.
    fn timed(&mut self, body: &'a [u8], length: usize) -> Option<()> {
        const FORMS: [Form; 6] = [
            server::nginx_error,
            database::postgres,
            database::mysql,
            logger::odd,
            logger::after_time,
            syslog::iso,
        ];
        self.first_of(Scan::new(body.get(length..)?), &FORMS)
    }

    fn first_of(&mut self, rest: Scan<'a>, forms: &[Form]) -> Option<()> {
        for form in forms {
            if form(rest, self).is_some() {
                return Some(());
            }
            self.len = 0;
            self.words = None;
        }
        None
    }

    /// `[2026-03-01T08:00:00Z INFO  app]`, `[Sun Mar 01 08:00:00 2026] [core:error]`, `[GIN]`.
    fn bracket(&mut self, body: &'a [u8]) -> Option<()> {
        if let Some(rest) = body.strip_prefix(b"[GIN] ") {
            return access::gin(rest, self);
        }
        if let Some(rest) = body.strip_prefix(b"[Nest] ") {
            return logger::nest(rest, self);
        }
        let inside = body.get(1..)?;
        if let Some(stamp) = stamp(inside) {
            let rest = Scan::new(inside.get(stamp.length..)?);
            return self.first_of(
                rest,
                &[
                    access::after_time,
                    server::apache_error,
                    logger::in_brackets,
                ],
            );
        }
        logger::without_time(body, self)
    }

    /// `Mar  1 08:00:00 host app[1]:`, `I0301 08:00:00.000001`, `INFO:root:`, `info: App[0]`,
    /// `www.example.com:80 127.0.0.1 - - [`.
    fn letter(&mut self, body: &'a [u8]) -> Option<()> {
        if let [b'I' | b'W' | b'E' | b'F' | b'D', b'0'..=b'9', ..] = body {
            return logger::glog(body, self);
        }
        if let [_, b',', b' ', b'[', ..] = body {
            return logger::ruby(body, self);
        }
        if let [_, b'/', ..] = body {
            return logger::android(Scan::new(body), self);
        }
        if is_month(body)
            && let Some(length) = self.time_of(body)
        {
            return self.first_of(
                Scan::new(body.get(length..)?),
                &[syslog::after_time, logger::after_time],
            );
        }
        access::letters(body, self).or_else(|| {
            self.len = 0;
            self.words = None;
            logger::without_time(body, self)
        })
    }
}

/// Whether a line begins like `Mar  1 `.
fn is_month(line: &[u8]) -> bool {
    matches!(
        line.first_chunk::<4>(),
        Some(
            b"Jan "
                | b"Feb "
                | b"Mar "
                | b"Apr "
                | b"May "
                | b"Jun "
                | b"Jul "
                | b"Aug "
                | b"Sep "
                | b"Oct "
                | b"Nov "
                | b"Dec "
        )
    )
}

/// A value as what it looks like: a number, or a text.
pub(crate) fn typed(text: Cow<'_, str>) -> FieldValue<'_> {
    match text {
        Cow::Borrowed(text) => match number(text) {
            Some(number) => number,
            None => FieldValue::Str(Cow::Borrowed(text)),
        },
        // What had to be made is no number.
        text @ Cow::Owned(_) => FieldValue::Str(text),
    }
}

fn number(text: &str) -> Option<FieldValue<'_>> {
    Some(FieldValue::of_json(Raw::Number(literal(text)?)))
}

/// The text as a number as it is written, if it is one.
pub(crate) fn literal(text: &str) -> Option<&str> {
    if !matches!(text.as_bytes(), [b'0'..=b'9' | b'-', ..]) {
        return None;
    }
    let mut cursor = Cursor::new(text.as_bytes());
    let length = cursor.number().ok()?.len();
    cursor.end().ok()?;
    text.get(..length)
}

#[cfg(test)]
mod tests;
