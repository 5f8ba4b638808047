//! Terminal escapes.

use std::borrow::Cow;

use proptest::prelude::*;

use super::strip_escapes;

#[test]
fn every_kind_of_sequence_goes_and_nothing_else() {
    for (text, plain) in [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mx\x1b[K", "x"),
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x07b", "alinkb"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1bPdevice\x1b\\x", "x"),
        ("\x1b(Bx\x1b=y\x1bMz", "xyz"),
        ("\u{9b}31mx", "x"),
        ("x\x1b", "x"),
        ("x\x1b[12", "x"),
        ("x\x1b]0;never ended", "x"),
        ("\x1b]0;cut\x1b[1mx", "x"),
        ("\x1bé", "é"),
        ("\x1b[é", "é"),
        ("Âx", "Âx"),
    ] {
        assert_eq!(strip_escapes(text), plain, "{text:?}");
    }
    assert!(matches!(strip_escapes("no Â escapes"), Cow::Borrowed(_)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_escape_is_left(text in "[\\x1b\\x07\\[\\];0-9mK\\\\é\u{9b}Pa]{0,24}") {
        let plain = strip_escapes(&text);
        prop_assert!(!plain.contains(['\x1b', '\u{9b}']), "left in {:?}", text);
    }
}
