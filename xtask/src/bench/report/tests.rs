use super::*;

fn row(ours: f64, must: Option<f64>, aim: Option<f64>) -> Row {
    Row {
        what: "something".to_owned(),
        ours: Some(ours),
        peers: vec![("rg", 4.0), ("lnav", 1.5)],
        must,
        aim,
        unit: "s",
    }
}

#[test]
fn a_row_says_figure_ratios_and_verdict() {
    let met = [
        "something",
        "3.00 s",
        "rg 4.00 s, lnav 1.50 s",
        "0.75, 2.00",
        "≤ 3.00 s",
        "≤ 2.00 s",
        "met",
    ];
    assert_eq!(row(3.0, Some(3.0), Some(2.0)).cells(), met);
    let alone = Row {
        peers: Vec::new(),
        ..row(123.4, None, None)
    };
    let cells = ["something", "123 s", "–", "–", "–", "–", ""];
    assert_eq!(alone.cells(), cells);
}

#[test]
fn a_verdict_tells_missed_from_met_from_aimed_at() {
    assert_eq!(row(3.0, Some(2.9), Some(1.0)).verdict(), "MISSED");
    assert_eq!(row(3.0, Some(3.0), Some(1.0)).verdict(), "met");
    assert_eq!(row(3.0, Some(3.0), None).verdict(), "met");
    assert_eq!(row(1.0, Some(3.0), Some(1.0)).verdict(), "aim");
}

#[test]
fn what_the_program_cannot_do_yet_is_a_dash_and_no_miss() {
    let row = Row {
        ours: None,
        ..row(0.0, Some(0.0), None)
    };
    assert_eq!(row.cells()[1], "–");
    assert!(!row.missed());
}

#[test]
fn missed_bars_and_wrong_answers_are_counted() {
    let mut report = Report::default();
    report.add(row(3.0, Some(3.0), None));
    report.add(row(3.0, None, None));
    assert_eq!(report.amiss(), None);
    report.add(row(3.0, Some(2.9), None));
    assert_eq!(report.amiss().as_deref(), Some("1 bars are missed"));
    report.wrong("2 found, rg 3".to_owned());
    assert_eq!(
        report.amiss().as_deref(),
        Some("1 answers are wrong and 1 bars are missed")
    );
}
