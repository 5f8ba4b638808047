//! Which parts of a message are variable.
//!
//! The message is cut into tokens at blanks and at the punctuation that separates values; a token is
//! variable by its own form alone (it has a digit and is no name like `http2` or `utf8`, or is a long hex
//! number), never by statistics over other messages: the same message has the same template in
//! every run. Quoted texts are variable whole.

use crate::HOLE;

/// Characters that belong to one value: `10.0.0.1:80`, `2026-03-01T08:00:00`, `12.5ms`, `user@host`.
fn is_inner(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(
            character,
            '_' | '.' | ':' | '-' | '@' | '+' | '%' | '#' | '$' | '~' | '*'
        )
}

/// Replaces the variable parts of one line.
pub(crate) fn mask(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(after) = rest.strip_prefix(HOLE) {
            hole(&mut out);
            rest.len() - after.len()
        } else if let Some(length) = quoted(rest, first, &out) {
            out.push(first);
            hole(&mut out);
            out.push(first);
            length
        } else if is_inner(first) {
            let length = rest
                .find(|character| !is_inner(character))
                .unwrap_or(rest.len());
            token(rest.get(..length).unwrap_or_default(), &mut out);
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

/// Adds a hole, but never two without anything between them.
fn hole(out: &mut String) {
    if !out.ends_with(HOLE) {
        out.push_str(HOLE);
    }
}

/// Bytes of the quoted text at the start of `rest`, quotes included. An apostrophe inside a word
/// opens none, and closes none. What came before is judged by what was made of it, so that a
/// template is read as its message was.
fn quoted(rest: &str, quote: char, before: &str) -> Option<usize> {
    let word = |character: char| character.is_alphanumeric();
    if !matches!(quote, '"' | '\'' | '`') || before.ends_with(word) || before.ends_with(HOLE) {
        return None;
    }
    let inner = rest.get(1..)?;
    let mut escaped = false;
    for (at, character) in inner.char_indices() {
        if escaped {
            escaped = false;
        } else if character == '\\' {
            escaped = true;
        } else if character == quote {
            let next = inner.get(at + 1..).and_then(|after| after.chars().next());
            let closes = quote != '\'' || !next.is_some_and(|next| word(next) || next == '<');
            if closes {
                return Some(at + 2);
            }
        }
    }
    None
}

/// Adds a token: as it is, with its variable part replaced, or replaced whole.
fn token(token: &str, out: &mut String) {
    // Punctuation at its ends belongs to the sentence.
    let body = token.trim_end_matches(['.', ':', '-', '~']);
    let end = token.get(body.len()..).unwrap_or_default();
    if is_plain(body) {
        out.push_str(body);
    } else if is_value(body) {
        hole(out);
    } else {
        parts(body, out);
    }
    out.push_str(end);
}

/// A word without anything variable.
fn is_plain(token: &str) -> bool {
    !token.contains(|character: char| character.is_numeric()) && !is_hex(token)
}

/// Eight or more hexadecimal digits, of both kinds or from an id's usual lengths.
fn is_hex(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let all = token.bytes().all(|byte| byte.is_ascii_hexdigit());
    all && (digits > 0 && token.len() >= 7 || matches!(token.len(), 16 | 24 | 32 | 40 | 64))
}

/// A token that is one value: a number with or without a unit, an address, an id, a time.
fn is_value(token: &str) -> bool {
    let number = token.trim_start_matches(['-', '+', '#', '$', '~']);
    let starts = number.chars().next().is_some_and(char::is_numeric);
    starts || is_hex(token) || is_uuid(token) || is_mixed_id(token) || is_ipv6(token)
}

fn is_uuid(token: &str) -> bool {
    token.len() == 36
        && token.bytes().enumerate().all(|(at, byte)| {
            if matches!(at, 8 | 13 | 18 | 23) {
                byte == b'-'
            } else {
                byte.is_ascii_hexdigit()
            }
        })
}

fn is_ipv6(token: &str) -> bool {
    // A zone may follow: `fe80::1%eth0`.
    let address = token.split('%').next().unwrap_or_default();
    address.matches(':').count() >= 2
        && address
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
}

/// A long run of letters and digits in turn: base64 and the like (`V1StGXR8Z5jdHi6B`).
fn is_mixed_id(token: &str) -> bool {
    let turns = token
        .as_bytes()
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()))
        .count();
    token.len() >= 12
        && turns >= 3
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A token of several parts (`worker-12`, `user:42:profile`, `blk_-38865`, `v1.2`): each part with a
/// number in it is variable on its own.
fn parts(token: &str, out: &mut String) {
    let mut rest = token;
    while !rest.is_empty() {
        let length = rest.find(['_', '.', ':', '-', '@']).unwrap_or(rest.len());
        let part = rest.get(..length).unwrap_or_default();
        if is_name(part) {
            out.push_str(part);
        } else {
            // What comes before the digits names the kind: `worker12`, `v1`.
            let letters = part.find(char::is_numeric).unwrap_or_default();
            let name = part.get(..letters).unwrap_or_default();
            if !is_hex(part) && !is_hex(name) {
                out.push_str(name);
            }
            hole(out);
        }
        let after = rest.get(length..).unwrap_or_default();
        let separator = after.chars().next();
        out.extend(separator);
        rest = after
            .get(separator.map_or(0, char::len_utf8)..)
            .unwrap_or_default();
    }
}

/// A part without a number, or one whose number belongs to its name.
fn is_name(part: &str) -> bool {
    const NAMES: [&str; 18] = [
        "http2", "http3", "h2", "ipv4", "ipv6", "utf8", "base64", "sha1", "sha256", "sha512",
        "md5", "s3", "ec2", "oauth2", "x86", "k8s", "i18n", "log4j",
    ];
    is_plain(part) || NAMES.iter().any(|name| part.eq_ignore_ascii_case(name))
}
