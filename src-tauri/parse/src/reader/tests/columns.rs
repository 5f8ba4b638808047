//! What a source's earlier lines tell of its later ones.

use std::sync::Arc;

use crosscut_model::LayoutSpec;
use crosscut_model::Level::{self, Error, Info, None as Silent, Warn};
use jiff::tz::TimeZone;

use super::{NOW, time};
use crate::layout::Layout;
use crate::reader::{Format, Reader, ReaderOptions};

/// Reads the lines one after the other; `-` stands for no time.
#[track_caller]
fn check(mut reader: Reader, lines: &[(&str, Level, &str)]) {
    for (at, level, line) in lines {
        let found = reader.meta(line.as_bytes(), NOW);
        let wanted = (*at != "-").then(|| time(at));
        assert_eq!((found.time, found.level), (wanted, *level), "{line}");
    }
}

fn utc() -> Reader {
    Reader::new(TimeZone::UTC)
}

fn berlin() -> Reader {
    Reader::new(TimeZone::get("Europe/Berlin").unwrap())
}

#[test]
fn cells_below_names_tell_time_and_level() {
    check(
        berlin(),
        &[
            ("-", Silent, "Timestamp,Severity,Message"),
            (
                "2026-03-01T08:00:00Z",
                Error,
                "2026-03-01 09:00:00,ERROR,\"a, \"\"b\"\"\"",
            ),
            ("2026-03-01T08:00:00Z", Warn, "1772352000,warning,info"),
            ("-", Silent, "not a row of it"),
            ("2026-03-01T08:00:00Z", Info, "2026-03-01T08:00:00Z,info,x"),
        ],
    );
    check(
        utc(),
        &[
            ("-", Silent, "id\tDate\tTime\tStatus\tlevel"),
            (
                "2026-03-01T08:00:00Z",
                Info,
                "1\t2026-03-01\t08:00:00\t500\tinfo",
            ),
        ],
    );
    check(
        utc(),
        &[
            ("-", Silent, "when;\"date\";status"),
            ("2026-03-01T00:00:00Z", Error, "x;2026-03-01;503"),
        ],
    );
}

#[test]
fn a_table_ends_when_lines_no_longer_fit_and_may_change() {
    let mut lines = vec![
        ("-", Silent, "time,level"),
        ("2026-03-01T08:00:00Z", Warn, "2026-03-01T08:00:00Z,warn"),
    ];
    lines.extend(
        [(
            "2026-03-01T08:00:00Z",
            Error,
            "2026-03-01T08:00:00Z ERROR x",
        ); 9],
    );
    lines.push(("-", Silent, "x,error"));
    lines.push(("-", Silent, "level,msg,time"));
    lines.push(("2026-03-01T08:00:00Z", Warn, "warn,x,2026-03-01T08:00:00Z"));
    lines.push((
        "2026-03-01T08:00:00Z",
        Info,
        r#"{"time":"2026-03-01T08:00:00Z","level":"info"}"#,
    ));
    check(utc(), &lines);
}

#[test]
fn the_extended_log_format_is_in_utc_and_tells_a_status() {
    check(
        berlin(),
        &[
            (
                "-",
                Silent,
                "#Software: Microsoft Internet Information Services 10.0",
            ),
            (
                "-",
                Silent,
                "#Fields: date time s-ip cs-method cs-uri-stem sc-status",
            ),
            (
                "2026-03-01T08:00:00Z",
                Info,
                "2026-03-01 08:00:00 ::1 GET / 200",
            ),
            (
                "2026-03-01T08:00:00Z",
                Error,
                "2026-03-01 08:00:00 ::1 GET / 500",
            ),
            ("-", Silent, "#Fields: time date sc-status"),
            ("2026-03-01T08:00:00Z", Warn, "08:00:00 2026-03-01 404"),
        ],
    );
}

#[test]
fn prose_with_commas_is_no_table() {
    check(
        utc(),
        &[
            ("-", Silent, "time, level and more"),
            ("-", Silent, "hello, world"),
            ("-", Silent, "a,b,c"),
            ("-", Silent, "error,warn,info"),
        ],
    );
}

#[test]
fn an_epoch_in_the_middle_is_a_time_once_lines_agree_on_it() {
    check(
        utc(),
        &[
            (
                "-",
                Silent,
                "134681 node-246 unix.hw state_change 1077804742 1 down",
            ),
            (
                "-",
                Silent,
                "350766 node-109 unix.hw state_change 1077804743 1 up",
            ),
            (
                "2004-02-26T14:12:24Z",
                Silent,
                "344518 node-246 unix.hw state 1077804744 1 up",
            ),
            ("-", Silent, "paid 1077804742 to 1234567890"),
        ],
    );
}

#[test]
fn times_of_day_follow_the_date_the_source_has_named() {
    check(
        utc(),
        &[
            ("2025-11-20T22:00:00Z", Silent, "2025-11-20 22:00:00 begins"),
            ("2025-11-20T23:59:59Z", Silent, "23:59:59 x"),
            ("2025-11-21T00:00:01Z", Silent, "00:00:01 x"),
            ("2025-11-20T23:59:59Z", Silent, "23:59:59 written late"),
            ("2025-11-21T11:00:00Z", Silent, "11:00:00 x"),
            ("2025-11-21T22:00:00Z", Silent, "22:00:00 x"),
            ("2025-11-22T01:00:00Z", Silent, "01:00:00 x"),
            // As it happens.
            ("2026-03-01T11:59:00Z", Silent, "11:59:00 x"),
        ],
    );
}

#[test]
fn what_an_expression_names_stands_for_what_is_found_out() {
    let source = r"^(?<n>\d+) (?<level>\w) (?:at (?<time>\S+ \S+) )?(?<message>.*)$".to_owned();
    let layout = Layout::new(&LayoutSpec::Expression { source }).unwrap();
    let reader = Reader::new(ReaderOptions {
        zone: TimeZone::UTC,
        format: None,
        pattern: layout.map(Arc::new),
    });
    check(
        reader,
        &[
            (
                "2026-03-01T08:00:00Z",
                Error,
                "1772000000 E at 01.03.2026 08:00:00 INFO it is",
            ),
            (
                "2026-03-01T08:00:00Z",
                Warn,
                "1 W at 2026-03-01 08:00:00 \x1b[31mred\x1b[0m",
            ),
            // What it does not name, and what does not fit, is found out.
            (
                "2026-03-01T08:00:00Z",
                Info,
                "2026-03-01T08:00:00Z INFO it does not fit",
            ),
            (
                "2026-03-01T08:00:00Z",
                Error,
                r#"{"time":"2026-03-01T08:00:00Z","level":"error"}"#,
            ),
        ],
    );
}

#[test]
fn a_format_can_be_said() {
    let said = |format| {
        Reader::new(ReaderOptions {
            zone: TimeZone::UTC,
            format: Some(format),
            pattern: None,
        })
    };
    let json = r#"{"time":"2026-03-01T08:00:00Z","level":"error"}"#;
    let pairs = "time=2026-03-01T08:00:00Z level=warn";
    check(said(Format::Json), &[("2026-03-01T08:00:00Z", Error, json)]);
    check(
        said(Format::Text),
        &[
            ("-", Silent, json),
            ("-", Silent, "time,level"),
            ("-", Silent, "x,warn"),
        ],
    );
    check(
        said(Format::Logfmt),
        &[
            ("2026-03-01T08:00:00Z", Warn, pairs),
            ("-", Warn, "level=warn"),
        ],
    );
    check(
        said(Format::Csv),
        &[
            ("-", Silent, "time,level"),
            ("-", Warn, "x,warn"),
            ("-", Silent, pairs),
        ],
    );
    assert_eq!("csv".parse(), Ok(Format::Csv));
    let unknown = "xml".parse::<Format>().unwrap_err().to_string();
    assert_eq!(
        unknown,
        "no such format; there are json, logfmt, csv, w3c, text"
    );
}
