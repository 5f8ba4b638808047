//! The searched text.

use std::borrow::Cow;

use proptest::prelude::*;

use super::text;

#[test]
fn escapes_inside_the_strings_of_an_object_are_decoded() {
    for (raw, expected) in [
        (r#"{"a":"x\ny\t\"z\"\\\/"}"#, "{\"a\":\"x\ny\t\"z\"\\/\"}"),
        (
            r#"{"a":"caf\u00e9 \ud83d\ude00 \u0041"}"#,
            "{\"a\":\"café 😀 A\"}",
        ),
        (
            r#"{"a":"\ud83d x \ude00 \ud83d\u0041"}"#,
            "{\"a\":\"\u{fffd} x \u{fffd} \u{fffd}A\"}",
        ),
        (r#"{"\u0061":1}"#, "{\"a\":1}"),
        (r#"  {"a":"\\n"}"#, "  {\"a\":\"\\n\"}"),
    ] {
        assert_eq!(text(raw.as_bytes()), expected, "{raw}");
    }
}

#[test]
fn what_is_no_json_object_keeps_its_backslashes() {
    for raw in [
        r"C:\new\table",
        r#"{"a":"\n""#,
        r#"["\n"]"#,
        r#"msg="a\nb" x=1"#,
        r"{\n}",
    ] {
        assert!(
            matches!(text(raw.as_bytes()), Cow::Borrowed(same) if same == raw),
            "{raw}"
        );
    }
}

#[test]
fn nothing_is_copied_when_there_is_nothing_to_decode() {
    assert!(matches!(text(br#"{"a":"b"}"#), Cow::Borrowed(_)));
    assert!(matches!(text("größe".as_bytes()), Cow::Borrowed(_)));
    assert_eq!(text(b"caf\xe9"), "caf\u{fffd}");
    assert_eq!(text(b"{\"a\":\"caf\xe9\\n\"}"), "{\"a\":\"caf\u{fffd}\n\"}");
}

/// What `text` does to an object, said simply: every string is replaced by its value.
fn naive(raw: &str) -> String {
    let mut out = String::new();
    let mut string: Option<String> = None;
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match (&mut string, character) {
            (None, '"') => string = Some("\"".to_owned()),
            (None, _) => out.push(character),
            (Some(inner), '\\') => {
                inner.push('\\');
                inner.push(characters.next().unwrap());
            }
            (Some(inner), '"') => {
                let value: String = serde_json::from_str(&format!("{inner}\"")).unwrap();
                out.extend(["\"", value.as_str(), "\""]);
                string = None;
            }
            (Some(inner), _) => inner.push(character),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_text_agrees_with_a_naive_decoder(pairs in proptest::collection::vec(("[a\\PC]{0,4}", "[\\x00-\\x1f\"\\\\/a-c]{0,8}"), 0..5)) {
        let map: serde_json::Map<String, serde_json::Value> =
            pairs.into_iter().map(|(key, value)| (key, value.into())).collect();
        let raw = serde_json::Value::Object(map).to_string();
        // A second spelling of the same: everything beyond ASCII escaped.
        let escaped: String = raw
            .chars()
            .flat_map(|c| match c {
                ' '..='~' => vec![c.to_string()],
                _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            })
            .collect();
        let expected = naive(&escaped);
        prop_assert_eq!(text(escaped.as_bytes()), expected.clone());
        prop_assert_eq!(text(raw.as_bytes()), expected);
    }
}
