//! Lines that belong together are one record, wherever the file breaks off meanwhile.

use super::*;

const TRACE: &str = "2024-05-01 10:00:00 ERROR it broke\n\
    java.lang.IllegalStateException: no\n\
    \tat a.B.c(B.java:1)\n\
    \tat a.B.d(B.java:2)\n";

#[test]
fn a_trace_is_one_record() {
    let mut bench = Bench::new();
    bench.append(format!(
        "{TRACE}2024-05-01 10:00:01 INFO on it goes\n{{\"a\":1}}\n"
    ));
    bench.poll();
    assert_eq!(
        bench.lines(),
        [
            TRACE.trim_end(),
            "2024-05-01 10:00:01 INFO on it goes",
            "{\"a\":1}"
        ]
    );
}

#[test]
fn a_record_that_may_go_on_is_held_shown_and_stored_when_it_has_rested() {
    let mut bench = Bench::with(Settings::default(), |path| {
        std::fs::write(path, "").unwrap();
    });
    let (begin, rest) = TRACE.split_at(60);
    bench.append(begin);
    bench.poll();
    bench.append(rest);
    bench.poll();
    assert!(bench.lines().is_empty(), "it may go on");
    bench.pass(100);
    assert!(bench.lines().is_empty(), "it has not rested yet");
    bench.pass(200);
    assert_eq!(bench.lines(), [TRACE.trim_end()]);
    bench.append("\tat too.Late(L.java:3)\n");
    bench.pass(400);
    assert_eq!(bench.lines().len(), 2, "what is stored is not added to");
}

#[test]
fn an_open_record_with_a_partial_line_behind_it_keeps_the_partial_line_back() {
    let mut bench = Bench::new();
    bench.append(format!("{TRACE}\tat begun"));
    bench.poll();
    bench.pass(300);
    assert_eq!(bench.lines(), [TRACE.trim_end()]);
    bench.append(".X(X.java:9)\n{}\n");
    bench.pass(400);
    assert_eq!(bench.lines()[1..], ["\tat begun.X(X.java:9)", "{}"]);
}

#[test]
fn a_record_is_not_held_for_as_long_as_a_line_grows_behind_it() {
    let mut bench = Bench::new();
    bench.append("2024-05-01 10:00:00 INFO downloading\n");
    for _ in 0..5 {
        bench.append(".");
        bench.pass(100);
    }
    assert_eq!(bench.lines(), ["2024-05-01 10:00:00 INFO downloading"]);
    bench.append("\n");
    bench.pass(300);
    assert_eq!(bench.lines()[1..], ["....."]);
}

#[test]
fn a_restart_goes_on_at_the_start_of_an_open_record() {
    let mut bench = Bench::new();
    let (begin, rest) = TRACE.split_at(80);
    bench.append(format!("{{\"a\":1}}\n{begin}"));
    bench.poll();
    assert_eq!(bench.lines(), ["{\"a\":1}"]);
    bench.restart(1);
    bench.append(format!("{rest}{{\"b\":2}}\n"));
    bench.poll();
    assert_eq!(bench.lines(), ["{\"a\":1}", TRACE.trim_end(), "{\"b\":2}"]);
}

#[test]
fn an_open_record_ends_with_its_file() {
    let mut bench = Bench::new();
    bench.append(TRACE);
    bench.poll();
    bench.rename("app.log.1");
    bench.append("{\"next\":1}\n");
    bench.poll();
    bench.pass(800);
    assert_eq!(bench.lines(), [TRACE.trim_end(), "{\"next\":1}"]);
}

#[test]
fn a_trace_in_utf_16_is_one_record_too() {
    let text = format!(
        "\u{feff}begins\n{TRACE}2024-05-01 10:00:01 INFO Gr\u{fc}\u{df}e \u{1f600}\n{{}}\n"
    );
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for size in [1, 7, 64, bytes.len()] {
        let mut bench = Bench::new();
        for part in bytes.chunks(size) {
            bench.append(part);
            bench.poll();
        }
        let stored = bench.feed.look(stored_bytes);
        assert_eq!(
            String::from_utf8(stored).unwrap(),
            text,
            "in parts of {size}"
        );
        assert_eq!(bench.lines().len(), 4);
        assert_eq!(
            bench
                .feed
                .look(|given| given.attributes["log.file.encoding"].clone()),
            "utf-16le"
        );
    }
}
