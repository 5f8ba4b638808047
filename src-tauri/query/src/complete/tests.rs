use super::*;

/// The text with `|` where the cursor stands.
fn at(marked: &str) -> Expectation {
    let cursor = marked.find('|').unwrap();
    complete(&marked.replacen('|', "", 1), cursor)
}

/// What is replaced, what it must begin with, and what fits, in short.
fn seen(marked: &str) -> (String, String, String) {
    let found = at(marked);
    let text = marked.replacen('|', "", 1);
    let what = match &found.expected {
        Expected::Term { keywords } => format!("term {}", keywords.join(" ")),
        Expected::Operator { path } => format!("operator {path}"),
        Expected::Value {
            path,
            operator,
            quoted,
            others,
        } => {
            let quoted = if *quoted { " quoted" } else { "" };
            let sign = text.get(operator.clone()).unwrap();
            format!("value {path} {sign}{quoted} [{}]", others.join(" "))
        }
        Expected::Field => "field".to_owned(),
        Expected::State => "state".to_owned(),
        Expected::Moment => "moment".to_owned(),
        Expected::Span => "span".to_owned(),
        Expected::Keyword { keywords } => format!("keyword {}", keywords.join(" ")),
        Expected::Text => "text".to_owned(),
    };
    (
        text.get(found.span).unwrap().to_owned(),
        found.prefix,
        what.trim_end().to_owned(),
    )
}

#[track_caller]
fn expect(cases: &[(&str, &str, &str, &str)]) {
    for &(marked, span, prefix, what) in cases {
        let expected = (span.to_owned(), prefix.to_owned(), what.to_owned());
        assert_eq!(seen(marked), expected, "`{marked}`");
    }
}

#[test]
fn a_term_begins_at_the_start_behind_blanks_brackets_and_signs() {
    expect(&[
        ("|", "", "", "term NOT"),
        ("  |", "", "", "term NOT"),
        ("a |", "", "", "term AND OR NOT"),
        ("a OR |", "", "", "term NOT"),
        ("a AND NOT |b", "", "", "term NOT"),
        ("(|", "", "", "term NOT"),
        ("(a) |", "", "", "term AND OR NOT"),
        ("a (b |", "", "", "term AND OR NOT"),
        ("-|", "", "", "term"),
        ("a -|b", "", "", "term"),
        ("!ser|", "ser", "ser", "term"),
        ("|service:a", "", "", "term NOT"),
        ("\"a b\" |", "", "", "term AND OR NOT"),
        ("/a b/ |", "", "", "term AND OR NOT"),
    ]);
}

#[test]
fn a_name_is_found_with_all_of_it_and_what_is_typed_of_it() {
    expect(&[
        ("ser|", "ser", "ser", "term NOT"),
        ("se|rvice", "service", "se", "term NOT"),
        ("se|rvice:orders", "service", "se", "term NOT"),
        ("service|:orders", "service", "service", "term NOT"),
        ("a http.st|", "http.st", "http.st", "term AND OR NOT"),
        ("http.|", "http.", "http.", "term NOT"),
        ("items[0].s|", "items[0].s", "items[0].s", "term NOT"),
        ("@time|", "@time", "@time", "term NOT"),
        ("`odd na|", "`odd na", "odd na", "term NOT"),
        ("a.`odd na|me`:x", "a.`odd name`", "a.odd na", "term NOT"),
        ("(x OR ser|)", "ser", "ser", "term NOT"),
        ("A|", "A", "A", "term NOT"),
        ("a O|", "O", "O", "term AND OR NOT"),
        ("a OR|", "OR", "OR", "term AND OR NOT"),
        ("a O|R b", "OR", "O", "term AND OR NOT"),
    ]);
}

#[test]
fn an_operator_is_found_while_it_is_typed() {
    expect(&[
        ("n!|", "!", "!", "operator n"),
        ("n:|>=5", ":>=", ":", "operator n"),
        ("n!|=5", "!=", "!", "operator n"),
        ("n>|", "", "", "value n > []"),
        ("n:>|", "", "", "value n :> []"),
    ]);
}

#[test]
fn a_value_is_found_with_its_field_and_the_others_of_its_list() {
    expect(&[
        ("level:|", "", "", "value level : []"),
        ("src:| b", "", "", "value source : []"),
        ("level:er|", "er", "er", "value level : []"),
        ("level:e|rror x", "error", "e", "value level : []"),
        ("(level=e|)", "e", "e", "value level = []"),
        ("-level!=e|", "e", "e", "value level != []"),
        ("f:a,b|,c", "b", "b", "value f : [a c]"),
        ("f:a,|", "", "", "value f : [a]"),
        ("f:a,|b", "b", "", "value f : [a]"),
        ("f:(a OR |", "", "", "value f : [a]"),
        ("f:(a OR b| OR \"c d\") e", "b", "b", "value f : [a c d]"),
        ("f:(|", "", "", "value f : []"),
        ("f:(a |", "", "", "keyword OR"),
        ("f:(a) |", "", "", "term AND OR NOT"),
        ("a.`b c`:v|", "v", "v", "value a.`b c` : []"),
        ("f~ti|me", "time", "ti", "value f ~ []"),
        ("a b:c|", "c", "c", "value b : []"),
    ]);
}

#[test]
fn quoted_values_are_found_without_their_quotes() {
    expect(&[
        ("f:\"a b|", "\"a b", "a b", "value f : quoted []"),
        ("f:\"|\" x", "\"\"", "", "value f : quoted []"),
        (
            "f:\"a \\\"b|c\" x",
            "\"a \\\"bc\"",
            "a \"b",
            "value f : quoted []",
        ),
        ("f:\"a b\",c|", "c", "c", "value f : [a b]"),
        ("f:\"a b\" |", "", "", "term AND OR NOT"),
    ]);
}

#[test]
fn both_ends_of_a_range_are_values() {
    expect(&[
        ("n:1|0..20", "10", "1", "value n : []"),
        ("n:10|..20", "10", "10", "value n : []"),
        ("n:10..2|0", "20", "2", "value n : []"),
        ("n:10..|", "", "", "value n : []"),
        ("n:..2|", "2", "2", "value n : []"),
        (
            "t:\"2026-11-21 10:30\"..\"2026-|\"",
            "\"2026-\"",
            "2026-",
            "value time : quoted [2026-11-21 10:30]",
        ),
    ]);
}

#[test]
fn words_with_a_colon_of_their_own_know_what_follows() {
    expect(&[
        ("has:|", "", "", "field"),
        ("has:http.s| x", "http.s", "http.s", "field"),
        ("is:|", "", "", "state"),
        ("is:er|", "er", "er", "state"),
        ("since:10:|", "10:", "10:", "moment"),
        (
            "until:\"2026-11-21 1|",
            "\"2026-11-21 1",
            "2026-11-21 1",
            "moment",
        ),
        ("last:5|m", "5m", "5", "span"),
        ("`has`:x|", "x", "x", "value `has` : []"),
        ("has=x|", "x", "x", "value `has` = []"),
    ]);
}

#[test]
fn in_text_nothing_is_known() {
    expect(&[
        ("\"a b|", "\"a b", "\"a b", "text"),
        ("\"a| b\" c", "\"a b\"", "\"a", "text"),
        ("/a|b/ c", "/ab/", "/a", "text"),
        ("12:3|0", "12:30", "12:3", "text"),
        ("http://h|", "http://h", "http://h", "text"),
        ("std::ve|c", "std::vec", "std::ve", "text"),
        ("a/b|", "a/b", "a/b", "text"),
        ("--verb|", "--verb", "--verb", "text"),
        ("f:/a|b/", "/ab/", "/a", "text"),
        ("n:1.|.2", "1..2", "1.", "text"),
    ]);
}

#[test]
fn the_language_has_its_own_candidates() {
    assert!(at("|").expected.candidates().contains(&"level"));
    assert!(at("a |").expected.candidates().contains(&"OR"));
    assert!(at("level:|").expected.candidates().contains(&"error"));
    assert!(at("stream:|").expected.candidates().contains(&"stderr"));
    assert!(at("is:|").expected.candidates().contains(&"broken"));
    assert!(at("n!|").expected.candidates().contains(&"!="));
    assert!(at("f:|").expected.candidates().is_empty());
}

#[test]
fn any_place_in_any_text_is_answered() {
    let pieces = [
        "(", ")", "\"", "/", "`", "f:", "a", ",", "..", " ", "OR ", "-", "é", "[0", "!", "is:",
    ];
    let mut state = 1_u64;
    for _ in 0..3_000 {
        let mut text = String::new();
        for _ in 0..7 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(pieces[usize::try_from(state >> 60).unwrap()]);
        }
        for cursor in 0..=text.len() + 1 {
            let found = complete(&text, cursor);
            let cursor = cursor.min(text.len());
            assert!(
                text.get(found.span.clone()).is_some(),
                "`{text}` {cursor} {found:?}"
            );
            assert!(found.span.start <= cursor, "`{text}` {cursor} {found:?}");
        }
    }
}

#[test]
fn a_value_is_written_so_that_it_is_read_as_itself() {
    let written = |name: &str, value: &str| write_value(&Path::name(name), value);
    assert_eq!(written("service", "orders"), "orders");
    assert_eq!(written("service", "a b"), "\"a b\"");
    assert_eq!(written("f", "a,b"), "\"a,b\"");
    assert_eq!(written("f", "1..2"), "\"1..2\"");
    assert_eq!(written("odd name", "say \"x\""), "\"say \\\"x\\\"\"");
    assert_eq!(written("f", "*"), "\"*\"");
}
