mod negative;
mod random;
mod traces;

use super::Joiner;
use crosscut_model::limits::{JOIN_BYTES, JOIN_LINES};

/// The records of a text, as the numbers of lines in each.
fn counts(text: &str) -> Vec<usize> {
    let mut joiner = Joiner::new();
    let mut counts = Vec::new();
    for line in text.lines() {
        match counts.last_mut() {
            Some(last) if joiner.goes_on(line.as_bytes()) => *last += 1,
            Some(_) => counts.push(1),
            None => {
                joiner.goes_on(line.as_bytes());
                counts.push(1);
            }
        }
    }
    counts
}

/// Checks that each part, blank lines before and behind it left out, is one record.
#[track_caller]
fn apart(parts: &[&str]) {
    let parts: Vec<_> = parts.iter().map(|part| part.trim_matches('\n')).collect();
    let wanted: Vec<_> = parts.iter().map(|part| part.lines().count()).collect();
    let text = parts.join("\n");
    assert_eq!(counts(&text), wanted, "\n{text}");
}

#[test]
fn a_record_is_bounded_in_lines_and_bytes() {
    let frames = "    at f (/a.js:1:2)\n".repeat(3 * JOIN_LINES);
    let found = counts(&format!("Error: deep\n{frames}next"));
    assert_eq!(found, [JOIN_LINES, JOIN_LINES, JOIN_LINES, 1, 1]);
    let wide = format!("    at f (/{}.js:1:2)\n", "a".repeat(JOIN_BYTES / 4));
    let found = counts(&format!("Error: wide\n{}", wide.repeat(8)));
    assert_eq!(found, [4, 3, 2]);
    let mut joiner = Joiner::new();
    joiner.goes_on("Error: x".repeat(JOIN_BYTES).as_bytes());
    assert!(!joiner.goes_on(b"    at f (/a.js:1:2)"));
}

#[test]
fn only_what_may_go_on_is_held_back() {
    for (line, held) in [
        (r#"{"level":"error","msg":"x"}"#, false),
        ("{\"a\":1}\r", false),
        ("hello", false),
        ("", false),
        ("Listening on port 3000", false),
        ("Error: x", true),
        ("2026-03-01 08:00:00 INFO x", true),
        ("Traceback (most recent call last):", true),
        ("{", true),
        ("panic: x", true),
    ] {
        let mut joiner = Joiner::new();
        joiner.goes_on(line.as_bytes());
        assert_eq!(joiner.may_go_on(), held, "{line}");
        joiner.close();
        assert!(!joiner.may_go_on());
        assert!(!joiner.goes_on(b"    at f (/a.js:1:2)"), "{line}");
    }
}
