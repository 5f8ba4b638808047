//! A record that owns everything it offers, and random ones.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crosscut_model::{Level, Seq, Stream, UnixNanos};
use crosscut_query::{Context, Path, Record, Value};
use proptest::collection::vec;
use proptest::prelude::*;

/// A record, all of it in memory.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    pub(crate) raw: Vec<u8>,
    pub(crate) text: String,
    pub(crate) level: Level,
    pub(crate) time: UnixNanos,
    pub(crate) seq: Seq,
    pub(crate) stream: Stream,
    pub(crate) source: String,
    pub(crate) broken: bool,
    /// Plain paths and the values there.
    pub(crate) fields: Vec<(String, Vec<Value<'static>>)>,
}

impl Owned {
    /// A record of this text.
    pub(crate) fn text(text: &str) -> Self {
        Self {
            raw: text.as_bytes().to_vec(),
            text: text.to_owned(),
            level: Level::None,
            time: UnixNanos(0),
            seq: Seq(1),
            stream: Stream::Stdout,
            source: "shop.log".to_owned(),
            broken: false,
            fields: Vec::new(),
        }
    }

    /// A record with no text but these fields.
    pub(crate) fn fields(fields: &[(&str, Value<'static>)]) -> Self {
        let mut record = Self::text("");
        for (path, value) in fields {
            record
                .fields
                .push(((*path).to_owned(), vec![value.clone()]));
        }
        record
    }
}

impl Record for Owned {
    fn text(&self) -> &str {
        &self.text
    }
    fn raw(&self) -> &[u8] {
        &self.raw
    }
    fn level(&self) -> Level {
        self.level
    }
    fn time(&self) -> UnixNanos {
        self.time
    }
    fn seq(&self) -> Seq {
        self.seq
    }
    fn stream(&self) -> Stream {
        self.stream
    }
    fn source(&self) -> &str {
        &self.source
    }
    fn broken(&self) -> bool {
        self.broken
    }
    fn field(&self, path: &Path, visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {
        let plain = path.plain();
        for (_, values) in self.fields.iter().filter(|(at, _)| *at == plain) {
            for value in values {
                if visit(value.clone()).is_break() {
                    return;
                }
            }
        }
    }
}

/// Noon of 21 November 2026 in UTC, in Berlin, in the run `r1`.
pub(crate) fn context() -> Context {
    Context {
        now: UnixNanos(1_795_262_400_000_000_000),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        run: "r1".to_owned(),
    }
}

/// A string value.
pub(crate) fn text(text: &str) -> Value<'static> {
    Value::Str(Cow::Owned(text.to_owned()))
}

/// A number as written.
pub(crate) fn number(text: &str) -> Value<'static> {
    Value::Number(Cow::Owned(text.to_owned()))
}

/// Pieces that words, values and records are made of, so that they meet.
pub(crate) const PIECES: &[&str] = &[
    "a", "b", "ab", "User", "user", "k", "K", "\u{212a}", "s", "ſ", "ß", "é", "É", "Σ", "ς", " ",
    "-", "/", "x/", ":", "42", "1", "1.0", "200ms", "error", "\"", "\\", "\n", "\u{fffd}", "=",
    "(", ")", "İ", "日", ".", "*", "10:30",
];

pub(crate) fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(PIECES)
}

pub(crate) fn words() -> impl Strategy<Value = String> {
    vec(piece(), 0..6).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value<'static>> {
    let numbers = ["1", "1.0", "42", "4.2e1", "-3", "0.5", "200", "1e300"];
    let strings = [
        "200ms",
        "0.2s",
        "1.5s",
        "10KB",
        "2026-11-21T10:30:00Z",
        "2026-11-22",
        "warn",
    ];
    prop_oneof![
        4 => words().prop_map(|words| text(&words)),
        2 => prop::sample::select(strings.to_vec()).prop_map(text),
        3 => prop::sample::select(numbers.to_vec()).prop_map(number),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ]
}

/// Writes a string as JSON does, `escapes` saying which characters get a needless `\u`.
fn json_string(content: &str, escapes: u32) -> String {
    let mut json = String::from("\"");
    for (at, c) in content.chars().enumerate() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '/' if escapes >> (at % 32) & 1 == 1 => json.push_str("\\/"),
            c if escapes >> (at % 32) & 1 == 1 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    json.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => json.push(c),
        }
    }
    json + "\""
}

/// A JSON record: the raw line escaped, the text with these escapes decoded.
fn json_record() -> impl Strategy<Value = Owned> {
    let names = [
        "f",
        "user",
        "msg",
        "service",
        "http.status",
        "odd name",
        "trace",
    ];
    let field = (
        prop::sample::select(names.to_vec()),
        vec(value(), 1..3),
        0..8_u32,
    );
    vec(field, 0..4).prop_map(|fields| {
        let (mut raw, mut text) = (String::from("{"), String::from("{"));
        let mut record = Owned::text("");
        for (name, values, escapes) in fields {
            for value in &values {
                let (escaped, decoded) = match value {
                    Value::Str(s) => (json_string(s, escapes * 0x1111), format!("\"{s}\"")),
                    Value::Number(n) => (n.to_string(), n.to_string()),
                    Value::Bool(b) => (b.to_string(), b.to_string()),
                    _ => ("null".to_owned(), "null".to_owned()),
                };
                raw.push_str(&format!("\"{name}\":{escaped},"));
                text.push_str(&format!("\"{name}\":{decoded},"));
            }
            record.fields.push((name.to_owned(), values));
        }
        Owned {
            raw: raw.into_bytes(),
            text,
            ..record
        }
    })
}

/// Plain text, several lines perhaps, not always UTF-8.
fn text_record() -> impl Strategy<Value = Owned> {
    (words(), words(), any::<bool>()).prop_map(|(head, tail, invalid)| {
        let mut raw = head.into_bytes();
        if invalid {
            raw.push(0xff);
        }
        raw.extend_from_slice(tail.as_bytes());
        let text = String::from_utf8_lossy(&raw).into_owned();
        Owned {
            raw,
            ..Owned::text(&text)
        }
    })
}

/// Any record.
pub(crate) fn record() -> impl Strategy<Value = Owned> {
    let streams = [
        Stream::Stdout,
        Stream::Stderr,
        Stream::System,
        Stream::Control,
    ];
    let times = [-2, 0, 1, 5, 60, 90, 301, 3_600, 90_000];
    (
        prop_oneof![json_record(), text_record()],
        prop::sample::select(Level::ALL.to_vec()),
        prop::sample::select(times.to_vec()),
        1..50_u64,
        prop::sample::select(streams.to_vec()),
        prop::sample::select(vec!["shop.log", "api", "user"]),
        any::<bool>(),
    )
        .prop_map(|(record, level, ago, seq, stream, source, broken)| Owned {
            level,
            time: UnixNanos(context().now.0 - ago * 1_000_000_000),
            seq: Seq(seq),
            stream,
            source: source.to_owned(),
            broken,
            ..record
        })
}

/// Text that looks like a query: forms of the grammar and pieces of them, in any order.
pub(crate) fn query_text() -> impl Strategy<Value = String> {
    let names = [
        "f",
        "user",
        "msg",
        "svc",
        "http.status",
        "`odd name`",
        "trace",
        "level",
        "src",
        "stream",
        "t",
        "seq",
        "run",
        "items[0]",
        "@x",
        "is",
        "has",
        "since",
        "until",
        "last",
    ];
    let signs = [
        ":", ":", ":", ":", "=", "!=", ":=", ":>", ":>=", ":<", ":<=", ">", ">=", "<", "<=", "~",
        "!~",
    ];
    let values = [
        "42",
        "1",
        "1.0",
        "200ms",
        "0.2s",
        "10KB",
        "warn",
        "error",
        "none",
        "*",
        "a*",
        "*b?",
        "u",
        "1..42",
        "..1",
        "150ms..",
        "a,b",
        "1,user,*x",
        "(a OR b)",
        "/b|s/",
        "/a$/c",
        "\"a b\"",
        "10:30",
        "2026-11-21",
        "2026-11-21T10:30:00Z",
        "\"2026-11-21 12:00\"..",
        "5m",
        "api",
        "std*",
        "stderr",
        "r1",
        "12:00..12:59",
        "/x*",
        "true",
        "new",
        "broken",
        "http.status",
        "fatal",
        "debug..error",
        ">9",
    ];
    let regexes = [
        "/use?r/",
        "/^a/",
        "/s$/c",
        "/[^a]b/",
        "/\\s/",
        "/\\bk\\b/",
        "/./",
        "/\\Aa/",
    ];
    let others = [
        "-", "!", "NOT ", "(", ")", " ", " OR ", " AND ", "\"", "/", "`", "((", "))", ",", "..",
        "OR", "AND", "NOT", "\\",
    ];
    let field = (
        prop::sample::select(names.to_vec()),
        prop::sample::select(signs.to_vec()),
        prop_oneof![
            4 => prop::sample::select(values.to_vec()).prop_map(str::to_owned),
            1 => words()
        ],
    );
    let part = prop_oneof![
        4 => field.prop_map(|(name, sign, value)| format!("{name}{sign}{value}")),
        2 => piece().prop_map(str::to_owned),
        2 => words().prop_map(|words| format!("\"{}\"", words.replace(['"', '\\'], "\\\""))),
        1 => prop::sample::select(regexes.to_vec()).prop_map(str::to_owned),
        4 => prop::sample::select(others.to_vec()).prop_map(str::to_owned),
        4 => Just(" ".to_owned()),
    ];
    vec(part, 0..10).prop_map(|parts| parts.concat())
}
