//! What is wrapped around records.

use std::ops::ControlFlow;

use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;

use crate::{
    FieldValue, Known, Reader, Segment, display, fields, message, visit_field, well_known,
};

fn field(raw: &str, name: &str) -> Option<String> {
    let mut found = None;
    visit_field(raw.as_bytes(), &[Segment::Key(name)], &mut |value| {
        found = Some(match value {
            FieldValue::Str(text) | FieldValue::Json(text) => text.into_owned(),
            FieldValue::Number { literal, .. } => literal.to_owned(),
            other => format!("{other:?}"),
        });
        ControlFlow::Break(())
    });
    found
}

#[test]
fn the_line_behind_a_containers_head_is_the_record() {
    let raw =
        r#"2026-03-01T08:00:00.123456789Z stdout F {"msg":"hello","status":503,"trace_id":"abc"}"#;
    assert_eq!(message(raw.as_bytes()), "hello");
    assert_eq!(field(raw, "status").unwrap(), "503");
    assert_eq!(well_known(raw.as_bytes(), Known::Trace).unwrap(), "abc");
    let timed = r#"2026-03-01T08:00:00.123456789Z {"msg":"hello","status":503}"#;
    assert_eq!(message(timed.as_bytes()), "hello");
    assert_eq!(field(timed, "status").unwrap(), "503");
    let text = r#"2026-03-01T08:00:00.123456789Z {"a":1} became {"a":2}"#;
    assert_eq!(message(text.as_bytes()), r#"{"a":1} became {"a":2}"#);
    assert!(
        !Reader::new(TimeZone::UTC)
            .meta(text.as_bytes(), UnixNanos(0))
            .broken
    );
    let tagged = "2026-03-01T08:00:00.123456789Z stdout F:a:b status=503";
    assert_eq!(message(tagged.as_bytes()), "status=503");
    let text = "2026-03-01T08:00:00.123456789+01:00 stderr F INFO  com.acme.Foo - text";
    assert_eq!(message(text.as_bytes()), "text");
    assert_eq!(
        well_known(text.as_bytes(), Known::Logger).unwrap(),
        "com.acme.Foo"
    );
}

#[test]
fn heads_of_joined_lines_are_taken_off_too() {
    let raw = "2026-03-01T08:00:00.1Z stderr F TypeError: no\n2026-03-01T08:00:00.2Z stderr F     at f (/app/x.js:1:2)";
    assert_eq!(
        message(raw.as_bytes()),
        "TypeError: no\n    at f (/app/x.js:1:2)"
    );
    assert_eq!(
        well_known(raw.as_bytes(), Known::File).unwrap(),
        "/app/x.js:1"
    );
    assert!(super::is_rewritten(raw.as_bytes()));
}

#[test]
fn parts_of_a_line_are_put_together() {
    let raw = "2026-03-01T08:00:00.1Z stdout P {\"level\":\"error\",\"msg\":\"a lo\n2026-03-01T08:00:00.1Z stdout P ng te\n2026-03-01T08:00:00.2Z stdout F xt\",\"status\":503}";
    assert_eq!(message(raw.as_bytes()), "a long text");
    assert_eq!(field(raw, "status").unwrap(), "503");
    let read = Reader::new(TimeZone::UTC).meta(raw.as_bytes(), UnixNanos(0));
    assert_eq!(read.level, Level::Error);
    assert_eq!(read.time, Some(UnixNanos(1_772_352_000_100_000_000)));
    assert!(!read.broken);
    let text = "2026-03-01T08:00:00.1Z stderr P WARN  a\n2026-03-01T08:00:00.2Z stderr F  b\n2026-03-01T08:00:00.3Z stderr F c";
    assert_eq!(message(text.as_bytes()), "a b\nc");
}

#[test]
fn heads_within_heads_do_no_harm() {
    for head in ["api-1 | ", "2026-03-01T08:00:00.1Z stdout F "] {
        let raw = head.repeat((1 << 20) / head.len());
        let read = Reader::new(TimeZone::UTC).meta(raw.as_bytes(), UnixNanos(0));
        assert!(!read.broken);
    }
}

#[test]
fn the_line_in_dockers_json_is_the_record() {
    let raw = r#"{"log":"{\"msg\":\"hello\",\"status\":503,\"http\":{\"path\":\"/x\"}}\n","stream":"stdout","time":"2026-03-01T08:00:00Z"}"#;
    assert_eq!(message(raw.as_bytes()), "hello");
    assert_eq!(field(raw, "status").unwrap(), "503");
    assert_eq!(field(raw, "stream").unwrap(), "stdout");
    let names: Vec<String> = fields(raw.as_bytes())
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["stream", "time", "msg", "status", "http"]);
    let text =
        r#"{"log":"INFO  com.acme.Foo - text\n","stream":"stdout","time":"2026-03-01T08:00:00Z"}"#;
    assert_eq!(display(text.as_bytes()).message, "text");
    // Anybody may have a member of that name.
    let other = r#"{"log":"x.Y","msg":"m"}"#;
    assert_eq!(message(other.as_bytes()), "m");
}

#[test]
fn colours_hide_nothing() {
    let raw = "\x1b[2m2026-03-01T08:00:00Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[2mshop::db\x1b[0m\x1b[2m:\x1b[0m placed \x1b[3mid\x1b[0m\x1b[2m=\x1b[0m7";
    assert_eq!(message(raw.as_bytes()), "placed id=7");
    assert_eq!(field(raw, "id").unwrap(), "7");
    assert_eq!(
        well_known(raw.as_bytes(), Known::Logger).unwrap(),
        "shop::db"
    );
}
