//! What most programs log under one of a few usual names.

mod names;

use std::borrow::Cow;

use crate::head::head;
use crate::journal;
use crate::json::{self, Cursor, Malformed, Raw, RawStr};
use crate::layout::Line;
use crate::logfmt::{Pair, Pairs, is_logfmt};
use crate::places::Places;
use crate::strip_escapes;
use crate::text::utf8;
use crate::wrap::Within;

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

/// Looks for a well-known field under its usual names, nested ones too. In plain text, parts with
/// places of their own and `key=value` pairs are looked at (but for the message, which has no name
/// there). A record that is wrapped in another is looked at together with it.
pub fn well_known<'a>(line: impl Into<Line<'a>>, known: Known) -> Option<Cow<'a, str>> {
    let line = line.into();
    let Within { outer, body } = Within::of(line.raw);
    let own = match body {
        Cow::Borrowed(body) => known_in(body, line, known),
        Cow::Owned(body) => {
            known_in(&body, line, known).map(|(text, rank)| (text.into_owned().into(), rank))
        }
    };
    let around = outer.and_then(|outer| known_in(outer, line, known));
    let best = match (around, own) {
        (Some(around), Some(own)) if own.1 < around.1 => Some(own),
        (around, own) => around.or(own),
    };
    best.map(|(text, _)| text)
}

/// The value and its name's rank.
fn known_in<'a>(body: &'a [u8], line: Line<'_>, known: Known) -> Option<(Cow<'a, str>, usize)> {
    let read: &Read = match known {
        Known::Message => &text_or_json,
        Known::Trace | Known::Span => &id,
        Known::File => return file(body, line),
        Known::Service | Known::Logger | Known::Exception | Known::Stack => &text,
    };
    find(body, line, usual_names(known), read)
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
fn file<'a>(body: &'a [u8], line: Line<'_>) -> Option<(Cow<'a, str>, usize)> {
    let (file, rank) = find(body, line, names::FILE, &text)?;
    let numbered = file
        .rsplit_once(':')
        .is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    if numbered {
        return Some((file, rank));
    }
    let file = match find(body, line, names::LINE, &text) {
        Some((line, _)) if line.parse::<u32>().is_ok() => Cow::Owned(format!("{file}:{line}")),
        _ => file,
    };
    Some((file, rank))
}

/// The record's message in full, without terminal escapes; for plain text the line without its
/// leading time and level, or what its format says are its words: of an access log the request and
/// its status. A broken record is its own message, whole. Never empty unless the record
/// is blank.
pub fn message<'a>(line: impl Into<Line<'a>>) -> Cow<'a, str> {
    let line = line.into();
    match Within::of(line.raw).body {
        Cow::Borrowed(body) => message_in(body, line),
        Cow::Owned(body) => Cow::Owned(message_in(&body, line).into_owned()),
    }
}

/// The message of a record that nothing is wrapped around.
pub(crate) fn message_in<'a>(body: &'a [u8], line: Line<'_>) -> Cow<'a, str> {
    let laid_out = line.fields(body).is_some();
    let named = if laid_out || json::is_object(body) || is_logfmt(body) {
        message_field(body, line)
    } else {
        None
    };
    match named {
        Some((text, _)) => without_escapes(text),
        None if journal::is_entry(line.raw) => {
            without_escapes(Cow::Owned(utf8(line.raw).into_owned()))
        }
        None if laid_out || body.first() == Some(&b'{') || is_logfmt(body) => {
            without_escapes(utf8(body))
        }
        None => message_of_text(body, &Places::of(body), None),
    }
}

/// The message of a record whose members come one by one.
#[derive(Debug)]
pub(crate) struct Message<'a>(Found<'a>);

impl<'a> Message<'a> {
    /// None yet.
    pub(crate) fn none() -> Self {
        Self(Found {
            rank: names::MESSAGE.len(),
            value: None,
        })
    }

    /// The best rank that a member of this name may have as the message, or lead to.
    pub(crate) fn rank(key: &[u8]) -> usize {
        let mut names = names::MESSAGE.iter();
        let rank = names.position(|name| behind_key(key, name).is_some());
        rank.unwrap_or(usize::MAX)
    }

    /// Whether a member of this rank may be better than what was found.
    #[inline]
    pub(crate) fn wants(&self, rank: usize) -> bool {
        rank < self.0.rank
    }

    /// Takes up a member of a JSON record.
    pub(crate) fn take(&mut self, key: &[u8], value: Raw<'a>) {
        self.0.take(key, value, names::MESSAGE, &text_or_json);
    }

    /// Takes up a pair.
    pub(crate) fn take_pair(&mut self, pair: Pair<'a>) {
        take_pair(pair, names::MESSAGE, &text_or_json, &mut self.0);
    }

    /// What was found so far, as it stands there.
    pub(crate) fn text(&self) -> Option<&str> {
        self.0.value.as_deref()
    }

    /// The message of the whole record `body`; itself where it has none.
    pub(crate) fn of(self, body: &'a [u8]) -> Cow<'a, str> {
        without_escapes(self.0.value.unwrap_or_else(|| utf8(body)))
    }
}

/// The message of a text whose parts are known, and where its words begin, if that is.
pub(crate) fn message_of_text<'a>(
    body: &'a [u8],
    places: &Places<'a>,
    start: Option<usize>,
) -> Cow<'a, str> {
    match places.words() {
        Some(words) => places.part(words.trim_ascii()),
        None => words(places.part(body), start),
    }
}

/// The message and the path of the field it came from.
pub(crate) fn message_field<'a>(
    body: &'a [u8],
    line: Line<'_>,
) -> Option<(Cow<'a, str>, &'static str)> {
    let (text, rank) = find(body, line, names::MESSAGE, &text_or_json)?;
    Some((text, names::MESSAGE.get(rank).copied()?))
}

fn without_escapes(text: Cow<'_, str>) -> Cow<'_, str> {
    match strip_escapes(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(plain) => Cow::Owned(plain),
    }
}

/// Plain text behind its leading time and level, which may have been read before.
fn words(line: Cow<'_, str>, start: Option<usize>) -> Cow<'_, str> {
    let line = without_escapes(line);
    let start = match (&line, start) {
        (Cow::Borrowed(_), Some(start)) => start,
        _ => head(line.as_bytes()).words,
    };
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
        Raw::Object(json) | Raw::Array(json) if json.len() > 2 => Some(utf8(json)),
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

/// Finds the first of `names` that is there and that `read` takes, in one pass; gives its rank.
fn find<'a>(
    body: &'a [u8],
    line: Line<'_>,
    names: &[&'static str],
    read: &Read,
) -> Option<(Cow<'a, str>, usize)> {
    let mut best = Found {
        rank: names.len(),
        value: None,
    };
    if body.first() == Some(&b'{') {
        match search(body, names, read, &mut best) {
            // What was found before a fault stands.
            Ok(()) | Err(Malformed) => {}
        }
    } else if let Some(fields) = line.fields(body) {
        placed(fields.into_iter(), names, read, &mut best);
    } else if is_logfmt(body) {
        pairs(Pairs::of_logfmt(body), names, read, &mut best);
    } else if names != names::MESSAGE {
        placed(Places::of(body).fields(), names, read, &mut best);
        pairs(Pairs::of_text(body), names, read, &mut best);
    }
    Some((best.value?, best.rank))
}

#[derive(Debug)]
struct Found<'a> {
    rank: usize,
    value: Option<Cow<'a, str>>,
}

impl<'a> Found<'a> {
    /// Takes up a member of the record.
    fn take(&mut self, key: &[u8], value: Raw<'a>, names: &[&'static str], read: &Read) {
        for (rank, name) in names.iter().enumerate().take(self.rank) {
            if let Some(rest) = behind_key(key, name)
                && let Some(found) = descend(value, rest, read)
            {
                *self = Found {
                    rank,
                    value: Some(found),
                };
                break;
            }
        }
    }
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
        best.take(key.bytes, value, names, read);
        more = cursor.more_members()?;
    }
    Ok(())
}

/// What is left of a dotted name behind a key. Case makes no difference.
#[inline]
fn behind_key<'n>(key: &[u8], name: &'n str) -> Option<&'n str> {
    // Lengths first: nearly no key is one of the names.
    let next = name.as_bytes().get(key.len());
    if next.is_some_and(|&byte| byte != b'.') {
        return None;
    }
    let (start, rest) = name.split_at_checked(key.len())?;
    if !start.as_bytes().eq_ignore_ascii_case(key) {
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
            && let Some(rest) = behind_key(key.bytes, rest)
        {
            found = descend(value, rest, read);
        }
    });
    found.filter(|_| valid)
}

/// Takes up the parts of a text that have places of their own.
fn placed<'n, 'v>(
    fields: impl Iterator<Item = (&'n str, Cow<'v, str>)>,
    names: &[&'static str],
    read: &Read,
    best: &mut Found<'_>,
) {
    for (name, value) in fields {
        let known = names.iter().take(best.rank);
        let rank = known
            .clone()
            .position(|usual| usual.eq_ignore_ascii_case(name));
        let value = RawStr {
            bytes: value.as_bytes(),
            escaped: false,
        };
        if let Some(rank) = rank
            && let Some(found) = read(Raw::Str(value))
        {
            *best = Found {
                rank,
                value: Some(Cow::Owned(found.into_owned())),
            };
        }
    }
}

fn pairs<'a>(pairs: Pairs<'a>, names: &[&'static str], read: &Read, best: &mut Found<'a>) {
    for pair in pairs {
        take_pair(pair, names, read, best);
    }
}

fn take_pair<'a>(pair: Pair<'a>, names: &[&'static str], read: &Read, best: &mut Found<'a>) {
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

#[cfg(test)]
mod tests;
