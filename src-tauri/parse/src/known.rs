//! What most programs log under one of a few usual names.

mod names;

use std::borrow::Cow;

use crate::head::head;
use crate::json::{self, Cursor, Malformed, Raw, RawStr};
use crate::logfmt::{Pairs, is_logfmt};
use crate::strip_escapes;
use crate::text::trimmed;

/// Things that have usual names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// What happened, in words.
    Message,
    /// Which program says so.
    Service,
    /// Which part of the program.
    Logger,
    /// The trace the record belongs to.
    Trace,
    /// The span within the trace.
    Span,
    /// The place in the source code, `file` or `file:line`.
    File,
    /// The kind of exception, or its text.
    Exception,
    /// The stack trace.
    Stack,
}

/// Looks for a well-known field under its usual names, nested ones too. In plain text, `key=value`
/// pairs are looked at (but for the message, which has no name there).
pub fn well_known(raw: &[u8], known: Known) -> Option<Cow<'_, str>> {
    let body = trimmed(raw);
    let found = match known {
        Known::Message => return find(body, names::MESSAGE, &text_or_json).map(|found| found.0),
        Known::Service => find(body, names::SERVICE, &text),
        Known::Logger => find(body, names::LOGGER, &text),
        Known::Trace => find(body, names::TRACE, &id),
        Known::Span => find(body, names::SPAN, &id),
        Known::File => return file(body),
        Known::Exception => find(body, names::EXCEPTION, &text),
        Known::Stack => find(body, names::STACK, &text),
    };
    found.map(|found| found.0)
}

/// The usual names of a thing, best first: [`well_known`] gives the value of the first of them that
/// is there and is a text that is not blank, or a number. A dot stands for nesting and for a dot in
/// a name alike; case makes no difference.
pub fn usual_names(known: Known) -> &'static [&'static str] {
    match known {
        Known::Message => names::MESSAGE,
        Known::Service => names::SERVICE,
        Known::Logger => names::LOGGER,
        Known::Trace => names::TRACE,
        Known::Span => names::SPAN,
        Known::File => names::FILE,
        Known::Exception => names::EXCEPTION,
        Known::Stack => names::STACK,
    }
}

/// `file:line`, which many programs log as two fields.
fn file(body: &[u8]) -> Option<Cow<'_, str>> {
    let (file, _) = find(body, names::FILE, &text)?;
    let numbered = file
        .rsplit_once(':')
        .is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    if numbered {
        return Some(file);
    }
    match find(body, names::LINE, &text) {
        Some((line, _)) if line.parse::<u32>().is_ok() => {
            Some(Cow::Owned(format!("{file}:{line}")))
        }
        _ => Some(file),
    }
}

/// The record's message in full, without terminal escapes; for plain text the line without its
/// leading time and level. A broken record is its own message, whole. Never empty unless the record
/// is blank.
pub fn message(raw: &[u8]) -> Cow<'_, str> {
    let body = trimmed(raw);
    let named = if json::is_object(body) || is_logfmt(body) {
        message_field(body)
    } else {
        None
    };
    match named {
        Some((text, _)) => without_escapes(text),
        None if body.first() == Some(&b'{') || is_logfmt(body) => {
            without_escapes(String::from_utf8_lossy(body))
        }
        None => words(String::from_utf8_lossy(body)),
    }
}

/// The message and the path of the field it came from.
pub(crate) fn message_field(body: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    find(body, names::MESSAGE, &text_or_json)
}

fn without_escapes(text: Cow<'_, str>) -> Cow<'_, str> {
    match strip_escapes(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(plain) => Cow::Owned(plain),
    }
}

/// Plain text behind its leading time and level.
fn words(line: Cow<'_, str>) -> Cow<'_, str> {
    let line = without_escapes(line);
    let start = head(line.as_bytes()).words;
    if line
        .get(start..)
        .is_none_or(|words| words.trim().is_empty())
    {
        return line;
    }
    match line {
        Cow::Borrowed(line) => Cow::Borrowed(line.get(start..).unwrap_or(line)),
        Cow::Owned(mut line) => {
            line.drain(..start);
            Cow::Owned(line)
        }
    }
}

/// Reads a value if it is of the wanted kind.
type Read = dyn for<'a> Fn(Raw<'a>) -> Option<Cow<'a, str>>;

fn text(value: Raw<'_>) -> Option<Cow<'_, str>> {
    match value {
        Raw::Str(text) => Some(text.decode()).filter(|text| !text.trim().is_empty()),
        Raw::Number(literal) => Some(Cow::Borrowed(literal)),
        Raw::Bool(_) | Raw::Null | Raw::Object(_) | Raw::Array(_) => None,
    }
}

/// A message may be an object: programs log whatever they are given.
fn text_or_json(value: Raw<'_>) -> Option<Cow<'_, str>> {
    match value {
        Raw::Object(json) | Raw::Array(json) if json.len() > 2 => {
            Some(String::from_utf8_lossy(json))
        }
        _ => text(value),
    }
}

/// An id is one word of bounded length, and not all zeros (which stands for none).
fn id(value: Raw<'_>) -> Option<Cow<'_, str>> {
    text(value).filter(|id| {
        id.len() <= 128
            && !id.contains(char::is_whitespace)
            && id.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
    })
}

/// Finds the first of `names` that is there and that `read` takes, in one pass.
fn find<'a>(
    body: &'a [u8],
    names: &[&'static str],
    read: &Read,
) -> Option<(Cow<'a, str>, &'static str)> {
    let mut best = Found {
        rank: names.len(),
        value: None,
    };
    if body.first() == Some(&b'{') {
        match search(body, names, read, &mut best) {
            // What was found before a fault stands.
            Ok(()) | Err(Malformed) => {}
        }
    } else if is_logfmt(body) {
        pairs(Pairs::of_logfmt(body), names, read, &mut best);
    } else if names != names::MESSAGE {
        pairs(Pairs::of_text(body), names, read, &mut best);
    }
    Some((best.value?, names.get(best.rank).copied()?))
}

struct Found<'a> {
    rank: usize,
    value: Option<Cow<'a, str>>,
}

fn search<'a>(
    body: &'a [u8],
    names: &[&'static str],
    read: &Read,
    best: &mut Found<'a>,
) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(body);
    let mut more = cursor.enter_object()?;
    while more && best.rank > 0 {
        let key = cursor.key()?;
        let value = cursor.value()?;
        for (rank, name) in names.iter().enumerate().take(best.rank) {
            if let Some(rest) = behind_key(key, name)
                && let Some(found) = descend(value, rest, read)
            {
                *best = Found {
                    rank,
                    value: Some(found),
                };
                break;
            }
        }
        more = cursor.more_members()?;
    }
    Ok(())
}

/// What is left of a dotted name behind a key. Case makes no difference.
#[inline]
fn behind_key<'n>(key: RawStr<'_>, name: &'n str) -> Option<&'n str> {
    let (start, rest) = name.split_at_checked(key.bytes.len())?;
    if !start.as_bytes().eq_ignore_ascii_case(key.bytes) {
        return None;
    }
    if rest.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix('.')
    }
}

/// Follows the rest of a dotted name into a value.
fn descend<'a>(value: Raw<'a>, rest: &str, read: &Read) -> Option<Cow<'a, str>> {
    if rest.is_empty() {
        return read(value);
    }
    let Raw::Object(json) = value else {
        return None;
    };
    let mut found = None;
    let valid = json::members(json, |key, value| {
        if found.is_none()
            && let Some(rest) = behind_key(key, rest)
        {
            found = descend(value, rest, read);
        }
    });
    found.filter(|_| valid)
}

fn pairs<'a>(pairs: Pairs<'a>, names: &[&'static str], read: &Read, best: &mut Found<'a>) {
    for pair in pairs {
        let rank = names
            .iter()
            .take(best.rank)
            .position(|name| name.eq_ignore_ascii_case(pair.key));
        // A pair's text is read as a JSON string is: same rules, same decoding.
        let value = RawStr {
            bytes: pair.value,
            escaped: pair.quoted,
        };
        if let Some(rank) = rank
            && let Some(found) = read(Raw::Str(value))
        {
            *best = Found {
                rank,
                value: Some(found),
            };
        }
    }
}

#[cfg(test)]
mod tests;
