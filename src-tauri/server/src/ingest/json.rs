//! JSON without reading more of it than is needed: keys and where their values stand, so that what
//! was sent is stored as it was sent (order, numbers, escapes, doubled keys).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's entries in their order.
#[derive(Debug)]
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Entries<'a> {
    /// The first value under `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Walk;
        impl<'de> Visitor<'de> for Walk {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    entries.push((key, map.next_value()?));
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Walk).map(Entries)
    }
}

/// Borrows where the key has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Whether the bytes are one JSON value.
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
}

/// A value on one line: as it was sent, but for line breaks between its parts.
pub(crate) fn on_one_line(raw: &RawValue) -> Cow<'_, [u8]> {
    let bytes = raw.get().as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Cow::Borrowed(bytes);
    }
    // Valid JSON has no line breaks inside strings, so blanks after one are only for the eye.
    let mut line = Vec::with_capacity(bytes.len());
    let mut fresh = false;
    for &byte in bytes {
        match byte {
            b'\n' | b'\r' => fresh = true,
            b' ' | b'\t' if fresh => {}
            _ => {
                fresh = false;
                line.push(byte);
            }
        }
    }
    Cow::Owned(line)
}
