//! Validity and nesting.

use super::{Cursor, Nesting, Raw, is_object};

#[test]
fn nesting_is_remembered_at_any_depth() {
    let mut open = Nesting::default();
    let kinds: Vec<bool> = (0..300).map(|n| n % 3 == 0 || n % 7 == 0).collect();
    for &kind in &kinds {
        open.push(kind);
    }
    for &kind in kinds.iter().rev() {
        assert_eq!(open.top(), Some(kind));
        open.pop();
    }
    assert_eq!(open.top(), None);
}

#[test]
fn mismatched_brackets_are_found_at_any_depth() {
    for depth in [1, 63, 64, 65, 128, 129, 200] {
        let good = format!("{{\"a\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let bad = format!("{{\"a\":{}1}}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(is_object(good.as_bytes()), "{depth}");
        assert!(!is_object(bad.as_bytes()), "{depth}");
    }
}

#[test]
fn values_are_told_apart_and_passed_whole() {
    let mut cursor = Cursor::new(br#"{"a":[1,{"b":"]"}],"c":"\"}","d":-1.5e+3} "#);
    assert!(cursor.enter_object().unwrap());
    assert_eq!(cursor.key().unwrap().bytes, b"a");
    assert_eq!(cursor.value().unwrap(), Raw::Array(br#"[1,{"b":"]"}]"#));
    assert!(cursor.more_members().unwrap());
    assert_eq!(cursor.key().unwrap().bytes, b"c");
    assert!(matches!(cursor.value().unwrap(), Raw::Str(text) if text.decode() == "\"}"));
    assert!(cursor.more_members().unwrap());
    assert_eq!(cursor.key().unwrap().bytes, b"d");
    assert_eq!(cursor.value().unwrap(), Raw::Number("-1.5e+3"));
    assert!(!cursor.more_members().unwrap());
    assert!(cursor.end().is_ok());
}

#[test]
fn every_length_of_string_ends_at_its_quote() {
    for length in 0..40 {
        for odd in ["", "é", "\\n", "\\u00e9", "\\\""] {
            let inner = format!("{}{odd}", "x".repeat(length));
            let line = format!("{{\"{inner}\":\"{odd}{inner}\"}}");
            assert!(is_object(line.as_bytes()), "{line}");
            let control = format!("{{\"{inner}\u{1}\":1}}");
            assert!(!is_object(control.as_bytes()), "{control}");
        }
    }
}
