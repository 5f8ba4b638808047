//! Random JSON objects, as odd as programs write them: nested, with names that have dots, twice the
//! same name, numbers in all spellings, blanks and escapes wherever they are allowed, cut short.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Numbers, some equal and none written alike; the last ones are more than a double holds.
pub(crate) const NUMBERS: &[&str] = &[
    "500",
    "500.0",
    "5e2",
    "5E+2",
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1",
    "1.0",
    "1e0",
    "-1",
    "0.1",
    "1e-1",
    "42",
    "9007199254740993",
    "9007199254740992.0",
    "-9223372036854775808",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
    "1e308",
    "1e999",
    "-1e999",
];

const NAMES: &[&str] = &[
    "a",
    "b",
    "id",
    "x",
    "status",
    "http",
    "user",
    "tags",
    "items",
    "http.status",
    "user.id",
    "a.b",
    "odd name",
    "msg",
    "service",
    "dur",
    "ok",
    "ſ",
    "K",
    "",
];

/// What numbers are compared with, and strings that look like them.
const STRINGS: &[&str] = &[
    "",
    " ",
    "500",
    "5e2",
    "200ms",
    "0.2s",
    "1m30s",
    "10KB",
    "2026-11-21T10:00:01Z",
    "2026-11-22",
    "error",
    "warn",
    "true",
    "null",
    "Straße",
    "\u{212a}",
    "ſ",
    "İ",
    "ς",
    "a\"b",
    "a\\b",
    "/x/",
    "x\ny",
    "a,b",
    "=",
    "{\"a\":1}",
];

#[derive(Debug, Clone)]
enum Node {
    /// As it is written.
    Plain(String),
    Text(String),
    Array(Vec<Node>),
    Object(Members),
}

type Members = Vec<(&'static str, Node)>;

/// How all of an object is written.
#[derive(Debug, Clone)]
struct Style {
    blank: &'static str,
    /// One character in so many is escaped that need not be; 0 for none.
    escaped: usize,
    /// What follows it.
    tail: &'static str,
    /// Where it is cut, if it is.
    cut: Option<Index>,
}

/// One object.
pub(crate) fn object(
    words: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        4 => select(NUMBERS).prop_map(|number| Node::Plain(number.to_owned())),
        3 => select(STRINGS).prop_map(|text| Node::Text(text.to_owned())),
        2 => words.prop_map(Node::Text),
        2 => select(&["true", "false", "null"][..]).prop_map(|word| Node::Plain(word.to_owned())),
        // No JSON: what stands before it was read all the same.
        1 => select(&["01", "1.", ".5", "nul", "+1", "1 2"][..])
            .prop_map(|word| Node::Plain(word.to_owned())),
    ];
    let node = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Node::Array),
            members(inner).prop_map(Node::Object),
        ]
    });
    let blank = select(&["", "", " ", "\n  ", "\t"][..]);
    let escaped = select(&[0, 0, 1, 3][..]);
    let tail = select(&["", "", "", " ", "\r", " x=500 http.status=5e2", ",", "}"][..]);
    let cut = prop::option::weighted(0.1, any::<Index>());
    let style = (blank, escaped, tail, cut).prop_map(|(blank, escaped, tail, cut)| Style {
        blank,
        escaped,
        tail,
        cut,
    });
    (members(node), style).prop_map(|(members, style)| {
        let mut out = String::new();
        write(&Node::Object(members), &style, &mut out);
        out += style.tail;
        let mut bytes = out.into_bytes();
        if let Some(cut) = style.cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

fn members(node: impl Strategy<Value = Node>) -> impl Strategy<Value = Members> {
    prop::collection::vec((select(NAMES), node), 0..5)
}

fn write(node: &Node, style: &Style, out: &mut String) {
    match node {
        Node::Plain(text) => out.push_str(text),
        Node::Text(text) => string(text, style.escaped, out),
        Node::Array(nodes) => {
            out.push('[');
            for (at, node) in nodes.iter().enumerate() {
                separate(at, style, out);
                write(node, style, out);
            }
            *out += style.blank;
            out.push(']');
        }
        Node::Object(members) => {
            out.push('{');
            for (at, (name, node)) in members.iter().enumerate() {
                separate(at, style, out);
                string(name, style.escaped, out);
                *out += style.blank;
                out.push(':');
                *out += style.blank;
                write(node, style, out);
            }
            *out += style.blank;
            out.push('}');
        }
    }
}

fn separate(at: usize, style: &Style, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    *out += style.blank;
}

fn string(text: &str, escaped: usize, out: &mut String) {
    out.push('"');
    for (at, c) in text.chars().enumerate() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => *out += "\\n",
            '/' if escaped > 0 => *out += "\\/",
            c if escaped > 0 && at % escaped == 0 => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").unwrap();
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
