//! Trees.

use serde_json::{Value, json};

use super::fields;

#[test]
fn fields_keep_their_order_and_nesting() {
    let found = fields(br#" {"z":1,"a":{"y":[1,{"b":null}],"x":true},"m":"\u00e9"}"#);
    let expected = [
        ("z", json!(1)),
        ("a", json!({"y":[1,{"b":null}],"x":true})),
        ("m", json!("é")),
    ];
    assert_eq!(
        found,
        expected.map(|(name, value)| (name.to_owned(), value))
    );
    let inner: Vec<&String> = found[1].1.as_object().unwrap().keys().collect();
    assert_eq!(inner, ["y", "x"]);
}

#[test]
fn names_that_occur_again_are_kept() {
    let found = fields(br#"{"a":1,"a":2,"b":{"c":1,"c":2,"c (2)":3,"c":4}}"#);
    assert_eq!(found[0], ("a".to_owned(), json!(1)));
    assert_eq!(found[1], ("a".to_owned(), json!(2)));
    assert_eq!(found[2].1.as_object().unwrap().len(), 4);
    let again = format!("{{\"b\":{{{}\"c\":0}}}}", "\"c\":1,".repeat(20_000));
    assert_eq!(
        fields(again.as_bytes())[0].1.as_object().unwrap().len(),
        20_001
    );
}

#[test]
fn numbers_lose_no_digit() {
    let value = |literal: &str| {
        fields(format!("{{\"n\":{literal}}}").as_bytes())[0]
            .1
            .clone()
    };
    assert_eq!(value("9007199254740991"), json!(9_007_199_254_740_991_i64));
    assert_eq!(value("9007199254740993"), json!("9007199254740993"));
    assert_eq!(
        value("123456789012345678901234567890"),
        json!("123456789012345678901234567890")
    );
    assert_eq!(value("-0.5"), json!(-0.5));
    assert_eq!(value("1.5e3"), json!(1500.0));
    assert_eq!(value("1e400"), json!("1e400"));
    assert_eq!(
        value("0.12345678901234567890"),
        json!("0.12345678901234567890")
    );
}

#[test]
fn what_is_too_deep_stays_text_and_what_is_broken_ends_the_tree() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let mut value = &fields(deep.as_bytes())[0].1;
    let mut depth = 0;
    while let Some(inner) = value.get(0) {
        value = inner;
        depth += 1;
    }
    assert_eq!(depth, 64);
    assert!(value.is_string());
    assert_eq!(fields(br#"{"a":1,"b":2,"c":"#).len(), 2);
}

#[test]
fn pairs_are_fields_too() {
    let expected = vec![
        ("a".to_owned(), json!(1)),
        ("b".to_owned(), Value::String("x y".to_owned())),
    ];
    assert_eq!(fields(br#"a=1 b="x y""#), expected);
    assert_eq!(fields(br#"it did a=1, and b="x y""#), expected);
    assert!(fields(b"plain text").is_empty());
}
