//! Random records and random queries cut out of them.

use std::fmt::Write;

use crosscut_model::{Level, RowFlags, RowMeta, SourceId, Stream, UnixNanos};
use crosscut_query::{Builtin, FieldTest, Order, Path, Pattern, Query, State, Test, TextPattern};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::bed::{Line, NOW, read};
use crate::objects::{NUMBERS, object};

const WORDS: &[&str] = &[
    "refused",
    "connection",
    "REFUSED",
    "fuse",
    "bad",
    "face",
    "deadbeef",
    "user",
    "User",
    "orders",
    "Straße",
    "STRASSE",
    "ſtop",
    "stop",
    "\u{212a}elvin",
    "kelvin",
    "ΣΊΣΥΦΟΣ",
    "σίσυφος",
    "ǅungla",
    "日本語のログ",
    "timeout",
    "e",
    "a1b2",
    "status",
    "null",
    "true",
    "İstanbul",
    "naïve",
    "x_y",
    "🦀",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "6f1ed002-ab5f-4c1e-9d2b-7a1f",
    "500",
    "0.25",
    "1e3",
    "200ms",
    "10.0.0.17",
    "2026-11-21",
    "v1",
    "http500",
    "dead12beef",
    "ῼ",
    "Å",
    "\u{345}",
    "Ⅷ",
];

/// A word, or something that is hardly one.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => select(WORDS).prop_map(str::to_owned),
        1 => "[a-zA-Z0-9]{1,6}",
        1 => "[0-9a-f]{1,20}",
        1 => ("[a-z]{1,3}", 100..300_usize).prop_map(|(word, times)| word.repeat(times)),
    ]
}

pub(crate) fn words() -> impl Strategy<Value = String> {
    let gap = select(&[" ", " ", "=", ": ", "/", "-", "_", "", ", ", "\u{a0}"][..]);
    prop::collection::vec((word(), gap), 1..6).prop_map(|parts| {
        parts
            .iter()
            .flat_map(|(word, gap)| [word.as_str(), gap])
            .collect::<String>()
    })
}

/// Text in a JSON string, with some characters escaped that need not be.
fn json_string(text: &str, escaped: bool) -> String {
    let mut out = String::from("\"");
    for (at, c) in text.chars().enumerate() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => write!(out, "\\u{:04x}", c as u32).unwrap(),
            '/' if escaped => out += "\\/",
            c if escaped && at % 3 == 0 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").unwrap();
                }
            }
            c => out.push(c),
        }
    }
    out + "\""
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    (words(), words(), word(), any::<bool>(), 0..6_u8).prop_map(
        |(msg, other, id, escaped, kind)| {
            let (msg, other, id) = (
                json_string(&msg, escaped),
                json_string(&other, escaped),
                json_string(&id, false),
            );
            let line = match kind {
                0 => format!(r#"{{"msg":{msg},"service":{id},"http":{{"status":500}}}}"#),
                1 => format!(r#"{{"message":{msg},"user.id":{id},"tags":[{other},null,3.50]}}"#),
                2 => format!(r#"{{"level":"error","msg":{msg},"trace_id":{id},"logger":{other}}}"#),
                3 => format!(
                    r#"{{"http":{{"status":"{}","path":{other}}},"ok":true}}"#,
                    5 * 100
                ),
                4 => format!(r#"{{"file":{id},"line":42,"msg":{msg},"user":{{"id":{other}}}}}"#),
                _ => format!(r#"{{"msg":{msg},"broken":{other}"#),
            };
            line.into_bytes()
        },
    )
}

fn logfmt() -> impl Strategy<Value = Vec<u8>> {
    (words(), word(), word(), any::<bool>()).prop_map(|(msg, id, service, escaped)| {
        let msg = json_string(&msg, escaped);
        format!("level=warn msg={msg} user.id={id} service={service} status=500 dur=1.5s")
            .into_bytes()
    })
}

/// Pairs in prose and in logfmt, some hardly any.
fn pairs() -> impl Strategy<Value = Vec<u8>> {
    let name = select(
        &[
            "status",
            "http.status",
            "x",
            "a",
            "user.id",
            "ok",
            "dur",
            "=",
            "ǆ",
        ][..],
    );
    let value = prop_oneof![
        3 => select(NUMBERS).prop_map(str::to_owned),
        1 => select(&["", "true", "200ms", "\"5e2\"", "\"a b\"", "\"open", "x,", "1)", "=1"][..])
            .prop_map(str::to_owned),
        1 => word(),
    ];
    let gap = select(&[" ", " ", ", ", " (", "; ", " took ", "\n"][..]);
    prop::collection::vec((name, value, gap), 1..6).prop_map(|parts| {
        let parts = parts
            .iter()
            .flat_map(|(name, value, gap)| [name, "=", value.as_str(), gap]);
        parts.collect::<String>().into_bytes()
    })
}

fn raw() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => words().prop_map(String::into_bytes),
        3 => json(),
        3 => object(words()),
        2 => logfmt(),
        1 => pairs(),
        1 => (words(), words()).prop_map(|(a, b)| format!("{a}\n\tat {b}\n").into_bytes()),
        1 => (word(), words()).prop_map(|(a, b)| format!("\u{1b}[31m{a}\u{1b}[0m{b}").into_bytes()),
        1 => (words(), words()).prop_map(|(a, b)| format!("C:\\{a}\\{b}").into_bytes()),
        1 => (words(), 0x80..=0xff_u8).prop_map(|(a, byte)| [a.as_bytes(), &[byte, b'e']].concat()),
        1 => Just(Vec::new()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

pub(crate) fn line() -> impl Strategy<Value = Line> {
    let level = select(&Level::ALL[..]);
    let stream = select(&[Stream::Stdout, Stream::Stderr, Stream::System][..]);
    (raw(), level, stream, 0..4_u16, -60..60_i64, any::<bool>()).prop_map(
        |(raw, level, stream, source, seconds, broken)| {
            let meta = RowMeta {
                time: UnixNanos(NOW.0 + seconds * 1_000_000_000),
                level,
                stream,
                flags: if broken {
                    RowFlags::BROKEN
                } else {
                    RowFlags::NONE
                },
                source: SourceId(source),
            };
            (meta, raw)
        },
    )
}

/// A query before it is known what it is cut from.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Word(Cut),
    Regex(Cut, Cut, u8),
    Field(usize, Cut, u8),
    /// A field compared with one of these.
    Worth(usize, usize, u8),
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
            Self::Column(kind, of) => column(*kind, *of),
            Self::Not(part) => Query::negate(part.query(lines)),
            Self::And(parts) => Query::and(all(parts)),
            Self::Or(parts) => Query::or(all(parts)),
        }
    }
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
