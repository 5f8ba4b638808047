//! What a line says of its time and level, format by format.

use crosscut_model::{Level, UnixNanos};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Format, LineMeta, Reader, format_of};

mod columns;
mod formats;
mod properties;
mod text;

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
