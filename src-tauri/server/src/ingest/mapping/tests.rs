use super::Mapping;

fn applied(message: &str, time: &str, record: &str) -> String {
    let mapping = Mapping::new(Some(message), Some(time));
    String::from_utf8(mapping.apply(record.as_bytes()).into_owned()).unwrap()
}

#[test]
fn a_mapped_field_is_copied_to_the_front_and_the_rest_stays_byte_for_byte() {
    assert_eq!(
        applied(
            "what",
            "when",
            r#"{ "when":17.50, "what":"a\u00e9","n":1e3}"#
        ),
        r#"{"msg":"a\u00e9","@timestamp":17.50, "when":17.50, "what":"a\u00e9","n":1e3}"#,
    );
}

#[test]
fn nested_fields_and_alternatives_are_found() {
    let record = r#"{"body":{"text":"hi"},"a.b":"x"}"#;
    assert!(applied("none,body.text", "", record).starts_with(r#"{"msg":"hi","#));
    assert!(applied("a.b", "", record).starts_with(r#"{"msg":"x","#));
}

#[test]
fn a_record_that_has_the_name_already_is_left_alone() {
    let record = r#"{"msg":"mine","what":"other"}"#;
    assert_eq!(applied("what", "", record), record);
}

#[test]
fn what_is_no_object_or_lacks_the_field_is_left_alone() {
    for record in ["plain text", "[1]", "{broken", r#"{"a":null}"#, "{}"] {
        assert_eq!(applied("a", "b", record), record);
    }
}
