use super::{Kind, Split, split};
use crate::ingest::mapping::Mapping;
use crosscut_model::RowFlags;
use crosscut_model::limits::MAX_LINE_BYTES;

fn read(kind: Kind, body: &str) -> Split {
    split(body.as_bytes().to_vec(), kind, &Mapping::default()).unwrap()
}

fn refused(kind: Kind, body: &str) -> String {
    split(body.as_bytes().to_vec(), kind, &Mapping::default())
        .unwrap_err()
        .code
}

fn texts(lines: &crosscut_engine::source::Lines) -> Vec<String> {
    lines
        .iter()
        .map(|(line, _)| String::from_utf8(line.to_vec()).unwrap())
        .collect()
}

#[test]
fn an_envelope_names_run_and_source_and_keeps_objects_as_sent() {
    let body = r#"{"runId":"R1","source":"shop","lines":["one\n","a\nb",{"n":1.50,"é":"\u00e9"}]}"#;
    let split = read(Kind::Json, body);
    assert_eq!(split.run.as_deref(), Some("R1"));
    assert_eq!(split.source.as_deref(), Some("shop"));
    assert_eq!(split.accepted, 3);
    let kept: Vec<_> = split.good.iter().map(|(line, _)| line.to_vec()).collect();
    assert_eq!(kept[0], b"one");
    assert_eq!(kept[1], b"a\nb", "a string is one record, newlines and all");
    assert_eq!(kept[2], r#"{"n":1.50,"é":"\u00e9"}"#.as_bytes());
}

#[test]
fn an_object_printed_over_several_lines_is_stored_on_one() {
    let split = read(Kind::Json, "[{\n  \"a\": \"x  y\",\n  \"b\": [1, 2]\n}]");
    assert_eq!(texts(&split.good), [r#"{"a": "x  y","b": [1, 2]}"#]);
}

#[test]
fn lines_missing_or_no_array_is_an_error() {
    for body in [
        r#"{"runId":"R1"}"#,
        "{}",
        r#"{"runId":"R1","lines":"x"}"#,
        r#"{"lines":5}"#,
    ] {
        assert_eq!(refused(Kind::Json, body), "bad_lines", "{body}");
        assert_eq!(refused(Kind::Unsaid, body), "bad_lines", "{body}");
    }
    assert_eq!(refused(Kind::Json, ""), "bad_lines");
    assert_eq!(refused(Kind::Json, r#"{"lines":["#), "bad_json");
    assert_eq!(
        refused(Kind::Json, r#"{"runId":7,"lines":[]}"#),
        "bad_arguments"
    );
}

#[test]
fn a_bare_object_and_an_array_are_records() {
    assert_eq!(
        texts(&read(Kind::Json, r#"{"msg":"hi","lines":3}"#).good).len(),
        1
    );
    let split = read(Kind::Unsaid, r#"["a",{"b":1},null,5]"#);
    assert_eq!(texts(&split.good), ["a", r#"{"b":1}"#]);
    assert_eq!(texts(&split.broken), ["null", "5"]);
    assert_eq!((split.accepted, split.rejected), (2, 2));
}

#[test]
fn one_bad_line_never_costs_the_batch() {
    let body = "{\"a\":1}\n\n{broken\r\n{\"b\":2}\n";
    for kind in [Kind::Ndjson, Kind::Json, Kind::Unsaid] {
        let split = read(kind, body);
        assert_eq!(texts(&split.good), [r#"{"a":1}"#, r#"{"b":2}"#], "{kind:?}");
        assert_eq!(texts(&split.broken), ["{broken\r"], "{kind:?}");
        assert_eq!((split.accepted, split.rejected), (2, 1));
    }
}

#[test]
fn text_is_kept_line_by_line_with_its_blank_lines_and_returns() {
    for kind in [Kind::Text, Kind::Unsaid] {
        let split = read(kind, "[2026-11-21] start\r\n\n  at f()");
        assert_eq!(
            texts(&split.good),
            ["[2026-11-21] start\r", "", "  at f()"],
            "{kind:?}"
        );
        assert_eq!(split.accepted, 3);
    }
    assert_eq!(read(Kind::Text, "").accepted, 0);
}

#[test]
fn json_sent_as_text_is_text_unless_it_is_an_envelope() {
    assert_eq!(texts(&read(Kind::Text, r#"{"lines":["x"]}"#).good), ["x"]);
    assert_eq!(texts(&read(Kind::Text, r#"{"a":1}"#).good), [r#"{"a":1}"#]);
    assert_eq!(texts(&read(Kind::Text, "{broken").good), ["{broken"]);
}

#[test]
fn a_line_that_is_too_long_is_cut_between_characters_and_counted_once() {
    let long = format!("{}é{}", "x".repeat(MAX_LINE_BYTES - 1), "y".repeat(10));
    for split in [
        read(Kind::Text, &long),
        read(Kind::Json, &format!("[\"{long}\"]")),
    ] {
        let pieces: Vec<_> = split.good.iter().collect();
        assert_eq!(split.accepted, 1);
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].0.len(), MAX_LINE_BYTES - 1);
        assert_eq!(
            (pieces[0].1, pieces[1].1),
            (RowFlags::CONTINUES, RowFlags::NONE)
        );
        assert_eq!([pieces[0].0, pieces[1].0].concat(), long.as_bytes());
    }
}

#[test]
fn content_types_are_read_without_their_parameters() {
    assert_eq!(
        Kind::of(Some("Application/JSON; charset=utf-8")),
        Kind::Json
    );
    assert_eq!(Kind::of(Some("application/x-ndjson")), Kind::Ndjson);
    assert_eq!(
        Kind::of(Some("application/x-www-form-urlencoded")),
        Kind::Unsaid
    );
    assert_eq!(Kind::of(None), Kind::Unsaid);
}

#[test]
fn marks_in_front_of_a_body_or_its_records_are_no_part_of_them() {
    let split = read(Kind::Json, "\u{feff}{\"n\":1}");
    assert_eq!(texts(&split.good), [r#"{"n":1}"#]);
    let split = read(Kind::Unsaid, "\u{feff}text");
    assert_eq!(texts(&split.good), ["text"]);
    let sequence = Kind::of(Some("application/json-seq"));
    let split = read(sequence, "\u{1e}{\"n\":1}\n\u{1e}{\"n\":2}\n");
    assert_eq!(texts(&split.good), [r#"{"n":1}"#, r#"{"n":2}"#]);
    assert_eq!(split.rejected, 0);
}
