//! The compiled tree.

use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

use crosscut_model::{LevelSet, Stream};
use regex::Regex;

use super::Mark;
use super::needle::Needle;
use super::value::ValueTest;
use crate::check::check;
use crate::column;
use crate::error::ParseError;
use crate::tree::{FieldTest, Query, State, Test, TextPattern};
use crate::{Builtin, Context, Path, Record, Value};

/// A part of a query made ready.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Const(bool),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Not(Box<Node>),
    Levels(LevelSet),
    Streams(Vec<Stream>),
    Times(RangeInclusive<i64>),
    Seq(ValueTest),
    Source(ValueTest),
    State(State),
    Text(Arc<Needle>),
    Regex(Regex),
    Field(Box<FieldNode>),
}

/// A test on values that have to be looked up in the record.
#[derive(Debug, Clone)]
pub(super) struct FieldNode {
    path: Path,
    test: ValueTest,
    /// Whether the record passes when there are values and none of them does.
    unlike: bool,
    /// Whether the source's name stands in where there is no value.
    or_source: bool,
}

impl Node {
    pub(super) fn new(query: &Query, context: &Arc<Context>) -> Result<Self, ParseError> {
        Ok(match query {
            Query::All => Self::Const(true),
            Query::And(parts) => Self::And(Self::by_cost(parts, context)?),
            Query::Or(parts) => Self::Or(Self::by_cost(parts, context)?),
            Query::Not(part) => Self::Not(Box::new(Self::new(part, context)?)),
            Query::Is(state) => Self::State(*state),
            Query::Text(TextPattern::Contains(text)) => Self::Text(Arc::new(Needle::new(text))),
            Query::Text(TextPattern::Regex(pattern)) => Self::Regex(pattern.compile()?),
            Query::Field(field) => {
                check(&field.path, &field.test, 0)?;
                Self::field(field, context)?
            }
        })
    }

    fn by_cost(parts: &[Query], context: &Arc<Context>) -> Result<Box<[Self]>, ParseError> {
        let nodes = parts.iter().map(|part| Self::new(part, context));
        let mut nodes = nodes.collect::<Result<Box<[Self]>, _>>()?;
        nodes.sort_by_key(Self::cost);
        Ok(nodes)
    }

    /// What asking costs, roughly: a column, a search in the text, a look into the structure.
    fn cost(&self) -> u8 {
        match self {
            Self::Const(_) | Self::Levels(_) | Self::Streams(_) | Self::Times(_) => 0,
            Self::Source(_) | Self::Seq(_) | Self::State(_) => 1,
            Self::Text(_) => 2,
            Self::Regex(_) => 3,
            Self::Field(_) => 4,
            Self::Not(node) => node.cost(),
            Self::And(nodes) | Self::Or(nodes) => {
                nodes.iter().map(Self::cost).max().unwrap_or_default()
            }
        }
    }

    fn field(field: &FieldTest, context: &Arc<Context>) -> Result<Self, ParseError> {
        let FieldTest { path, test } = field;
        let ready = |test: &Test| ValueTest::new(test, context);
        Ok(match (path.builtin(), test) {
            (Some(Builtin::Level), _) => Self::Levels(column::levels(test)?),
            (Some(Builtin::Time), Test::AnyOf(tests)) => {
                let tests = tests.iter().map(|test| {
                    Self::field(
                        &FieldTest {
                            path: path.clone(),
                            test: test.clone(),
                        },
                        context,
                    )
                });
                Self::Or(tests.collect::<Result<_, _>>()?)
            }
            (Some(Builtin::Time), Test::Unlike(inner)) => {
                let inner = FieldTest {
                    path: path.clone(),
                    test: Test::clone(inner),
                };
                Self::Not(Box::new(Self::field(&inner, context)?))
            }
            (Some(Builtin::Time), _) => Self::Times(column::times(test, context)),
            (Some(Builtin::Stream), _) => Self::Streams(column::streams(&ready(test)?)),
            (Some(Builtin::Source), _) => Self::Source(ready(test)?),
            (Some(Builtin::Seq), _) => Self::Seq(ready(test)?),
            (Some(Builtin::Run), _) => {
                Self::Const(ready(test)?.passes(&Value::Str(context.run.as_str().into())))
            }
            (builtin, _) => {
                let (unlike, test) = match test {
                    Test::Unlike(inner) => (true, inner.as_ref()),
                    other => (false, other),
                };
                let found = Self::Field(Box::new(FieldNode {
                    path: path.clone(),
                    test: ready(test)?,
                    unlike,
                    or_source: builtin == Some(Builtin::Service),
                }));
                let mut nodes = Vec::new();
                if builtin.is_none() && !unlike {
                    literals(path, test, &mut nodes);
                }
                if nodes.is_empty() {
                    found
                } else {
                    nodes.push(found);
                    Self::Or(nodes.into_boxed_slice())
                }
            }
        })
    }

    /// Collects what is to be marked in a text: what the positive terms look for.
    pub(super) fn marks(&self, marks: &mut Vec<Mark>) {
        match self {
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().for_each(|node| node.marks(marks)),
            Self::Text(needle) => marks.extend(Mark::needle(needle)),
            Self::Regex(regex) => marks.push(Mark::Regex(regex.clone())),
            Self::Field(field) if !field.unlike && field.path.builtin() == Some(Builtin::Msg) => {
                field.test.marks(marks);
            }
            Self::Const(_)
            | Self::Not(_)
            | Self::Levels(_)
            | Self::Streams(_)
            | Self::Times(_)
            | Self::Seq(_)
            | Self::Source(_)
            | Self::State(_)
            | Self::Field(_) => {}
        }
    }

    pub(super) fn matches<R: Record + ?Sized>(&self, record: &R) -> bool {
        match self {
            Self::Const(answer) => *answer,
            Self::And(nodes) => nodes.iter().all(|node| node.matches(record)),
            Self::Or(nodes) => nodes.iter().any(|node| node.matches(record)),
            Self::Not(node) => !node.matches(record),
            Self::Levels(levels) => levels.contains(record.level()),
            Self::Streams(streams) => streams.contains(&record.stream()),
            Self::Times(range) => range.contains(&record.time().0),
            Self::Seq(test) => test.passes(&Value::Number(record.seq().to_string().into())),
            Self::Source(test) => test.passes(&Value::Str(record.source().into())),
            Self::State(State::New) => record.is_new(),
            Self::State(State::Marked) => record.is_marked(),
            Self::State(State::Broken) => record.broken(),
            Self::Text(needle) => needle.is_in(record.text()),
            Self::Regex(regex) => regex.is_match(record.text()),
            Self::Field(field) => field.matches(record),
        }
    }
}

/// The texts `f:v` that may stand in a record instead of the field.
fn literals(path: &Path, test: &Test, nodes: &mut Vec<Node>) {
    match test {
        Test::Contains(value) => {
            nodes.push(Node::Text(Arc::new(Needle::new(&super::literal(
                path, value,
            )))));
        }
        Test::AnyOf(tests) => tests.iter().for_each(|test| literals(path, test, nodes)),
        _ => {}
    }
}

impl FieldNode {
    fn matches<R: Record + ?Sized>(&self, record: &R) -> bool {
        let (mut there, mut passed) = (false, false);
        record.field(&self.path, &mut |value| {
            there |= value != Value::Null;
            passed = self.test.passes(&value);
            if passed {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if !there && self.or_source {
            there = true;
            passed = self.test.passes(&Value::Str(record.source().into()));
        }
        if self.unlike {
            there && !passed
        } else {
            passed
        }
    }
}
