//! Random records.

use std::fmt::Write;

use crosscut_model::{Level, RowFlags, RowMeta, SourceId, Stream, UnixNanos};
use proptest::prelude::*;
use proptest::sample::select;

use crate::bed::{Line, NOW};
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

/// Lines whose parts have places instead of names.
fn placed() -> impl Strategy<Value = Vec<u8>> {
    let status = select(&["200", "500", "404", "0500", "5e2"][..]);
    (words(), word(), word(), status, 0..21_u8).prop_map(|(text, one, other, status, kind)| {
        let plain = match kind {
            0 | 1 => format!(
                "{one} - {other} [21/Nov/2026:10:00:00 +0000] \"GET /{text} HTTP/1.1\" {status} 42 \"{other}\" \"{text}\" 0.25"
            ),
            2 => format!("<34>Nov 21 10:00:00 {one} {other}[500]: {text}"),
            3 => format!("<34>1 2026-11-21T10:00:00Z {one} {other} 500 - [x@1 user=\"{one}\"] {text}"),
            4 => format!("2026-11-21 10:00:00,123 [{one}] ERROR {other}.Foo - {text}"),
            5 => format!("2026-11-21 10:00:00.123 UTC [500] {one}@{other} ERROR:  {text}"),
            6 => format!("{other}: {text}\nTypeError: {text}\n    at f (/app/{one}.js:500:1)"),
            7 => format!("2026-11-21T10:00:00.1Z stdout F {{\"msg\":\"{one}\",\"status\":{status},\"user\":\"{other}\"}}"),
            8 => format!("2026-11-21T10:00:00.1Z stderr F {one}\n2026-11-21T10:00:00.2Z stderr F \tat {other} {text}"),
            9 => format!("\u{1b}[2m{one}\u{1b}[0m \u{1b}[3mstatus\u{1b}[0m\u{1b}[2m=\u{1b}[0m{status} {text}"),
            10 => format!(
                "{{\"log\":{},\"stream\":\"stdout\",\"time\":\"2026-11-21T10:00:00Z\"}}",
                json_string(&format!("{{\"msg\":\"{one}\",\"status\":{status},\"user\":{{\"id\":\"{other}\"}}}}\n"), false)
            ),
            11 => format!(
                "{{\"log\":{},\"stream\":\"stdout\",\"time\":\"2026-11-21T10:00:00Z\",\"logger\":\"{other}\"}}",
                json_string(&format!("{one}\tstatus={status} user=\"{other}\" service={one}\n"), false)
            ),
            12..=14 => format!("{one},{status},\"{text}\""),
            // A line in parts: a value goes on behind the head of the second.
            15 | 16 => {
                let line = format!("{{\"msg\":\"{one} {text}\",\"status\":{status},\"user\":\"{other}\",\"service\":\"{one}\"}}");
                let half = (0..=line.len() / 2).rev().find(|&at| line.is_char_boundary(at)).unwrap_or(0);
                let (before, behind) = line.split_at(half);
                format!("2026-11-21T10:00:00.1Z stdout P {before}\n2026-11-21T10:00:00.1Z stdout F {behind}")
            }
            19 => format!("2026-11-21T10:00:00.1Z {{\"msg\":\"{one}\",\"status\":{status},\"user\":\"{other}\"}}"),
            17 => format!("2026-11-21T10:00:00.1Z stdout P {one} status=5\n2026-11-21T10:00:00.1Z stdout F 00 user={other}"),
            18 => format!("[21-Nov-2026 10:00:00 UTC] PHP Fatal error:  Uncaught {one}: {text} in /{other}.php:500\nStack trace:\n#0 x"),
            _ => format!("I1121 10:00:00.000001   500 {one}.go:42] {text}"),
        };
        plain.into_bytes()
    })
}

/// Entries as `journalctl -o export` writes them, some cut or with a fault.
fn journal() -> impl Strategy<Value = Vec<u8>> {
    let key = select(
        &[
            "MESSAGE",
            "MESSAGE",
            "_PID",
            "STATUS",
            "SYSLOG_IDENTIFIER",
            "K",
            "TRACE_ID",
            "odd",
        ][..],
    );
    let value = prop_oneof![
        3 => words(),
        2 => select(NUMBERS).prop_map(str::to_owned),
        1 => (words(), words()).prop_map(|(a, b)| format!("{a}\n{b}")),
        1 => (words(), words()).prop_map(|(a, b)| format!("{a}\u{1b}[1m\\n{b}")),
        1 => select(&["", "true", "\"5e2\"", "\"a b\" c", "x, y", "\n500", "500 ", "/"][..])
            .prop_map(str::to_owned),
    ];
    let odd = prop_oneof![9 => Just(None), 1 => any::<u8>().prop_map(Some)];
    let field = (key, value, any::<bool>(), odd).prop_map(|(key, value, sized, odd)| {
        let mut value = value.into_bytes();
        value.extend(odd);
        if sized || value.contains(&b'\n') {
            let length = (value.len() as u64).to_le_bytes();
            [key.as_bytes(), b"\n", &length, &value, b"\n"].concat()
        } else {
            [key.as_bytes(), b"=", &value, b"\n"].concat()
        }
    });
    let left = prop_oneof![3 => Just(usize::MAX), 1 => 8..60_usize];
    (prop::collection::vec(field, 0..6), left).prop_map(|(fields, left)| {
        let head = b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795255200000500\n";
        let mut entry = [head.as_slice(), fields.concat().as_slice()].concat();
        entry.truncate(left);
        entry
    })
}

fn raw() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => words().prop_map(String::into_bytes),
        3 => json(),
        3 => object(words()),
        2 => logfmt(),
        1 => pairs(),
        6 => placed(),
        2 => journal(),
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
