//! OTLP's values of any kind (`AnyValue`), as JSON.
//!
//! | OTLP | JSON |
//! |---|---|
//! | `string_value`, `bool_value` | the same |
//! | `int_value`, `double_value` | a number; not-a-number and infinities as texts |
//! | `bytes_value` | a text in base64 |
//! | `array_value` | an array |
//! | `kvlist_value` and lists of attributes | an object |
//! | nothing | `null` |

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Malformed;
use super::node::{Node, Value};
use crate::ingest::base64;
use crate::ingest::record::{write_shown, write_text};
use crate::ingest::wire::{Field, Fields};

/// Values within values; deeper ones are refused.
const DEPTH: usize = 64;

const TOO_DEEP: Malformed = Malformed("a value is nested too deep");

/// Appends a value.
pub(super) fn write(value: Value<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    match value {
        Value::Json(raw) => {
            let mut json = serde_json::Deserializer::from_str(raw.get());
            Any { out, depth: DEPTH }
                .deserialize(&mut json)
                .map_err(|_| Malformed("a value is none, or nested too deep"))
        }
        Value::Binary(Field::Bytes(message)) => binary(message, out, DEPTH),
        Value::Binary(_) => Err(Malformed("a number stands where a value should")),
    }
}

/// Appends an attribute to the members of an object: `"key":value`.
pub(super) fn write_pair(pair: Node<'_>, out: &mut Vec<u8>, first: bool) -> Result<(), Malformed> {
    match pair {
        Node::Binary(message) => binary_pair(message, out, first, DEPTH),
        Node::Json(raw) => {
            let element = Element {
                out,
                depth: DEPTH,
                pairs: true,
                first,
            };
            element
                .deserialize(&mut serde_json::Deserializer::from_str(raw.get()))
                .map_err(|_| Malformed("an attribute is none, or nested too deep"))
        }
    }
}

fn begin_pair(key: &str, out: &mut Vec<u8>, first: bool) {
    if !first {
        out.push(b',');
    }
    write_text(out, key);
    out.push(b':');
}

fn binary(message: &[u8], out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
    let depth = depth.checked_sub(1).ok_or(TOO_DEEP)?;
    // Of several the last is meant.
    let mut held = None;
    for field in Fields::of(message) {
        let (number, value) = field?;
        if (1..=7).contains(&number) {
            held = Some((number, value));
        }
    }
    match held {
        None => out.extend_from_slice(b"null"),
        Some((1, Field::Bytes(text))) => write_text(out, &String::from_utf8_lossy(text)),
        Some((2, Field::Varint(value))) => write_shown(out, value != 0),
        Some((3, Field::Varint(value))) => write_shown(out, value.cast_signed()),
        Some((4, Field::Fixed64(bits))) => write_double(f64::from_bits(bits), out),
        Some((5, Field::Bytes(array))) => {
            out.push(b'[');
            let mut first = true;
            for field in Fields::of(array) {
                if let (1, Field::Bytes(value)) = field? {
                    if !std::mem::take(&mut first) {
                        out.push(b',');
                    }
                    binary(value, out, depth)?;
                }
            }
            out.push(b']');
        }
        Some((6, Field::Bytes(list))) => {
            out.push(b'{');
            let mut first = true;
            for field in Fields::of(list) {
                if let (1, Field::Bytes(pair)) = field? {
                    binary_pair(pair, out, std::mem::take(&mut first), depth)?;
                }
            }
            out.push(b'}');
        }
        Some((7, Field::Bytes(bytes))) => base64::write(bytes, out),
        Some(_) => return Err(Malformed("a value is not of its kind")),
    }
    Ok(())
}

fn binary_pair(
    message: &[u8],
    out: &mut Vec<u8>,
    first: bool,
    depth: usize,
) -> Result<(), Malformed> {
    let (mut key, mut value) = (&b""[..], &b""[..]);
    for field in Fields::of(message) {
        match field? {
            (1, Field::Bytes(bytes)) => key = bytes,
            (2, Field::Bytes(bytes)) => value = bytes,
            _ => {}
        }
    }
    begin_pair(&String::from_utf8_lossy(key), out, first);
    binary(value, out, depth)
}

fn write_double(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        if let Err(error) = serde_json::to_writer(out, &value) {
            tracing::error!(%error, "a number was not written");
        }
    } else if value.is_nan() {
        write_text(out, "NaN");
    } else {
        write_text(out, if value > 0.0 { "Infinity" } else { "-Infinity" });
    }
}

/// Reads a value in JSON and writes it as it goes, in one pass whatever its nesting.
struct Any<'o> {
    out: &'o mut Vec<u8>,
    depth: usize,
}

/// What a member of an object is.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let depth = self.depth.checked_sub(1);
        let depth = depth.ok_or_else(|| A::Error::custom(TOO_DEEP.0))?;
        let (start, out) = (self.out.len(), self.out);
        while let Some(Key(key)) = map.next_key()? {
            let before = out.len();
            match &*key {
                // Null is how some say that a value is of another kind.
                "stringValue" | "bytesValue" => {
                    if let Some(Key(text)) = map.next_value()? {
                        write_text(out, &text);
                    }
                }
                "boolValue" => {
                    if let Some(value) = map.next_value::<Option<bool>>()? {
                        write_shown(out, value);
                    }
                }
                "intValue" | "doubleValue" => {
                    let raw: &serde_json::value::RawValue = map.next_value()?;
                    if raw.get() != "null" {
                        number(raw.get(), out).map_err(|amiss| A::Error::custom(amiss.0))?;
                    }
                }
                "arrayValue" | "kvlistValue" => map.next_value_seed(List {
                    pairs: key == "kvlistValue",
                    out: &mut *out,
                    depth,
                })?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            // Of several the last is meant.
            if out.len() > before {
                out.drain(start..before);
            }
        }
        if out.len() == start {
            out.extend_from_slice(b"null");
        }
        Ok(())
    }
}

/// A number, or one in quotes, as JSON has 64-bit ones.
fn number(json: &str, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let digits = json.trim_matches('"');
    if matches!(digits, "NaN" | "Infinity" | "-Infinity") {
        write_text(out, digits);
        return Ok(());
    }
    let number: serde_json::Number =
        serde_json::from_str(digits).map_err(|_| Malformed("a number is none"))?;
    write_shown(out, number);
    Ok(())
}

/// `{"values":[…]}`: an array of values, or an object of pairs.
struct List<'o> {
    out: &'o mut Vec<u8>,
    depth: usize,
    pairs: bool,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of values")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let out = self.out;
        out.push(if self.pairs { b'{' } else { b'[' });
        let mut any = false;
        while let Some(Key(key)) = map.next_key()? {
            if key == "values" && !any {
                any = true;
                map.next_value_seed(Elements(List {
                    out: &mut *out,
                    ..self
                }))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        out.push(if self.pairs { b'}' } else { b']' });
        Ok(())
    }
}

/// The array in a list.
struct Elements<'o>(List<'o>);

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let List { out, depth, pairs } = self.0;
        let mut first = true;
        loop {
            let element = Element {
                out: &mut *out,
                depth,
                pairs,
                first,
            };
            if elements.next_element_seed(element)?.is_none() {
                return Ok(());
            }
            first = false;
        }
    }
}

/// One element of a list: a value, or a pair `{"key":…,"value":…}`.
struct Element<'o> {
    out: &'o mut Vec<u8>,
    depth: usize,
    pairs: bool,
    first: bool,
}

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if !self.first {
            self.out.push(b',');
        }
        if self.pairs {
            return deserializer.deserialize_map(self);
        }
        let Self { out, depth, .. } = self;
        Any { out, depth }.deserialize(deserializer)
    }
}

impl<'de> Visitor<'de> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key and a value")
    }

    /// The key goes in front, wherever it comes.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { out, depth, .. } = self;
        let start = out.len();
        let (mut keyed, mut valued) = (false, false);
        while let Some(Key(name)) = map.next_key()? {
            match &*name {
                "key" if !keyed => {
                    let Key(key) = map.next_value()?;
                    let mut front = Vec::new();
                    begin_pair(&key, &mut front, true);
                    out.splice(start..start, front);
                    keyed = true;
                }
                "value" if !valued => {
                    map.next_value_seed(Any {
                        out: &mut *out,
                        depth,
                    })?;
                    valued = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !valued {
            out.extend_from_slice(b"null");
        }
        if keyed {
            Ok(())
        } else {
            Err(A::Error::custom("an attribute has no key"))
        }
    }
}

#[cfg(test)]
mod tests;
