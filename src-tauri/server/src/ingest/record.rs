//! Records as Crosscut writes them itself: for protocols whose wire form is no line of text.
//!
//! One record is one JSON object on one line, its members under the names that the parser knows
//! best, so that time, level, message, service, logger, trace and span are found without guessing:
//!
//! ```text
//! {"time":"2026-11-21T10:15:00.123456789Z","level":"error","message":…,"service":"shop",
//!  "logger":"cart","trace_id":"…","span_id":"…",<attributes>…,"resource":{…}}
//! ```
//!
//! Owns that form. Promises: what is absent is left out; texts are escaped; a record is one line.

use std::io::Write;

use crosscut_model::{Level, UnixNanos};
/// A JSON object being written, member by member; [`end`](Self::end) closes it. One made by
/// [`members_of`](Self::members_of) has no braces.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
    any: bool,
}

impl<'a> Object<'a> {
    /// Opens an object at the end of `out`.
    pub(crate) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, any: false }
    }

    /// The members of an object to be, which are put in braces later.
    pub(crate) fn members_of(out: &'a mut Vec<u8>) -> Self {
        Self { out, any: false }
    }

    /// Closes it.
    pub(crate) fn end(self) {
        self.out.push(b'}');
    }

    /// Time and level, in front where they are found soonest.
    pub(crate) fn head(&mut self, time: Option<UnixNanos>, level: Level) {
        if let Some(time) = time {
            self.time("time", time);
        }
        if level != Level::None {
            self.text("level", level.name());
        }
    }

    /// A text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        write_text(self.out, text);
    }

    /// A text, unless it is empty.
    pub(crate) fn text_if_any(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.text(name, text);
        }
    }

    /// A whole number, unless it is 0.
    pub(crate) fn count_if_any(&mut self, name: &str, count: u64) {
        if count > 0 {
            self.value(name, |out| write_shown(out, count));
        }
    }

    /// An instant.
    pub(crate) fn time(&mut self, name: &str, time: UnixNanos) {
        self.name(name);
        write_time(self.out, time);
    }

    /// A whole number.
    pub(crate) fn number(&mut self, name: &str, number: i64) {
        self.value(name, |out| write_shown(out, number));
    }

    /// An object within.
    pub(crate) fn object(&mut self, name: &str) -> Object<'_> {
        self.name(name);
        Object::begin(self.out)
    }

    /// A value that `write` appends: valid JSON on one line.
    pub(crate) fn value(&mut self, name: &str, write: impl FnOnce(&mut Vec<u8>)) {
        self.name(name);
        write(self.out);
    }

    /// The same where writing may fail.
    pub(crate) fn try_value<E>(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.name(name);
        write(self.out)
    }

    /// An object of these members.
    pub(crate) fn braced(&mut self, name: &str, members: &[u8]) {
        self.name(name);
        self.out.push(b'{');
        self.out.extend_from_slice(members);
        self.out.push(b'}');
    }

    /// An object of these members, unless there are none.
    pub(crate) fn braced_if_any(&mut self, name: &str, members: &[u8]) {
        if !members.is_empty() {
            self.braced(name, members);
        }
    }

    /// An array of these elements, unless there are none.
    pub(crate) fn listed_if_any(&mut self, name: &str, elements: &[u8]) {
        if !elements.is_empty() {
            self.name(name);
            self.out.push(b'[');
            self.out.extend_from_slice(elements);
            self.out.push(b']');
        }
    }

    /// Members that are written already.
    pub(crate) fn members(&mut self, members: &[u8]) {
        if !members.is_empty() {
            self.part();
            self.out.extend_from_slice(members);
        }
    }

    fn part(&mut self) {
        if self.any {
            self.out.push(b',');
        }
        self.any = true;
    }

    fn name(&mut self, name: &str) {
        self.part();
        write_text(self.out, name);
        self.out.push(b':');
    }
}

/// Appends a text as a JSON string.
pub(crate) fn write_text(out: &mut Vec<u8>, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else if let Err(error) = serde_json::to_writer(&mut *out, text) {
        unwritten(&error);
    }
}

/// Appends an instant as RFC 3339 has it, in UTC and with nanoseconds, in quotes.
pub(crate) fn write_time(out: &mut Vec<u8>, time: UnixNanos) {
    let (second, nanos) = (
        time.0.div_euclid(1_000_000_000),
        time.0.rem_euclid(1_000_000_000),
    );
    let (day, clock) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let (year, month, day) = civil(day);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    let done = write!(
        out,
        "\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{nanos:09}Z\""
    );
    if let Err(error) = done {
        unwritten(&error);
    }
}

/// Appends what prints as JSON.
pub(crate) fn write_shown(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    if let Err(error) = write!(out, "{value}") {
        unwritten(&error);
    }
}

/// Writing to memory does not fail.
fn unwritten(error: &dyn std::fmt::Display) {
    tracing::error!(%error, "a value was not written");
}

/// The date of a day since 1970-01-01: Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html>).
fn civil(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests;
