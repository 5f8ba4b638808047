//! Pairs.

use super::{Pairs, is_logfmt};

fn pairs(found: Pairs<'_>) -> Vec<(&str, String)> {
    found
        .map(|pair| (pair.key, pair.text().into_owned()))
        .collect()
}

#[test]
fn values_end_at_blanks_or_quotes() {
    let line = br#"a=1 b="two words" c="x \"y\" \u00e9\n" flag d= e="open f=6"#;
    let found = pairs(Pairs::of_logfmt(line));
    let values: Vec<(&str, &str)> = found
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    assert_eq!(
        values,
        [
            ("a", "1"),
            ("b", "two words"),
            ("c", "x \"y\" é\n"),
            ("d", ""),
            ("e", "\"open"),
            ("f", "6")
        ]
    );
}

#[test]
fn in_prose_pairs_end_at_punctuation_and_operators_are_none() {
    let found = pairs(Pairs::of_text(
        b"did (n=1, m=2); x[i]=3 a==b c!=d u?q=1&r=2 {k=v}",
    ));
    let keys: Vec<&str> = found.iter().map(|(key, _)| *key).collect();
    assert_eq!(keys, ["n", "m", "k"]);
}

#[test]
fn a_line_of_pairs_is_logfmt() {
    for line in [
        "a=1 b=2",
        "  time=x level=y\r",
        "a=\"x y\" b=",
        "at.x=1 b-c=2 tail",
    ] {
        assert!(is_logfmt(line.as_bytes()), "{line}");
    }
    for line in [
        "a=1",
        "a b=1",
        "=a b=1",
        "1=2 3=4",
        "a=1, then",
        "",
        "a = 1",
        "x=\"a b=1\"",
    ] {
        assert!(!is_logfmt(line.as_bytes()), "{line}");
    }
}
