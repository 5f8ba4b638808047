use super::*;

fn written(record: &Record<'_>) -> String {
    let mut out = Vec::new();
    record.write(&mut out);
    String::from_utf8(out).unwrap()
}

fn raw(json: &str) -> &RawValue {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_record_is_one_line_with_its_members_in_a_fixed_order() {
    let attributes = [
        ("cart", raw("{\n  \"items\": [1,\n 2.50]}")),
        ("ok", raw("true")),
    ];
    let record = Record {
        time: Some(UnixNanos(1_795_256_100_123_456_789)),
        level: Level::Error,
        message: Some(Message::Text("no \"stock\"\nleft")),
        service: "shop",
        logger: "cart",
        trace_id: "0af7651916cd43dd8448eb211c80319c",
        span_id: "b7ad6b7169203331",
        attributes: &attributes,
        resource: &[("service.name", raw("\"shop\""))],
    };
    assert_eq!(
        written(&record),
        "{\"time\":\"2026-11-21T10:15:00.123456789Z\",\"level\":\"error\",\
         \"message\":\"no \\\"stock\\\"\\nleft\",\"service\":\"shop\",\"logger\":\"cart\",\
         \"trace_id\":\"0af7651916cd43dd8448eb211c80319c\",\"span_id\":\"b7ad6b7169203331\",\
         \"attributes\":{\"cart\":{\"items\": [1,2.50]},\"ok\":true},\
         \"resource\":{\"service.name\":\"shop\"}}"
    );
}

#[test]
fn what_is_absent_is_left_out() {
    assert_eq!(written(&Record::default()), "{}");
    let message = Record {
        message: Some(Message::Json(raw("[1,\"a\"]"))),
        ..Record::default()
    };
    assert_eq!(written(&message), "{\"message\":[1,\"a\"]}");
}

#[test]
fn times_are_written_as_the_calendar_has_them() {
    let time = |nanos| {
        let mut out = Vec::new();
        write_time(&mut out, UnixNanos(nanos));
        String::from_utf8(out).unwrap()
    };
    assert_eq!(time(0), "\"1970-01-01T00:00:00.000000000Z\"");
    assert_eq!(time(-1), "\"1969-12-31T23:59:59.999999999Z\"");
    assert_eq!(
        time(951_782_400_000_000_001),
        "\"2000-02-29T00:00:00.000000001Z\""
    );
    assert_eq!(time(i64::MAX), "\"2262-04-11T23:47:16.854775807Z\"");
    assert_eq!(time(i64::MIN), "\"1677-09-21T00:12:43.145224192Z\"");
}

/// What the parser makes of a record is what went into it.
#[test]
fn the_parser_finds_everything_under_its_usual_names() {
    let record = Record {
        time: Some(UnixNanos(1_795_256_100_123_456_789)),
        level: Level::Warn,
        message: Some(Message::Text("slow\tquery")),
        service: "shop",
        logger: "db.pool",
        trace_id: "0af7651916cd43dd8448eb211c80319c",
        span_id: "b7ad6b7169203331",
        attributes: &[
            ("level", raw("\"fatal\"")),
            ("exception.stacktrace", raw("\"at f()\"")),
        ],
        resource: &[],
    };
    let line = written(&record);
    let meta =
        crosscut_parse::Reader::new(jiff::tz::TimeZone::UTC).meta(line.as_bytes(), UnixNanos(0));
    assert_eq!(meta.time, record.time);
    assert_eq!((meta.level, meta.broken), (Level::Warn, false));
    assert_eq!(crosscut_parse::message(line.as_bytes()), "slow\tquery");
    for (known, expected) in [
        (crosscut_parse::Known::Service, "shop"),
        (crosscut_parse::Known::Logger, "db.pool"),
        (
            crosscut_parse::Known::Trace,
            "0af7651916cd43dd8448eb211c80319c",
        ),
        (crosscut_parse::Known::Span, "b7ad6b7169203331"),
        (crosscut_parse::Known::Stack, "at f()"),
    ] {
        let found = crosscut_parse::well_known(line.as_bytes(), known);
        assert_eq!(found.as_deref(), Some(expected), "{known:?}");
    }
}
