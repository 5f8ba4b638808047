use proptest::prelude::*;

use super::*;

/// A sieve of one lane for each text.
fn sieve(texts: &[&str]) -> (u32, Vec<u8>) {
    let mut builder = SieveBuilder::default();
    for (lane, text) in (0..).zip(texts) {
        builder.push(lane, text.as_bytes());
    }
    builder.table()
}

fn ask(table: &(u32, Vec<u8>), text: &str) -> Option<u64> {
    let grams = Grams::of(text).expect("long enough");
    lanes(&grams, table.0, |at, page| {
        page.copy_from_slice(&table.1[at..at + page.len()]);
        Ok(())
    })
    .unwrap()
}

#[test]
fn an_id_is_found_in_its_lane_and_hardly_elsewhere() {
    let ids: Vec<String> = (0..64_u64)
        .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63))
        .collect();
    let texts: Vec<&str> = ids.iter().map(String::as_str).collect();
    let table = sieve(&texts);
    let mut chance = 0;
    for (lane, id) in ids.iter().enumerate() {
        let found = ask(&table, id).unwrap();
        assert!(found >> lane & 1 == 1);
        chance += found.count_ones() - 1;
    }
    assert!(chance < 64 * 64 / 20, "{chance} lanes passed by chance");
}

#[test]
fn case_does_not_matter_and_short_runs_are_not_told_of() {
    let table = sieve(&["trace 7199C2F33187DEC5", "no ids 12345 here"]);
    assert_eq!(ask(&table, "7199c2f33187dec5"), Some(1));
    assert_eq!(Grams::of("7199c2f33"), None);
    assert_eq!(Grams::of("refused"), None);
    assert_eq!(ask(&sieve(&["none"]), "7199c2f33187dec5"), Some(0));
}

#[test]
fn a_damaged_page_is_seen() {
    let mut table = sieve(&["7199c2f33187dec5"]);
    table.1[3] ^= 1;
    assert_eq!(ask(&table, "7199c2f33187dec5"), None);
}

proptest! {
    #[test]
    fn a_part_of_a_run_passes_where_the_run_stands(
        before in "[a-z0-9 :\"]{0,20}",
        run in "[0-9a-fA-F]{10,60}",
        after in "[g-z :\"]{0,20}",
        cut in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let text = format!("{before}{run}{after}");
        let table = sieve(&["nothing", &text]);
        let (a, b) = (cut.0.index(run.len()), cut.1.index(run.len()));
        let part = run.get(a.min(b)..=a.max(b)).unwrap();
        if Grams::of(part).is_some() {
            prop_assert!(part.len() >= 10);
            prop_assert_eq!(ask(&table, part).unwrap() & 2, 2);
        } else {
            prop_assert!(part.len() < 10);
        }
    }
}
