use super::*;

fn runs(text: &str) -> Vec<String> {
    let (mut found, mut run, mut from) = (Vec::new(), String::new(), 0);
    while let Some(end) = next_run(text, from, &mut run) {
        found.push(run.clone());
        from = end;
    }
    found
}

#[test]
fn folding_keeps_the_kind_and_the_classes_of_all_characters() {
    for c in (0..=0x10_ffff_u32).filter_map(char::from_u32) {
        let folded = fold(c);
        assert_eq!(in_run(c), in_run(folded), "{c:?} folds to {folded:?}");
        assert_eq!(fold(folded), folded, "folding {c:?} twice changes it again");
    }
}

#[test]
fn characters_that_a_case_blind_expression_takes_for_one_fold_to_one() {
    for c in (0..=0x10_ffff_u32).filter_map(char::from_u32) {
        let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
        class.try_case_fold_simple().unwrap();
        for equal in class.iter().flat_map(|range| range.start()..=range.end()) {
            assert_eq!(fold(equal), fold(c), "{equal:?} equals {c:?}");
        }
    }
    assert_eq!(fold('\u{212a}'), 'k');
    assert_eq!(fold('ſ'), 's');
    assert_eq!(fold('Σ'), fold('ς'));
}

/// When this fails, what records are cut into has changed: raise the index's schema number, then
/// note the new figure here.
#[test]
fn the_analysis_of_all_characters_is_the_one_the_schema_number_stands_for() {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for c in (0..=0x10_ffff_u32).filter_map(char::from_u32) {
        let word = u64::from(fold(c) as u32) << 1 | u64::from(in_run(c));
        hash = (hash ^ word).wrapping_mul(0x0100_0000_01b3);
    }
    assert_eq!(
        (crate::tantivy_index::SCHEMA, hash),
        (3, 17_229_225_074_754_299_041)
    );
}

#[test]
fn a_text_is_cut_into_maximal_folded_runs() {
    assert_eq!(
        runs("GET /api/v1?q=Ärger"),
        ["get", "api", "v1", "q", "Ärger"]
    );
    assert_eq!(runs(""), Vec::<String>::new());
    assert_eq!(runs("…—"), Vec::<String>::new());
    assert_eq!(runs("a_b"), ["a", "b"]);
}

#[test]
fn a_long_run_is_read_to_its_end_but_not_kept() {
    let text = format!("{} end", "x".repeat(100_000));
    let found = runs(&text);
    assert_eq!(found.len(), 2);
    assert!(found[0].len() > MAX_TERM_BYTES && found[0].len() < MAX_TERM_BYTES + 8);
    assert_eq!(found[1], "end");
}

#[test]
fn pieces_know_on_which_side_the_record_may_go_on() {
    let piece = |run: &str, open_start, open_end| Piece {
        run: run.into(),
        open_start,
        open_end,
    };
    assert_eq!(
        pieces("Fuse"),
        Pieces {
            runs: vec![piece("fuse", true, true)],
            whole: true,
            phrase: false,
        }
    );
    assert_eq!(pieces("=fuse").runs, [piece("fuse", false, true)]);
    assert_eq!(pieces("fuse=").runs, [piece("fuse", true, false)]);
    assert_eq!(
        pieces("refused by to").runs,
        [
            piece("refused", true, false),
            piece("by", false, false),
            piece("to", false, true)
        ]
    );
    assert!(!pieces("=fuse").whole && !pieces("a b").whole);
    assert!(pieces("=>").runs.is_empty());
    assert!(pieces("refused by to").phrase && pieces("a b").phrase);
    for text in ["refused", "a  b", "a, b", "a b ", " a b", "a-b"] {
        assert!(!pieces(text).phrase, "{text}");
    }
}

#[test]
fn only_a_piece_that_fits_into_an_opaque_run_may_be_opaque() {
    let opaque = |text: &str| {
        pieces(text)
            .runs
            .iter()
            .map(Piece::may_be_opaque)
            .next()
            .unwrap()
    };
    assert!(is_opaque("4bf92f") && is_opaque("500") && !is_opaque("deadbeef") && !is_opaque("v1"));
    assert!(opaque("500") && opaque("bad") && opaque("=bad") && opaque("=500="));
    assert!(!opaque("=bad=") && !opaque("fuse") && !opaque("500mb") && !opaque("=1st"));
}

fn beside(text: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    neighbours(text, &mut found);
    found
        .into_iter()
        .map(|(run, position)| (text.get(run).unwrap(), position))
        .collect()
}

#[test]
fn neighbours_stand_one_blank_apart() {
    assert_eq!(
        beside("Connection refused to db-1 after 11 attempts: no  luck"),
        [("Connection", 0), ("refused", 1), ("to", 2), ("db", 3),]
    );
    assert_eq!(
        beside("a1 xy zw, große Straße x"),
        [("xy", 0), ("zw", 1), ("große", 3), ("Straße", 4), ("x", 5)]
    );
    assert_eq!(beside(" lone "), []);
}

#[test]
fn words_before_colons_are_those_a_value_follows() {
    let text = r#"{"a":1,"b":"TypeError:x http://h std::vec 10:30:01 k: v q:42 é:ü"}"#;
    let mut found = Vec::new();
    before_colons(text, &mut found);
    let found: Vec<_> = found
        .into_iter()
        .map(|run| text.get(run).unwrap())
        .collect();
    assert_eq!(found, ["TypeError", "q", "é"]);
}

#[test]
fn parts_of_what_the_index_leaves_out_are_known_as_such() {
    for run in [
        "500",
        "dead1",
        "123456z",
        "21t10",
        "20261121t101500123z",
        "12ms",
        "7s",
        "99ns",
    ] {
        assert!(is_opaque(run), "{run}");
        for from in 0..run.len() {
            for to in from + 1..=run.len() {
                let piece = Piece {
                    run: run.get(from..to).unwrap().to_owned(),
                    open_start: from > 0,
                    open_end: to < run.len(),
                };
                assert!(piece.may_be_opaque(), "{piece:?} of {run}");
            }
        }
    }
    for run in ["to", "refused", "dead", "v2", "x86", "12mb", "5th", "must"] {
        assert!(!is_opaque(run), "{run}");
    }
    let open = |run: &str| Piece {
        run: run.to_owned(),
        open_start: true,
        open_end: true,
    };
    assert!(!open("must").may_be_opaque() && !open("to").may_be_opaque());
}
