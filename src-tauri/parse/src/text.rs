//! The text that a query searches.

use std::borrow::Cow;

use crate::json;

/// What some editors and systems put before UTF-8.
pub(crate) const BOM: &[u8] = b"\xef\xbb\xbf";

/// The record without what transport left around it: a byte order mark, blanks, the `\r` of CRLF.
pub(crate) fn trimmed(raw: &[u8]) -> &[u8] {
    raw.strip_prefix(BOM).unwrap_or(raw).trim_ascii()
}

/// The bytes as text, what is no UTF-8 as `�`. Nearly all bytes are UTF-8, which the standard
/// library's check finds many at a time; its replacing goes byte by byte.
#[inline]
pub(crate) fn utf8(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// A part of a text as text; `text` is the whole, where all of it is UTF-8.
#[inline]
pub(crate) fn part<'a>(text: Option<&'a str>, part: &'a [u8]) -> Cow<'a, str> {
    let within = |text: &'a str| {
        let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
        text.get(start..start + part.len())
    };
    match text.and_then(within) {
        Some(text) => Cow::Borrowed(text),
        None => utf8(part),
    }
}

/// The record's text: the raw bytes as UTF-8 (invalid bytes become `�`) and, where the record is a
/// JSON object, the escapes inside its strings decoded. Borrowed when there is nothing to change.
pub fn text(raw: &[u8]) -> Cow<'_, str> {
    let body = trimmed(raw);
    if body.first() != Some(&b'{') || memchr::memchr(b'\\', raw).is_none() || !json::is_object(body)
    {
        return utf8(raw);
    }
    // Outside its strings a valid JSON text holds no backslash.
    let mut decoded = Vec::with_capacity(raw.len());
    json::decode_into(raw, &mut decoded);
    Cow::Owned(json::lossy(decoded))
}

#[cfg(test)]
mod tests;
