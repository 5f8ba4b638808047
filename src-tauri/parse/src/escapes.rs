//! Terminal escape sequences.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;

/// The text without terminal escape sequences (colours, cursor movements, hyperlinks, titles), by
/// the grammar of ECMA-48. An unfinished sequence at the end goes too. Borrowed when there are none.
pub fn strip_escapes(text: &str) -> Cow<'_, str> {
    let Some(first) = next_escape(text) else {
        return Cow::Borrowed(text);
    };
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut at = Some(first);
    while let Some(start) = at {
        let (before, sequence) = rest.split_at_checked(start).unwrap_or((rest, ""));
        plain.push_str(before);
        let length = sequence_length(sequence);
        rest = sequence.get(length..).unwrap_or_default();
        at = next_escape(rest);
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// Where the next sequence begins: at ESC, or at the one-character form of its `ESC [` (U+009B).
fn next_escape(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = memchr::memchr2(
        ESCAPE,
        0xc2,
        text.as_bytes().get(from..).unwrap_or_default(),
    ) {
        let at = from + found;
        match text.as_bytes().get(at..) {
            Some([ESCAPE, ..] | [0xc2, 0x9b, ..]) => return Some(at),
            _ => from = at + 1,
        }
    }
    None
}

/// Bytes of the escape sequence at the start of `sequence`; always on a character's boundary.
fn sequence_length(sequence: &str) -> usize {
    let bytes = sequence.as_bytes();
    let length = match bytes {
        [ESCAPE, b'[', ..] | [0xc2, 0x9b, ..] => control_sequence(bytes, 2),
        // Operating system commands, device control and other strings end with BEL or ESC \.
        [ESCAPE, b']' | b'P' | b'X' | b'^' | b'_', ..] => {
            match memchr::memchr2(0x07, ESCAPE, bytes.get(2..).unwrap_or_default()) {
                Some(at)
                    if bytes
                        .get(2 + at..)
                        .is_some_and(|end| end.starts_with(b"\x1b\\")) =>
                {
                    at + 4
                }
                Some(at) if bytes.get(2 + at) == Some(&0x07) => at + 3,
                // Another sequence begins inside: the string was cut off there.
                Some(at) => at + 2,
                None => bytes.len(),
            }
        }
        // Character sets and the like: intermediates, then one final.
        [ESCAPE, rest @ ..] => {
            let intermediates = rest
                .iter()
                .take_while(|byte| matches!(byte, 0x20..=0x2f))
                .count();
            let last = rest
                .get(intermediates)
                .is_some_and(|byte| matches!(byte, 0x30..=0x7e));
            1 + intermediates + usize::from(last)
        }
        _ => 1,
    };
    (length..=bytes.len())
        .find(|&at| sequence.is_char_boundary(at))
        .unwrap_or(bytes.len())
}

/// Parameters, intermediates and the final byte. Anything else ends it where it stands.
fn control_sequence(bytes: &[u8], start: usize) -> usize {
    let body = bytes.get(start..).unwrap_or_default();
    let inner = body
        .iter()
        .take_while(|byte| matches!(byte, 0x20..=0x3f))
        .count();
    let last = body
        .get(inner)
        .is_some_and(|byte| matches!(byte, 0x40..=0x7e));
    start + inner + usize::from(last)
}

#[cfg(test)]
mod tests;
