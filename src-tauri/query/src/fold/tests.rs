use regex::RegexBuilder;

use super::*;

#[test]
fn folding_is_that_of_the_regex_crate_for_every_character() {
    let mut buffer = [0; 4];
    for c in ('\0'..='\u{1ffff}')
        .step_by(7)
        .chain("kKſsSßẞµΜςσΣǅİıéÉ\u{212a}ͅι".chars())
    {
        let folded = FoldedChar::new(c);
        let regex = RegexBuilder::new(&format!("^{}$", regex::escape(c.encode_utf8(&mut buffer))));
        let regex = { regex }.case_insensitive(true).build().unwrap();
        for other in folded.0 {
            assert!(
                regex.is_match(other.encode_utf8(&mut [0; 4])),
                "{c:?} {other:?}"
            );
            assert_eq!(FoldedChar::new(other), folded, "{c:?} {other:?}");
        }
        for other in c.to_lowercase().chain(c.to_uppercase()) {
            let equal = regex.is_match(other.encode_utf8(&mut [0; 4]));
            assert_eq!(folded.equals(other), equal, "{c:?} {other:?}");
        }
    }
}

#[test]
fn a_glob_fits_whole_texts() {
    for (glob, text, fits) in [
        ("*", "", true),
        ("?", "", false),
        ("a*c", "AbbC", true),
        ("a*c", "abcd", false),
        ("*ab*ab", "abxabyab", true),
        ("?é*", "xÉ", true),
        ("a**b", "ab", true),
        ("*a?", "bab", true),
        ("*a?", "ba", false),
        ("a", "a\n", false),
        ("a*", "a\nb", true),
    ] {
        assert_eq!(Glob::new(glob).fits(text), fits, "{glob} {text:?}");
    }
}

#[test]
fn a_long_search_finds_what_overlaps_itself() {
    let search = FoldedSearch::new("aabaab\u{212a}");
    assert_eq!(search.find_end("AABAABAABKx"), Some((10, 7)));
    assert_eq!(search.find_end("aabaabaab"), None);
}
