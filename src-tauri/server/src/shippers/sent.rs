//! What a shipper sent, with what it said beside it.
//!
//! A protocol carries a line or an object, and around it labels, tags, a host: fields all the same.
//! They are put into the record where it does not have them itself; what the program wrote is never
//! replaced and stays as it was sent.
//!
//! | the line is | the fields go |
//! |---|---|
//! | a JSON object | behind its own members |
//! | logfmt | behind its own pairs |
//! | any other text | around it: `{"message":"the line","level":…,"host":…}` |
//! | any text, and there are no fields | nowhere: the line is the record |

use std::borrow::Cow;
use std::collections::HashSet;

use crosscut_model::{Level, UnixNanos};
use crosscut_parse::{Format, Reader, format_of};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::json::{Entries, each_element, on_one_line};
use crate::ingest::record::write_text;
use crate::refusal::Refusal;

/// The text that a JSON string holds; `None` for any other value.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    /// Borrows where there are no escapes.
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let text: Text<'_> = serde_json::from_str(raw.get()).ok()?;
    Some(text.0)
}

/// Calls `visit` with each element of a JSON array, or with the one object that the body is; `false`
/// where it is neither. Nothing is made of the array but what `visit` makes of its elements: a list of
/// them would take many times the body.
pub(crate) fn each<'a>(
    bytes: &'a [u8],
    mut visit: impl FnMut(&'a RawValue) -> Result<(), Refusal>,
) -> Result<bool, Refusal> {
    let Ok(raw) = serde_json::from_slice::<&RawValue>(bytes) else {
        return Ok(false);
    };
    match raw.get().as_bytes().first() {
        Some(b'{') => visit(raw).map(|()| true),
        _ => each_element(raw, visit),
    }
}

/// A field's value.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// JSON as it was sent.
    Json(&'a RawValue),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a RawValue> for Value<'a> {
    fn from(json: &'a RawValue) -> Self {
        Self::Json(json)
    }
}

/// Fields by name.
pub(crate) type Fields<'a> = Vec<(Cow<'a, str>, Value<'a>)>;

/// Names that are looked through; those behind them are looked up.
const FEW: usize = 32;

/// The names of an object's members. An object may have a hundred thousand, and as many may be added.
#[derive(Debug, Default)]
struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    others: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    fn has(&self, name: &str) -> bool {
        self.few.iter().any(|known| known == name) || self.others.contains(name)
    }

    fn add(&mut self, name: Cow<'a, str>) {
        if self.few.len() < FEW {
            self.few.push(name);
        } else {
            self.others.insert(name);
        }
    }
}

/// An object that grows: members are added where it has none of their name.
#[derive(Debug)]
pub(crate) struct Grown<'a> {
    /// The object without its closing brace.
    out: Vec<u8>,
    names: Names<'a>,
}

impl<'a> Grown<'a> {
    /// An object without members.
    pub(crate) fn new() -> Self {
        Self {
            out: vec![b'{'],
            names: Names::default(),
        }
    }

    /// An object as it was sent; `None` when it is none.
    pub(crate) fn of(raw: &'a RawValue) -> Option<Self> {
        let entries: Entries<'a> = serde_json::from_str(raw.get()).ok()?;
        let mut out = on_one_line(raw).into_owned();
        // The last byte of an object is its brace; what is before it may be blank.
        out.pop();
        out.truncate(out.trim_ascii_end().len());
        let mut names = Names::default();
        for (name, _) in entries.0 {
            names.add(name);
        }
        Some(Self { out, names })
    }

    /// Whether a member of this name is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.has(name)
    }

    /// Adds a member where there is none of its name.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'a, str>>, value: &Value<'_>) {
        let name = name.into();
        if self.has(&name) {
            return;
        }
        if self.out.last() != Some(&b'{') {
            self.out.push(b',');
        }
        write_text(&mut self.out, &name);
        self.out.push(b':');
        match value {
            Value::Text(text) => write_text(&mut self.out, text),
            Value::Json(json) => self.out.extend_from_slice(&on_one_line(json)),
        }
        self.names.add(name);
    }

    /// Adds a text, unless it is empty.
    pub(crate) fn text(&mut self, name: &'a str, text: &str) {
        if !text.is_empty() {
            self.add(name, &Value::from(text));
        }
    }

    /// Adds all of them.
    pub(crate) fn extend(&mut self, fields: &'a [(Cow<'a, str>, Value<'a>)]) {
        for (name, value) in fields {
            self.add(name.as_ref(), value);
        }
    }

    /// The record.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.out.push(b'}');
        self.out
    }
}

/// A line with fields, as a record.
pub(crate) fn line<'a>(text: &'a [u8], fields: &'a [(Cow<'a, str>, Value<'a>)]) -> Cow<'a, [u8]> {
    if fields.is_empty() {
        return Cow::Borrowed(text);
    }
    if let Some(record) = object_text(text, fields) {
        return Cow::Owned(record);
    }
    let names = || fields.iter().all(|(name, _)| is_word(name));
    if format_of(text) == Format::Logfmt && !text.contains(&b'\n') && names() {
        return Cow::Owned(logfmt(text, fields));
    }
    let shown = String::from_utf8_lossy(text);
    let mut record = Grown::new();
    record.add("message", &Value::from(shown.as_ref()));
    if !fields.iter().any(|(name, _)| is_level(name)) {
        record.text("level", level_of(text).map_or("", Level::name));
    }
    record.extend(fields);
    Cow::Owned(record.finish())
}

/// A value that was sent where a line was due: text is a line, an object a record, and anything else
/// stands under `name`.
pub(crate) fn value<'a>(
    raw: &'a RawValue,
    name: &'static str,
    fields: &'a [(Cow<'a, str>, Value<'a>)],
) -> Vec<u8> {
    if let Some(text) = text(raw) {
        let text = text.strip_suffix('\n').unwrap_or(&text);
        return line(text.as_bytes(), fields).into_owned();
    }
    object(raw, fields).unwrap_or_else(|| {
        let mut record = Grown::new();
        record.add(name, &Value::Json(raw));
        record.extend(fields);
        record.finish()
    })
}

/// An object with fields, as a record; `None` when it is none.
pub(crate) fn object<'a>(
    raw: &'a RawValue,
    fields: &'a [(Cow<'a, str>, Value<'a>)],
) -> Option<Vec<u8>> {
    let mut record = Grown::of(raw)?;
    record.extend(fields);
    Some(record.finish())
}

fn object_text<'a>(text: &'a [u8], fields: &'a [(Cow<'a, str>, Value<'a>)]) -> Option<Vec<u8>> {
    if !text.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    object(serde_json::from_slice(text).ok()?, fields)
}

fn logfmt(text: &[u8], fields: &[(Cow<'_, str>, Value<'_>)]) -> Vec<u8> {
    let pairs = text.split(u8::is_ascii_whitespace).filter_map(|word| {
        let end = word.iter().position(|&byte| byte == b'=')?;
        word.get(..end)
    });
    let pairs: HashSet<&[u8]> = pairs.collect();
    let mut record = text.to_vec();
    let mut put = |name: &str, value: &Value<'_>| {
        if pairs.contains(name.as_bytes()) {
            return;
        }
        record.push(b' ');
        record.extend_from_slice(name.as_bytes());
        record.push(b'=');
        let value = match value {
            Value::Text(text) => Cow::Borrowed(text.as_ref()),
            // A text without its quotes; numbers and truth as they are, and anything else as a text.
            Value::Json(json) => self::text(json).unwrap_or(Cow::Borrowed(json.get())),
        };
        if is_word(&value) {
            record.extend_from_slice(value.as_bytes());
        } else {
            write_text(&mut record, &value);
        }
    };
    for (name, value) in fields {
        match members(value).filter(|all| all.0.iter().all(|(inner, _)| is_word(inner))) {
            Some(all) => all
                .0
                .iter()
                .for_each(|(inner, value)| put(&format!("{name}.{inner}"), &Value::Json(value))),
            None => put(name, value),
        }
    }
    record
}

/// The members of an object, which are pairs of their own.
fn members<'a>(value: &Value<'a>) -> Option<Entries<'a>> {
    match value {
        Value::Json(json) if json.get().starts_with('{') => serde_json::from_str(json.get()).ok(),
        _ => None,
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '=' | '\\'))
}

fn is_level(name: &str) -> bool {
    [
        "level",
        "severity",
        "loglevel",
        "log_level",
        "lvl",
        "levelname",
    ]
    .iter()
    .any(|known| name.eq_ignore_ascii_case(known))
}

/// How bad a line says it is, be it JSON or text.
pub(crate) fn level_of(text: &[u8]) -> Option<Level> {
    let meta = Reader::new(TimeZone::UTC).meta(text, UnixNanos(0));
    (meta.level != Level::None).then_some(meta.level)
}

/// An instant in whatever unit it comes, which the number of its digits tells: seconds, or thousandths,
/// millionths or billionths of them. Protocols say which they mean, and not all clients listen.
pub(crate) fn epoch(raw: &RawValue) -> Option<UnixNanos> {
    let text = raw.get().trim_matches('"').trim();
    let unit = match text.split('.').next().map_or(0, str::len) {
        0..12 => 9,
        12..15 => 6,
        15..18 => 3,
        _ => 0,
    };
    instant(text, unit)
}

/// A number of seconds in decimals, exactly: `1732184400.123456` is that many nanoseconds. With
/// `unit` 9 the number counts seconds, with 6 thousandths, with 0 nanoseconds.
pub(crate) fn instant(text: &str, unit: usize) -> Option<UnixNanos> {
    let text = text.trim().trim_matches('"').trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let more: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(unit)
        .collect();
    format!("{whole}{more}").parse().ok().map(UnixNanos)
}
