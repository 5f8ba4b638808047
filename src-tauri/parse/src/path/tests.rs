//! Finding fields.

use std::ops::ControlFlow;

use proptest::prelude::*;
use serde_json::Value;

use super::{FieldValue, Segment, visit_field};

fn path(dotted: &str) -> Vec<Segment<'_>> {
    dotted
        .split('.')
        .map(|part| part.parse().map_or(Segment::Key(part), Segment::Index))
        .collect()
}

fn show(value: &FieldValue<'_>) -> String {
    match value {
        FieldValue::Str(text) => format!("{text:?}"),
        FieldValue::Number { literal, .. } => (*literal).to_owned(),
        FieldValue::Bool(value) => value.to_string(),
        FieldValue::Null => "null".to_owned(),
        FieldValue::Json(json) => json.to_string(),
    }
}

fn found(raw: &str, path: &[Segment<'_>]) -> Vec<String> {
    let mut all = Vec::new();
    visit_field(raw.as_bytes(), path, &mut |value| {
        all.push(show(&value));
        ControlFlow::Continue(())
    });
    all
}

#[test]
fn fields_are_found_by_nesting_and_by_names_with_dots() {
    let raw =
        r#"{"http":{"status":200,"x":{"y":true}},"http.status":500,"http.x":{"y":null},"a":"b\n"}"#;
    assert_eq!(found(raw, &path("http.status")), ["200", "500"]);
    assert_eq!(found(raw, &path("http.x.y")), ["true", "null"]);
    assert_eq!(found(raw, &path("a")), [r#""b\n""#]);
    assert_eq!(
        found(raw, &path("http.x")),
        [r#"{"y":true}"#, r#"{"y":null}"#]
    );
    assert_eq!(found(raw, &[Segment::Key("http.status")]), ["500"]);
    assert!(found(raw, &path("status")).is_empty());
    assert!(found(raw, &path("http.status.x")).is_empty());
    assert!(found(raw, &[]).is_empty());
}

#[test]
fn arrays_are_looked_into_element_by_element() {
    let raw = r#"{"items":[{"sku":1},{"sku":2},[{"sku":3}]],"tags":["a","b"],"none":[]}"#;
    assert_eq!(found(raw, &path("items.sku")), ["1", "2", "3"]);
    assert_eq!(found(raw, &path("items.1.sku")), ["2"]);
    assert_eq!(
        found(raw, &path("tags")),
        [r#""a""#, r#""b""#, r#"["a","b"]"#]
    );
    assert_eq!(found(raw, &path("tags.1")), [r#""b""#]);
    assert_eq!(found(raw, &path("none")), ["[]"]);
    assert!(found(raw, &path("tags.2")).is_empty());
}

#[test]
fn escaped_and_repeated_names_are_found() {
    assert_eq!(
        found(r#"{"\u0061":1,"a":2,"b\"":3}"#, &path("a")),
        ["1", "2"]
    );
    assert_eq!(found(r#"{"b\"":3}"#, &path("b\"")), ["3"]);
}

#[test]
fn the_visitor_can_stop_early() {
    let mut seen = 0;
    visit_field(br#"{"a":[1,2,3]}"#, &path("a"), &mut |_| {
        seen += 1;
        ControlFlow::Break(())
    });
    assert_eq!(seen, 1);
}

#[test]
fn of_a_broken_object_the_fields_before_the_fault_are_found() {
    assert_eq!(found(r#"{"a":1,"b":2,"c":"cut"#, &path("b")), ["2"]);
    assert!(found(r#"{"a":1,"b":2,"c":"cut"#, &path("c")).is_empty());
    assert_eq!(
        found("{request=5 user=ann} text", &path("user")),
        [r#""ann""#]
    );
}

#[test]
fn pairs_are_found_in_logfmt_and_in_text() {
    let logfmt = r#"a=1 http.status=500 msg="x \"y\"" ok=true v=1.2.3 list=a,b empty= q="5""#;
    assert_eq!(found(logfmt, &path("http.status")), ["500"]);
    assert_eq!(found(logfmt, &path("msg")), [r#""x \"y\"""#]);
    assert_eq!(found(logfmt, &path("ok")), ["true"]);
    assert_eq!(found(logfmt, &path("v")), [r#""1.2.3""#]);
    assert_eq!(found(logfmt, &path("list")), [r#""a,b""#]);
    assert_eq!(found(logfmt, &path("empty")), [r#""""#]);
    assert_eq!(found(logfmt, &path("q")), [r#""5""#]);
    let text = "GET /x?page=3&n=4 took=12ms (lag=5, status=404) a==b";
    assert_eq!(found(text, &path("took")), [r#""12ms""#]);
    assert_eq!(found(text, &path("lag")), ["5"]);
    assert_eq!(found(text, &path("status")), ["404"]);
    assert!(found(text, &path("page")).is_empty());
    assert!(found(text, &path("a")).is_empty());
}

#[test]
fn deep_nesting_ends_the_search_and_nothing_else() {
    let raw = format!(
        "{{\"a\":{}1{},\"b\":2}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert_eq!(found(&raw, &path("b")), ["2"]);
    assert_eq!(found(&raw, &path("a")).len(), 2);
    assert!(found(&raw, &path("a.x")).is_empty());
}

/// The same search on a tree.
fn naive(value: &Value, path: &[Segment<'_>], all: &mut Vec<String>) {
    if path.is_empty() {
        if let Value::Array(elements) = value {
            all.extend(elements.iter().map(ToString::to_string));
        }
        all.push(value.to_string());
        return;
    }
    match value {
        Value::Array(elements) => match path[0] {
            Segment::Index(at) => {
                if let Some(element) = elements.get(at) {
                    naive(element, &path[1..], all);
                }
            }
            Segment::Key(_) => elements
                .iter()
                .for_each(|element| naive(element, path, all)),
        },
        Value::Object(members) => {
            for (name, value) in members {
                for take in 1..=path.len() {
                    let keys: Option<Vec<&str>> = path[..take]
                        .iter()
                        .map(|segment| match segment {
                            Segment::Key(key) => Some(*key),
                            Segment::Index(_) => None,
                        })
                        .collect();
                    if keys.is_some_and(|keys| keys.join(".") == *name) {
                        naive(value, &path[take..], all);
                    }
                }
            }
        }
        _ => {}
    }
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a\"\\\\\n]{0,3}".prop_map(Value::from),
    ];
    let key = prop_oneof!["[ab]", "[ab]\\.[ab]", "[ab]\\.[ab]\\.[ab]"];
    leaf.prop_recursive(4, 40, 4, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            3 => proptest::collection::vec((key.clone(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_search_agrees_with_one_on_a_tree(value in tree(), dotted in "[ab01](\\.[ab01]){0,3}") {
        prop_assume!(value.is_object());
        let path = path(&dotted);
        let mut expected = Vec::new();
        naive(&value, &path, &mut expected);
        // Texts are compared as the search shows them.
        let expected: Vec<String> = expected
            .iter()
            .map(|json| serde_json::from_str::<String>(json).map_or(json.clone(), |text| format!("{text:?}")))
            .collect();
        prop_assert_eq!(found(&value.to_string(), &path), expected);
    }
}
