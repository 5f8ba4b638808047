//! Usual names.

use super::{Known, message, well_known};

fn known(raw: &str, known: Known) -> Option<String> {
    well_known(raw.as_bytes(), known).map(std::borrow::Cow::into_owned)
}

#[test]
fn fields_are_found_under_the_names_programs_use() {
    for (raw, what, value) in [
        (r#"{"service":{"name":"a"}}"#, Known::Service, "a"),
        (r#"{"service.name":"b","service":"a"}"#, Known::Service, "b"),
        (
            r#"{"resource":{"attributes":{"service.name":"c"}}}"#,
            Known::Service,
            "c",
        ),
        (
            r#"{"dd":{"service":"d","trace_id":"7","span_id":"8"}}"#,
            Known::Service,
            "d",
        ),
        (
            r#"{"dd":{"service":"d","trace_id":"7","span_id":"8"}}"#,
            Known::Trace,
            "7",
        ),
        (r#"{"dd.span_id":"8"}"#, Known::Span, "8"),
        (r#"{"traceId":"t"}"#, Known::Trace, "t"),
        (
            r#"{"trace":{"id":"t"},"span":{"id":"s"}}"#,
            Known::Span,
            "s",
        ),
        (
            r#"{"trace_id":"00000000000000000000000000000000","trace":{"id":"t"}}"#,
            Known::Trace,
            "t",
        ),
        (r#"{"log":{"logger":"x.Y"}}"#, Known::Logger, "x.Y"),
        (r#"{"SourceContext":"Z"}"#, Known::Logger, "Z"),
        (r#"{"caller":"a.go:5"}"#, Known::File, "a.go:5"),
        (
            r#"{"source":{"function":"f","file":"a.go","line":5}}"#,
            Known::File,
            "a.go:5",
        ),
        (r#"{"filename":"a.py","lineno":5}"#, Known::File, "a.py:5"),
        (
            r#"{"log":{"origin":{"file":{"name":"A.java","line":9}}}}"#,
            Known::File,
            "A.java:9",
        ),
        (
            r#"{"err":{"type":"E","message":"m","stack":"E: m\n at"}}"#,
            Known::Exception,
            "E",
        ),
        (
            r#"{"err":{"type":"E","message":"m","stack":"E: m\n at"}}"#,
            Known::Stack,
            "E: m\n at",
        ),
        (r#"{"error":"it broke"}"#, Known::Exception, "it broke"),
        (r#"{"message":"","msg":"m"}"#, Known::Message, "m"),
        (
            r#"{"event":"happened","level":"info"}"#,
            Known::Message,
            "happened",
        ),
        (
            r#"{"fields":{"message":"m"},"target":"t"}"#,
            Known::Message,
            "m",
        ),
        (r#"{"target":"t"}"#, Known::Logger, "t"),
        (
            r#"{"MessageTemplate":"m","Properties":{"SourceContext":"A.B"}}"#,
            Known::Message,
            "m",
        ),
        (
            r#"{"MessageTemplate":"m","Properties":{"SourceContext":"A.B"}}"#,
            Known::Logger,
            "A.B",
        ),
        (
            r#"{"text":"m\n","record":{"message":"m"}}"#,
            Known::Message,
            "m",
        ),
        ("a=1 svc=s msg=m trace_id=t", Known::Service, "s"),
        ("a=1 svc=s msg=\"m\\n\" trace_id=t", Known::Message, "m\n"),
        ("it went wrong trace_id=t, again", Known::Trace, "t"),
    ] {
        assert_eq!(
            known(raw, what).as_deref(),
            Some(value),
            "{what:?} of {raw}"
        );
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    assert_eq!(known(r#"{"a":{"message":"m"}}"#, Known::Message), None);
    assert_eq!(known(r#"{"trace":"at x\n at y"}"#, Known::Trace), None);
    assert_eq!(known(r#"{"service":null}"#, Known::Service), None);
    assert_eq!(known("plain text", Known::Message), None);
    assert_eq!(known("", Known::Message), None);
}

#[test]
fn the_message_is_what_a_person_would_read() {
    for (raw, text) in [
        (r#"{"level":"info","msg":"a\nb"}"#, "a\nb"),
        (r#"{"msg":"\u001b[31mred\u001b[0m"}"#, "red"),
        (r#"{"msg":{"a":1}}"#, r#"{"a":1}"#),
        (r#"{"a":1}"#, r#"{"a":1}"#),
        (r#"{"msg":"cut"#, r#"{"msg":"cut"#),
        (r#"{"msg":"m"} trailing"#, r#"{"msg":"m"} trailing"#),
        ("level=info msg=\"two words\" n=1", "two words"),
        ("a=1 b=2", "a=1 b=2"),
        (
            "2026-03-01 08:00:00.123  INFO [main] c.e.App : started",
            "started",
        ),
        ("2026-03-01 08:00:00,123 - svc - ERROR - failed", "failed"),
        ("2026-03-01 08:00:00,123 - ERROR - failed", "failed"),
        ("[2026-03-01T08:00:00Z INFO  app] started", "started"),
        (
            "\x1b[2m2026-03-01T08:00:00Z\x1b[0m \x1b[32m INFO\x1b[0m app: started",
            "app: started",
        ),
        ("Mar  1 08:00:00 host app[1]: text", "text"),
        ("<34>1 2026-03-01T08:00:00Z host app - - - text", "text"),
        ("E0301 08:00:00.000001    1 main.go:1] text", "text"),
        ("[ERROR] text", "text"),
        ("error: text", "text"),
        ("TypeError: text", "TypeError: text"),
        ("plain text", "plain text"),
        ("ERROR", "ERROR"),
        (
            "10.0.0.1 - - [01/Mar/2026:08:00:00 +0000] \"GET /\"",
            "10.0.0.1 - - [01/Mar/2026:08:00:00 +0000] \"GET /\"",
        ),
        ("\u{feff}text\r", "text"),
        ("", ""),
    ] {
        assert_eq!(message(raw.as_bytes()), text, "{raw:?}");
    }
}
