//! A message in either of OTLP's encodings, read the same way.
//!
//! Binary messages name their fields by number, JSON ones by name; a [`Shape`] tells which is
//! which, and the mapping onto records is written once. Unknown fields are passed over in both, as
//! OTLP asks.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::Malformed;
use crate::ingest::base64;
use crate::ingest::wire::{Field, Fields};

/// A field: its name in JSON, its number in binary, and whether it may come more than once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot(pub(super) &'static str, pub(super) u32, pub(super) bool);

/// The fields of a message.
pub(super) type Shape = &'static [Slot];

/// A message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'a> {
    Binary(&'a [u8]),
    Json(&'a RawValue),
}

/// The value of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Binary(Field<'a>),
    Json(&'a RawValue),
}

/// What is called with each field: its number and its value.
type Visit<'v, 'a, E> = dyn FnMut(u32, Value<'a>) -> Result<(), E> + 'v;

impl<'a> Node<'a> {
    /// Calls `visit` with each known field; with each element of one that may come more than once.
    pub(super) fn each<E: From<Malformed>>(
        self,
        shape: Shape,
        visit: &mut Visit<'_, 'a, E>,
    ) -> Result<(), E> {
        match self {
            Self::Binary(message) => {
                for field in Fields::of(message) {
                    let (number, value) = field.map_err(Malformed::from)?;
                    if shape.iter().any(|slot| slot.1 == number) {
                        visit(number, Value::Binary(value))?;
                    }
                }
                Ok(())
            }
            Self::Json(raw) => {
                let mut amiss = None;
                let members = Members {
                    shape,
                    visit,
                    amiss: &mut amiss,
                };
                let read = serde_json::Deserializer::from_str(raw.get()).deserialize_map(members);
                match (amiss, read) {
                    (Some(amiss), _) => Err(amiss),
                    (None, Ok(())) => Ok(()),
                    (None, Err(_)) => {
                        Err(Malformed("a message is no JSON object of its kind").into())
                    }
                }
            }
        }
    }
}

impl<'a> Value<'a> {
    /// As a message.
    pub(super) fn node(self) -> Result<Node<'a>, Malformed> {
        match self {
            Self::Binary(Field::Bytes(message)) => Ok(Node::Binary(message)),
            Self::Json(raw) => Ok(Node::Json(raw)),
            Self::Binary(_) => Err(Malformed("a number stands where a message should")),
        }
    }

    /// As a text; bytes that are no UTF-8 are replaced.
    pub(super) fn text(self) -> Result<Cow<'a, str>, Malformed> {
        match self {
            Self::Binary(Field::Bytes(bytes)) => Ok(String::from_utf8_lossy(bytes)),
            Self::Json(raw) => text(raw.get()),
            Self::Binary(_) => Err(Malformed("a number stands where a text should")),
        }
    }

    /// As a whole number that is not negative; JSON has large ones as texts.
    pub(super) fn number(self) -> Result<u64, Malformed> {
        match self {
            Self::Binary(Field::Varint(number) | Field::Fixed64(number)) => Ok(number),
            Self::Binary(Field::Fixed32(number)) => Ok(u64::from(number)),
            Self::Json(raw) => {
                let digits = raw.get().trim_matches('"');
                let exact = digits.parse().ok();
                exact
                    .or_else(|| rounded(digits))
                    .ok_or(Malformed("a number is none"))
            }
            Self::Binary(Field::Bytes(_)) => Err(Malformed("a text stands where a number should")),
        }
    }

    /// As a number that may be named in JSON: by its place among `names`.
    pub(super) fn one_of(self, names: &[&str]) -> Result<u64, Malformed> {
        self.number().or_else(|amiss| {
            let text = self.text()?;
            let place = names.iter().position(|name| *name == text);
            place.map(|place| place as u64).ok_or(amiss)
        })
    }

    /// As an id, in hexadecimal and lower case; empty when it is all zeros, which stands for none.
    /// JSON has it in hexadecimal; some encoders write bytes in base64, as everything else's.
    pub(super) fn id(self) -> Result<String, Malformed> {
        let id = match self {
            Self::Binary(Field::Bytes(bytes)) => hexadecimal(bytes),
            other => {
                let text = other.text()?;
                let bytes = base64::read(&text).filter(|bytes| matches!(bytes.len(), 8 | 16));
                match bytes {
                    _ if text.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                        text.to_ascii_lowercase()
                    }
                    Some(bytes) => hexadecimal(&bytes),
                    None => text.into_owned(),
                }
            }
        };
        Ok(if id.bytes().all(|byte| byte == b'0') {
            String::new()
        } else {
            id
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(digit).collect()
}

/// A whole number as some write it: `1.5e3`, `7.0`.
fn rounded(digits: &str) -> Option<u64> {
    let number: f64 = digits.parse().ok()?;
    let whole = number.is_finite() && number.fract() == 0.0;
    whole.then(|| format!("{number:.0}").parse().ok()).flatten()
}

/// A JSON string's text.
pub(super) fn text(json: &str) -> Result<Cow<'_, str>, Malformed> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str::<Text<'_>>(json)
        .map(|text| text.0)
        .map_err(|_| Malformed("a text is none"))
}

/// The members of a JSON object, as the fields of a message.
struct Members<'m, 'v, 'a, E> {
    shape: Shape,
    visit: &'m mut Visit<'v, 'a, E>,
    /// What `visit` said when it ended the reading.
    amiss: &'m mut Option<E>,
}

impl<'a, E> Members<'_, '_, 'a, E> {
    fn show<D: de::Error>(&mut self, number: u32, raw: &'a RawValue) -> Result<(), D> {
        (self.visit)(number, Value::Json(raw)).map_err(|amiss| {
            *self.amiss = Some(amiss);
            D::custom("ended")
        })
    }
}

impl<'a, E> Visitor<'a> for Members<'_, '_, 'a, E> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        #[derive(Deserialize)]
        struct Key<'k>(#[serde(borrow)] Cow<'k, str>);
        while let Some(Key(key)) = map.next_key()? {
            let slot = self.shape.iter().find(|slot| slot.0 == key);
            match slot {
                None => {
                    map.next_value::<de::IgnoredAny>()?;
                }
                Some(Slot(_, number, true)) => map.next_value_seed(Elements {
                    number: *number,
                    members: &mut self,
                })?,
                Some(Slot(_, number, false)) => {
                    let raw: &'a RawValue = map.next_value()?;
                    if raw.get() != "null" {
                        self.show(*number, raw)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The elements of an array, each as a field of its own.
struct Elements<'e, 'm, 'v, 'a, E> {
    number: u32,
    members: &'e mut Members<'m, 'v, 'a, E>,
}

impl<'a, E> DeserializeSeed<'a> for Elements<'_, '_, '_, 'a, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'a, E> Visitor<'a> for Elements<'_, '_, '_, 'a, E> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_none<D: de::Error>(self) -> Result<(), D> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut elements: A) -> Result<(), A::Error> {
        while let Some(raw) = elements.next_element::<&'a RawValue>()? {
            self.members.show(self.number, raw)?;
        }
        Ok(())
    }
}
