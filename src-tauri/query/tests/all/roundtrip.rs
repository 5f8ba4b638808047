//! Printing and reading back.

use proptest::prelude::*;

use crate::record::query_text;
use crate::typed::check;

fn cases() -> u32 {
    std::env::var("CROSSCUT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(2_000)
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
