//! Rows.

use crosscut_model::LayoutSpec;
use crosscut_model::limits::ROW_CHARS;

use super::{Display, display};
use crate::layout::{Layout, Line};

fn row(raw: &str) -> Display {
    display(raw.as_bytes())
}

fn fields(raw: &str) -> Vec<String> {
    row(raw)
        .fields
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect()
}

#[test]
fn a_row_shows_the_message_and_the_other_fields() {
    let raw = r#"{"time":"2026-03-01T08:00:00Z","level":"info","msg":"hello","http":{"status":200,"tags":["a"]},"n":null,"ok":true}"#;
    assert_eq!(row(raw).message, "hello");
    assert_eq!(
        fields(raw),
        ["http.status=200", r#"http.tags=["a"]"#, "ok=true"]
    );
    assert_eq!(
        fields("time=2026-03-01T08:00:00Z level=info msg=hello user=\"a b\""),
        ["user=a b"]
    );
    assert!(fields("plain text n=1").is_empty());
}

#[test]
fn a_layouts_time_level_and_message_are_shown_once() {
    let layout = Layout::new(&LayoutSpec::Expression {
        source: r"^(?<time>\S+) (?<level>\w+) (?<unit>\w+): (?<message>.*)$".to_owned(),
    });
    let layout = layout.unwrap().unwrap();
    let raw = b"10:00:00 warn pump7: full";
    let row = display(Line::new(raw, Some(&layout)));
    assert_eq!(row.message, "full");
    assert_eq!(row.fields, [("unit".to_owned(), "pump7".to_owned())]);
}

#[test]
fn only_what_told_time_and_level_is_left_out() {
    let raw = r#"{"timestamp":"2026-03-01T08:00:00Z","created":"2020-01-01","level":"info","severity":"low","msg":"m","fields":{"message":"other"}}"#;
    assert_eq!(
        fields(raw),
        ["created=2020-01-01", "severity=low", "fields.message=other"]
    );
    assert_eq!(
        fields(r#"{"fields":{"message":"m","user":1}}"#),
        ["fields.user=1"]
    );
    assert_eq!(
        fields(r#"{"@timestamp":"x","log":{"level":"info"},"message":"m"}"#),
        ["@timestamp=x", "log.level=info"]
    );
}

#[test]
fn a_record_without_a_message_is_shown_whole() {
    assert_eq!(
        row(r#"{"a":1}"#),
        Display {
            message: r#"{"a":1}"#.to_owned(),
            ..Display::default()
        }
    );
    assert_eq!(row(r#"{"msg":"m","a":"#).message, r#"{"msg":"m","a":"#);
}

#[test]
fn a_row_is_one_line_without_anything_that_acts() {
    assert_eq!(row("a\nb\r\nc\td\0\x08\x7f").message, "a⏎b⏎c d␀␈␡");
    assert_eq!(row("\x1b[31mred\x1b[0m \x1b]0;t\x07x").message, "red x");
    assert_eq!(row("a\u{202e}b\u{85}c").message, "a�b�c");
    assert_eq!(fields(r#"{"msg":"m","a":"x\ny\u001b[1m"}"#), ["a=x⏎y"]);
}

#[test]
fn a_row_is_bounded() {
    let long = row(&"é".repeat(ROW_CHARS + 1));
    assert!(long.cut);
    assert_eq!(long.message.chars().count(), ROW_CHARS);
    assert!(!row(&"é".repeat(ROW_CHARS)).cut);
    let many = (0..100)
        .map(|n| format!(",\"k{n}\":{n}"))
        .collect::<Vec<_>>()
        .concat();
    assert_eq!(fields(&format!("{{\"msg\":\"m\"{many}}}")).len(), 12);
    let wide = (0..12)
        .map(|n| format!(",\"k{n}\":\"{}\"", "x".repeat(500)))
        .collect::<Vec<_>>()
        .concat();
    let shown = fields(&format!("{{\"msg\":\"m\"{wide}}}"));
    assert!(
        shown
            .iter()
            .map(|field| field.chars().count())
            .sum::<usize>()
            <= 420,
        "{shown:?}"
    );
    assert!(shown[0].ends_with('…'));
}
