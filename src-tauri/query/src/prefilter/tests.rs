use super::*;
use crate::{Temper, parse};

fn rows(typed: &str, lines: &[&[u8]]) -> Option<Vec<u32>> {
    let prefilter = Prefilter::new(&parse(typed, Temper::Strict).unwrap().query)?;
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
        "status:500",
        "n>5",
        "source:api",
        "/a*/",
        "user OR -x",
        "has:f",
    ] {
        assert_eq!(rows(typed, LINES), None, "{typed}");
    }
}
