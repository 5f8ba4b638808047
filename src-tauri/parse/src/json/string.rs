//! JSON strings: finding their end, decoding their escapes.

use std::borrow::Cow;

use super::Malformed;
use crate::text::utf8;

/// A string's bytes between its quotes, as they stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RawStr<'a> {
    pub(crate) bytes: &'a [u8],
    /// Whether there are escapes in it.
    pub(crate) escaped: bool,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const QUOTES: u64 = ONES * 0x22;
const SLASHES: u64 = ONES * 0x5c;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks (by its high bit) the first byte of a little-endian word that ends a plain run: a quote,
/// a backslash or a control character. Bits above the first one set may be wrong.
#[inline]
fn stops(word: u64) -> u64 {
    let quote = word ^ QUOTES;
    let slash = word ^ SLASHES;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = quote.wrapping_sub(ONES) & !quote;
    let slash = slash.wrapping_sub(ONES) & !slash;
    (quote | slash | control) & HIGHS
}

/// Bytes before the first quote, backslash or control character.
#[inline]
fn plain_run(bytes: &[u8]) -> usize {
    // Two words at once: most strings end within, so that one branch goes the same way mostly.
    let (pairs, tail) = bytes.as_chunks::<16>();
    let mut length = 0;
    for pair in pairs {
        let (words, _) = pair.as_chunks::<8>();
        let [first, second] = words else { break };
        let first = stops(u64::from_le_bytes(*first));
        let second = stops(u64::from_le_bytes(*second));
        if first | second != 0 {
            let (word, before) = if first == 0 { (second, 8) } else { (first, 0) };
            return length + before + (word.trailing_zeros() / 8) as usize;
        }
        length += 16;
    }
    length
        + tail
            .iter()
            .position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\')
            .unwrap_or(tail.len())
}

/// Bytes before the closing quote; `rest` begins behind the opening one.
#[inline]
pub(super) fn length(rest: &[u8], escaped: &mut bool) -> Result<usize, Malformed> {
    let mut at = plain_run(rest);
    loop {
        match rest.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => {
                *escaped = true;
                at += escape(rest.get(at..).unwrap_or_default())?;
            }
            _ => return Err(Malformed),
        }
        at += plain_run(rest.get(at..).unwrap_or_default());
    }
}

/// Bytes of the escape that `rest` begins with.
fn escape(rest: &[u8]) -> Result<usize, Malformed> {
    match rest.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
        Some(b'u') => {
            let hex = rest.get(2..6).ok_or(Malformed)?;
            if hex.iter().all(u8::is_ascii_hexdigit) {
                Ok(6)
            } else {
                Err(Malformed)
            }
        }
        _ => Err(Malformed),
    }
}

impl<'a> RawStr<'a> {
    /// Reads up to the closing quote; `rest` begins behind the opening one.
    #[inline]
    pub(crate) fn read(rest: &'a [u8]) -> Result<Self, Malformed> {
        let mut escaped = false;
        let length = length(rest, &mut escaped)?;
        Ok(Self {
            bytes: rest.get(..length).unwrap_or_default(),
            escaped,
        })
    }

    /// The string's text: escapes decoded, what is no UTF-8 or half a surrogate pair as `�`.
    pub(crate) fn decode(self) -> Cow<'a, str> {
        if !self.escaped {
            return utf8(self.bytes);
        }
        let mut text = Vec::with_capacity(self.bytes.len());
        decode_into(self.bytes, &mut text);
        Cow::Owned(lossy(text))
    }

    /// The same, decoded into a buffer that serves again.
    #[inline]
    pub(crate) fn decode_in<'b>(self, buffer: &'b mut Vec<u8>) -> Cow<'b, str>
    where
        'a: 'b,
    {
        if !self.escaped {
            return utf8(self.bytes);
        }
        buffer.clear();
        decode_into(self.bytes, buffer);
        utf8(buffer)
    }
}

/// The bytes as text, without a copy when they are UTF-8.
pub(crate) fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Decodes escapes. What is no JSON escape is kept as it stands, so that it serves the quoted
/// values of logfmt too.
pub(crate) fn decode_into(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let plain = match rest.first() {
            Some(&byte @ (b'"' | b'\\' | b'/')) => Some(byte),
            Some(b'b') => Some(0x08),
            Some(b'f') => Some(0x0c),
            Some(b'n') => Some(b'\n'),
            Some(b'r') => Some(b'\r'),
            Some(b't') => Some(b'\t'),
            _ => None,
        };
        if let Some(byte) = plain {
            out.push(byte);
            rest = rest.get(1..).unwrap_or_default();
        } else if let Some((character, length)) = unicode(rest) {
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = rest.get(length..).unwrap_or_default();
        } else {
            out.push(b'\\');
        }
    }
    out.extend_from_slice(rest);
}

/// Reads `uXXXX`, or two of them that make up a surrogate pair; gives the bytes it took.
fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let first = hex4(rest)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some((b'\\', low)) = rest.get(5..).and_then(<[u8]>::split_first)
        && let Some(second @ 0xdc00..0xe000) = hex4(low)
    {
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code)?, 11));
    }
    Some((
        char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER),
        5,
    ))
}

/// Reads `uXXXX`.
fn hex4(rest: &[u8]) -> Option<u32> {
    let digits = rest.strip_prefix(b"u")?.get(..4)?;
    digits.iter().try_fold(0, |code, &byte| {
        Some(code << 4 | char::from(byte).to_digit(16)?)
    })
}
