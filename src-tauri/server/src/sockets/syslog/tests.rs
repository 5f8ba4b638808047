use super::*;

fn line(text: &str) -> (String, serde_json::Value) {
    let sent = read(text.as_bytes());
    (sent.source, serde_json::from_slice(&sent.record).unwrap())
}

#[test]
fn rfc_5424_is_read_with_its_structured_data() {
    let (source, line) = line(
        "<165>1 2003-10-11T22:14:15.003Z host.example.com /usr/bin/evntslog 812 ID47 \
         [exampleSDID@32473 iut=\"3\" event=\"a \\\"b\\\" \\] c\"][x y=\"z\"] \u{feff}An event",
    );
    assert_eq!(source, "evntslog");
    assert_eq!(
        line,
        serde_json::json!({
            "message": "An event", "timestamp": "2003-10-11T22:14:15.003Z", "level": "notice",
            "facility": "local4", "host": "host.example.com", "app": "/usr/bin/evntslog",
            "pid": "812", "msgid": "ID47", "exampleSDID@32473.iut": "3",
            "exampleSDID@32473.event": "a \"b\" ] c", "x.y": "z"
        })
    );
}

#[test]
fn rfc_3164_is_read_as_programs_really_send_it() {
    for (text, source, message, host) in [
        (
            "<13>Nov  1 10:20:00 box app[12]: hi: there",
            "app",
            "hi: there",
            Some("box"),
        ),
        ("<13>Nov 21 10:20:00 app[12]: hi", "app", "hi", None),
        ("<13>Nov 21 10:20:00 box app: hi", "app", "hi", Some("box")),
        (
            "<13>2024-11-21T10:20:00.5+01:00 box app: hi",
            "app",
            "hi",
            Some("box"),
        ),
        ("<13>app: hi", "app", "hi", None),
        (
            "<29> 2024-11-21T10:20:00Z box app[1]: hi",
            "app",
            "hi",
            Some("box"),
        ),
        (
            "<13>Nov 21 10:20:00.123 box app: hi",
            "app",
            "hi",
            Some("box"),
        ),
        ("<13>http://box/x is gone", "", "http://box/x is gone", None),
        ("<13>app: hi\n\0", "app", "hi", None),
        ("<13>just text", "", "just text", None),
    ] {
        let (program, line) = line(text);
        assert_eq!(program, source, "{text}");
        assert_eq!(line["message"], message, "{text}");
        assert_eq!(
            line.get("host").and_then(|host| host.as_str()),
            host,
            "{text}"
        );
        assert_eq!(line["level"], "notice");
    }
}

#[test]
fn json_behind_a_head_keeps_its_fields() {
    let (_, line) = line("<30>Nov 21 10:20:00 box app: @cee: {\"level\":\"warn\",\"n\":1}");
    assert_eq!(line["level"], "warn");
    assert_eq!(line["n"], 1);
    assert_eq!(line["host"], "box");
}

#[test]
fn what_is_no_syslog_is_a_line_as_it_is() {
    for text in ["plain", "<999>x", "<>x", "<", "<13", "<1a>x", "<165>1 a b"] {
        assert_eq!(
            read(text.as_bytes()).record,
            text.trim_end().as_bytes(),
            "{text}"
        );
    }
    assert_eq!(read(b"\xff\xfe").record, b"\xff\xfe");
}

#[test]
fn frames_are_counted_or_end_with_a_line() {
    let whole = |range, length| Frame::Whole(range, length);
    assert_eq!(frame(b"5 <1>ab<2>", 0, false), whole(2..7, 7));
    assert_eq!(frame(b"5 <1>a", 0, false), Frame::Short);
    assert_eq!(frame(b"5 <1>a", 0, true), whole(2..6, 6));
    assert_eq!(frame(b"12", 0, false), Frame::Short);
    assert_eq!(frame(b"<1>a\n<2>b", 0, false), whole(0..4, 5));
    assert_eq!(frame(b"<1>a\0", 0, false), whole(0..4, 5));
    assert_eq!(frame(b"<1>a\nb\n\0<2>c", 0, false), whole(0..7, 8));
    assert_eq!(frame(b"<1>a\nb\n<2>c\0", 0, false), whole(0..4, 5));
    assert_eq!(frame(b"<1>a\nb\n", 0, false), whole(0..4, 5));
    assert_eq!(frame(b"a\nb\0", 0, false), whole(0..1, 2));
    assert_eq!(frame(b"<1>a", 0, false), Frame::Short);
    assert_eq!(frame(b"<1>a", 0, true), whole(0..4, 4));
    assert_eq!(frame(b"", 0, true), Frame::Short);
    assert!(matches!(frame(b"99999999 <", 0, false), Frame::Bad(_)));
    let huge = b"99999999999999999999999 <1>a";
    assert!(matches!(frame(huge, 0, false), Frame::Bad(_)));
    assert_eq!(frame(b"ab<1>c\n", 2, false), whole(0..6, 7));
    let long = vec![b'x'; MAX_FRAME + 1];
    assert_eq!(frame(&long, 0, false), whole(0..MAX_FRAME, MAX_FRAME));
}

#[test]
fn a_line_that_begins_with_a_number_is_a_line() {
    for text in [
        "12 monkeys",
        "1732184400123 INFO up",
        "2024-11-21 up",
        "7",
        "99999999 x",
    ] {
        let bytes = format!("{text}\nrest");
        let length = text.len();
        let whole = Frame::Whole(0..length, length + 1);
        assert_eq!(frame(bytes.as_bytes(), 0, false), whole, "{text}");
        // However it is cut.
        for end in 0..=length {
            let cut = frame(bytes.as_bytes().get(..end).unwrap(), 0, false);
            assert_eq!(cut, Frame::Short, "{text} up to {end}");
        }
        let ended = Frame::Whole(0..length, length);
        assert_eq!(frame(text.as_bytes(), 0, true), ended, "{text}");
    }
}
