//! JSON without reading more of it than is needed: keys and where their values stand, so that what
//! was sent is stored as it was sent (order, numbers, escapes, doubled keys).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Members of an object that are told apart; one with more is kept as it is.
const MOST_ENTRIES: usize = 100_000;

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
                    // Who has more is no envelope, and nobody looks through so many.
                    if entries.len() >= MOST_ENTRIES {
                        return Err(serde::de::Error::custom("too many members"));
                    }
                    entries.push((key, map.next_value()?));
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Walk).map(Entries)
    }
}

/// Calls `visit` with each element of an array, without a list of them; `false` where the value is
/// none. What `visit` fails with ends it.
pub(crate) fn each_element<'a, E>(
    array: &'a RawValue,
    mut visit: impl FnMut(&'a RawValue) -> Result<(), E>,
) -> Result<bool, E> {
    struct Walk<'w, F, E>(F, &'w mut Option<E>);
    impl<'de, F: FnMut(&'de RawValue) -> Result<(), E>, E> Visitor<'de> for Walk<'_, F, E> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
            while let Some(element) = elements.next_element()? {
                if let Err(error) = (self.0)(element) {
                    *self.1 = Some(error);
                    return Err(serde::de::Error::custom("ended"));
                }
            }
            Ok(())
        }
    }
    let mut ended = None;
    let walk = Walk(&mut visit, &mut ended);
    let read = serde_json::Deserializer::from_str(array.get()).deserialize_seq(walk);
    match ended {
        Some(error) => Err(error),
        None => Ok(read.is_ok()),
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
