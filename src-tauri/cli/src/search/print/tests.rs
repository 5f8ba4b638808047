use crosscut_engine::api::{ReadRecord, SearchRecord};

use super::{Printer, harmless, parts};
use crate::args::SearchFormat;

fn record(line: &str, matched: bool, gap: bool, hits: &[u32]) -> SearchRecord {
    SearchRecord {
        record: ReadRecord {
            run: "r".parse().unwrap(),
            seq: 1,
            time: String::new(),
            level: crosscut_model::Level::Info,
            source: "app".to_owned(),
            stream: crosscut_model::Stream::Stdout,
            message: line.to_owned(),
            line: line.to_owned(),
        },
        matched,
        gap,
        hits: hits.to_vec(),
    }
}

fn printed(format: SearchFormat, colored: bool, records: &[SearchRecord]) -> String {
    let mut out = Vec::new();
    let mut printer = Printer::new(&mut out, format, colored);
    for record in records {
        printer.records(std::slice::from_ref(record)).unwrap();
    }
    printer.end().unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn plain_text_is_the_line_as_it_is_with_its_source_and_groups_apart() {
    let records = [
        record("one\x1b[31m", true, false, &[0, 3]),
        record("two", false, true, &[]),
    ];
    let text = printed(SearchFormat::Text, false, &records);
    assert_eq!(text, "[app] one\x1b[31m\n--\n[app] two\n");
}

#[test]
fn on_a_terminal_hits_stand_out_and_lines_are_harmless() {
    let records = [record(
        "a \u{1d11e}b\x1b]0;title\x07c",
        true,
        false,
        &[4, 5],
    )];
    let text = printed(SearchFormat::Text, true, &records);
    assert_eq!(
        text,
        "\x1b[36m[app]\x1b[0m a \u{1d11e}\x1b[1;31mb\x1b[0m]0;titlec\n"
    );
    assert_eq!(harmless("\x1b[1;31mred\x1b[0m\r\tx"), "red\tx");
    assert_eq!(harmless("\x1b[2J\x1b"), "");
}

#[test]
fn json_is_one_array_or_an_object_a_line() {
    let records = [
        record("one", true, false, &[]),
        record("two", true, false, &[]),
    ];
    let array = printed(SearchFormat::Json, false, &records);
    let array: Vec<SearchRecord> = serde_json::from_str(&array).unwrap();
    assert_eq!(array, records);
    let lines = printed(SearchFormat::Jsonl, false, &records);
    assert_eq!(lines.lines().count(), 2);
    assert_eq!(printed(SearchFormat::Json, false, &[]), "[]\n");
    assert_eq!(printed(SearchFormat::Jsonl, false, &[]), "");
}

#[test]
fn parts_cover_the_line_whatever_the_hits() {
    assert_eq!(parts("abc", &[]), [("abc", false)]);
    assert_eq!(parts("abc", &[0, 3]), [("abc", true)]);
    assert_eq!(
        parts("abc", &[1, 2]),
        [("a", false), ("b", true), ("c", false)]
    );
    assert_eq!(parts("ab", &[1, 9]), [("a", false), ("b", true)]);
}
