//! A record's fields as a tree, for its detail.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

use crate::json::{self, Raw};
use crate::layout::Line;
use crate::logfmt::{Pairs, is_logfmt};
use crate::path::FieldValue;
use crate::places::{Places, typed};
use crate::text::utf8;
use crate::wrap::Within;

/// Containers within containers that become a tree; deeper ones stay JSON text.
const DEPTH: usize = 64;

/// Integers beyond this lose digits in a double, which is what every JavaScript reader makes of
/// them.
const EXACT: i64 = (1 << 53) - 1;

/// The record's top fields in their order, nested as they were; of text the parts that have places
/// of their own, but for a stack trace, and `key=value` pairs. Of a broken JSON record, the fields
/// before the fault; of a wrapped one, those of the wrapper but the record itself, and its own.
///
/// Nothing is lost on the way: a name that occurs again gets ` (2)`, ` (3)`… behind it (at the top,
/// it simply occurs again), numbers that a double cannot hold become text, digit for digit, and
/// what is nested deeper than 64 levels stays JSON text.
pub fn fields<'a>(line: impl Into<Line<'a>>) -> Vec<(String, Value)> {
    let line = line.into();
    let Within { outer, body } = Within::of(line.raw);
    let mut fields = outer
        .map(|outer| fields_in(outer, line))
        .unwrap_or_default();
    // The record within is told by its own fields.
    fields.retain(|(name, _)| name != "log");
    fields.extend(fields_in(&body, line));
    fields
}

fn fields_in(body: &[u8], line: Line<'_>) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    if body.first() == Some(&b'{') {
        // What was read before a fault stands.
        json::members(body, |key, value| {
            fields.push((key.decode().into_owned(), tree(value, 0)));
        });
        if !fields.is_empty() {
            return fields;
        }
    }
    if let Some(named) = line.fields(body) {
        let named = named.into_iter();
        return named
            .map(|(name, value)| (name.to_owned(), scalar(typed(value))))
            .collect();
    }
    let pairs = if is_logfmt(body) {
        Pairs::of_logfmt(body)
    } else {
        let places = Places::of(body);
        // The stack stands in the record as one sees it.
        let short = places
            .fields()
            .filter(|(name, _)| *name != "exception.stacktrace");
        fields.extend(short.map(|(name, value)| (name.to_owned(), scalar(typed(value)))));
        Pairs::of_text(body)
    };
    fields.extend(pairs.map(|pair| (pair.key.to_owned(), scalar(FieldValue::of_pair(pair)))));
    fields
}

fn scalar(value: FieldValue<'_>) -> Value {
    match value {
        FieldValue::Str(text) | FieldValue::Json(text) => Value::String(text.into_owned()),
        FieldValue::Number { literal, .. } => number(literal),
        FieldValue::Bool(value) => Value::Bool(value),
        FieldValue::Null => Value::Null,
    }
}

fn tree(value: Raw<'_>, depth: usize) -> Value {
    match value {
        Raw::Str(text) => Value::String(text.decode().into_owned()),
        Raw::Number(literal) => number(literal),
        Raw::Bool(value) => Value::Bool(value),
        Raw::Null => Value::Null,
        Raw::Object(json) | Raw::Array(json) if depth >= DEPTH => {
            Value::String(utf8(json).into_owned())
        }
        Raw::Object(json) => object(json, depth),
        Raw::Array(json) => array(json, depth),
    }
}

fn object(json: &[u8], depth: usize) -> Value {
    let mut map = Map::new();
    let mut again: HashMap<String, usize> = HashMap::new();
    json::members(json, |key, value| {
        let name = key.decode().into_owned();
        let value = tree(value, depth + 1);
        if !map.contains_key(&name) {
            map.insert(name, value);
            return;
        }
        let count = again.entry(name.clone()).or_insert(1);
        loop {
            *count += 1;
            let numbered = format!("{name} ({count})");
            if !map.contains_key(&numbered) {
                map.insert(numbered, value);
                return;
            }
        }
    });
    Value::Object(map)
}

fn array(json: &[u8], depth: usize) -> Value {
    let mut elements = Vec::new();
    json::elements(json, |value| elements.push(tree(value, depth + 1)));
    Value::Array(elements)
}

/// The number, or its text where a double would change it.
fn number(literal: &str) -> Value {
    if let Ok(integer) = literal.parse::<i64>() {
        if (-EXACT..=EXACT).contains(&integer) && literal != "-0" {
            return Value::Number(integer.into());
        }
    } else {
        let digits = literal
            .bytes()
            .take_while(|byte| !matches!(byte, b'e' | b'E'))
            .filter(u8::is_ascii_digit)
            .skip_while(|&byte| byte == b'0')
            .count();
        // A double keeps fifteen digits, and seventeen of those it was printed from.
        let exact = digits <= 17
            && literal
                .bytes()
                .any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        let value = literal
            .parse::<f64>()
            .ok()
            .filter(|_| exact)
            .and_then(Number::from_f64);
        if let Some(value) = value {
            return Value::Number(value);
        }
    }
    Value::String(literal.to_owned())
}

#[cfg(test)]
mod tests;
