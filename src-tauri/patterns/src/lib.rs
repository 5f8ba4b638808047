//! Templates of messages: what stays the same when the same thing happens again.
//!
//! Owns the rules for what in a message is variable (numbers, ids, addresses, quoted texts, values of
//! `key=`) and the fingerprint by which equal templates are counted. Promises: pure; work bounded by
//! [`TEMPLATE_CHARS`]; a template's template is itself; fingerprints never change for a template
//! text, as runs are compared by them across releases.

mod mask;

/// Characters of a message that are looked at; the rest adds nothing to its template.
pub const TEMPLATE_CHARS: usize = 2_000;

/// What stands for a variable part.
pub const HOLE: &str = "<*>";

/// What remains of a message when its variable parts are taken out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Template {
    /// The message's first line with [`HOLE`] for each variable part, blanks between words made one.
    pub text: String,
    /// [`fingerprint`] of the text.
    pub fingerprint: u64,
}

/// Takes the variable parts out of a message. Only its first line that is not blank counts: what
/// follows (a stack trace, a dump) varies where the thing that happened does not.
pub fn template(message: &str) -> Template {
    let line = message
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    let (bounded, cut) = bounded(line);
    let mut text = String::with_capacity(bounded.len());
    let mut words = bounded.split_whitespace().peekable();
    while let Some(word) = words.next() {
        // A word cut in two is not a word: it would differ from itself.
        if cut && words.peek().is_none() && !text.is_empty() {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    let text = mask::mask(&text);
    Template {
        fingerprint: fingerprint(&text),
        text,
    }
}

/// The line's first [`TEMPLATE_CHARS`] characters, and whether there are more.
fn bounded(line: &str) -> (&str, bool) {
    match line.char_indices().nth(TEMPLATE_CHARS) {
        Some((end, _)) => (line.get(..end).unwrap_or(line), true),
        None => (line, false),
    }
}

/// The stable hash of a template's text: 64-bit FNV-1a over its UTF-8 bytes
/// (<http://www.isthe.com/chongo/tech/comp/fnv/>).
pub fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests;
