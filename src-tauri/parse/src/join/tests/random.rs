//! What holds however the stream is cut.

use proptest::prelude::*;

use super::Joiner;
use crosscut_model::limits::JOIN_LINES;

const PIECES: &[&str] = &[
    "{\"a\":1}",
    "{",
    "}",
    "  \"a\": 1,",
    "  \"b\": [",
    "  ]",
    "[",
    "x: {",
    "  y: 1",
    "Error: x",
    "TypeError: y",
    "    at f (/a.js:1:2)",
    "    at g (/a.js:1:2) {",
    "  code: 'X'",
    "java.lang.E: x",
    "java.io.IOException: x",
    "\tat a.B.c(B.java:1)",
    "Caused by: x",
    "Traceback (most recent call last):",
    "  File \"a.py\", line 1, in f",
    "ValueError: x",
    "",
    "During handling of the above exception, another exception occurred:",
    "panic: x",
    "goroutine 1 [running]:",
    "main.main()",
    "\t/a.go:1 +0x1",
    "exit status 2",
    "thread 'main' panicked at src/main.rs:2:5:",
    "note: run with `RUST_BACKTRACE=1`",
    "stack backtrace:",
    "   0: a",
    "/app/x.js:3",
    "    ^",
    "Node.js v20",
    "Stack trace:",
    "#0 {main}",
    "2026-03-01 08:00:00 INFO x",
    "2026-03-01 08:00:00 ERROR x",
    "hello",
    "  indented",
    "\t",
    "api-1  | Error: x",
    "api-1  |     at f (/a.js:1:2)",
    "db-1  | x",
    "2016-10-06T00:17:09.6Z stdout P x",
    "2016-10-06T00:17:09.6Z stdout F x",
    "app.rb:3:in 'x': m (E)",
    "\tfrom app.rb:3:in 'y'",
    "info: x",
    " ---> System.IO.IOException: x",
    "ERROR: x",
    "main.run",
    "\t/a.go:1",
    "  + Exception Group Traceback (most recent call last):",
    "  | ExceptionGroup: x",
    "GET / 200",
    "  ✓ x",
    "2016-10-06T00:17:09.6Z stdout F {",
    "2016-10-06T00:17:09.6Z stdout F {\"a\":1}",
    "__CURSOR=s=1",
    "__REALTIME_TIMESTAMP=1772352000123456",
    "MESSAGE=x",
    "MESSAGE",
    "\u{3}\0\0\0\0\0\0\0a",
    "\0\0\0\0\0\0\0{\"a\":1}",
    "\0\u{40}\0\0\0\0\0\0x",
];

fn lines() -> impl Strategy<Value = Vec<&'static str>> {
    let piece = prop::sample::select(PIECES);
    let run = prop_oneof![
        60 => piece.clone().prop_map(|piece| vec![piece]),
        1 => (piece, 1..2 * JOIN_LINES).prop_map(|(piece, times)| vec![piece; times]),
    ];
    proptest::collection::vec(run, 0..30).prop_map(|runs| runs.concat())
}

/// The records of lines that come in buffers of so many lines, as a source reads them.
fn cut(lines: &[&str], sizes: &[usize]) -> Vec<usize> {
    let mut joiner = Joiner::new();
    let mut records: Vec<usize> = Vec::new();
    let mut sizes = sizes.iter().copied().cycle();
    let (mut at, mut end) = (0, 0);
    while at < lines.len() {
        end = (end + sizes.next().unwrap_or(1)).min(lines.len());
        let first = records.len();
        for line in &lines[at..end] {
            let goes_on = joiner.goes_on(line.as_bytes());
            match records.last_mut() {
                Some(_) if goes_on => {
                    assert!(first < records.len(), "a stored record goes on: {line}");
                    *records.last_mut().unwrap() += 1;
                }
                _ => records.push(1),
            }
        }
        at = end;
        if end < lines.len() && joiner.may_go_on() {
            at -= records.pop().unwrap_or(0);
            joiner.rewind();
        }
    }
    records
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_records_of_a_stream_do_not_depend_on_how_it_is_cut(
        lines in lines(),
        sizes in proptest::collection::vec(1usize..9, 1..6),
    ) {
        let whole = cut(&lines, &[usize::MAX / 2]);
        prop_assert_eq!(cut(&lines, &sizes), whole);
    }

    #[test]
    fn odd_bytes_do_no_harm(lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20)) {
        let mut joiner = Joiner::new();
        for line in &lines {
            joiner.goes_on(line);
            joiner.may_go_on();
        }
    }
}
