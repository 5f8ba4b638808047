use serde_json::value::RawValue;

use super::*;
use crate::ingest::wire::{put_bytes, put_number};

fn of_json(json: &str) -> Result<String, Malformed> {
    let raw: &RawValue = serde_json::from_str(json).unwrap();
    let mut out = Vec::new();
    write(Value::Json(raw), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

fn of_binary(message: &[u8]) -> Result<String, Malformed> {
    let mut out = Vec::new();
    write(Value::Binary(Field::Bytes(message)), &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

/// A message of one field.
fn one(number: u32, bytes: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    put_bytes(&mut message, number, bytes);
    message
}

fn double(value: f64) -> Vec<u8> {
    let mut message = vec![4 << 3 | 1];
    message.extend(value.to_le_bytes());
    message
}

fn number(number: u32, value: u64) -> Vec<u8> {
    let mut message = Vec::new();
    put_number(&mut message, number, value);
    message
}

#[test]
fn both_encodings_become_the_same_json() {
    let pair = |key: &str, value: &[u8]| one(1, &[one(1, key.as_bytes()), one(2, value)].concat());
    let list = [pair("k", &number(3, 1)), pair("l", b"")].concat();
    for (binary, json, expected) in [
        (
            one(1, "a\"ü".as_bytes()),
            r#"{"stringValue":"a\"ü"}"#,
            r#""a\"ü""#,
        ),
        (number(2, 1), r#"{"boolValue":true}"#, "true"),
        (number(3, u64::MAX), r#"{"intValue":"-1"}"#, "-1"),
        (
            number(3, 1 << 60),
            r#"{"intValue":1152921504606846976}"#,
            "1152921504606846976",
        ),
        (double(0.5), r#"{"doubleValue":0.5}"#, "0.5"),
        (double(f64::NAN), r#"{"doubleValue":"NaN"}"#, "\"NaN\""),
        (
            double(f64::NEG_INFINITY),
            r#"{"doubleValue":"-Infinity"}"#,
            "\"-Infinity\"",
        ),
        (one(5, b""), r#"{"arrayValue":{}}"#, "[]"),
        (
            one(5, &[one(1, &number(2, 0)), one(1, b"")].concat()),
            r#"{"arrayValue":{"values":[{"boolValue":false},{}]}}"#,
            "[false,null]",
        ),
        (
            one(6, &list),
            r#"{"kvlistValue":{"values":[{"value":{"intValue":1},"key":"k"},{"key":"l"}]}}"#,
            r#"{"k":1,"l":null}"#,
        ),
        (
            one(7, b"hello"),
            r#"{"bytesValue":"aGVsbG8="}"#,
            "\"aGVsbG8=\"",
        ),
        (one(7, b""), r#"{"bytesValue":""}"#, "\"\""),
        (Vec::new(), "{}", "null"),
        (one(99, b"later"), r#"{"laterValue":{"a":[1]}}"#, "null"),
    ] {
        assert_eq!(of_binary(&binary).unwrap(), expected);
        assert_eq!(of_json(json).unwrap(), expected);
    }
}

#[test]
fn what_is_no_value_or_nested_too_deep_is_refused() {
    for bad in [
        "1",
        "\"x\"",
        r#"{"intValue":"x"}"#,
        r#"{"arrayValue":{"values":1}}"#,
    ] {
        assert!(of_json(bad).is_err(), "{bad}");
    }
    assert!(of_binary(&number(1, 5)).is_err());
    assert!(of_binary(b"\x0a\x05a").is_err());
    let (open, close) = (r#"{"arrayValue":{"values":["#, "]}}");
    let nested = |depth| format!("{}{{}}{}", open.repeat(depth), close.repeat(depth));
    assert!(of_json(&nested(20)).is_ok());
    assert!(of_json(&nested(100_000)).is_err());
    let nested = |depth| (0..depth).fold(Vec::new(), |inner, _| one(5, &one(1, &inner)));
    assert!(of_binary(&nested(60)).is_ok());
    assert!(of_binary(&nested(5_000)).is_err());
}
