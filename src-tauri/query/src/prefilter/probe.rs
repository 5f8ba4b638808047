//! Passing over rows by what stands right behind a field's name.
//!
//! A comparison has no literal to look for, but its field's name is one. Wherever the last name of
//! the path stands as a name does (`"status":` or `status=`), the value behind it is tested as the
//! matcher would; a row passes when one of them does, or is too odd to tell.

use std::sync::Arc;

use memchr::memmem::Finder;

use crate::matcher::ValueTest;
use crate::number::Number;
use crate::path::{Path, Segment};
use crate::tree::Test;
use crate::{Context, Value};

/// A look for values at a path.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    /// Finds the last name of the path.
    name: Finder<'static>,
    /// Whether the path goes on into an array behind it.
    indexed: bool,
    test: ValueTest,
}

/// What can be said about a value without parsing the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Fails,
    /// It passes, or there is more to it than meets the eye.
    MayPass,
}

impl Probe {
    /// A probe for the values at `path`; none where its name can be written in ways that are not
    /// looked for.
    pub(super) fn new(path: &Path, test: &Test, context: &Arc<Context>) -> Option<Self> {
        let segments = path.segments();
        let name = segments.iter().rev().find_map(|segment| match segment {
            Segment::Key(name) => Some(name),
            Segment::Index(_) => None,
        })?;
        // What JSON escapes otherwise than by `\u`, and what stands for invalid bytes.
        let odd = |c: char| c < ' ' || matches!(c, '"' | '\\' | '/' | char::REPLACEMENT_CHARACTER);
        if name.is_empty() || name.contains(odd) {
            return None;
        }
        // Of a field that must be there and not pass, only the first can be told.
        let test = match test {
            Test::Unlike(_) => &Test::Exists,
            other => other,
        };
        Some(Self {
            name: Finder::new(name).into_owned(),
            indexed: matches!(segments.last(), Some(Segment::Index(_))),
            test: ValueTest::new(test, context).ok()?,
        })
    }

    /// The first place at or behind `from` where a value may pass.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            at += self.name.find(text.get(at..)?)?;
            if self.seen(text, at) == Seen::MayPass {
                return Some(at);
            }
            at += 1;
        }
    }

    /// Looks at what stands around the name at `at`.
    fn seen(&self, text: &[u8], at: usize) -> Seen {
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let behind = text
            .get(at + self.name.needle().len()..)
            .unwrap_or_default();
        match (before, behind) {
            // A record inside a string of another; an entry of the journal, where the value's length
            // comes first.
            (_, [b'\\', ..]) | (None | Some(b'\n'), [b'\n', ..]) => Seen::MayPass,
            (Some(b'"' | b'.'), [b'"', rest @ ..]) => {
                let Some(rest) = rest.trim_ascii_start().strip_prefix(b":") else {
                    return Seen::Fails;
                };
                self.json(rest.trim_ascii_start())
            }
            (before, [b'=', rest @ ..]) => {
                // Within a longer name there is no pair of this one.
                let inside = before.is_some_and(|&byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'@' | b'/')
                });
                // But for the letter of an escape, in a record inside a string of another.
                let two = at.checked_sub(2).and_then(|start| text.get(start..at));
                let escape = matches!(two, Some([b'\\', b'n' | b't' | b'r' | b'f' | b'b' | b'/']));
                // An entry of the journal has a line for each pair.
                let alone = matches!(before, None | Some(b'\n'));
                if (inside && !escape) || self.indexed {
                    Seen::Fails
                } else if alone && self.line(rest) == Seen::MayPass {
                    Seen::MayPass
                } else {
                    self.pair(rest)
                }
            }
            _ => Seen::Fails,
        }
    }

    /// Looks at a value in JSON's syntax.
    fn json(&self, rest: &[u8]) -> Seen {
        if self.indexed && rest.first() != Some(&b'[') {
            return Seen::Fails;
        }
        // An array, an object and what is no JSON are left to the matcher.
        let value = match rest.first() {
            Some(b'"') => {
                let Some(content) = quoted(rest) else {
                    return Seen::MayPass;
                };
                Value::Str(content.into())
            }
            Some(b'0'..=b'9' | b'-') => {
                let Some(number) = number(rest) else {
                    return Seen::MayPass;
                };
                Value::Number(number.into())
            }
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => return Seen::Fails,
            _ => return Seen::MayPass,
        };
        self.asked(&value)
    }

    /// Looks at a value that is the rest of its line, as it stands there.
    fn line(&self, rest: &[u8]) -> Seen {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or_default();
        let value = value.strip_suffix(b"\r").unwrap_or(value);
        match std::str::from_utf8(value) {
            Ok(value) => self.asked(&Value::Str(value.into())),
            Err(_) => Seen::MayPass,
        }
    }

    /// Looks at the value of a pair, in logfmt or in prose.
    fn pair(&self, rest: &[u8]) -> Seen {
        if rest.first() == Some(&b'"') {
            return match quoted(rest) {
                Some(content) => self.asked(&Value::Str(content.into())),
                None => Seen::MayPass,
            };
        }
        // It ends at a blank in one and at a sign too in the other.
        let signs = |byte: u8| matches!(byte, b',' | b';' | b')' | b']' | b'}' | b'"');
        let length = |ends: &dyn Fn(u8) -> bool| {
            let end = rest.iter().position(|&byte| ends(byte));
            end.unwrap_or(rest.len())
        };
        let blank = |byte: u8| byte.is_ascii_whitespace();
        let whole = length(&blank);
        let part = length(&|byte| blank(byte) || signs(byte));
        for length in [whole, part] {
            let value = rest.get(..length).unwrap_or_default();
            if value.contains(&b'\\') {
                return Seen::MayPass;
            }
            let Ok(value) = std::str::from_utf8(value) else {
                return Seen::MayPass;
            };
            // Typed or not, as what it looks like and as what it is.
            let typed = match value {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                number if Number::parse(number).is_some() => Some(Value::Number(number.into())),
                _ => None,
            };
            let passes = typed.is_some_and(|value| self.test.passes(&value))
                || self.test.passes(&Value::Str(value.into()));
            if passes {
                return Seen::MayPass;
            }
            if part == whole {
                break;
            }
        }
        Seen::Fails
    }

    fn asked(&self, value: &Value<'_>) -> Seen {
        if self.test.passes(value) {
            Seen::MayPass
        } else {
            Seen::Fails
        }
    }
}

/// What the quote at the start opens, if it is plain to see: closed in the same line, valid, with
/// neither escapes of JSON nor of terminals in it.
fn quoted(rest: &[u8]) -> Option<&str> {
    let body = rest.get(1..)?;
    let odd = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | 0x1b | 0x9b);
    let end = body.iter().position(odd)?;
    let content = body.get(..end)?;
    let closed = body.get(end) == Some(&b'"');
    closed
        .then_some(content)
        .and_then(|content| std::str::from_utf8(content).ok())
}

/// The number at the start, if it is whole and nothing odd.
fn number(rest: &[u8]) -> Option<&str> {
    let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let end = rest
        .iter()
        .position(|byte| !part(byte))
        .unwrap_or(rest.len());
    let number = std::str::from_utf8(rest.get(..end)?).ok()?;
    Number::parse(number).map(|_| number)
}
