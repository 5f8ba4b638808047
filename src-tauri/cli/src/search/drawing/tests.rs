use crosscut_engine::api::ApiError;

use super::draw;

fn drawn(query: &str, position: usize) -> String {
    let message = format!("a bracket is not closed (at byte {position})");
    let error = ApiError::new("bad_query", message)
        .hint("expected `)`")
        .at(position);
    draw(&error, query, position)
}

#[test]
fn the_place_is_pointed_at() {
    assert_eq!(
        drawn("level:error (foo", 12),
        "a bracket is not closed\n  level:error (foo\n              ^ expected `)`"
    );
    assert!(drawn("(", 1).ends_with("\n  (\n   ^ expected `)`"));
}

#[test]
fn characters_count_and_bytes_do_not() {
    assert!(drawn("größe (x", 8).ends_with("\n  größe (x\n        ^ expected `)`"));
    // A place inside a character or beyond the end is one nearby.
    assert!(drawn("ö(", 1).contains("\n  ^ "));
    assert!(drawn("ö(", 99).contains("\n    ^ "));
}

#[test]
fn of_a_long_query_what_stands_around_the_place_is_shown_on_one_line() {
    let query = format!("{}\n({}", "a".repeat(5_000), "b".repeat(5_000));
    let drawn = drawn(&query, 5_001);
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[1].starts_with("  …aaa") && lines[1].contains("a (b") && lines[1].ends_with("b…")
    );
    assert_eq!(lines[1].chars().nth(39), Some('('));
    assert_eq!(lines[2].chars().position(|c| c == '^'), Some(39));
}
