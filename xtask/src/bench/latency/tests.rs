use super::*;

fn notes(seen: &[(f64, u64)]) -> Notes {
    Notes {
        seen: seen.to_vec(),
        frames: Vec::new(),
        keys: Vec::new(),
        heap: 0,
    }
}

/// Whole milliseconds as stamps.
fn stamps(millis: &[u64]) -> Stamps {
    millis.iter().map(|millis| millis * 1_000_000).collect()
}

#[test]
fn a_line_counts_as_shown_with_the_first_that_is_not_before_it() {
    let notes = notes(&[(100.0, 1), (116.0, 3), (133.0, 5)]);
    let delays = delays(&stamps(&[101, 102, 117, 118]), &notes).unwrap();
    assert_eq!(delays, [15.0, 14.0, 16.0, 15.0]);
}

#[test]
fn a_line_that_is_never_shown_is_a_failure() {
    assert!(delays(&stamps(&[1, 2]), &notes(&[(3.0, 2)])).is_err());
    assert!(delays(&stamps(&[1]), &notes(&[])).is_err());
}
