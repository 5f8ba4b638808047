//! MessagePack (<https://github.com/msgpack/msgpack/blob/master/spec.md>) as JSON.
//!
//! What Fluent Bit and Fluentd send, over HTTP and over their forward protocol. Values are written as
//! JSON while they are read, so that no length a sender claims is believed before its bytes are
//! there. Promises: no input panics; nesting is bounded; what JSON has no word for is a text (bytes
//! that are no UTF-8 with replacement characters, endless numbers by their names, extensions in
//! hexadecimal digits).

use crosscut_model::UnixNanos;

use crate::ingest::record::{write_shown, write_text, write_time};

/// How deep values may nest.
const DEPTH: usize = 64;
/// What a value may become: a nil of one byte is `null`. Bytes.
const MOST_JSON: usize = 64 << 20;
/// The extension type of Fluentd's times.
const EVENT_TIME: u8 = 0;

/// Why bytes are no MessagePack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// More would have to come.
    #[error("the message ends in the middle of a value")]
    Short,
    /// `0xc1`, which stands for nothing.
    #[error("the message has a byte that stands for nothing")]
    Unknown,
    /// Arrays in arrays without end.
    #[error("the message's values nest too deep")]
    Deep,
    /// Values that are short here and long as JSON.
    #[error("the message becomes too long")]
    Long,
    /// Something else was due here.
    #[error("the message has {0} in the wrong place")]
    Unexpected(&'static str),
}

/// The head of a value; what belongs to a text, to bytes or to an extension is with it, the members
/// of arrays and maps follow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Head<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    /// Above what an `i64` holds.
    Big(u64),
    Float(f64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    Array(usize),
    Map(usize),
    Ext(u8, &'a [u8]),
}

/// How far a value goes that comes piece by piece. Each piece is looked at once, so that a long value
/// costs no more than its length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    /// What has been passed. Bytes.
    passed: usize,
    /// Values that are still to come.
    due: usize,
}

impl Default for Extent {
    fn default() -> Self {
        Self { passed: 0, due: 1 }
    }
}

impl Extent {
    /// Goes on in all that has come so far; gives the value's length once it is there.
    pub(crate) fn of(&mut self, bytes: &[u8]) -> Result<Option<usize>, Malformed> {
        while self.due > 0 {
            let mut unpacker = Unpacker::new(bytes.get(self.passed..).unwrap_or_default());
            let inside = match unpacker.head() {
                Err(Malformed::Short) => return Ok(None),
                Err(error) => return Err(error),
                Ok(Head::Array(count)) => count,
                Ok(Head::Map(count)) => count.saturating_mul(2),
                Ok(_) => 0,
            };
            self.due = (self.due - 1).saturating_add(inside);
            self.passed = bytes.len() - unpacker.rest().len();
        }
        Ok(Some(self.passed))
    }
}

/// Reads values one behind the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unpacker<'a> {
    rest: &'a [u8],
}

impl<'a> Unpacker<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads the next value's head.
    pub(crate) fn head(&mut self) -> Result<Head<'a>, Malformed> {
        let [byte] = self.fixed::<1>()?;
        Ok(match byte {
            0x00..=0x7f => Head::Int(byte.into()),
            0x80..=0x8f => Head::Map((byte & 0x0f).into()),
            0x90..=0x9f => Head::Array((byte & 0x0f).into()),
            0xa0..=0xbf => Head::Text(self.bytes((byte & 0x1f).into())?),
            0xc0 => Head::Nil,
            0xc1 => return Err(Malformed::Unknown),
            0xc2 | 0xc3 => Head::Bool(byte == 0xc3),
            0xc4..=0xc6 => {
                let length = self.length(byte - 0xc4)?;
                Head::Bytes(self.bytes(length)?)
            }
            0xc7..=0xc9 => {
                let length = self.length(byte - 0xc7)?;
                self.extension(length)?
            }
            0xca => Head::Float(f32::from_be_bytes(self.fixed()?).into()),
            0xcb => Head::Float(f64::from_be_bytes(self.fixed()?)),
            0xcc => Head::Int(u8::from_be_bytes(self.fixed()?).into()),
            0xcd => Head::Int(u16::from_be_bytes(self.fixed()?).into()),
            0xce => Head::Int(u32::from_be_bytes(self.fixed()?).into()),
            0xcf => {
                let number = u64::from_be_bytes(self.fixed()?);
                i64::try_from(number).map_or(Head::Big(number), Head::Int)
            }
            0xd0 => Head::Int(i8::from_be_bytes(self.fixed()?).into()),
            0xd1 => Head::Int(i16::from_be_bytes(self.fixed()?).into()),
            0xd2 => Head::Int(i32::from_be_bytes(self.fixed()?).into()),
            0xd3 => Head::Int(i64::from_be_bytes(self.fixed()?)),
            0xd4..=0xd8 => self.extension(1 << (byte - 0xd4))?,
            0xd9..=0xdb => {
                let length = self.length(byte - 0xd9)?;
                Head::Text(self.bytes(length)?)
            }
            0xdc | 0xdd => Head::Array(self.length(byte - 0xdc + 1)?),
            0xde | 0xdf => Head::Map(self.length(byte - 0xde + 1)?),
            0xe0..=0xff => Head::Int(i8::from_be_bytes([byte]).into()),
        })
    }

    /// Reads one value and appends it as JSON.
    pub(crate) fn json(&mut self, out: &mut Vec<u8>) -> Result<(), Malformed> {
        self.value(out, DEPTH)
    }

    /// Passes one value, however deep it nests.
    pub(crate) fn skip(&mut self) -> Result<(), Malformed> {
        let length = Extent::default().of(self.rest)?.ok_or(Malformed::Short)?;
        self.bytes(length)?;
        Ok(())
    }

    /// Reads a time: whole seconds, a fraction of them, or Fluentd's extension. Nil is none.
    pub(crate) fn time(&mut self) -> Result<Option<UnixNanos>, Malformed> {
        let seconds = |seconds: i64| Some(UnixNanos(seconds.saturating_mul(1_000_000_000)));
        match self.head()? {
            Head::Nil => Ok(None),
            Head::Int(number) => Ok(seconds(number)),
            Head::Float(number) => Ok(in_seconds(number)),
            Head::Ext(kind, bytes) => event_time(kind, bytes)
                .map(Some)
                .ok_or(Malformed::Unexpected("an extension")),
            _ => Err(Malformed::Unexpected("something that is no time")),
        }
    }

    fn value(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
        let Some(deeper) = depth.checked_sub(1) else {
            return Err(Malformed::Deep);
        };
        if out.len() > MOST_JSON {
            return Err(Malformed::Long);
        }
        match self.head()? {
            Head::Array(count) => {
                out.push(b'[');
                for at in 0..count {
                    if at > 0 {
                        out.push(b',');
                    }
                    self.value(out, deeper)?;
                }
                out.push(b']');
            }
            Head::Map(count) => {
                out.push(b'{');
                for at in 0..count {
                    if at > 0 {
                        out.push(b',');
                    }
                    self.key(out, deeper)?;
                    out.push(b':');
                    self.value(out, deeper)?;
                }
                out.push(b'}');
            }
            head => scalar(head, out),
        }
        Ok(())
    }

    /// A key, which in JSON is always a text.
    fn key(&mut self, out: &mut Vec<u8>, depth: usize) -> Result<(), Malformed> {
        let mut next = *self;
        if let Head::Text(text) | Head::Bytes(text) = next.head()? {
            *self = next;
            write_text(out, &String::from_utf8_lossy(text));
            return Ok(());
        }
        let mut shown = Vec::new();
        self.value(&mut shown, depth)?;
        let shown = String::from_utf8_lossy(&shown);
        write_text(out, shown.trim_matches('"'));
        Ok(())
    }

    fn extension(&mut self, length: usize) -> Result<Head<'a>, Malformed> {
        let [kind] = self.fixed()?;
        Ok(Head::Ext(kind, self.bytes(length)?))
    }

    /// A length in 1, 2 or 4 bytes.
    fn length(&mut self, size: u8) -> Result<usize, Malformed> {
        let length = match size {
            0 => u8::from_be_bytes(self.fixed()?).into(),
            1 => u16::from_be_bytes(self.fixed()?).into(),
            _ => u32::from_be_bytes(self.fixed()?),
        };
        usize::try_from(length).map_err(|_| Malformed::Short)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Malformed::Short)?;
        self.rest = rest;
        Ok(*bytes)
    }
}

fn scalar(head: Head<'_>, out: &mut Vec<u8>) {
    match head {
        Head::Nil | Head::Array(_) | Head::Map(_) => out.extend_from_slice(b"null"),
        Head::Bool(value) => write_shown(out, value),
        Head::Int(number) => write_shown(out, number),
        Head::Big(number) => write_shown(out, number),
        // As serde_json writes them: the shortest digits that mean the same.
        Head::Float(number) if number.is_finite() => {
            write_shown(out, serde_json::Value::from(number));
        }
        Head::Float(number) => write_text(out, &number.to_string()),
        Head::Text(text) | Head::Bytes(text) => write_text(out, &String::from_utf8_lossy(text)),
        Head::Ext(kind, bytes) => {
            if let Some(time) = event_time(kind, bytes) {
                write_time(out, time);
            } else {
                out.push(b'"');
                for byte in bytes {
                    write_shown(out, format_args!("{byte:02x}"));
                }
                out.push(b'"');
            }
        }
    }
}

/// Fluentd's time: seconds and nanoseconds, four bytes each.
fn event_time(kind: u8, bytes: &[u8]) -> Option<UnixNanos> {
    let (seconds, rest) = bytes.split_first_chunk()?;
    let nanos: [u8; 4] = rest.try_into().ok()?;
    let (seconds, nanos) = (u32::from_be_bytes(*seconds), u32::from_be_bytes(nanos));
    (kind == EVENT_TIME).then(|| UnixNanos(i64::from(seconds) * 1_000_000_000 + i64::from(nanos)))
}

/// Seconds with a fraction.
fn in_seconds(number: f64) -> Option<UnixNanos> {
    super::sent::instant(&format!("{number:.9}"), 9)
}
