//! Tests on a field's value, made ready.

use std::sync::Arc;

use regex::Regex;

use super::Mark;
use super::needle::Needle;
use crate::error::ParseError;
use crate::fold::{FoldedText, Glob};
use crate::number::Number;
use crate::scalar::Operand;
use crate::tree::{Order, Test};
use crate::{Context, Value};

/// A field's test made ready to be put to values.
#[derive(Debug, Clone)]
pub struct ValueTest {
    kind: Kind,
    context: Arc<Context>,
}

#[derive(Debug, Clone)]
enum Kind {
    Contains {
        needle: Arc<Needle>,
        number: Option<Number>,
    },
    Equals {
        folded: FoldedText,
        operand: Option<Operand>,
    },
    Compare(Order, Operand),
    Range {
        from: Option<Operand>,
        to: Option<Operand>,
    },
    Regex(Regex),
    Glob(Glob),
    AnyOf(Vec<ValueTest>),
    Unlike(Box<ValueTest>),
    Exists,
    Never,
}

impl ValueTest {
    pub(crate) fn new(test: &Test, context: &Arc<Context>) -> Result<Self, ParseError> {
        let operand = |text: &String| Operand::read(text, context);
        let kind = match test {
            Test::Contains(text) => Kind::Contains {
                needle: Arc::new(Needle::new(text)),
                number: Number::parse(text),
            },
            Test::Equals(text) => Kind::Equals {
                folded: FoldedText::new(text),
                operand: operand(text).filter(|operand| !matches!(operand, Operand::Level(_))),
            },
            Test::Compare(order, text) => {
                operand(text).map_or(Kind::Never, |operand| Kind::Compare(*order, operand))
            }
            Test::Range { from, to } => {
                let ends = (from.as_ref().map(operand), to.as_ref().map(operand));
                match ends {
                    (Some(None), _) | (_, Some(None)) => Kind::Never,
                    (from, to) => Kind::Range {
                        from: from.flatten(),
                        to: to.flatten(),
                    },
                }
            }
            Test::Regex(pattern) => Kind::Regex(pattern.compile()?),
            Test::Glob(glob) => Kind::Glob(Glob::new(glob)),
            Test::AnyOf(tests) => Kind::AnyOf(
                tests
                    .iter()
                    .map(|test| Self::new(test, context))
                    .collect::<Result<_, _>>()?,
            ),
            Test::Unlike(test) => Kind::Unlike(Box::new(Self::new(test, context)?)),
            Test::Exists => Kind::Exists,
        };
        Ok(Self {
            kind,
            context: Arc::clone(context),
        })
    }

    /// Collects what is to be marked in a text that has the value in it.
    pub(super) fn marks(&self, marks: &mut Vec<Mark>) {
        match &self.kind {
            Kind::Contains { needle, .. } => marks.extend(Mark::needle(needle)),
            Kind::Regex(regex) => marks.push(Mark::Regex(regex.clone())),
            Kind::AnyOf(tests) => tests.iter().for_each(|test| test.marks(marks)),
            Kind::Equals { .. }
            | Kind::Compare(..)
            | Kind::Range { .. }
            | Kind::Glob(_)
            | Kind::Unlike(_)
            | Kind::Exists
            | Kind::Never => {}
        }
    }

    /// Whether one value passes. [`Value::Null`] never does.
    pub fn passes(&self, value: &Value<'_>) -> bool {
        if *value == Value::Null {
            return false;
        }
        match &self.kind {
            Kind::Contains { needle, number } => match value {
                Value::Number(text) => number.is_some_and(|number| {
                    Number::parse(text).is_some_and(|value| value.compare(number).is_eq())
                }),
                _ => needle.is_in(as_text(value)),
            },
            Kind::Equals { folded, operand } => {
                folded.equals(as_text(value))
                    || operand.is_some_and(|operand| {
                        operand
                            .compare(value, &self.context)
                            .is_some_and(std::cmp::Ordering::is_eq)
                    })
            }
            Kind::Compare(order, operand) => operand
                .compare(value, &self.context)
                .is_some_and(|found| order.admits(found)),
            Kind::Range { from, to } => {
                let within = |end: &Option<Operand>, order: Order| match end {
                    None => true,
                    Some(end) => end
                        .compare(value, &self.context)
                        .is_some_and(|found| order.admits(found)),
                };
                within(from, Order::AtLeast) && within(to, Order::AtMost)
            }
            Kind::Regex(regex) => regex.is_match(as_text(value)),
            Kind::Glob(glob) => glob.fits(as_text(value)),
            Kind::AnyOf(tests) => tests.iter().any(|test| test.passes(value)),
            Kind::Unlike(test) => !test.passes(value),
            Kind::Exists => true,
            Kind::Never => false,
        }
    }
}

/// The value as text: what is compared when nothing better is known.
fn as_text<'v>(value: &'v Value<'_>) -> &'v str {
    match value {
        Value::Str(text) | Value::Number(text) | Value::Json(text) => text,
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Null => "",
    }
}
