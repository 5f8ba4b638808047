use super::*;

fn shown(lines: &Lines) -> Vec<String> {
    lines
        .iter()
        .map(|(raw, _)| String::from_utf8_lossy(raw).into_owned())
        .collect()
}

#[test]
fn a_record_that_may_go_on_is_left_for_the_next_buffer() {
    let mut joiner = Joiner::new();
    let text = b"{\"a\":1}\nError: x\n    at f (/a.js:1:2)\n    at".to_vec();
    let (lines, taken) = Lines::join(text, &mut joiner, true);
    assert_eq!(shown(&lines), ["{\"a\":1}"]);
    assert_eq!(taken, 8);
    let text = b"Error: x\n    at f (/a.js:1:2)\n    at g (/a.js:3:4)\nnext\n".to_vec();
    let all = text.len();
    let (lines, taken) = Lines::join(text, &mut joiner, true);
    assert_eq!(
        shown(&lines),
        [
            "Error: x\n    at f (/a.js:1:2)\n    at g (/a.js:3:4)",
            "next"
        ]
    );
    assert_eq!(taken, all);
    assert_eq!(lines.bytes(), all);
}

#[test]
fn with_no_more_to_come_everything_is_taken() {
    let mut joiner = Joiner::new();
    let (lines, taken) = Lines::join(
        b"Error: x\n    at f (/a.js:1:2)".to_vec(),
        &mut joiner,
        false,
    );
    assert_eq!(shown(&lines), ["Error: x\n    at f (/a.js:1:2)"]);
    assert_eq!(taken, 29);
    let (lines, taken) = Lines::join(b"    at g (/a.js:3:4)\n".to_vec(), &mut joiner, false);
    assert_eq!(shown(&lines), ["    at g (/a.js:3:4)"]);
    assert_eq!(taken, 21);
    assert!(Lines::join(Vec::new(), &mut joiner, false).0.is_empty());
}
