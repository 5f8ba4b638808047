use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::{FieldValue, Segment, visit_field};

fn walked(raw: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let walk = walk_fields(raw.as_bytes(), &mut String::new(), |name, leaf, many| {
        let shown = match leaf {
            Leaf::Str(text) => format!("{text:?}"),
            Leaf::Number(literal) => literal.to_owned(),
            Leaf::Bool(value) => value.to_string(),
            Leaf::Null => "null".into(),
            Leaf::Container => "…".into(),
        };
        let many = if many { "*" } else { "" };
        found.push((format!("{name}{many}"), shown));
    });
    walk.ok().map(|()| found)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    expected.iter().map(own).collect()
}

#[test]
fn nested_and_dotted_names_come_out_joined() {
    assert_eq!(
        walked(r#"{"a":1,"http":{"status":"5\u0030","b.c":true},"d":null}"#),
        Some(pairs(&[
            ("a", "1"),
            ("http", "…"),
            ("http.status", "\"50\""),
            ("http.b.c", "true"),
            ("d", "null"),
        ]))
    );
}

#[test]
fn what_stands_in_arrays_may_occur_again() {
    assert_eq!(
        walked(r#"{"a":[1,{"b":2},[{"b":3}]],"c":[]}"#),
        Some(pairs(&[
            ("a", "…"),
            ("a.b*", "2"),
            ("a.b*", "3"),
            ("c", "…")
        ]))
    );
}

#[test]
fn pairs_of_logfmt_and_prose_are_fields() {
    assert_eq!(
        walked("level=info http.status=500 msg=\"a b\""),
        Some(pairs(&[
            ("level", "\"info\""),
            ("http.status", "500"),
            ("msg", "\"a b\"")
        ]))
    );
    assert_eq!(walked("took (ms=12) here"), Some(pairs(&[("ms", "12")])));
    assert_eq!(walked("nothing"), Some(pairs(&[])));
}

#[test]
fn records_that_names_do_not_tell_are_irregular() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    for raw in [
        r#"{"a":1"#,
        r#"{"":1}"#,
        r#"{"a.":1}"#,
        r#"{"a..b":1}"#,
        r#"{"\u0061":1}"#,
        "{} a=1",
        &deep,
    ] {
        assert_eq!(walked(raw), None, "{raw}");
    }
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    let name = prop::sample::select(&["a", "b", "a.b", "c", "b.c", "", "a."][..]);
    let leaf = prop::sample::select(&["1", "1.0", "\"x\"", "\"\\n\"", "null", "true"][..]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(depth, 24, 4, move |inner| {
            let member = (name.clone(), inner.clone())
                .prop_map(|(name, value)| format!("\"{name}\":{value}"));
            prop_oneof![
                2 => prop::collection::vec(member, 0..4)
                    .prop_map(|members| format!("{{{}}}", members.join(","))),
                1 => prop::collection::vec(inner, 0..3)
                    .prop_map(|elements| format!("[{}]", elements.join(","))),
            ]
        })
}

proptest! {
    #[test]
    fn a_path_leads_to_what_was_shown_under_its_name(
        raw in json(4),
        path in prop::collection::vec(prop::sample::select(&["a", "b", "c"][..]), 1..4),
    ) {
        let mut shown = (0, 0);
        let joined = path.join(".");
        let walk = walk_fields(raw.as_bytes(), &mut String::new(), |name, leaf, _| {
            if name == joined {
                if leaf == Leaf::Container { shown.1 += 1 } else { shown.0 += 1 }
            }
        });
        if walk.is_err() {
            return Ok(());
        }
        let path: Vec<_> = path.iter().map(|name| Segment::Key(name)).collect();
        let mut visited = (0, 0);
        visit_field(raw.as_bytes(), &path, &mut |value| {
            if matches!(value, FieldValue::Json(_)) { visited.1 += 1 } else { visited.0 += 1 }
            ControlFlow::Continue(())
        });
        // An array shows its elements, too, and those may be containers.
        if shown.1 == 0 {
            prop_assert_eq!(shown, visited, "{} in {}", joined, raw);
        } else {
            prop_assert!(shown.0 <= visited.0 && shown.1 <= visited.1, "{} in {}", joined, raw);
        }
    }
}
