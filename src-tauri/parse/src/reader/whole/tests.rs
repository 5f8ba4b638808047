use proptest::prelude::*;

use super::*;
use crate::reader::ReaderOptions;
use jiff::tz::TimeZone;

const NOW: UnixNanos = UnixNanos(1_772_600_000_000_000_000);

/// Everything that was said of a record.
type Said = (LineMeta, String, bool, Vec<String>);

fn shown(list: &mut Vec<String>, name: &str, leaf: &Leaf<'_>, many: bool) {
    list.push(format!("{name} {leaf:?} {many}"));
}

/// What the whole pass says of each line of a source, and what the passes one by one do.
fn both(lines: &[&[u8]], options: &ReaderOptions) -> (Vec<Said>, Vec<Said>) {
    let mut together = Reader::new(options.clone());
    let whole = lines.iter().map(|line| {
        let mut list = Vec::new();
        let record = together.whole(*line, NOW, |name, leaf, many| {
            shown(&mut list, name, &leaf, many);
        });
        let regular = record.fields.is_ok();
        if !regular {
            list.clear();
        }
        (record.meta, record.message.into_owned(), regular, list)
    });
    let whole = whole.collect();
    let mut apart = Reader::new(options.clone());
    let single = lines.iter().map(|line| {
        let mut list = Vec::new();
        let fields = walk_fields(*line, &mut String::new(), |name, leaf, many| {
            shown(&mut list, name, &leaf, many);
        });
        if fields.is_err() {
            list.clear();
        }
        let message = message(*line).into_owned();
        (apart.meta(line, NOW), message, fields.is_ok(), list)
    });
    (whole, single.collect())
}

fn agree(lines: &[&[u8]]) {
    for format in [
        None,
        Some(Format::Json),
        Some(Format::Text),
        Some(Format::Csv),
    ] {
        let options = ReaderOptions {
            zone: TimeZone::UTC,
            format,
            pattern: None,
        };
        let (whole, single) = both(lines, &options);
        for ((whole, single), line) in whole.iter().zip(&single).zip(lines) {
            let line = String::from_utf8_lossy(line);
            assert_eq!(whole, single, "{line}, {format:?}");
        }
    }
}

#[test]
fn one_pass_says_what_the_passes_one_by_one_say() {
    agree(&[
        br#"{"time":"2026-03-01T08:00:00Z","level":"warn","msg":"a \u001b[1mb\u001b[0m","n":-1.5,"ok":true,"no":null}"#,
        br#"{"time":"2026-03-01T08:00:01Z","level":"info","message":"","msg":"c","text":"d"}"#,
        br#"{"error":{"message":"e","stack":"x\n\ty","codes":[1,{"a":2}]},"level":"error"}"#,
        br#"{"fields":{"message":{"a":1}},"body":"b","log":{"level":"warn"}}"#,
        br#"{"timestamp":{"$date":"2026-03-01T08:00:00Z"},"msg":["a"],"s":"\ud83d\ude00"}"#,
        br#"{"MSG":"f","msg":"g","msg":"h","a.b":1,"a":{"b":2}}"#,
        br#"{"a":1,"":2,"msg":"i"}"#,
        br#"{"\u006dsg":"j","level":"info"}"#,
        br#"{"a-key-that-is-much-longer-than-all-that-is-kept":1,"msg":"k","a-key-that-is-much-longer-than-all-that-is-kept":{"b":1}}"#,
        br#"{"a":{"":1},"msg":"l","level":"info"}"#,
        br#"{"level":"info","msg":"m"} x"#,
        br#"{"level":"info","msg":"m","b":{"c":"#,
        br#"{"level":"info","msg":"m","b":"#,
        br#"{"message":"ERROR no stock","a":1}"#,
        br#"{"message":"ERROR no stock","a":"#,
        b"{}",
        b"{} a=1",
        b"{ level=info",
        b"{\"msg\":\"\xff\",\"b\":\"\xfe\"}",
        br#"{"log":"2026-03-01T08:00:00Z INFO x\n","stream":"stdout","time":"2026-03-01T08:00:01Z"}"#,
        br#"{"log":"{\"level\":\"warn\",\"msg\":\"n\"}\n","stream":"stdout","time":"2026-03-01T08:00:01Z"}"#,
        b"level=info msg=\"a \\\"b\\\"\" .x=1 n=2",
        b"time=2026-03-01T08:00:00Z level=warn status=500 text=a",
        b"2026-03-01 08:00:00.036 INFO  [main-1] c.e.Service : took a=1 (b=2, c=\"3\")",
        b"2026-03-01 08:00:00,134 - search - INFO - Fetched lock\n\tat a.b(C.java:1)",
        b"10.0.0.1 - - [01/Mar/2026:08:00:00 +0000] \"GET /a?b=c HTTP/1.1\" 500 7 \"-\" \"Mozilla/5.0\"",
        b"Mar  1 08:00:00 devbox app[8922]: Rejected .a=1",
        b"\x1b[31mERROR\x1b[0m no \xc2\x9b1m",
        b"INFO plain \xc2\x9b1mtext\xc2\x9b0m",
        b"2026-03-01T08:00:00.123456789Z stdout F INFO x",
        b"2026-03-01T08:00:00.123456789Z stdout P INFO x\n2026-03-01T08:00:00.123456789Z stdout F y",
        b"2026-03-01T08:00:00.123456789Z stdout F {\"level\":\"warn\",\"msg\":\"x a=1\",\"n\":1}",
        b"2026-03-01T08:00:00.123456789Z stdout F \x1b[1m{\"level\":\"warn\",\"msg\":\"x a=1\"}\x1b[0m",
        b"2026-03-01T08:00:00.123456789Z stdout F {\"level\":",
        b"2026-03-01T08:00:00.123456789Z stdout F",
        b"2026-03-01T08:00:00.123456789Z {\"level\":\"warn\",\"msg\":\"x\"}",
        b"2026-03-01T08:00:00.123456789Z {\"level\": x}",
        b"api-1  | 2026-03-01 08:00:00 WARN x k=v",
        b"  \tat a.b(C.java:1)\r",
        b"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1772352000123456\nPRIORITY=3\nMESSAGE=a=1 b\n_PID=7\n",
        b"__CURSOR=s=1\nMESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n_PID=7\n",
        b"__CURSOR=s=1\nMESSAGE\n\xff\0\0\0\0\0\0\0a\xff",
        b"__CURSOR=s=1\n_PID=7 \n",
        b"__CURSOR=s=1 a=2",
        b"__CURSOR=s=1\nnone",
        b"2026-03-01T08:00:00.1Z stdout F __CURSOR=s=1\n2026-03-01T08:00:00.1Z stdout F MESSAGE=x",
        b"api-1 | __CURSOR=s=1\nMESSAGE=WARN x",
        b" __CURSOR=s=1\nMESSAGE=WARN x",
        b"time,level,a",
        b"2026-03-01T08:00:00Z,warn,b",
        b"\xff\xfe",
        b"",
    ]);
}

#[test]
fn a_program_with_more_keys_than_are_kept_is_read_alike() {
    let lines: Vec<Vec<u8>> = (0..300)
        .map(|n| format!(r#"{{"level":"info","k{n}":{n},"o{n}":{{"p":1}},"msg":"m"}}"#).into())
        .collect();
    let lines: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    agree(&lines);
}

#[test]
fn what_a_layout_divides_is_told_by_it() {
    use crate::Layout;
    use crosscut_model::LayoutSpec;
    let names = ["message", "n"].map(str::to_owned).to_vec();
    let spec = LayoutSpec::Cells {
        delimiter: ',',
        names,
    };
    let layout = Layout::new(&spec).expect("a layout");
    let line = Line::new(b"a b,7", layout.as_ref());
    let mut list = Vec::new();
    let record = Reader::new(TimeZone::UTC).whole(line, NOW, |name, leaf, many| {
        shown(&mut list, name, &leaf, many);
    });
    assert_eq!(record.message, "a b");
    assert_eq!(
        list,
        ["message Str(\"a b\") false", "n Number(\"7\") false"]
    );
}

/// Pieces of records, so that what is put together is nearly one.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    " ",
    "\n",
    "\\",
    "=",
    "\u{1b}[1m",
    "\"msg\":\"a\"",
    "\"message\":{\"a\":1}",
    "\"error\":{\"message\":\"x\"}",
    "\"level\":\"warn\"",
    "\"a\":1",
    "\"a.b\":",
    "\"\":2",
    "null",
    "1.5",
    "\"time\":\"2026-03-01T08:00:00Z\"",
    "2026-03-01 08:00:00,123 ",
    "Mar  1 08:00:00 ",
    "INFO ",
    "[main] ",
    "- ",
    "a=1 ",
    "msg=\"b\" ",
    "host app[1]: ",
    "GET / ",
    "200 ",
    "é",
    "2026-03-01T08:00:00.1Z stdout F ",
    "2026-03-01T08:00:00.1Z stdout P ",
    "2026-03-01T08:00:00.1Z ",
    "{\"msg\":\"b\",\"n\":1}",
    "api-1  | ",
    "[Nest] 7  - ",
    "(app/7): ",
    "E/Tag( 7): ",
    "ERROR+2 ",
    "INFO[0012] ",
    "Completed ",
    "Error: x (",
    "word ",
    "__CURSOR=s=1\n",
    "__REALTIME_TIMESTAMP=1772352000123456\n",
    "MESSAGE=WARN x\n",
    "PRIORITY=3\n",
    "MESSAGE\n\u{3}\0\0\0\0\0\0\0",
    "ab\n\n",
];

proptest! {
    #[test]
    fn one_pass_agrees_whatever_the_lines_are(
        lines in prop::collection::vec(
            prop::collection::vec(prop::sample::select(PIECES), 0..12).prop_map(|all| all.concat()),
            1..6,
        ),
        members in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(PIECES.iter().copied().filter(|piece| {
                    piece.starts_with('"') && piece.len() > 5 && !piece.ends_with(':')
                }).collect::<Vec<_>>()),
                0..5,
            ).prop_map(|all| format!("{{{}}}", all.join(","))),
            0..4,
        ),
    ) {
        let lines: Vec<&[u8]> = lines.iter().chain(&members).map(String::as_bytes).collect();
        agree(&lines);
    }
}
