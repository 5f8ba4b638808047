//! No input takes long, goes deep or panics.

use std::time::{Duration, Instant};

use crosscut_query::{Matcher, Query, Temper, TextPattern, codes, parse};

use crate::record::{Owned, context};

/// Reads in both tempers, prints, compiles, matches; far within the time a user notices. The bound
/// is wide because tests run unoptimized beside others; quadratic growth breaks it all the same.
fn all_within(typed: &str, bound: Duration) {
    let start = Instant::now();
    let lenient = parse(typed, Temper::Lenient).unwrap();
    drop(parse(typed, Temper::Strict));
    let printed = lenient.query.to_string();
    let matcher = Matcher::new(&lenient.query, &context()).unwrap();
    matcher.matches(&Owned::text("some text"));
    matcher.highlights("some text");
    drop(lenient);
    let took = start.elapsed();
    assert!(
        took < bound,
        "{took:?} for {} bytes of `{typed:.20}`",
        typed.len()
    );
    assert!(printed.len() < typed.len() * 3 + 16);
}

#[test]
fn hostile_inputs_are_answered_at_once() {
    let pieces = [
        "(",
        ")",
        "((",
        "()",
        "\"",
        "/",
        "/a",
        "/a/ ",
        "-(",
        "NOT ",
        "NOT (",
        "f:(",
        "f:a,",
        "a ",
        "a OR ",
        "`",
        "f:/",
        "\\",
        "f:*a",
        "-",
        "!",
        "f:a..b",
        "x>1 ",
        "日",
        "İ ",
        "t:10:30 ",
        "/\\w{9}/ ",
        ",",
        "[0]",
        "a[0].",
        "1",
    ];
    for piece in pieces {
        for length in [10_000, crosscut_model::limits::QUERY_BYTES] {
            let typed = piece.repeat(length / piece.len());
            all_within(&typed, Duration::from_secs(2));
        }
        all_within(
            &piece.repeat((64 << 10) / piece.len()),
            Duration::from_secs(2),
        );
    }
}

#[test]
fn thirty_two_brackets_are_read_and_thirty_three_are_not() {
    let nested = |depth: usize| format!("{}a OR b{}", "(c ".repeat(depth), ")".repeat(depth));
    assert!(parse(&nested(32), Temper::Strict).is_ok());
    let error = parse(&nested(33), Temper::Strict).unwrap_err();
    assert_eq!((error.code, error.position), (codes::TOO_DEEP, 96));
    let lenient = parse(&nested(33), Temper::Lenient).unwrap();
    assert_eq!(
        lenient.query,
        Query::Text(TextPattern::Contains(nested(33)))
    );
    assert_eq!(lenient.hints.len(), 1);
}

#[test]
fn a_query_of_eight_kibibytes_is_read_and_a_longer_one_is_text() {
    let longest = "a".repeat(crosscut_model::limits::QUERY_BYTES);
    assert!(parse(&longest, Temper::Strict).is_ok());
    let longer = format!("{longest}b");
    let error = parse(&longer, Temper::Strict).unwrap_err();
    assert_eq!(
        (error.code, error.position),
        (codes::TOO_LONG, longest.len())
    );
    let lenient = parse(&longer, Temper::Lenient).unwrap();
    let matcher = Matcher::new(&lenient.query, &context()).unwrap();
    assert!(matcher.matches(&Owned::text(&format!("xa{}", longer.to_uppercase()))));
    assert!(!matcher.matches(&Owned::text(&longest)));
}

#[test]
fn expressions_that_are_too_big_together_are_refused() {
    let error = parse(&"/\\w{9}/ ".repeat(20), Temper::Strict).unwrap_err();
    assert_eq!((error.code, error.position % 8), (codes::BAD_REGEX, 1));
    let lenient = parse(&"/\\w{9}/ ".repeat(20), Temper::Lenient).unwrap();
    assert!(!lenient.hints.is_empty());
    let long = format!("/{}/", "a".repeat(3_000));
    assert_eq!(
        parse(&long, Temper::Strict).unwrap_err().code,
        codes::BAD_REGEX
    );
}
