use super::*;

fn need(source: &str, case_sensitive: bool) -> Need {
    Need::of_pattern(&Pattern {
        source: source.into(),
        case_sensitive,
    })
}

fn texts(texts: &[&str]) -> Vec<Need> {
    texts
        .iter()
        .map(|text| Need::Text((*text).to_owned()))
        .collect()
}

#[test]
fn an_expression_needs_the_characters_it_cannot_do_without() {
    assert_eq!(need(r"status=5\d\d", true), Need::All(texts(&["status=5"])));
    assert_eq!(need("Fuse", false), Need::All(texts(&["fuse"])));
    assert_eq!(
        need(r"^a\b.+(bc){2}d?e*$", true),
        Need::All(texts(&["a", "bc"]))
    );
    assert_eq!(need("x(?:ab)?y", true), Need::All(texts(&["x", "y"])));
    assert_eq!(
        need(r"\d+|", true),
        Need::All(vec![Need::Any(vec![
            Need::All(Vec::new()),
            Need::All(Vec::new()),
        ])])
    );
}

#[test]
fn an_alternation_needs_one_of_its_parts() {
    let Need::All(parts) = need("timeout|exception", false) else {
        panic!()
    };
    let [Need::Any(parts)] = parts.as_slice() else {
        panic!("{parts:?}")
    };
    assert_eq!(parts[0], Need::All(texts(&["timeout"])));
    assert_eq!(parts[1], Need::All(texts(&["exception"])));
}

#[test]
fn what_is_compared_by_its_worth_needs_nothing() {
    assert_eq!(Need::of_test(&Test::Contains("500".into())), Need::Nothing);
    assert_eq!(Need::of_test(&Test::Equals("200ms".into())), Need::Nothing);
    assert_eq!(Need::of_test(&Test::Equals("-1".into())), Need::Nothing);
    assert_eq!(
        Need::of_test(&Test::Contains("5xx".into())),
        Need::Text("5xx".into())
    );
    assert_eq!(
        Need::of_test(&Test::Glob("a*c?".into())),
        Need::All(texts(&["a", "c"]))
    );
}
