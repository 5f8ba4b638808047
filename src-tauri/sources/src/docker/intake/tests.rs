//! Frames in, lines out.

use super::*;

const STAMP: &str = "2026-11-21T07:05:49.000000001Z";
const LATER: &str = "2026-11-21T07:05:49.000000002Z";

fn fresh() -> Intake {
    Intake::resume(Cursor::default(), false, false)
}

fn frame(stamp: &str, text: &str) -> Vec<u8> {
    format!("{stamp} {text}").into_bytes()
}

fn texts(batches: &[Batch]) -> Vec<String> {
    let lines = batches.iter().flat_map(|batch| batch.lines.iter());
    lines
        .map(|(line, _)| String::from_utf8_lossy(line).into_owned())
        .collect()
}

#[test]
fn the_stamp_becomes_the_lines_time() {
    let mut intake = fresh();
    intake.frame(Stream::Stdout, &frame(STAMP, "hello\n"));
    let batches = intake.take();
    assert_eq!(texts(&batches), ["hello"]);
    assert_eq!(batches[0].times, [UnixNanos(1_795_244_749_000_000_001)]);
}

#[test]
fn parts_of_one_time_are_one_line() {
    let mut intake = fresh();
    intake.frame(Stream::Stdout, &frame(STAMP, "one "));
    intake.frame(Stream::Stderr, &frame(STAMP, "in between\n"));
    intake.frame(Stream::Stdout, &frame(STAMP, "line\n"));
    assert_eq!(texts(&intake.take()), ["in between", "one line"]);
}

#[test]
fn a_part_that_never_ended_is_a_line_of_its_own() {
    let mut intake = fresh();
    intake.frame(Stream::Stdout, &frame(STAMP, "prompt> "));
    assert!(intake.take().is_empty());
    intake.frame(Stream::Stdout, &frame(LATER, "next\n"));
    intake.frame(Stream::Stdout, &frame(LATER, "last"));
    intake.end();
    assert_eq!(texts(&intake.take()), ["prompt> ", "next", "last"]);
}

#[test]
fn a_resumed_read_takes_exactly_the_rest() {
    let frames = [
        (Stream::Stdout, frame(STAMP, "a\n")),
        (Stream::Stdout, frame(STAMP, "b\n")),
        (Stream::Stderr, frame(STAMP, "c\n")),
        (Stream::Stdout, frame(LATER, "long ")),
        (Stream::Stdout, frame(LATER, "line\n")),
        (Stream::Stdout, frame(LATER, "d\n")),
        (Stream::Stderr, frame(LATER, "e\n")),
    ];
    let all = ["a", "b", "c", "long line", "d", "e"];
    for cut in 0..=frames.len() {
        let mut first = fresh();
        for (stream, frame) in &frames[..cut] {
            first.frame(*stream, frame);
        }
        let before = first.take();
        let stored = before.last().and_then(|batch| batch.checkpoint.clone());
        let cursor = stored.map_or_else(Cursor::default, |c| Cursor::decode(&c).unwrap());
        let mut second = Intake::resume(cursor, false, false);
        for (stream, frame) in &frames {
            second.frame(*stream, frame);
        }
        let mut lines = texts(&before);
        lines.extend(texts(&second.take()));
        assert_eq!(lines, all, "cut after {cut} frames");
    }
}

#[test]
fn a_line_over_the_limit_comes_in_pieces() {
    let mut intake = fresh().with_line_bytes(8);
    for part in ["aaaaaa", "bbbbbb", "cc\n"] {
        intake.frame(Stream::Stdout, &frame(STAMP, part));
    }
    let batches = intake.take();
    let lines: Vec<_> = batches
        .iter()
        .flat_map(|batch| batch.lines.iter())
        .collect();
    assert_eq!(
        lines,
        [
            (&b"aaaaaa"[..], RowFlags::CONTINUES),
            (&b"bbbbbbcc"[..], RowFlags::NONE)
        ]
    );
}

#[test]
fn stamps_inside_a_terminals_line_are_left_out() {
    let mut intake = Intake::resume(Cursor::default(), true, false);
    let part = "x".repeat(PART_BYTES);
    let line = format!("{STAMP} {part}{STAMP} {part}{STAMP} end\r\n");
    intake.frame(Stream::Stdout, line.as_bytes());
    assert_eq!(texts(&intake.take()), [format!("{part}{part}end\r")]);
}

#[test]
fn a_clock_set_back_loses_nothing_while_followed() {
    let cursor = {
        let mut intake = fresh();
        intake.frame(Stream::Stdout, &frame(STAMP, "a\n"));
        intake.cursor().clone()
    };
    let mut intake = Intake::resume(cursor, false, true);
    for (stamp, text) in [(STAMP, "a\n"), (LATER, "b\n"), (STAMP, "c\n")] {
        intake.frame(Stream::Stdout, &frame(stamp, text));
    }
    assert_eq!(texts(&intake.take()), ["b", "c"]);
}
