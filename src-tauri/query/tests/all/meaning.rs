//! What the forms of the language match: terms and how they join.

use crosscut_query::{Matcher, Temper, parse};

use crate::record::{Owned, context, text};

#[track_caller]
pub(crate) fn matches(typed: &str, record: &Owned) -> bool {
    let query = parse(typed, Temper::Strict)
        .unwrap_or_else(|e| panic!("`{typed}`: {e:?}"))
        .query;
    Matcher::new(&query, &context()).unwrap().matches(record)
}

/// Puts queries to a record: those that match, and those that do not.
#[track_caller]
pub(crate) fn expect(record: &Owned, hits: &[&str], misses: &[&str]) {
    for typed in hits {
        assert!(matches(typed, record), "`{typed}` should match {record:?}");
    }
    for typed in misses {
        assert!(
            !matches(typed, record),
            "`{typed}` should not match {record:?}"
        );
    }
}

#[test]
fn a_word_is_found_anywhere_in_the_text_ignoring_case() {
    let record = Owned::text("Connection REFUSED by Straße 5 at 300 K\u{212a} Ωhm");
    expect(
        &record,
        &[
            "refused",
            "nect",
            "STRAßE",
            "STRAẞE",
            "ΩHM",
            "kk",
            "",
            "connection straße",
        ],
        &["strasse", "refusal"],
    );
}

#[test]
fn a_phrase_is_found_as_it_stands() {
    let record = Owned::text("say \"two  words\" C:\\temp\nnext line");
    expect(
        &record,
        &[
            "\"Two  Words\"",
            "\"say \\\"two\"",
            "\"c:\\temp\"",
            "\"c:\\\\temp\"",
            "\"temp\nnext\"",
        ],
        &["\"two words\""],
    );
}

#[test]
fn an_expression_searches_line_by_line_and_counts_case_when_told() {
    let record = Owned::text("First line\nGET /api/v1/orders 503");
    expect(
        &record,
        &[
            "/^get/",
            "/line$/",
            "/5\\d\\d$/",
            "/GET/c",
            "/api\\/v1/",
            "/FIRST|second/",
        ],
        &["/get/c", "/line.get/", "/^api/"],
    );
}

#[test]
fn a_slash_opens_an_expression_only_where_one_closes() {
    let record = Owned::text("GET /api/v1/orders from // comment");
    expect(
        &record,
        &["/api/v1/orders", "/api", "//"],
        &["/api/v2/orders"],
    );
    let field = Owned::fields(&[("path", text("/api/v2/users"))]);
    expect(
        &field,
        &["path:/api/v2/*", "path:/api/v2", "path:/V2/"],
        &["path:/api/v1/*", "path:/V2/c"],
    );
}

#[test]
fn terms_join_by_and_first_and_not_turns_them() {
    let record = Owned::text("alpha beta");
    expect(
        &record,
        &[
            "alpha beta",
            "alpha AND beta",
            "gamma OR alpha",
            "gamma delta OR alpha beta",
            "-gamma",
            "!gamma",
            "NOT gamma",
            "alpha -gamma",
            "-(gamma OR delta)",
            "NOT NOT alpha",
            "(gamma OR beta) alpha",
            "NOT -alpha",
            "-gone:x",
            "-gone>5",
        ],
        &[
            "alpha gamma",
            "alpha AND (gamma OR delta)",
            "-alpha",
            "-(alpha OR gamma)",
            "alpha or beta",
            "alpha and beta",
        ],
    );
}

#[test]
fn what_only_looks_like_a_field_is_text() {
    for typed in [
        "12:30:01",
        "http://h",
        "std::vec",
        "https://host/p?a=b",
        "a->b",
        "--verbose",
        "->",
        "-",
        "dGVzdA==",
        "a==b",
        "a=>b",
        "=x",
        "user@host:80",
        "foo()",
        "f(x:y)",
        "it's",
        "a/b=1",
        "f:",
        "<div>",
        "x-",
        "!=",
        "C++",
    ] {
        let record = Owned::text(&format!("before {typed} behind"));
        expect(&record, &[typed], &[]);
        assert!(
            !matches(typed, &Owned::text("before and behind")),
            "`{typed}`"
        );
    }
    expect(
        &Owned::text("Error: x happened"),
        &["Error: x"],
        &["Error: y"],
    );
}

#[test]
fn the_text_terms_of_a_query_are_highlighted() {
    let query = parse(
        "user -gone (/\\d+/ OR msg:us) f:x is:error \"r 4\"",
        Temper::Strict,
    )
    .unwrap();
    let matcher = Matcher::new(&query.query, &context()).unwrap();
    let text = "User 42 gone, f:X user";
    let marked: Vec<_> = matcher
        .highlights(text)
        .into_iter()
        .map(|range| &text[range])
        .collect();
    assert_eq!(marked, ["User 42", "f:X", "user"]);
    assert!(matcher.highlights("").is_empty());
}
