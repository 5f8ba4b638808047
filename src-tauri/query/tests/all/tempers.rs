//! The two tempers: what is refused, where and why, and what becomes of it in the window.

use crosscut_query::{Expected, Query, Temper, TextPattern, TokenKind, codes, complete, parse};

#[test]
fn the_strict_reader_says_what_is_wrong_and_where() {
    for (typed, code, position) in [
        ("a \"b c", codes::UNCLOSED, 2),
        ("a (b c", codes::UNCLOSED, 2),
        ("f:(a OR b", codes::UNCLOSED, 2),
        ("a) b", codes::UNEXPECTED, 1),
        ("f:(a b)", codes::UNEXPECTED, 5),
        ("a ()", codes::MISSING, 3),
        ("a OR", codes::MISSING, 2),
        ("AND a", codes::MISSING, 0),
        ("a OR OR b", codes::MISSING, 5),
        ("NOT", codes::MISSING, 0),
        ("n>", codes::MISSING, 2),
        ("n>= 5", codes::MISSING, 3),
        ("f:a,", codes::MISSING, 4),
        ("n>abc", codes::BAD_VALUE, 2),
        ("n>/x/", codes::BAD_VALUE, 2),
        ("level:loud", codes::BAD_LEVEL, 6),
        ("level:warn..loud", codes::BAD_LEVEL, 6),
        ("t:25:00", codes::BAD_TIME, 2),
        ("since:2026-02-30", codes::BAD_TIME, 6),
        ("t:2026-02-28..2026-02-30", codes::BAD_TIME, 2),
        ("last:10:30", codes::BAD_TIME, 5),
        ("t:5m", codes::BAD_TIME, 2),
        ("t:/x/", codes::BAD_TIME, 2),
        ("since:soon", codes::BAD_TIME, 6),
        ("is:odd", codes::BAD_STATE, 3),
        ("has:12", codes::BAD_PATH, 4),
        ("a /x(/", codes::BAD_REGEX, 4),
        ("/a\\/b[/", codes::BAD_REGEX, 5),
        ("f~x(", codes::BAD_REGEX, 3),
        ("/\\w{1000}{1000}/", codes::BAD_REGEX, 1),
    ] {
        let error = parse(typed, Temper::Strict).expect_err(typed);
        assert_eq!(
            (error.code, error.position),
            (code, position),
            "`{typed}`: {error:?}"
        );
        assert!(
            !error.message.is_empty() && !error.expected.is_empty(),
            "`{typed}`: {error:?}"
        );
    }
}

#[test]
fn the_lenient_reader_searches_what_it_cannot_read_as_text_and_says_so() {
    for (typed, texts) in [
        ("level:loud", vec!["level:loud"]),
        ("a OR", vec!["a", "OR"]),
        ("AND a", vec!["AND", "a"]),
        ("n> 5", vec!["n>", "5"]),
        ("Vec<String>", vec!["Vec<String>"]),
        ("time=12ms took", vec!["time=12ms", "took"]),
        ("t:25:00", vec!["t:25:00"]),
        ("/x(/ y", vec!["/x(/", "y"]),
        ("foo ()", vec!["foo", "()"]),
        (") a", vec![")", "a"]),
        ("\"open end", vec!["open end"]),
        ("since:\"next week\" x", vec!["since:\"next week\"", "x"]),
    ] {
        let parsed = parse(typed, Temper::Lenient).unwrap();
        let parts = match parsed.query {
            Query::And(parts) => parts,
            one => vec![one],
        };
        let found: Vec<_> = parts
            .iter()
            .map(|part| match part {
                Query::Text(TextPattern::Contains(text)) => text.as_str(),
                other => panic!("`{typed}`: {other:?}"),
            })
            .collect();
        assert_eq!(found, texts, "`{typed}`");
        assert!(!parsed.hints.is_empty(), "`{typed}` leaves no hint");
    }
}

#[test]
fn open_brackets_close_at_the_end_in_the_window() {
    let lenient = |typed| parse(typed, Temper::Lenient).unwrap().query.to_string();
    assert_eq!(lenient("a (b OR c"), "a (b OR c)");
    assert_eq!(lenient("f:(a OR b"), "f:a,b");
    assert_eq!(lenient("f:a, b"), "f:a b");
    assert_eq!(lenient("  "), "");
}

#[test]
fn tokens_tell_the_parts_apart() {
    use TokenKind::{Boolean, Bracket, Field, Operator, Phrase, Regex, Value, Word};
    let typed = "a -\"b c\" OR (level:>=warn f:x,/y/ NOT has:http.status) f:(p OR q)";
    let parsed = parse(typed, Temper::Strict).unwrap();
    let tokens: Vec<_> = parsed
        .tokens
        .iter()
        .map(|token| (&typed[token.span.clone()], token.kind))
        .collect();
    let expected = [
        ("a", Word),
        ("-", Boolean),
        ("\"b c\"", Phrase),
        ("OR", Boolean),
        ("(", Bracket),
        ("level", Field),
        (":>=", Operator),
        ("warn", Value),
        ("f", Field),
        (":", Operator),
        ("x", Value),
        (",", Operator),
        ("/y/", Regex),
        ("NOT", Boolean),
        ("has", Field),
        (":", Operator),
        ("http.status", Value),
        (")", Bracket),
        ("f", Field),
        (":", Operator),
        ("(", Bracket),
        ("p", Value),
        ("OR", Boolean),
        ("q", Value),
        (")", Bracket),
    ];
    assert_eq!(tokens, expected);
}

#[test]
fn aliases_and_short_forms_print_in_their_plainest_form() {
    let printed = |typed| parse(typed, Temper::Strict).unwrap().query.to_string();
    assert_eq!(
        printed("src:a svc:b t:10:30"),
        "source:a service:b time:10:30"
    );
    assert_eq!(printed("is:warn last:5m"), "level>=warn since:5m");
    assert_eq!(printed("NOT a !b AND c:*"), "-a -b has:c");
    assert_eq!(printed("f:(a OR \"b c\") n:=5"), "f:a,\"b c\" n=5");
    assert_eq!(printed("(a b) ((c OR d))"), "a b (c OR d)");
}

#[test]
fn a_completion_stands_where_the_parser_read_a_name_or_a_value() {
    use TokenKind::{Field, Phrase, Regex, Value, Word};
    let typed = "a -\"b c\" OR (level:>=warn f:x,\"y z\",1..2 NOT has:http.status) `g h`:(p OR q) \
                 is:error since:10:30 last:5m t:10:30.. a.b!=c n>=5 x~y";
    let parsed = parse(typed, Temper::Strict).unwrap();
    let mut seen = 0;
    for token in parsed.tokens {
        let found = complete(typed, token.span.start + 1);
        let fits = match (token.kind, &found.expected) {
            (Phrase, Expected::Text) => true,
            // A range is one token to the parser and two values to fill in.
            (Value, Expected::Value { .. }) => {
                found.span.start >= token.span.start && found.span.end <= token.span.end
            }
            (Word | Field, Expected::Term { .. })
            | (Value, Expected::Field | Expected::State | Expected::Moment | Expected::Span)
            | (Regex, Expected::Value { .. }) => found.span == token.span,
            (TokenKind::Operator | TokenKind::Boolean | TokenKind::Bracket, _) => continue,
            _ => false,
        };
        assert!(fits, "{token:?} of `{typed}`: {found:?}");
        seen += 1;
    }
    assert_eq!(seen, 27);
}
