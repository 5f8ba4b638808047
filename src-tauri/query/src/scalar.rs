//! Values that have an order: numbers, amounts, instants, levels.
//!
//! The right side of a comparison is read once, when the query is ([`Operand`]); a record's value
//! is then read as the same kind or does not compare at all.

use std::cmp::Ordering;

use crosscut_model::{Level, UnixNanos};

use crate::instant::{Instant, Moment};
use crate::number::{Amount, Number};
use crate::{Context, Value};

/// What strict readers say would have been right.
pub(crate) const EXPECTED: &str = "something that has an order: a number, an amount such as \
    200ms or 10KB, a time or a level";

/// A comparison's right side as written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scalar {
    Number(Number),
    Amount(Amount),
    Instant(Instant),
    Level(Level),
}

impl Scalar {
    /// Reads the right side of a comparison.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(number) = Number::parse(text) {
            return Some(Self::Number(number));
        }
        if let Some(amount) = Amount::parse(text) {
            return Some(Self::Amount(amount));
        }
        if let Ok(instant) = Instant::parse(text) {
            return Some(Self::Instant(instant));
        }
        level(text).map(Self::Level)
    }
}

/// A comparison's right side in its context.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand {
    Number(Number),
    Amount(Amount),
    Moment(Moment),
    Level(Level),
}

impl Operand {
    /// Reads and resolves the right side of a comparison.
    pub(crate) fn read(text: &str, context: &Context) -> Option<Self> {
        Some(match Scalar::parse(text)? {
            Scalar::Number(number) => Self::Number(number),
            Scalar::Amount(amount) => Self::Amount(amount),
            Scalar::Instant(instant) => Self::Moment(instant.resolve(context)),
            Scalar::Level(level) => Self::Level(level),
        })
    }

    /// How a record's value stands to this; nothing when they cannot be compared.
    pub(crate) fn compare(&self, value: &Value<'_>, context: &Context) -> Option<Ordering> {
        match value {
            Value::Number(text) => match self {
                Self::Number(number) => Some(Number::parse(text)?.compare(*number)),
                Self::Amount(_) | Self::Moment(_) | Self::Level(_) => None,
            },
            Value::Str(text) => self.compare_text(text, context),
            Value::Bool(_) | Value::Null | Value::Json(_) => None,
        }
    }

    fn compare_text(&self, text: &str, context: &Context) -> Option<Ordering> {
        match self {
            Self::Number(number) => Some(Number::parse(text)?.compare(*number)),
            Self::Amount(amount) => Amount::parse(text)?.compare(*amount),
            Self::Moment(moment) => {
                let at = Instant::dated(text).ok()?.resolve(context).start;
                Some(moment.compare(UnixNanos(at)))
            }
            Self::Level(other) => Some(level(text)?.cmp(other)),
        }
    }
}

/// A level's name, but for the abbreviations of one or two letters, which are too common as
/// something else, and for `none`, which has no rank.
fn level(text: &str) -> Option<Level> {
    if text.len() < 3 {
        return None;
    }
    text.parse().ok().filter(|&level| level != Level::None)
}
