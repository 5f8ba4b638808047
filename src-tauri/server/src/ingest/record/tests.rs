use super::*;

const TIME: UnixNanos = UnixNanos(1_795_256_100_123_456_789);

fn written(write: impl FnOnce(&mut Object<'_>)) -> String {
    let mut out = Vec::new();
    let mut object = Object::begin(&mut out);
    write(&mut object);
    object.end();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_record_is_one_line_and_what_is_absent_is_left_out() {
    let line = written(|record| {
        record.head(Some(TIME), Level::Error);
        record.text("message", "no \"stock\"\nleft");
        record.text_if_any("logger", "");
        record.count_if_any("flags", 0);
        record.count_if_any("dropped", 2);
        record.number("code", -1);
        let mut inner = record.object("cart");
        inner.time("at", UnixNanos(0));
        inner.end();
        record.braced_if_any("attributes", b"");
        record.braced_if_any("resource", b"\"a\":1");
        record.listed_if_any("events", b"{},{}");
        record.members(b"");
        record.members(b"\"x\":null");
    });
    assert_eq!(
        line,
        "{\"time\":\"2026-11-21T10:15:00.123456789Z\",\"level\":\"error\",\
         \"message\":\"no \\\"stock\\\"\\nleft\",\"dropped\":2,\"code\":-1,\
         \"cart\":{\"at\":\"1970-01-01T00:00:00.000000000Z\"},\"resource\":{\"a\":1},\
         \"events\":[{},{}],\"x\":null}"
    );
    assert_eq!(written(|record| record.head(None, Level::None)), "{}");
    assert_eq!(written(|record| record.members(b"\"x\":1")), "{\"x\":1}");
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
    let line = written(|record| {
        record.head(Some(TIME), Level::Warn);
        record.text("message", "slow\tquery");
        record.text("logger", "db.pool");
        record.text("trace_id", "0af7651916cd43dd8448eb211c80319c");
        record.text("span_id", "b7ad6b7169203331");
        record.braced(
            "attributes",
            b"\"level\":\"fatal\",\"time\":0,\"exception.stacktrace\":\"at f()\"",
        );
        record.braced("resource", b"\"service.name\":\"shop\"");
    });
    let zone = jiff::tz::TimeZone::UTC;
    let meta = crosscut_parse::Reader::new(zone).meta(line.as_bytes(), UnixNanos(0));
    assert_eq!(meta.time, Some(TIME));
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
