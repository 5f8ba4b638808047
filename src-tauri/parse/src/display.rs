//! A record as a row of the list.

use std::borrow::Cow;

use crosscut_model::limits::ROW_CHARS;

use crate::json::{self, Raw};
use crate::keys::{Role, role};
use crate::known::{message_field, message_in};
use crate::layout::Line;
use crate::logfmt::{Pairs, is_logfmt};
use crate::path::FieldValue;
use crate::places::Places;
use crate::reader::{Tellers, tellers};
use crate::strip_escapes;
use crate::text::utf8;
use crate::wrap::Within;

/// Fields in a row, the characters of their names and values together, those of one value, and how
/// deep nested ones are told apart.
const FIELDS: usize = 12;
const FIELD_CHARS: usize = 400;
const VALUE_CHARS: usize = 120;
const DEPTH: usize = 4;

/// What a row of the list shows of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Display {
    /// The message on one line: terminal escapes removed, newlines shown as `⏎`, other control
    /// characters as pictures (`␀`), at most [`ROW_CHARS`] characters.
    pub message: String,
    /// The other fields, nested ones under dotted names, as far as they fit a row. What tells time,
    /// level and message is not among them; of text, neither are pairs and what the message shows.
    pub fields: Vec<(String, String)>,
    /// Whether the message was cut.
    pub cut: bool,
}

/// Makes a row of a record.
pub fn display<'a>(line: impl Into<Line<'a>>) -> Display {
    let line = line.into();
    let body = &*Within::of(line.raw).body;
    let (message, cut) = one_line(&message_in(body, line), ROW_CHARS);
    let mut fields = Fields::default();
    // Without a message of its own a record is shown whole, and has nothing to add.
    if let Some(laid_out) = line.fields(body) {
        if let Some((_, path)) = message_field(body, line) {
            let mut shown = Shown::default();
            for (name, value) in laid_out {
                if !shown.already(name) && !name.eq_ignore_ascii_case(path) {
                    fields.add(name, &value);
                }
            }
        }
    } else if json::is_object(body) {
        if let Some((_, path)) = message_field(body, line) {
            fields.of_json(body, path);
        }
    } else if is_logfmt(body)
        && let Some((_, path)) = message_field(body, line)
    {
        fields.of_logfmt(body, path);
    } else if body.first() != Some(&b'{') && !is_logfmt(body) {
        for (name, value) in Places::of(body).beside_words() {
            fields.add(name, &utf8(value));
        }
    }
    Display {
        message,
        fields: fields.list,
        cut,
    }
}

/// The text on one line of at most `most` characters, and whether that cut it.
fn one_line(text: &str, most: usize) -> (String, bool) {
    let text = strip_escapes(text);
    let mut line = String::with_capacity(text.len().min(most * 2));
    let mut characters = text.trim_end().chars().peekable();
    let mut count = 0;
    while let Some(character) = characters.next() {
        if character == '\r' && characters.peek() == Some(&'\n') {
            continue;
        }
        if count == most {
            return (line, true);
        }
        line.push(picture(character));
        count += 1;
    }
    (line, false)
}

/// A character that can do no harm in a line: control characters as their pictures, those that
/// reorder or hide text as `�`.
fn picture(character: char) -> char {
    match character {
        '\n' => '⏎',
        '\t' => ' ',
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('�'),
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '�',
        _ => character,
    }
}

/// What a row shows beside its fields: the first time and the first level of the record.
#[derive(Debug, Default)]
struct Shown {
    time: bool,
    level: bool,
}

impl Shown {
    /// Whether the field of this name is one of them.
    fn already(&mut self, name: &str) -> bool {
        match role(name.as_bytes()) {
            Role::Time(_) => !std::mem::replace(&mut self.time, true),
            Role::Level(..) => !std::mem::replace(&mut self.level, true),
            _ => false,
        }
    }
}

#[derive(Debug, Default)]
struct Fields {
    list: Vec<(String, String)>,
    characters: usize,
}

impl Fields {
    fn full(&self) -> bool {
        self.list.len() >= FIELDS || self.characters >= FIELD_CHARS
    }

    fn add(&mut self, name: &str, value: &str) {
        if self.full() {
            return;
        }
        let (name, _) = one_line(name, VALUE_CHARS);
        let (mut value, cut) = one_line(value, VALUE_CHARS);
        if cut {
            value.push('…');
        }
        self.characters += name.chars().count() + value.chars().count();
        if self.list.is_empty() || self.characters <= FIELD_CHARS {
            self.list.push((name, value));
        }
    }

    fn of_json(&mut self, body: &[u8], message: &str) {
        let Tellers { time, level } = tellers(body);
        let mut count = 0;
        json::members(body, |key, value| {
            let told = time == Some(count) || level == Some(count);
            count += 1;
            if !told && !self.full() {
                self.flatten(&key.decode(), value, message, 0);
            }
        });
    }

    fn flatten(&mut self, name: &str, value: Raw<'_>, message: &str, depth: usize) {
        if name.eq_ignore_ascii_case(message) || self.full() {
            return;
        }
        match value {
            Raw::Object(json) if depth < DEPTH => {
                json::members(json, |key, value| {
                    if !self.full() {
                        self.flatten(
                            &format!("{name}.{}", key.decode()),
                            value,
                            message,
                            depth + 1,
                        );
                    }
                });
            }
            Raw::Null => {}
            Raw::Bool(value) => self.add(name, if value { "true" } else { "false" }),
            Raw::Number(literal) => self.add(name, literal),
            Raw::Str(text) => self.add(name, &text.decode()),
            Raw::Object(json) | Raw::Array(json) => self.add(name, &utf8(json)),
        }
    }

    fn of_logfmt(&mut self, body: &[u8], message: &str) {
        let mut shown = Shown::default();
        for pair in Pairs::of_logfmt(body) {
            let told = shown.already(pair.key);
            if !told && !pair.key.eq_ignore_ascii_case(message) {
                let value: Cow<'_, str> = match FieldValue::of_pair(pair) {
                    FieldValue::Str(text) => text,
                    _ => pair.text(),
                };
                self.add(pair.key, &value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
