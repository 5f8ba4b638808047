//! Frames in, lines out.

use super::*;

const STAMP: &str = "2026-11-21T07:05:49.000000001Z";
const LATER: &str = "2026-11-21T07:05:49.000000002Z";

fn fresh() -> Intake {
    Intake::resume(Cursor::default(), false)
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
        let mut second = Intake::resume(cursor, false);
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
fn a_clock_set_back_loses_nothing_while_followed() {
    let cursor = {
        let mut intake = fresh();
        intake.frame(Stream::Stdout, &frame(STAMP, "a\n"));
        intake.cursor()
    };
    let mut intake = Intake::resume(cursor, true);
    for (stamp, text) in [(STAMP, "a\n"), (LATER, "b\n"), (STAMP, "c\n")] {
        intake.frame(Stream::Stdout, &frame(stamp, text));
    }
    assert_eq!(texts(&intake.take()), ["b", "c"]);
}

fn stamp(nanos: u32) -> String {
    format!("2026-11-21T07:05:49.{nanos:09}Z")
}

#[test]
fn a_stack_trace_is_one_record_and_the_other_stream_goes_between() {
    let mut intake = fresh();
    intake.frame(Stream::Stdout, &frame(&stamp(1), "ERROR it broke\n"));
    intake.frame(Stream::Stderr, &frame(&stamp(2), "plain\n"));
    intake.frame(
        Stream::Stdout,
        &frame(&stamp(3), "java.lang.IllegalStateException: no\n"),
    );
    intake.frame(
        Stream::Stdout,
        &frame(&stamp(4), "\tat com.shop.Orders.place(Orders.java:7)\n"),
    );
    intake.frame(Stream::Stdout, &frame(&stamp(5), "INFO going on\n"));
    intake.end();
    let records = texts(&intake.take());
    assert!(
        records
            .iter()
            .any(|record| record.ends_with("Orders.java:7)") && record.contains('\n')),
        "{records:?}"
    );
    assert!(records.contains(&"plain".to_owned()), "{records:?}");
}

#[test]
fn an_open_record_is_not_covered_by_any_checkpoint() {
    let frames = [
        (Stream::Stdout, frame(&stamp(1), "first\n")),
        (
            Stream::Stdout,
            frame(&stamp(2), "java.lang.IllegalStateException: no\n"),
        ),
        (Stream::Stderr, frame(&stamp(3), "aside\n")),
        (
            Stream::Stdout,
            frame(&stamp(4), "\tat com.shop.Orders.place(Orders.java:7)\n"),
        ),
        (
            Stream::Stdout,
            frame(&stamp(5), "\tat com.shop.Main.main(Main.java:1)\n"),
        ),
        (Stream::Stdout, frame(&stamp(6), "last\n")),
    ];
    let whole = {
        let mut intake = fresh();
        for (stream, frame) in &frames {
            intake.frame(*stream, frame);
        }
        intake.end();
        let mut whole = texts(&intake.take());
        whole.sort();
        whole
    };
    assert_eq!(whole.len(), 4, "{whole:?}");
    for cut in 0..=frames.len() {
        let mut first = fresh();
        for (stream, frame) in &frames[..cut] {
            first.frame(*stream, frame);
        }
        let before = first.take();
        let stored = before.last().and_then(|batch| batch.checkpoint.clone());
        let cursor = stored.map_or_else(Cursor::default, |c| Cursor::decode(&c).unwrap());
        let mut second = Intake::resume(cursor, false);
        // The daemon is asked for what is not older than this.
        let since = second.since().unwrap_or(0);
        assert!(since <= 1_795_244_749_000_000_001);
        for (stream, frame) in &frames {
            second.frame(*stream, frame);
        }
        second.end();
        let mut records = texts(&before);
        records.extend(texts(&second.take()));
        records.sort();
        assert_eq!(records, whole, "cut after {cut} frames");
    }
}

#[test]
fn a_record_that_stops_growing_is_closed() {
    let mut intake = fresh();
    intake.frame(
        Stream::Stdout,
        &frame(&stamp(1), "java.lang.IllegalStateException: no\n"),
    );
    assert!(texts(&intake.take()).is_empty());
    let now = Instant::now();
    assert!(intake.settle(now).is_some());
    assert_eq!(intake.settle(now + JOIN_WAIT), None);
    assert_eq!(texts(&intake.take()).len(), 1);
}

/// Frames of both streams while the clock is set back twice, now and then several of one time.
fn set_back() -> Vec<(Stream, Vec<u8>)> {
    let times = [
        100, 200, 200, 300, 400, 150, 160, 160, 250, 310, 120, 130, 170, 420, 430, 90, 95,
    ];
    let frames = times.iter().enumerate().map(|(line, nanos)| {
        let stream = if line % 3 == 1 {
            Stream::Stderr
        } else {
            Stream::Stdout
        };
        (stream, frame(&stamp(*nanos), &format!("{line}\n")))
    });
    frames.collect()
}

#[test]
fn a_read_that_is_resumed_after_the_clock_was_set_back_doubles_nothing_and_loses_nothing() {
    let frames = set_back();
    let all: Vec<String> = (0..frames.len()).map(|line| line.to_string()).collect();
    for cut in 0..=frames.len() {
        let mut first = fresh();
        for (stream, frame) in &frames[..cut] {
            first.frame(*stream, frame);
        }
        let mut lines = texts(&first.take());
        let stored = Cursor::encode(&first.cursor().reach, &first.life).unwrap();
        let mut second = Intake::resume(Cursor::decode(&stored).unwrap(), false);
        for (stream, frame) in &frames {
            second.frame(*stream, frame);
        }
        lines.extend(texts(&second.take()));
        assert_eq!(lines, all, "cut after {cut} frames");
        // The same within one session, when the daemon is asked again.
        first.rewind(Rewind::Since);
        for (stream, frame) in &frames {
            first.frame(*stream, frame);
        }
        assert_eq!(texts(&first.take()), all[cut..], "asked again after {cut}");
    }
}

#[test]
fn a_tail_is_enough_to_go_on_after_the_clock_was_set_back() {
    let frames = set_back();
    for seen in 6..frames.len() {
        let mut intake = fresh();
        for (stream, frame) in &frames[..seen] {
            intake.frame(*stream, frame);
        }
        intake.take();
        intake.rewind(Rewind::Tail);
        for (stream, frame) in &frames[seen - 6..] {
            intake.frame(*stream, frame);
        }
        assert!(intake.reached(), "{seen} seen");
        let news: Vec<String> = (seen..frames.len()).map(|line| line.to_string()).collect();
        assert_eq!(texts(&intake.take()), news, "{seen} seen");
    }
}

#[test]
fn a_place_that_is_gone_since_the_clock_was_set_back_is_marked() {
    let cursor = {
        let mut intake = fresh();
        for nanos in [300, 400, 200] {
            intake.frame(Stream::Stdout, &frame(&stamp(nanos), "seen\n"));
        }
        intake.cursor()
    };
    let mut intake = Intake::resume(cursor, true);
    for nanos in [350, 390, 500] {
        intake.frame(Stream::Stdout, &frame(&stamp(nanos), &format!("{nanos}\n")));
    }
    let records = texts(&intake.take());
    assert!(records[0].contains("may be missing"), "{records:?}");
    assert_eq!(records[1..], ["500"]);
}

#[test]
fn what_the_daemon_has_thrown_away_is_marked_with_its_span() {
    let cursor = {
        let mut intake = fresh();
        intake.frame(Stream::Stdout, &frame(&stamp(1), "a\n"));
        intake.cursor()
    };
    let mut intake = Intake::resume(cursor, true);
    for (nanos, text) in [(900_000_000, "x\n"), (900_000_001, "y\n")] {
        intake.frame(Stream::Stderr, &frame(&stamp(nanos), text));
    }
    let batches = intake.take();
    assert_eq!(batches[0].stream, Stream::System);
    assert_eq!(batches[0].level, Some(Level::Warn));
    assert!(batches[0].times.len() == 1 && batches[0].checkpoint.is_some());
    let records = texts(&batches);
    assert_eq!(records[1..], ["x", "y"]);
    assert!(
        records[0].contains("between 2026-11-21T07:05:49.000Z and 2026-11-21T07:05:49.900Z"),
        "{records:?}"
    );
}

#[test]
fn a_tail_goes_on_behind_the_last_frame_seen_and_one_without_it_is_refused() {
    let lines: Vec<(Stream, Vec<u8>)> = (0..40u32)
        .map(|line| {
            let stream = if line % 3 == 0 {
                Stream::Stderr
            } else {
                Stream::Stdout
            };
            // Several frames of one time.
            (stream, frame(&stamp(line / 4), &format!("{line}\n")))
        })
        .collect();
    for seen in 1..lines.len() {
        for tail in 0..=lines.len() {
            let mut intake = fresh();
            for (stream, frame) in &lines[..seen] {
                intake.frame(*stream, frame);
            }
            let mut records = texts(&intake.take());
            intake.rewind(Rewind::Tail);
            for (stream, frame) in &lines[lines.len() - tail..] {
                intake.frame(*stream, frame);
            }
            records.extend(texts(&intake.take()));
            let told = if intake.reached() { lines.len() } else { seen };
            let mut expected: Vec<String> = (0..told).map(|line| line.to_string()).collect();
            records.sort();
            expected.sort();
            assert_eq!(records, expected, "{seen} seen, a tail of {tail}");
            if tail == lines.len() && seen > 16 {
                assert!(intake.reached());
            }
        }
    }
}
