//! The daemon's words.

use super::*;

#[test]
fn drivers_that_begin_new_files_are_known() {
    let limited: HashMap<String, String> = [("max-size".to_owned(), "10m".to_owned())].into();
    assert!(rotates("json-file", &limited));
    assert!(!rotates("json-file", &HashMap::new()));
    assert!(rotates("local", &HashMap::new()));
    assert!(rotates("fluentd", &HashMap::new()));
    assert!(!rotates("journald", &HashMap::new()));
}

#[test]
fn the_year_one_is_no_moment() {
    assert_eq!(moment(Some("0001-01-01T00:00:00Z".to_owned())), None);
    assert_eq!(moment(None), None);
    assert_eq!(
        moment(Some("1970-01-01T00:00:01.5Z".to_owned())),
        Some(1_500_000_000)
    );
}

#[test]
fn attributes_are_those_that_are_there() {
    let labels = [(SERVICE_LABEL.to_owned(), "web".to_owned())].into();
    let told = attributes(&"a".repeat(64), "shop-web-1", "shop:2", &labels);
    let told: Vec<_> = told
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("compose.service", "web"),
            ("container.id", "aaaaaaaaaaaa"),
            ("container.image", "shop:2"),
            ("container.name", "shop-web-1"),
        ]
    );
}
