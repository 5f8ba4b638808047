//! Random queries, cut out of the records they are put to.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crosscut_model::Level;
use crosscut_parse::{FieldValue, Known, Segment};
use crosscut_query::{Builtin, FieldTest, Order, Path, Pattern, Query, State, Test, TextPattern};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::bed::{Line, read};

/// A query before it is known what it is cut from.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Word(Cut),
    Regex(Cut, Cut, u8),
    Field(usize, Cut, u8),
    /// A field compared with one of these.
    Worth(usize, usize, u8),
    /// A field that equals what some record says there.
    Whole(usize, Index),
    Column(u8, u8),
    Not(Box<Sketch>),
    And(Vec<Sketch>),
    Or(Vec<Sketch>),
}

/// A piece of a record's text.
#[derive(Debug, Clone)]
pub(crate) struct Cut {
    record: Index,
    start: Index,
    length: usize,
    /// Upper case, lower case or as it is.
    case: u8,
}

impl Cut {
    fn of(&self, lines: &[Line]) -> String {
        let (_, raw) = self.record.get(lines);
        let text = crosscut_parse::text(raw);
        let chars: Vec<char> = text.chars().collect();
        if chars.is_empty() {
            return "absent".into();
        }
        let start = self.start.index(chars.len());
        let piece: String = chars.iter().skip(start).take(self.length).collect();
        match self.case {
            0 => piece.to_uppercase(),
            1 => piece.to_lowercase(),
            _ => piece,
        }
    }
}

fn cut() -> impl Strategy<Value = Cut> {
    let length = prop_oneof![4 => 1..8_usize, 2 => 8..30_usize, 1 => Just(400_usize)];
    (any::<Index>(), any::<Index>(), length, 0..4_u8).prop_map(|(record, start, length, case)| {
        Cut {
            record,
            start,
            length,
            case,
        }
    })
}

pub(crate) fn sketch() -> impl Strategy<Value = Sketch> {
    let leaf = prop_oneof![
        5 => cut().prop_map(Sketch::Word),
        2 => (cut(), cut(), 0..6_u8).prop_map(|(a, b, kind)| Sketch::Regex(a, b, kind)),
        5 => (0..FIELDS.len(), cut(), 0..13_u8).prop_map(|(at, cut, kind)| Sketch::Field(at, cut, kind)),
        4 => (0..FIELDS.len(), 0..WORTHS.len(), 0..10_u8)
            .prop_map(|(at, worth, kind)| Sketch::Worth(at, worth, kind)),
        2 => (0..FIELDS.len(), any::<Index>()).prop_map(|(at, record)| Sketch::Whole(at, record)),
        3 => (0..10_u8, any::<u8>()).prop_map(|(kind, of)| Sketch::Column(kind, of)),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|part| Sketch::Not(Box::new(part))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Sketch::And),
            prop::collection::vec(inner, 2..4).prop_map(Sketch::Or),
        ]
    })
}

const FIELDS: &[&str] = &[
    "service",
    "msg",
    "msg",
    "msg",
    "http.status",
    "user.id",
    "tags",
    "trace",
    "logger",
    "file",
    "status",
    "dur",
    "ok",
    "http.path",
    "span",
    "user",
    "http",
    "line",
    "absent",
    "a",
    "a.b",
    "x",
    "id",
    "items[0]",
    "items[0].id",
    "tags[1]",
    "http.status[0]",
    "`odd name`",
    "`http.status`",
    "ſ",
    "status",
    "client",
    "method",
    "path",
    "request_time",
    "app",
    "host",
    "pid",
    "thread",
    "exception.type",
    "exception.message",
    "compose.service",
    "_PID",
    "STATUS",
    "K",
    "SYSLOG_IDENTIFIER",
    "MESSAGE",
    "__CURSOR",
];

/// What values are compared with; the last four have no order.
const WORTHS: &[&str] = &[
    "500",
    "5e2",
    "0",
    "-0",
    "1.0",
    "0.1",
    "9007199254740993",
    "340282366920938463463374607431768211456",
    "-1",
    "200ms",
    "1.5s",
    "10KB",
    "2026-11-21T10:00:00Z",
    "2026-11-21",
    "warn",
    "true",
    "null",
    "a",
    "K",
];

fn path(name: &str) -> Path {
    match read(&format!("has:{name}")) {
        Query::Field(FieldTest { path, .. }) => path,
        other => panic!("{name} is read as {other:?}"),
    }
}

impl Sketch {
    pub(crate) fn query(&self, lines: &[Line]) -> Query {
        let all = |parts: &[Self]| parts.iter().map(|part| part.query(lines)).collect();
        match self {
            Self::Word(cut) => Query::Text(TextPattern::Contains(cut.of(lines))),
            Self::Regex(one, other, kind) => {
                let pattern = expression(&one.of(lines), &other.of(lines), *kind);
                Query::Text(TextPattern::Regex(pattern))
            }
            Self::Field(at, cut, kind) => {
                // A value is given without terminal escapes and backslashes.
                let value = crosscut_parse::strip_escapes(&cut.of(lines)).replace('\\', "");
                Query::Field(FieldTest {
                    path: path(FIELDS[*at]),
                    test: test(&value, *kind),
                })
            }
            Self::Worth(at, value, kind) => {
                let other = WORTHS[(value + usize::from(*kind)) % WORTHS.len()];
                Query::Field(FieldTest {
                    path: path(FIELDS[*at]),
                    test: worth(WORTHS[*value], other, *kind),
                })
            }
            Self::Whole(at, record) => {
                let path = path(FIELDS[*at]);
                let test = Test::Equals(whole(&record.get(lines).1, &path));
                Query::Field(FieldTest { path, test })
            }
            Self::Column(kind, of) => column(*kind, *of),
            Self::Not(part) => Query::negate(part.query(lines)),
            Self::And(parts) => Query::and(all(parts)),
            Self::Or(parts) => Query::or(all(parts)),
        }
    }
}

/// What a record says at a path, where it says anything.
fn whole(raw: &[u8], path: &Path) -> String {
    let name = path.to_string();
    let first = name.split(['.', '[']).next().unwrap_or_default();
    let known = |known| crosscut_parse::well_known(raw, known).map(Cow::into_owned);
    let value = match path.builtin() {
        Some(Builtin::Msg) => Some(crosscut_parse::message(raw).into_owned()),
        Some(Builtin::Service) => known(Known::Service),
        Some(Builtin::Logger) => known(Known::Logger),
        Some(Builtin::Trace) => known(Known::Trace),
        Some(Builtin::Span) => known(Known::Span),
        Some(Builtin::File) => known(Known::File),
        _ => {
            let mut found = None;
            crosscut_parse::visit_field(raw, &[Segment::Key(first)], &mut |value| {
                found = match value {
                    FieldValue::Str(text) => Some(text.into_owned()),
                    FieldValue::Number { literal, .. } => Some(literal.to_owned()),
                    _ => None,
                };
                ControlFlow::Break(())
            });
            found
        }
    };
    value.unwrap_or_else(|| "absent".into())
}

fn expression(one: &str, other: &str, kind: u8) -> Pattern {
    let escape = regex_syntax::escape;
    let source = match kind {
        0 => escape(one),
        1 => format!("{}|{}", escape(one), escape(other)),
        2 => format!("{}.*{}", escape(one), escape(other)),
        3 => format!("^{}", escape(one)),
        4 => format!("({})+\\d?[a-c]?$", escape(one)),
        _ => format!("\\b{}\\b", escape(one)),
    };
    Pattern {
        source,
        case_sensitive: one.len().is_multiple_of(2),
    }
}

fn test(value: &str, kind: u8) -> Test {
    let value = value.to_owned();
    match kind {
        0..=2 => Test::Contains(value),
        3 | 10 => Test::Equals(value),
        4 => Test::Contains("500".into()),
        5 => Test::Compare(Order::AtLeast, "400".into()),
        6 => Test::Exists,
        7 => Test::Regex(Pattern {
            source: regex_syntax::escape(&value),
            case_sensitive: false,
        }),
        8 => Test::AnyOf(vec![Test::Contains(value), Test::Equals("500".into())]),
        11 => Test::Glob(format!(
            "*{}*",
            value.replace(['*', '?'], "").get(..20).unwrap_or("5")
        )),
        12 => Test::Unlike(Box::new(Test::Exists)),
        _ => Test::Unlike(Box::new(Test::Contains(value))),
    }
}

/// A test by what a value is worth.
fn worth(value: &str, other: &str, kind: u8) -> Test {
    let ordered = WORTHS
        .split_last_chunk::<4>()
        .map_or(WORTHS, |(ordered, _)| ordered);
    let comparable = [value, other].iter().all(|value| ordered.contains(value));
    let (value, other) = (value.to_owned(), other.to_owned());
    match kind {
        0..=6 | 9 if kind == 6 || !comparable => Test::Equals(value),
        0 => Test::Compare(Order::Greater, value),
        1 => Test::Compare(Order::AtLeast, value),
        2 => Test::Compare(Order::Less, value),
        3 => Test::Compare(Order::AtMost, value),
        4 => Test::Range {
            from: Some(value),
            to: Some(other),
        },
        5 => Test::Range {
            from: None,
            to: Some(value),
        },
        7 => Test::Contains(value),
        8 => Test::AnyOf(vec![Test::Equals(value), Test::Contains(other)]),
        _ => Test::Unlike(Box::new(Test::Compare(Order::Less, value))),
    }
}

fn column(kind: u8, of: u8) -> Query {
    let field = |builtin: Builtin, test| {
        Query::Field(FieldTest {
            path: Path::from(builtin),
            test,
        })
    };
    let named = |name: &str| Test::Contains(name.to_owned());
    let level = Level::ALL[usize::from(of) % 7].name();
    match kind {
        0 => field(Builtin::Level, named(level)),
        1 => field(Builtin::Level, Test::Compare(Order::AtLeast, "warn".into())),
        2 => field(
            Builtin::Source,
            named(["api", "WORKER", "SS", "ß"][usize::from(of) % 4]),
        ),
        3 => field(Builtin::Source, Test::Glob("*.log".into())),
        4 => field(
            Builtin::Stream,
            named(["stderr", "std", "system"][usize::from(of) % 3]),
        ),
        5 => field(
            Builtin::Seq,
            Test::Compare(Order::Less, (of % 60).to_string()),
        ),
        6 => field(Builtin::Seq, Test::AnyOf(vec![named("7"), Test::Exists])),
        7 => field(
            Builtin::Time,
            Test::Compare(Order::AtLeast, format!("10:00:{:02}", of % 60)),
        ),
        8 => field(
            Builtin::Service,
            named(["api", "worker", "e"][usize::from(of) % 3]),
        ),
        _ => Query::Is([State::Broken, State::New, State::Marked][usize::from(of) % 3]),
    }
}
