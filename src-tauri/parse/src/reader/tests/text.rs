//! What plain text says of its time and level.

use crosscut_model::Level;
use jiff::tz::TimeZone;

use super::{NOW, Reader, check, meta, time};

#[test]
fn text_tells_time_and_level_in_its_head() {
    const AT: Option<&str> = Some("2026-03-01T08:00:00Z");
    const MS: Option<&str> = Some("2026-03-01T08:00:00.123Z");
    check(&[
        (
            "2026-03-01 08:00:00.123  INFO 1 --- [main] o.s.b.Application : spring",
            MS,
            Level::Info,
        ),
        (
            "2026-03-01 08:00:00,123 - svc - ERROR - python",
            MS,
            Level::Error,
        ),
        (
            "08:00:00.123 [main] WARN  c.e.App - logback",
            MS,
            Level::Warn,
        ),
        (
            "[2026-03-01T08:00:00Z INFO  my::module] env_logger",
            AT,
            Level::Info,
        ),
        (
            "\x1b[2m2026-03-01T08:00:00.123Z\x1b[0m \x1b[33m WARN\x1b[0m my_crate: tracing",
            MS,
            Level::Warn,
        ),
        (
            "2026/03/01 08:00:00 [error] 123#0: *1 nginx",
            AT,
            Level::Error,
        ),
        (
            "2026/03/01 08:00:00 go prints no level, even on error",
            AT,
            Level::None,
        ),
        (
            "E0301 08:00:00.123000    1 main.go:12] glog",
            MS,
            Level::Error,
        ),
        (
            "03-01 08:00:00.123  1702  2395 D WindowManager: android",
            MS,
            Level::Debug,
        ),
        ("W/ActivityManager( 1234): android brief", None, Level::Warn),
        (
            "Mar  1 08:00:00 host sshd[12]: error: PAM failed",
            AT,
            Level::Error,
        ),
        (
            "Mar  1 08:00:00 host kernel: no error in this",
            AT,
            Level::None,
        ),
        ("<11>Mar  1 08:00:00 host app: rfc3164", AT, Level::Error),
        (
            "<165>1 2026-03-01T08:00:00.123Z host app - ID47 - rfc5424",
            MS,
            Level::Info,
        ),
        (
            r#"10.0.0.1 - bob [01/Mar/2026:09:00:00 +0100] "GET /error HTTP/1.1" 200 5"#,
            AT,
            Level::Info,
        ),
        (
            "[Sun Mar 01 08:00:00.123000 2026] [core:error] [pid 1] apache",
            MS,
            Level::Error,
        ),
        ("Sun Mar  1 08:00:00 2026 ctime", AT, Level::None),
        ("Sun, 01 Mar 2026 08:00:00 GMT rfc2822", AT, Level::None),
        (
            "E, [2026-03-01T08:00:00.123000 #12] ERROR -- : ruby",
            MS,
            Level::Error,
        ),
        (
            "[2026-03-01 08:00:00,123: WARNING/MainProcess] celery",
            MS,
            Level::Warn,
        ),
        (
            "[I 2026-03-01 08:00:00.123 ServerApp] jupyter",
            MS,
            Level::Info,
        ),
        (
            "2026-03-01 08:00:00.123 UTC [77] FATAL:  postgres",
            MS,
            Level::Fatal,
        ),
        (
            "2026-03-01T08:00:00.123+0000 I NETWORK  [listener] old mongo",
            MS,
            Level::Info,
        ),
        ("INFO[0000] logrus on a terminal", None, Level::Info),
        ("fail: Microsoft.Hosting.Lifetime[14]", None, Level::Error),
        ("info: winston", None, Level::Info),
        ("error[E0308]: mismatched types", None, Level::Error),
        ("warning: unused variable", None, Level::Warn),
        ("TypeError: x is not a function", None, Level::Error),
        ("java.lang.IllegalStateException: no", None, Level::Error),
        ("Traceback (most recent call last):", None, Level::Error),
        (
            "panic: runtime error: index out of range",
            None,
            Level::Fatal,
        ),
        (
            "web-1  | 2026-03-01T08:00:00Z WARN compose",
            AT,
            Level::Warn,
        ),
        (
            "2026-03-01T08:00:00.123Z\tinfo\tcaller.go:1\tzap console",
            MS,
            Level::Info,
        ),
        ("20260301-08:00:00:123|Step|3000|health", MS, Level::None),
        ("260301 080000 148 INFO dfs.DataNode: hdfs", AT, Level::Info),
        (
            "26/03/01 08:00:00 INFO SparkContext: spark",
            AT,
            Level::Info,
        ),
        ("3/1/2026, 8:00:00 AM  american", AT, Level::None),
        ("01.03.2026 08:00:00 european", AT, Level::None),
        ("2026-03-01-08.00.00.123000 db2", MS, Level::None),
        (
            "- 1772352000 2026.03.01 host RAS KERNEL FATAL bluegene",
            AT,
            Level::Fatal,
        ),
        ("1772352000.123 5 10.0.0.1 TCP_MISS squid", MS, Level::None),
        (
            r#"Started GET "/" for 127.0.0.1 at 2026-03-01 09:00:00 +0100"#,
            AT,
            Level::None,
        ),
        ("ts=x level=warn k=v in text", None, Level::Warn),
    ]);
}

#[test]
fn prose_names_neither_time_nor_level() {
    check(&[
        (
            "there was an error in the warning system",
            None,
            Level::None,
        ),
        (
            "Job was planned for 2026-03-01 08:00:00 but did not run",
            None,
            Level::None,
        ),
        (
            "see error handling, ERROR_QUEUE and INFO.txt",
            None,
            Level::None,
        ),
        ("I am here", None, Level::None),
        ("ip_tables: (C) 2000 Netfilter", None, Level::None),
        (
            "\tat com.example.Error.handle(Error.java:12)",
            None,
            Level::None,
        ),
        ("10.250.1.2 connected", None, Level::None),
        ("1.2.3 released", None, Level::None),
        ("12:30 lunch", None, Level::None),
        ("no retries left at 10:30:00", None, Level::None),
        ("2026-13-01 08:00:00 no such month", None, Level::None),
        ("2026-02-30 08:00:00 no such day", None, Level::None),
    ]);
}

#[test]
fn a_time_without_zone_is_in_the_readers() {
    let mut reader = Reader::new(TimeZone::get("Europe/Berlin").unwrap());
    for (line, at) in [
        ("2026-03-01 09:00:00 winter", "2026-03-01T08:00:00Z"),
        ("2026-07-01 10:00:00 summer", "2026-07-01T08:00:00Z"),
        ("2026-03-29 02:30:00 does not exist", "2026-03-29T01:30:00Z"),
        (
            "2026-10-25 02:30:00 exists twice, the first is meant",
            "2026-10-25T00:30:00Z",
        ),
        ("2026-10-25 03:00:00 once more", "2026-10-25T02:00:00Z"),
        ("2026-03-01 08:00:00Z has one", "2026-03-01T08:00:00Z"),
        ("Mar  1 09:00:00 host syslog", "2026-03-01T08:00:00Z"),
        ("09:00:00 today", "2026-03-01T08:00:00Z"),
    ] {
        assert_eq!(
            reader.meta(line.as_bytes(), NOW).time,
            Some(time(at)),
            "{line}"
        );
    }
}

#[test]
fn a_missing_year_or_day_is_the_latest_that_is_not_in_the_future() {
    check(&[
        (
            "Mar  2 11:00:00 host less than a day ahead",
            Some("2026-03-02T11:00:00Z"),
            Level::None,
        ),
        (
            "Mar  2 13:00:00 host more",
            Some("2025-03-02T13:00:00Z"),
            Level::None,
        ),
        (
            "Dec 31 23:59:59 host last year",
            Some("2025-12-31T23:59:59Z"),
            Level::None,
        ),
        (
            "Feb 29 00:00:00 host leap day",
            Some("2024-02-29T00:00:00Z"),
            Level::None,
        ),
        (
            "12:59:59 within the hour",
            Some("2026-03-01T12:59:59Z"),
            Level::None,
        ),
        (
            "13:00:01 yesterday",
            Some("2026-02-28T13:00:01Z"),
            Level::None,
        ),
    ]);
    let new_year = time("2025-12-31T23:30:00Z");
    let ahead = Reader::new(TimeZone::UTC).meta(b"Jan  1 00:00:10 host clocks differ", new_year);
    assert_eq!(ahead.time, Some(time("2026-01-01T00:00:10Z")));
}

#[test]
fn text_that_was_wrapped_in_json_without_a_level_has_the_one_it_begins_with() {
    check(&[
        (r#"{"message":"ERROR no stock"}"#, None, Level::Error),
        (
            r#"{"app":"x","message":"[warn] low stock"}"#,
            None,
            Level::Warn,
        ),
        (
            r#"{"message":"ERROR no stock","level":"info"}"#,
            None,
            Level::Info,
        ),
        (r#"{"message":"no error was found"}"#, None, Level::None),
        (r#"{"message":"the error log is empty"}"#, None, Level::None),
    ]);
}

#[test]
fn a_record_without_a_level_that_is_a_trace_is_an_error() {
    for record in [
        "Internal Server Error: /boom\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: x",
        "  File \"a.py\", line 3\n    def f(\n         ^\nSyntaxError: '(' was never closed",
        "  + Exception Group Traceback (most recent call last):\n  | ExceptionGroup: x",
        "2026/03/01 08:00:00 http: panic serving 127.0.0.1:1: boom\ngoroutine 19 [running]:\nmain.f()",
        "boom\n\n    at f (/a.js:1:2)",
    ] {
        assert_eq!(meta(record).level, Level::Error, "{record}");
    }
    assert_eq!(meta("a: 1\n  b: at home").level, Level::None);
}
