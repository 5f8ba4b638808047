//! `key=value` pairs: logfmt lines, and those strewn into plain text.

use std::borrow::Cow;

use crate::json::{Cursor, Raw, decode_into, lossy};
use crate::text::{part, trimmed};

/// A pair as it stands in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair<'a> {
    pub(crate) key: &'a str,
    /// Without its quotes.
    pub(crate) value: &'a [u8],
    pub(crate) quoted: bool,
    /// What it stands in, where that is UTF-8 throughout.
    line: Option<&'a str>,
}

impl<'a> Pair<'a> {
    /// The number or the truth value that it looks like, unless quotes say it is a text.
    #[inline]
    pub(crate) fn scalar(self) -> Option<Raw<'a>> {
        let likely = matches!(self.value, [b'0'..=b'9' | b'-' | b't' | b'f', ..]);
        if self.quoted || !likely {
            return None;
        }
        let mut cursor = Cursor::new(self.value);
        let raw = cursor.value().ok()?;
        let scalar = matches!(raw, Raw::Number(_) | Raw::Bool(_));
        (scalar && cursor.end().is_ok()).then_some(raw)
    }

    /// The value's text, its escapes decoded when it was quoted.
    pub(crate) fn text(self) -> Cow<'a, str> {
        if self.quoted && memchr::memchr(b'\\', self.value).is_some() {
            let mut text = Vec::with_capacity(self.value.len());
            decode_into(self.value, &mut text);
            return Cow::Owned(lossy(text));
        }
        part(self.line, self.value)
    }
}

/// The pairs of a line, in order; words between them are passed over.
#[derive(Debug, Clone)]
pub(crate) struct Pairs<'a> {
    line: &'a [u8],
    /// The line, where it is known to be UTF-8 throughout.
    text: Option<&'a str>,
    at: usize,
    /// Whether an unquoted value reaches to the next blank. In prose it ends before a comma, a
    /// semicolon or a closing bracket.
    whole: bool,
}

fn is_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'@' | b'/')
}

impl<'a> Pairs<'a> {
    /// The pairs of a logfmt line.
    pub(crate) fn of_logfmt(line: &'a [u8]) -> Self {
        Self {
            line: trimmed(line),
            text: None,
            at: 0,
            whole: true,
        }
    }

    /// The pairs in prose.
    pub(crate) fn of_text(line: &'a [u8]) -> Self {
        Self {
            line: trimmed(line),
            text: None,
            at: 0,
            whole: false,
        }
    }

    /// The same, of a line that is known to be UTF-8 if there is a `text`.
    pub(crate) fn known(self, text: Option<&'a str>) -> Self {
        Self { text, ..self }
    }

    /// Whether all up to the current place was pairs: none were passed over.
    fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.line.get(from..to).unwrap_or_default()
    }

    /// Reads the value at `start`; gives it, whether it was quoted, and where it ends.
    fn value(&self, start: usize) -> (&'a [u8], bool, usize) {
        if self.line.get(start) == Some(&b'"') {
            let mut at = start + 1;
            while let Some(found) = memchr::memchr2(b'"', b'\\', self.slice(at, self.line.len())) {
                at += found;
                if self.line.get(at) == Some(&b'"') {
                    return (self.slice(start + 1, at), true, at + 1);
                }
                at += 2;
            }
        }
        let ends = |byte: u8| {
            byte.is_ascii_whitespace()
                || (!self.whole && matches!(byte, b',' | b';' | b')' | b']' | b'}' | b'"'))
        };
        let rest = self.slice(start, self.line.len());
        let length = rest
            .iter()
            .position(|&byte| ends(byte))
            .unwrap_or(rest.len());
        (self.slice(start, start + length), false, start + length)
    }
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    #[inline]
    fn next(&mut self) -> Option<Pair<'a>> {
        loop {
            let equals = self.at + memchr::memchr(b'=', self.slice(self.at, self.line.len()))?;
            let before = self.slice(self.at, equals);
            let length = before
                .iter()
                .rev()
                .take_while(|&&byte| is_key(byte))
                .count();
            let start = equals - length;
            let key = self.slice(start, equals);
            // A key stands alone: behind a blank, a bracket or a comma, and begins like a name.
            let opened = match start.checked_sub(1).and_then(|at| self.line.get(at)) {
                None => true,
                Some(byte) if self.whole => byte.is_ascii_whitespace(),
                Some(byte) => {
                    byte.is_ascii_whitespace()
                        || matches!(byte, b'(' | b'[' | b'{' | b',' | b';' | b'|')
                }
            };
            let named = key
                .first()
                .is_some_and(|&b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'@'));
            if !opened || !named || self.line.get(equals + 1) == Some(&b'=') {
                self.at = equals + 1;
                continue;
            }
            let (value, quoted, end) = self.value(equals + 1);
            self.at = end.max(equals + 1);
            // Of ASCII letters all through.
            let Cow::Borrowed(key) = part(self.text, key) else {
                continue;
            };
            return Some(Pair {
                key,
                value,
                quoted,
                line: self.text,
            });
        }
    }
}

/// Whether a line is logfmt: it begins with two pairs.
#[inline]
pub(crate) fn is_logfmt(line: &[u8]) -> bool {
    let begins = |text: &[u8]| {
        let first = text.first();
        first.is_some_and(|&byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@'))
    };
    let body = trimmed(line);
    if !begins(body) {
        return false;
    }
    let key = body.iter().take_while(|&&byte| is_key(byte)).count();
    if body.get(key) != Some(&b'=') {
        return false;
    }
    let mut pairs = Pairs::of_logfmt(line);
    if pairs.next().is_none() {
        return false;
    }
    let rest = pairs.slice(pairs.at, body.len()).trim_ascii_start();
    let key = rest.iter().take_while(|&&byte| is_key(byte)).count();
    begins(rest) && rest.get(key) == Some(&b'=')
}

#[cfg(test)]
mod tests;
