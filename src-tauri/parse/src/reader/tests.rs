//! What a line says of its time and level, format by format.

use crosscut_model::{Level, UnixNanos};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Format, LineMeta, Reader, format_of};

/// 2026-03-01T12:00:00Z.
const NOW: UnixNanos = UnixNanos(1_772_366_400_000_000_000);

fn meta(line: &str) -> LineMeta {
    Reader::new(TimeZone::UTC).meta(line.as_bytes(), NOW)
}

fn time(text: &str) -> UnixNanos {
    let at: Timestamp = text.parse().unwrap();
    UnixNanos(i64::try_from(at.as_nanosecond()).unwrap())
}

fn check(table: &[(&str, Option<&str>, Level)]) {
    for &(line, at, level) in table {
        let found = meta(line);
        assert_eq!(found.time, at.map(time), "time of {line}");
        assert_eq!(found.level, level, "level of {line}");
        assert!(!found.broken, "{line}");
    }
}

#[test]
fn json_of_every_common_dialect_tells_time_and_level() {
    const AT: Option<&str> = Some("2026-03-01T08:00:00.123Z");
    check(&[
        (
            r#"{"level":30,"time":1772352000123,"pid":1,"msg":"pino"}"#,
            AT,
            Level::Info,
        ),
        (
            r#"{"v":0,"level":50,"name":"bunyan","time":"2026-03-01T08:00:00.123Z"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"level":"\u001b[33mwarn\u001b[39m","message":"winston","timestamp":"2026-03-01T08:00:00.123Z"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"level":"dpanic","ts":1772352000.123,"caller":"zap"}"#,
            AT,
            Level::Fatal,
        ),
        (
            r#"{"time":"2026-03-01T09:00:00.123+01:00","level":"WARN","msg":"slog"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"level":"warning","msg":"logrus","time":"2026-03-01T08:00:00.123Z"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"timestamp":"2026-03-01T08:00:00.123000Z","level":"TRACE","fields":{"message":"tracing"},"target":"a"}"#,
            AT,
            Level::Trace,
        ),
        (
            r#"{"@timestamp":"2026-03-01T08:00:00.123Z","log.level":"ERROR","message":"ecs"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"@timestamp":"2026-03-01T08:00:00.123Z","log":{"level":"debug","logger":"x"},"message":"ecs nested"}"#,
            AT,
            Level::Debug,
        ),
        (
            r#"{"@timestamp":"2026-03-01T08:00:00.123Z","message":"logstash","level":"WARN","level_value":30000}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"instant":{"epochSecond":1772352000,"nanoOfSecond":123000000},"level":"FATAL","message":"log4j2"}"#,
            AT,
            Level::Fatal,
        ),
        (
            r#"{"timestamp":"2026-03-01T08:00:00.123Z","level_number":40,"event":"structlog"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"asctime":"2026-03-01 08:00:00,123","levelname":"CRITICAL","message":"python"}"#,
            AT,
            Level::Fatal,
        ),
        (
            r#"{"@t":"2026-03-01T08:00:00.1230000Z","@mt":"Hello {Name}"}"#,
            AT,
            Level::Info,
        ),
        (
            r#"{"@t":"2026-03-01T08:00:00.1230000Z","@mt":"Hello","@l":"Error"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"version":"1.1","host":"h","short_message":"gelf","timestamp":1772352000.123,"level":3}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"timeUnixNano":"1772352000123000000","severityNumber":13,"body":{"stringValue":"otel"}}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"__REALTIME_TIMESTAMP":"1772352000123000","PRIORITY":"4","MESSAGE":"journald"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"log":"ERROR it broke\n","stream":"stderr","time":"2026-03-01T08:00:00.123Z"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"t":{"$date":"2026-03-01T08:00:00.123+00:00"},"s":"W","c":"NETWORK","msg":"mongo"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"startTime":"2020-01-01T00:00:00Z","level":{"level":40000,"levelStr":"ERROR"},"timestamp":"2026-03-01T08:00:00.123Z"}"#,
            AT,
            Level::Error,
        ),
        (
            r#"{"severity":"NOTICE","timestamp":{"seconds":1772352000,"nanos":123000000}}"#,
            AT,
            Level::Info,
        ),
        (
            r#"{"message":"monolog","level":300,"level_name":"WARNING","datetime":"2026-03-01T08:00:00.123+00:00"}"#,
            AT,
            Level::Warn,
        ),
        (
            r#"{"EventId":1,"LogLevel":"Information","Timestamp":"2026-03-01 08:00:00.123"}"#,
            AT,
            Level::Info,
        ),
    ]);
}

#[test]
fn the_same_names_inside_other_objects_tell_nothing() {
    check(&[
        (
            r#"{"user":{"level":"error","time":"2026-03-01T08:00:00Z"},"a":["level","error"]}"#,
            None,
            Level::None,
        ),
        (
            r#"{"a":"\"level\":\"error\"","level":"info"}"#,
            None,
            Level::Info,
        ),
        (r#"{"a\"level":"error","x":"time"}"#, None, Level::None),
        (r#"{"l\u0065vel":"error"}"#, None, Level::Error),
        (r#"{"time":12.5,"level":"unheard of"}"#, None, Level::None),
    ]);
}

#[test]
fn the_better_name_is_believed_wherever_it_stands() {
    let at = Some("2026-03-01T08:00:00Z");
    check(&[
        (
            r#"{"ts":1,"t":1500000000,"timestamp":"2026-03-01T08:00:00Z","severity":3,"level":"info"}"#,
            at,
            Level::Info,
        ),
        (
            r#"{"level":"info","severity":3,"timestamp":"2026-03-01T08:00:00Z","time":1500000000}"#,
            at,
            Level::Info,
        ),
    ]);
}

#[test]
fn what_begins_as_an_object_and_is_none_is_broken_but_tells_what_it_can() {
    for line in [
        "{",
        "{}x",
        r#"{"a":1"#,
        r#"{"a":01}"#,
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r"{a:1}",
        r#"{"a":"\x"}"#,
        "{\"a\":\"\t\"}",
        r#"{"a":nul}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[1}"#,
        r#"{"a":"b}"#,
        r#"{"a":-}"#,
        r#"{"a":1.}"#,
        r#"{"a":"\u00g0"}"#,
        r#"{"a":1}{"b":2}"#,
    ] {
        assert!(meta(line).broken, "{line}");
        assert_eq!(format_of(line.as_bytes()), Format::Text, "{line}");
    }
    let cut = meta(r#"{"time":"2026-03-01T08:00:00Z","level":"error","msg":"cut of"#);
    assert_eq!(cut.time, Some(time("2026-03-01T08:00:00Z")));
    assert_eq!(cut.level, Level::Error);
    for line in [
        "{}",
        " { } ",
        "\u{feff}{\"a\":1}\r",
        "{\"a\":1e-7,\"b\":[[],{}],\"c\":null}",
        "[1]",
        "\"a\"",
        "1",
        "",
        "\r",
    ] {
        assert!(!meta(line).broken, "{line}");
    }
}

#[test]
fn bad_utf8_costs_a_json_record_neither_time_nor_level() {
    let line = b"{\"time\":\"2026-03-01T08:00:00Z\",\"msg\":\"caf\xe9\",\"level\":\"warn\"}";
    let found = Reader::new(TimeZone::UTC).meta(line, NOW);
    let at = Some(time("2026-03-01T08:00:00Z"));
    assert_eq!(
        found,
        LineMeta {
            time: at,
            level: Level::Warn,
            broken: false
        }
    );
}

#[test]
fn logfmt_tells_time_and_level() {
    let at = Some("2026-03-01T08:00:00Z");
    check(&[
        (
            r#"time=2026-03-01T08:00:00Z level=warn msg="it = is" n=1"#,
            at,
            Level::Warn,
        ),
        (
            r#"time="2026-03-01T09:00:00+01:00" level=fatal msg="docker \"quoted\" level=info""#,
            at,
            Level::Fatal,
        ),
        ("ts=1772352000 lvl=eror msg=x", at, Level::Error),
        (r#"msg="level=error" a=b"#, None, Level::None),
    ]);
    assert_eq!(format_of(b"a=1 b=2"), Format::Logfmt);
    assert_eq!(format_of(b"a=1 and then words"), Format::Text);
    assert_eq!(format_of(b"a == b"), Format::Text);
}

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
            Level::None,
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
fn deep_nesting_and_a_million_keys_are_read_in_bounded_time() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!meta(&deep).broken);
    assert!(meta(&"{\"a\":".repeat(100_000)).broken);
    let wide = (0..1_000_000)
        .map(|n| format!("\"{n}\":{n},"))
        .collect::<Vec<_>>()
        .concat();
    assert!(!meta(&format!("{{{wide}\"level\":1}}")).broken);
    assert!(!meta(&"a=1 ".repeat(100_000)).broken);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        Reader::new(TimeZone::UTC).meta(&bytes, NOW);
        crate::display(&bytes);
        crate::fields(&bytes);
        crate::text(&bytes);
        crate::well_known(&bytes, crate::Known::File);
    }

    #[test]
    fn odd_lines_made_of_usual_parts_do_no_harm(parts in proptest::collection::vec(
        prop_oneof![
            Just("2026-03-01"), Just("08:00:00"), Just(" "), Just("T"), Just("["), Just("]"), Just("ERROR"), Just("{\""),
            Just("\":"), Just("\""), Just("\\u"), Just("d83d"), Just("1772352000"), Just("Mar"), Just(" 1 "), Just("+01"),
            Just("="), Just("\x1b["), Just("m"), Just("é"), Just("<1>"), Just(","), Just("."), Just("E0301 "), Just("PM"),
        ], 0..12)) {
        let line = parts.concat();
        Reader::new(TimeZone::UTC).meta(line.as_bytes(), NOW);
        crate::display(line.as_bytes());
        crate::fields(line.as_bytes());
    }

    #[test]
    fn an_instant_survives_every_spelling(second in 200_000_000i64..4_000_000_000, nano in 0u32..1_000_000_000) {
        let at = UnixNanos(second * 1_000_000_000 + i64::from(nano));
        let shown = Timestamp::new(second, i32::try_from(nano).unwrap()).unwrap();
        let berlin = shown.to_zoned(TimeZone::get("Europe/Berlin").unwrap());
        for text in [
            format!("\"{shown:.9}\""),
            format!("\"{}\"", berlin.strftime("%Y-%m-%d %H:%M:%S,%9f %z")),
            format!("\"{}\"", berlin.strftime("%d/%b/%Y:%H:%M:%S.%9f %z")),
            format!("\"{}\"", shown.strftime("%a %b %d %H:%M:%S.%9f UTC %Y")),
            format!("{second}.{nano:09}"),
            format!("\"{second}{nano:09}\""),
        ] {
            let line = format!("{{\"n\":0,\"timestamp\":{text}}}");
            prop_assert_eq!(meta(&line).time, Some(at), "{}", line);
        }
    }

    #[test]
    fn what_is_broken_is_what_serde_calls_broken(mut line in object(), at in any::<prop::sample::Index>(), with in "[\\PC\"{}\\[\\],:0-9]?") {
        if !line.is_empty() {
            let mut cut = at.index(line.len());
            while !line.is_char_boundary(cut) {
                cut -= 1;
            }
            let width = line.get(cut..).unwrap().chars().next().map_or(0, char::len_utf8);
            line.replace_range(cut..cut + width, &with);
        }
        let body = line.trim_ascii();
        prop_assume!(body.starts_with('{'));
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        prop_assert_eq!(meta(&line).broken, !valid, "{}", line);
    }

    #[test]
    fn the_scan_agrees_with_a_whole_tree(line in object()) {
        let tree: serde_json::Value = serde_json::from_str(&line).unwrap();
        let level = tree.get("level").and_then(|value| value.as_str()?.parse::<Level>().ok());
        let at = tree.get("time").and_then(|value| value.as_str()?.parse::<Timestamp>().ok());
        let found = meta(&line);
        prop_assert_eq!(found.level, level.unwrap_or_default(), "{}", line);
        prop_assert_eq!(found.time.map(|at| i128::from(at.0)), at.map(Timestamp::as_nanosecond), "{}", line);
    }
}

/// Random objects in which `time` and `level` occur, at the top and deeper, as keys and as text.
fn object() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1_000_000i64..1_000_000).prop_map(Into::into),
        (-1e9..1e9).prop_map(|number: f64| number.into()),
        "[\\PC\n\"\\\\]{0,6}".prop_map(Into::into),
        Just("error".into()),
        Just("2026-03-01T08:00:00.5Z".into()),
    ];
    let key = prop_oneof![
        3 => "[abü\"]{1,2}",
        1 => Just("level".to_owned()),
        1 => Just("time".to_owned())
    ];
    let keys = key.clone();
    let tree = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            proptest::collection::vec((keys.clone(), inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    proptest::collection::vec((key, tree), 0..5).prop_map(|members| {
        let map: serde_json::Map<_, _> = members
            .into_iter()
            .filter(|(key, value)| !matches!(key.as_str(), "time" | "level") || value.is_string())
            .collect();
        serde_json::Value::Object(map).to_string()
    })
}
