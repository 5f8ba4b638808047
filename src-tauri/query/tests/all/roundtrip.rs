//! Printing and reading back.

use crosscut_query::{Temper, parse};
use proptest::prelude::*;

use crate::record::query_text;

/// Reads leniently, checks what must hold of any reading, prints, reads strictly.
fn check(typed: &str) {
    let lenient = parse(typed, Temper::Lenient).expect("a lenient reader never errs");
    let mut last = 0;
    for token in &lenient.tokens {
        assert!(
            token.span.start >= last && token.span.start < token.span.end,
            "`{typed}`: {token:?}"
        );
        assert!(
            typed.get(token.span.clone()).is_some(),
            "`{typed}`: {token:?}"
        );
        last = token.span.end;
    }
    for hint in &lenient.hints {
        assert!(
            typed.get(hint.span.clone()).is_some(),
            "`{typed}`: {hint:?}"
        );
    }
    let printed = lenient.query.to_string();
    if printed.len() <= crosscut_model::limits::QUERY_BYTES {
        match parse(&printed, Temper::Strict) {
            Ok(again) => assert_eq!(
                again.query, lenient.query,
                "`{typed}` printed as `{printed}`"
            ),
            Err(error) => panic!("`{typed}` printed as `{printed}`: {error:?}"),
        }
    }
    match parse(typed, Temper::Strict) {
        Ok(strict) => assert_eq!(strict, lenient, "`{typed}`"),
        Err(error) => {
            assert!(error.position <= typed.len(), "`{typed}`: {error:?}");
            assert!(
                !lenient.hints.is_empty(),
                "`{typed}` is refused for {error:?} without a hint"
            );
        }
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(1_500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_looks_like_a_query_prints_as_what_it_means(typed in query_text()) {
        check(&typed);
    }

    #[test]
    fn any_string_prints_as_what_it_means(typed in "\\PC{0,40}") {
        check(&typed);
    }

    #[test]
    fn strings_of_signs_print_as_what_they_mean(typed in "[a1 ():\"/\\\\.,*?<>=!~`@-]{0,24}") {
        check(&typed);
    }
}

#[test]
fn awkward_queries_print_as_what_they_mean() {
    for typed in [
        "/x/ path:/api/* \"a/ b\"",
        "path:(/api/* OR b) f~re",
        "(x OR f:a(b* ) y",
        "f:a\"b* \"AND\" -\"-x\" --x NOT -x -> a->b",
        "f:\"a\"..\"b\"",
        "t:\"2026-11-21 10:30\"..10:35",
        "`is`:x `odd \\` name`.`b`[0].c:1",
        "f!=a,b,*c f!~/x\\/y/c f=1,2..3",
        "dGVzdA== a==b a=>b C:\\dir\\*.rs",
        "-(a b) -(a OR b) (a OR b) c",
        "` :(\\`~",
        "f:/x*(( f~42",
        "a:((? (b f:((x)*( )",
        "f=:f:*(\"\"",
        "\"\" \"\\\\\" \"\\\"",
    ] {
        check(typed);
    }
}
