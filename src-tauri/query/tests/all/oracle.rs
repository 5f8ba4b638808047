//! A naive evaluator: what a query means, written down once more without a thought for speed.

use std::cmp::Ordering;

use crosscut_model::Level;
use crosscut_query::{
    Builtin, Context, FieldTest, Order, Pattern, Query, State, Test, TextPattern, Value,
};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::record::Owned;

pub(crate) fn holds(query: &Query, record: &Owned, context: &Context) -> bool {
    match query {
        Query::All => true,
        Query::And(parts) => parts.iter().all(|part| holds(part, record, context)),
        Query::Or(parts) => parts.iter().any(|part| holds(part, record, context)),
        Query::Not(part) => !holds(part, record, context),
        Query::Is(State::Broken) => record.broken,
        Query::Is(_) => false,
        Query::Text(TextPattern::Contains(text)) => finds(&regex::escape(text), &record.text),
        Query::Text(TextPattern::Regex(pattern)) => expression(pattern).is_match(&record.text),
        Query::Field(field) => holds_field(field, record, context),
    }
}

fn holds_field(FieldTest { path, test }: &FieldTest, record: &Owned, context: &Context) -> bool {
    let string = |text: &str| vec![Value::Str(text.to_owned().into())];
    let plain = path.plain();
    let named = record.fields.iter().filter(|(path, _)| *path == plain);
    let mut values: Vec<Value<'static>> = named.flat_map(|(_, values)| values.clone()).collect();
    values.retain(|value| *value != Value::Null);
    match path.builtin() {
        Some(Builtin::Time) => {
            values = string(
                &Timestamp::from_nanosecond(record.time.0.into())
                    .unwrap()
                    .to_string(),
            );
        }
        Some(Builtin::Level) if record.level == Level::None => {
            return match test {
                Test::AnyOf(tests) => tests.iter().any(|test| {
                    let test = FieldTest {
                        path: path.clone(),
                        test: test.clone(),
                    };
                    holds_field(&test, record, context)
                }),
                Test::Contains(name) | Test::Equals(name) => name == "none",
                _ => false,
            };
        }
        Some(Builtin::Level) => values = string(record.level.name()),
        Some(Builtin::Source) => values = string(&record.source),
        Some(Builtin::Service) if values.is_empty() => values = string(&record.source),
        Some(Builtin::Stream) => values = string(record.stream.name()),
        Some(Builtin::Run) => values = string(&context.run),
        Some(Builtin::Seq) => values = vec![Value::Number(record.seq.to_string().into())],
        _ => {}
    }
    if let Test::Unlike(test) = test {
        return !values.is_empty()
            && !values
                .iter()
                .any(|v| passes(test, v, path.builtin(), context));
    }
    values
        .iter()
        .any(|value| passes(test, value, path.builtin(), context))
        || (path.builtin().is_none()
            && literals(test).iter().any(|value| {
                finds(
                    &regex::escape(&format!("{}:{value}", path.plain())),
                    &record.text,
                )
            }))
}

fn literals(test: &Test) -> Vec<&str> {
    match test {
        Test::Contains(value) => vec![value],
        Test::AnyOf(tests) => tests.iter().flat_map(literals).collect(),
        _ => Vec::new(),
    }
}

fn passes(test: &Test, value: &Value<'_>, builtin: Option<Builtin>, context: &Context) -> bool {
    let text = match value {
        Value::Str(text) | Value::Number(text) | Value::Json(text) => text.to_string(),
        Value::Bool(answer) => answer.to_string(),
        Value::Null => return false,
    };
    let order = |other: &str| match builtin {
        Some(Builtin::Time) => Some(within(moment(other, context)?, moment(&text, context)?.0)),
        _ => compare(value, other, context),
    };
    let exact = matches!(builtin, Some(Builtin::Level | Builtin::Time));
    match test {
        Test::Contains(other) | Test::Equals(other) if builtin == Some(Builtin::Time) => {
            let (start, _, end) = moment(other, context).unwrap();
            let at = moment(&text, context).unwrap().0;
            start <= at && at <= end
        }
        Test::Contains(other) | Test::Equals(other) if exact => {
            order(other) == Some(Ordering::Equal)
        }
        Test::Contains(other) => match value {
            Value::Number(_) => number(other).is_some() && order(other) == Some(Ordering::Equal),
            _ => finds(&regex::escape(other), &text),
        },
        Test::Equals(other) => {
            finds(&format!(r"\A{}\z", regex::escape(other)), &text)
                || (other.parse::<Level>().is_err() && order(other) == Some(Ordering::Equal))
        }
        Test::Compare(wanted, other) => order(other).is_some_and(|found| wanted.admits(found)),
        Test::Range { from, to } => {
            let from = from
                .as_ref()
                .is_none_or(|from| order(from).is_some_and(|found| Order::AtLeast.admits(found)));
            from && to
                .as_ref()
                .is_none_or(|to| order(to).is_some_and(Ordering::is_le))
        }
        Test::Regex(pattern) => expression(pattern).is_match(&text),
        Test::Glob(glob) => {
            let glob = regex::escape(glob)
                .replace(r"\*", "(?s:.*)")
                .replace(r"\?", "(?s:.)");
            finds(&format!(r"\A{glob}\z"), &text)
        }
        Test::AnyOf(tests) => tests
            .iter()
            .any(|test| passes(test, value, builtin, context)),
        Test::Unlike(test) => !passes(test, value, builtin, context),
        Test::Exists => true,
    }
}

fn finds(expression: &str, text: &str) -> bool {
    regex::RegexBuilder::new(expression)
        .case_insensitive(true)
        .build()
        .unwrap()
        .is_match(text)
}

fn expression(pattern: &Pattern) -> regex::Regex {
    let mut builder = regex::RegexBuilder::new(&pattern.source);
    builder
        .multi_line(true)
        .case_insensitive(!pattern.case_sensitive)
        .build()
        .unwrap()
}

fn compare(value: &Value<'_>, other: &str, context: &Context) -> Option<Ordering> {
    let (text, is_text) = match value {
        Value::Str(text) => (text, true),
        Value::Number(text) => (text, false),
        _ => return None,
    };
    if let Some(other) = number(other) {
        return number(text)?.partial_cmp(&other);
    }
    if !is_text {
        return None;
    }
    if let Some((other, unit)) = amount(other) {
        let (this, own) = amount(text)?;
        return if own == unit {
            this.partial_cmp(&other)
        } else {
            None
        };
    }
    if let Some((start, end, _)) = moment(other, context) {
        // What a record says must name its day.
        if text.get(4..5) != Some("-") {
            return None;
        }
        return Some(within((start, end, end), moment(text, context)?.0));
    }
    let (this, other) = (text.parse::<Level>().ok()?, other.parse::<Level>().ok()?);
    (text.len() > 2).then(|| this.cmp(&other))
}

fn within((start, end, _): (i128, i128, i128), at: i128) -> Ordering {
    if at < start {
        Ordering::Less
    } else {
        at.cmp(&end).max(Ordering::Equal)
    }
}

fn number(text: &str) -> Option<f64> {
    text.starts_with(|c: char| c == '-' || c.is_ascii_digit())
        .then(|| serde_json::from_str::<f64>(text).ok())
        .flatten()
}

/// Nanoseconds or bytes, and which; a span of time also in several parts.
fn amount(text: &str) -> Option<(f64, bool)> {
    let number = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (value, rest) = (text[..number].parse::<f64>().ok()?, &text[number..]);
    let (unit, rest) = rest.split_at(
        rest.find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len()),
    );
    let first = match unit {
        "ms" => (value * 1e6, true),
        "s" => (value * 1e9, true),
        "m" => (value * 6e10, true),
        "KB" => (value * 1e3, false),
        _ => return None,
    };
    if rest.is_empty() {
        return Some(first);
    }
    match (first, amount(rest)?) {
        ((first, true), (more, true)) => Some((first + more, true)),
        _ => None,
    }
}

/// Start, end and end of what it is written to, in nanoseconds.
fn moment(text: &str, context: &Context) -> Option<(i128, i128, i128)> {
    let local = |at: DateTime| {
        at.to_zoned(context.zone.clone())
            .unwrap()
            .timestamp()
            .as_nanosecond()
    };
    if let Some((ago, true)) = amount(text) {
        let at = i128::from(context.now.0) - ago as i128;
        return Some((at, at, at));
    }
    if text.len() == 10 && text.parse::<Date>().is_ok() {
        let day = text.parse::<Date>().unwrap();
        let (start, next) = (
            local(day.at(0, 0, 0, 0)),
            local(day.tomorrow().unwrap().at(0, 0, 0, 0)),
        );
        return Some((start, next - 1, next - 1));
    }
    let unit = if text.len() == 5 || text.len() == 16 {
        60_000_000_000
    } else {
        1_000_000_000
    };
    let start = if let Ok(stamp) = text.parse::<Timestamp>() {
        stamp.as_nanosecond()
    } else if let Ok(at) = text.parse::<DateTime>() {
        local(at)
    } else {
        let today = Timestamp::from_nanosecond(context.now.0.into()).unwrap();
        let today = today.to_zoned(context.zone.clone()).date();
        local(today.to_datetime(text.parse::<Time>().ok()?))
    };
    Some((start, start, start + unit - 1))
}
