use super::*;
use crate::{Temper, parse};

fn rows(typed: &str, lines: &[&[u8]]) -> Option<Vec<u32>> {
    let context = Arc::new(Context {
        now: crosscut_model::UnixNanos(0),
        zone: jiff::tz::TimeZone::UTC,
        run: String::new(),
    });
    let query = parse(typed, Temper::Strict).unwrap().query;
    let prefilter = Prefilter::new(&query, &context, &|_| false)?;
    let text = lines.join(&b'\n');
    let mut at = 0;
    let ends = lines.iter().map(|line| {
        at += line.len() + 1;
        u32::try_from(at - 1).unwrap()
    });
    let mut rows = Vec::new();
    prefilter.candidates(&text, &ends.collect::<Vec<_>>(), &mut rows);
    Some(rows)
}

const LINES: &[&[u8]] = &[
    b"{\"msg\":\"User 42\"}",
    b"plain",
    b"caf\\u00e9",
    b"",
    b"tab\\tand more",
    b"bad \xff user",
    b"two\nlines",
    b"status 503",
];

#[test]
fn rows_without_the_word_are_passed_over() {
    assert_eq!(rows("user", LINES), Some(vec![0, 2, 5]));
    assert_eq!(rows("plain status", LINES), Some(vec![2, 7]));
    assert_eq!(rows("plain OR 503", LINES), Some(vec![1, 2, 7]));
    assert_eq!(rows("\"a/b\"", LINES), Some(vec![2, 4]));
    assert_eq!(rows("\u{fffd}", LINES), Some(vec![2, 5]));
    assert_eq!(rows("level:error -x status", LINES), Some(vec![2, 7]));
}

#[test]
fn expressions_search_the_whole_frame_without_crossing_its_rows() {
    assert_eq!(rows("/status.5\\d\\d/", LINES), Some(vec![2, 4, 5, 7]));
    assert_eq!(rows("/^plain$/", LINES), Some(vec![1, 2, 4, 5]));
    assert_eq!(rows("/\\Aplain\\z/", LINES), Some(vec![1, 2, 4, 5]));
    assert_eq!(rows("/two\\slines/", LINES), Some(vec![2, 4, 5, 6]));
}

#[test]
fn what_raw_bytes_cannot_tell_has_no_prefilter() {
    for typed in [
        "",
        "-user",
        "source:api",
        "/a*/",
        "user OR -x",
        "seq>5",
        "has:msg",
        "`a/b`>5",
    ] {
        assert_eq!(rows(typed, LINES), None, "{typed}");
    }
}

const FIELDS: &[&[u8]] = &[
    b"{\"http\":{\"status\":503}}",
    b"{\"http.status\" : 503.0}",
    b"{\"status\":200,\"xstatus\":503}",
    b"{\"status\":\"503\"}",
    b"{\"status\":[200,503]}",
    b"{\"status\":{\"code\":503}}",
    b"{\"status\":null,\"x\":true}",
    b"{\"st\\u0061tus\":503}",
    b"GET / status=503 took 5ms",
    b"a=1 http.status=503, x",
    b"a=1 http_status=503",
    b"the status of 503",
    b"http.status:503",
    b"{\"status\":05",
    b"{\"status\":\"5",
    b"03\"}",
];

#[test]
fn a_comparison_looks_at_what_stands_behind_its_fields_name() {
    let odd = [4, 5, 7];
    let all = |more: &[u32]| {
        let mut rows = [&odd[..], more].concat();
        rows.sort_unstable();
        Some(rows)
    };
    // The number that begins with a zero and the string that is not closed are too odd to tell.
    assert_eq!(
        rows("http.status:>=500", FIELDS),
        all(&[0, 1, 3, 8, 9, 13, 14])
    );
    assert_eq!(rows("status:<300", FIELDS), all(&[2, 13, 14]));
    assert_eq!(
        rows("http.status:503", FIELDS),
        all(&[0, 1, 3, 8, 9, 12, 13, 14])
    );
    assert_eq!(rows("status=200..299", FIELDS), all(&[2, 13, 14]));
    assert_eq!(rows("x=5,6", FIELDS), Some(vec![7]));
    assert_eq!(rows("has:x", FIELDS), Some(vec![6, 7]));
    assert_eq!(rows("x!=5", FIELDS), Some(vec![6, 7]));
    assert_eq!(rows("status[1]:>5", FIELDS), Some(vec![4, 7]));
}

#[test]
fn a_whole_value_stands_in_quotes_or_behind_an_equals_sign() {
    let lines: &[&[u8]] = &[
        b"{\"service\":\"Orders\"}",
        b"{\"msg\":\"all orders\"}",
        b"{\"queue\":\"orders.created\"}",
        b"svc=orders",
        b"svc=orders, x",
        b"svc=\"orders\"",
        b"svc=ordersx",
        b"{\"service\":\"\\u006frders\"}",
    ];
    assert_eq!(rows("queue=orders", lines), Some(vec![0, 3, 4, 5, 7]));
    assert_eq!(rows("x.y=orders", lines), Some(vec![0, 3, 4, 5, 7]));
}

#[test]
fn a_value_may_be_the_rest_of_a_line_or_stand_behind_its_length() {
    let lines: &[&[u8]] = &[
        b"__CURSOR=s\nUNIT=a b c",
        b"__CURSOR=s\nUNIT\n\x05\0\0\0\0\0\0\0a b c\nK=1",
        b"__CURSOR=s\nUNIT=a b c\r\nK=1",
        b"__CURSOR=s\nUNIT=a b\nMY_UNIT=5",
    ];
    assert_eq!(rows("UNIT=\"a b c\"", lines), Some(vec![0, 1, 2]));
    // With a number among the values there is no text to look for.
    assert_eq!(rows("UNIT=5,\"a b c\"", lines), Some(vec![0, 1, 2]));
    assert_eq!(rows("has:UNIT", lines), Some(vec![0, 1, 2, 3]));
}

#[test]
fn values_without_names_are_looked_for_where_there_are_no_objects() {
    let free = |typed: &str, lines: &[&[u8]]| {
        let context = Arc::new(Context {
            now: crosscut_model::UnixNanos(0),
            zone: jiff::tz::TimeZone::UTC,
            run: String::new(),
        });
        let query = parse(typed, Temper::Strict).unwrap().query;
        let prefilter = Prefilter::new(&query, &context, &|_| true).unwrap();
        let mut at = 0;
        let ends = lines.iter().map(|line| {
            at += line.len() + 1;
            u32::try_from(at - 1).unwrap()
        });
        let mut rows = Vec::new();
        prefilter.candidates(&lines.join(&b'\n'), &ends.collect::<Vec<_>>(), &mut rows);
        rows
    };
    let lines: &[&[u8]] = &[
        br#"{"status":200}"#,
        br#"10.0.0.7 - - [x] "GET / HTTP/1.1" 200 5"#,
        br#"{"status":503}"#,
        br#"{"log":"\"GET / HTTP/1.1\" 503","stream":"stdout"}"#,
        br#"{"method":"GET"}"#,
    ];
    assert_eq!(free("status:>=500", lines), [1, 2, 3]);
    assert_eq!(free("method=GET", lines), [1, 3, 4]);
}
