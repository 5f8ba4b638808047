use super::*;

#[test]
fn words_keep_the_brackets_they_open() {
    assert_eq!(word_end("foo(a) b", 0, true), 6);
    assert_eq!(word_end("foo) b", 0, true), 3);
    assert_eq!(word_end("foo) b", 0, false), 4);
    assert_eq!(word_end("foo(a b", 0, true), 5);
    assert_eq!(value_end("a(b),c", 0), 4);
    assert_eq!(value_end("1..\"2 3\"", 0), 3);
}

#[test]
fn quotes_undo_escapes_and_tell_whether_they_close() {
    let read = |text| {
        let quoted = quoted(text, 0, '"');
        (quoted.content.into_owned(), quoted.end, quoted.closed)
    };
    assert_eq!(read("\"a b\" c"), ("a b".to_owned(), 5, true));
    assert_eq!(
        read("\"a\\\"\\\\b\\n\""),
        ("a\"\\b\\n".to_owned(), 10, true)
    );
    assert_eq!(read("\"open"), ("open".to_owned(), 5, false));
    assert_eq!(read("\"日\\"), ("日\\".to_owned(), 5, false));
}

#[test]
fn an_expression_closes_before_a_blank_a_bracket_a_comma_or_the_end() {
    assert_eq!(regex_close("/a/", 0), Some(2));
    assert_eq!(regex_close("/a/c", 0), Some(2));
    assert_eq!(regex_close("/a b/ c", 0), Some(4));
    assert_eq!(regex_close("/a/b/,x", 0), Some(4));
    assert_eq!(regex_close("/a\\/ b/)", 0), Some(6));
    assert_eq!(regex_close("/a/cc", 0), None);
    assert_eq!(regex_close("//", 0), None);
    assert_eq!(regex_close("/a", 0), None);
}

#[test]
fn paths_are_names_joined_by_points_and_indices() {
    let plain = |text| path(text, 0).map(|found| (found.path.plain(), found.end));
    assert_eq!(plain("a.b-c[0].1x:"), Some(("a.b-c[0].1x".to_owned(), 11)));
    assert_eq!(plain("@timestamp"), Some(("@timestamp".to_owned(), 10)));
    assert_eq!(plain("`odd name`.x"), Some(("odd name.x".to_owned(), 12)));
    assert_eq!(plain("a->b"), Some(("a".to_owned(), 1)));
    assert_eq!(plain("a[01]"), Some(("a".to_owned(), 1)));
    assert_eq!(plain("12:30"), None);
    assert_eq!(plain("`open"), None);
}
