//! What must stand in a record's raw bytes for it to match a query.
//!
//! A clause is weaker than the part of the query it is made from, never stronger. Text differs
//! from raw bytes in few ways, and each is a reason to let a row pass unseen ([`Reasons`]).

use std::sync::Arc;

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

use super::probe::Probe;
use crate::matcher::{HEAD_CHARS, ValueTest, head_expression, literal};
use crate::scalar::Scalar;
use crate::tree::{FieldTest, Pattern, Query, Test, TextPattern};
use crate::{Builtin, Context, Path};

/// Alternatives in one clause; beyond that, looking at every record is as good.
const MAX_ALTERNATIVES: usize = 64;

/// An expression that costs more is compiled once, by the matcher: compiling it again takes longer
/// than most searches.
const MAX_COST: usize = 16 << 10;

/// The weight of a comparison: it lets more rows pass than most words do.
const WORTH: usize = 3;

/// A necessary condition: one of the expressions or probes finds something, or there is a reason
/// to pass anyway.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// Expressions over bytes.
    pub(super) expressions: Vec<String>,
    /// Looks for values behind their names.
    pub(super) probes: Vec<Probe>,
    pub(super) reasons: Reasons,
    /// Tests of `service` that a source's name must not pass for this to be a condition: it stands
    /// in where a record does not say.
    pub(super) unnamed: Vec<ValueTest>,
    /// How few rows it is likely to let pass: characters of the least demanding expression.
    weight: usize,
}

/// Reasons to let a row pass although nothing was found in its bytes; a set, one bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reasons(u8);

impl Reasons {
    pub(super) const NONE: Self = Self(0);
    /// It holds `\u`: an escape that may stand for any character.
    pub(super) const UNICODE_ESCAPE: Self = Self(1);
    /// It holds a backslash.
    pub(super) const BACKSLASH: Self = Self(2);
    /// It holds an ESC or a CSI: values are given without terminal escapes.
    pub(super) const TERMINAL_ESCAPE: Self = Self(4);
    /// It is no UTF-8: its text has U+FFFD there.
    pub(super) const INVALID: Self = Self(8);
    /// It holds a newline of its own.
    pub(super) const NEWLINE: Self = Self(16);
    /// It holds an ESC: values are looked for with terminal escapes taken out.
    pub(super) const ESC: Self = Self(32);
    /// It is no JSON object, or one that a line was wrapped in: its values may stand anywhere.
    pub(super) const PLACES: Self = Self(64);

    /// It was put together from parts, between which something was taken out.
    pub(super) const PARTS: Self = Self(128);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn when(self, condition: bool) -> Self {
        if condition { self } else { Self::NONE }
    }
}

impl Clause {
    /// The best clause for a query, if there is one. `services`: also from tests of `service`.
    /// `free`: whether values at a path may stand anywhere in text.
    pub(super) fn of(
        query: &Query,
        context: &Arc<Context>,
        services: bool,
        free: &dyn Fn(&Path) -> bool,
    ) -> Option<Self> {
        let of = |query| Self::of(query, context, services, free);
        match query {
            Query::And(parts) => parts
                .iter()
                .filter_map(of)
                .max_by_key(|clause| clause.weight),
            Query::Or(parts) => Self::any(parts.iter().map(of)),
            Query::Text(TextPattern::Contains(text)) => Self::literal(text),
            Query::Text(TextPattern::Regex(pattern)) => Self::pattern(pattern, false),
            Query::Field(FieldTest { path, test }) if in_text(path) => {
                // What is built in may stand at a place of its own, set off by nothing.
                let free = path.builtin().is_some() || free(path);
                let probe = || Self::probe(path, test, free, context);
                Self::field(test, !free).or_else(probe)
            }
            Query::Field(FieldTest { path, test })
                if services && path.builtin() == Some(Builtin::Service) =>
            {
                Some(Self {
                    unnamed: vec![ValueTest::new(test, context).ok()?],
                    ..Self::field(test, false)?
                })
            }
            Query::All | Query::Not(_) | Query::Is(_) | Query::Field(_) => None,
        }
    }

    fn any(clauses: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let mut all: Option<Self> = None;
        for clause in clauses {
            let clause = clause?;
            let all = match &mut all {
                None => all.insert(clause),
                Some(all) => {
                    all.expressions.extend(clause.expressions);
                    all.probes.extend(clause.probes);
                    all.unnamed.extend(clause.unnamed);
                    all.reasons = all.reasons.with(clause.reasons);
                    all.weight = all.weight.min(clause.weight);
                    all
                }
            };
            if all.expressions.len() + all.probes.len() > MAX_ALTERNATIVES {
                return None;
            }
        }
        all
    }

    fn literal(text: &str) -> Option<Self> {
        // What JSON's short escapes stand for; any other character is itself, or `\u` and digits.
        let escapable = |c: char| matches!(c, '"' | '\\' | '/') || c < ' ';
        let escape = if text.contains(escapable) {
            Reasons::BACKSLASH
        } else {
            Reasons::UNICODE_ESCAPE
        };
        let invalid = Reasons::INVALID.when(text.contains(char::REPLACEMENT_CHARACTER));
        let reasons = escape.with(invalid);
        let expressions = vec![format!("(?i:{})", head_expression(text))];
        let weight = text.chars().count().min(HEAD_CHARS);
        (weight > 0).then_some(Self {
            expressions,
            probes: Vec::new(),
            reasons,
            unnamed: Vec::new(),
            weight,
        })
    }

    /// A text that is a value from its beginning to its end: in quotes, behind a `=`, or behind its
    /// length, the last byte of which is zero.
    fn whole(value: &str) -> Option<Self> {
        let clause = Self::literal(value)?;
        let words = ["true", "false"];
        if value.chars().count() > HEAD_CHARS || words.iter().any(|w| value.eq_ignore_ascii_case(w))
        {
            return Some(clause);
        }
        let around = |literal: String| format!(r#"["=\x00]{literal}(?:["\s,;)\]}}]|$)"#);
        Some(Self {
            expressions: clause.expressions.into_iter().map(around).collect(),
            weight: clause.weight + 1,
            ..clause
        })
    }

    /// The expression itself, made to search many rows at once: it must not reach across the
    /// newlines between them, and a text's ends are a line's.
    fn pattern(pattern: &Pattern, inside: bool) -> Option<Self> {
        if pattern.cost().ok()? > MAX_COST {
            return None;
        }
        let mut newline = false;
        let hir = widen(&pattern.hir().ok()?, inside, &mut newline);
        let least = hir.properties().minimum_len();
        if least == Some(0) {
            return None;
        }
        let mut expression = String::new();
        regex_syntax::hir::print::Printer::new()
            .print(&hir, &mut expression)
            .ok()?;
        let reasons = Reasons::BACKSLASH
            .with(Reasons::INVALID)
            .with(Reasons::NEWLINE.when(newline));
        // Finding an expression costs more than finding a word of the same length.
        let weight = least.unwrap_or_default().min(HEAD_CHARS) / 2;
        Some(Self {
            expressions: vec![expression],
            probes: Vec::new(),
            reasons,
            unnamed: Vec::new(),
            weight,
        })
    }

    /// What is compared by its worth is looked at behind its name.
    fn probe(path: &Path, test: &Test, free: bool, context: &Arc<Context>) -> Option<Self> {
        // The built-in ones have several names.
        if path.builtin().is_some() {
            return None;
        }
        let mut clauses = vec![Some(Self {
            expressions: Vec::new(),
            probes: vec![Probe::new(path, test, context)?],
            reasons: Reasons::UNICODE_ESCAPE
                .with(Reasons::ESC)
                .with(Reasons::PARTS)
                .with(Reasons::PLACES.when(free)),
            unnamed: Vec::new(),
            weight: WORTH,
        })];
        literals(path, test, &mut clauses);
        Self::any(clauses.into_iter())
    }

    /// What a value must hold stands in the text, unless the value is compared by what it is worth.
    /// `set_off`: a value as a whole stands in quotes or behind a `=`.
    fn field(test: &Test, set_off: bool) -> Option<Self> {
        let clause = match test {
            Test::Contains(value) => match Scalar::parse(value) {
                Some(Scalar::Number(_)) => None,
                _ => Self::literal(value),
            },
            Test::Equals(value) => match Scalar::parse(value) {
                Some(Scalar::Number(_) | Scalar::Amount(_) | Scalar::Instant(_)) => None,
                Some(Scalar::Level(_)) | None if set_off => Self::whole(value),
                Some(Scalar::Level(_)) | None => Self::literal(value),
            },
            Test::Glob(glob) => {
                let longest = glob.split(['*', '?']).max_by_key(|piece| piece.len());
                longest.and_then(Self::literal)
            }
            Test::Regex(pattern) => Self::pattern(pattern, true),
            Test::AnyOf(tests) => Self::any(tests.iter().map(|test| Self::field(test, set_off))),
            Test::Compare(..) | Test::Range { .. } | Test::Unlike(_) | Test::Exists => None,
        };
        // Between two lines of a value there may stand what was taken out of each.
        let newline = match test {
            Test::Contains(text) | Test::Equals(text) | Test::Glob(text) => text.contains('\n'),
            _ => false,
        };
        clause.map(|clause| Self {
            reasons: clause
                .reasons
                .with(Reasons::BACKSLASH)
                .with(Reasons::TERMINAL_ESCAPE)
                .with(Reasons::PARTS)
                .with(Reasons::NEWLINE.when(newline)),
            ..clause
        })
    }
}

/// The texts `f:v` that may stand in a record instead of the field.
fn literals(path: &Path, test: &Test, clauses: &mut Vec<Option<Clause>>) {
    match test {
        Test::Contains(value) => clauses.push(Clause::literal(&literal(path, value))),
        Test::AnyOf(tests) => {
            for test in tests {
                literals(path, test, clauses);
            }
        }
        _ => {}
    }
}

/// Whether the values at `path` stand in the text.
fn in_text(path: &Path) -> bool {
    match path.builtin() {
        None | Some(Builtin::Msg | Builtin::Trace | Builtin::Span | Builtin::Logger) => true,
        // A file may be put together with a line from two fields.
        Some(
            Builtin::File
            | Builtin::Level
            | Builtin::Source
            | Builtin::Service
            | Builtin::Stream
            | Builtin::Time
            | Builtin::Pattern
            | Builtin::Issue
            | Builtin::Seq
            | Builtin::Run,
        ) => false,
    }
}

/// An expression that finds something within one line wherever `hir` does in a text without
/// newlines. `inside`: the text is a value that stands somewhere inside the line, so that nothing
/// can be said about its ends. Sets `newline` if `hir` could match one.
fn widen(hir: &Hir, inside: bool, newline: &mut bool) -> Hir {
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => {
            if literal.0.contains(&b'\n') {
                *newline = true;
                return Hir::fail();
            }
            Hir::literal(literal.0.clone())
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            let before = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            *newline |= class != before;
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(class)) => {
            // Only ASCII: expressions over text cannot match single bytes beyond.
            let ranges = class.ranges().iter().map(|range| {
                ClassUnicodeRange::new(char::from(range.start()), char::from(range.end()))
            });
            widen(
                &Hir::class(Class::Unicode(ClassUnicode::new(ranges))),
                inside,
                newline,
            )
        }
        HirKind::Look(_) if inside => Hir::empty(),
        HirKind::Look(look) => match look {
            Look::Start => Hir::look(Look::StartLF),
            Look::End => Hir::look(Look::EndLF),
            Look::StartCRLF | Look::EndCRLF => Hir::empty(),
            other => Hir::look(*other),
        },
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(widen(&repetition.sub, inside, newline)))
        }
        HirKind::Capture(capture) => widen(&capture.sub, inside, newline),
        HirKind::Concat(parts) => Hir::concat(
            parts
                .iter()
                .map(|part| widen(part, inside, newline))
                .collect(),
        ),
        HirKind::Alternation(parts) => Hir::alternation(
            parts
                .iter()
                .map(|part| widen(part, inside, newline))
                .collect(),
        ),
    }
}
