use super::*;

fn row(ours: f64, bar: Option<f64>) -> Row {
    Row {
        what: "something".to_owned(),
        ours,
        peer: Some(4.0),
        bar,
        unit: "s",
    }
}

#[test]
fn a_row_says_figure_ratio_and_verdict() {
    let met = ["something", "3.00 s", "4.00 s", "0.75", "≤ 3.00 s", "met"];
    assert_eq!(row(3.0, Some(3.0)).cells(), met);
    assert_eq!(
        row(123.4, None).cells(),
        ["something", "123 s", "4.00 s", "30.85", "–", ""]
    );
}

#[test]
fn missed_bars_are_counted() {
    let mut report = Report::default();
    report.add(row(3.0, Some(2.9)));
    report.add(row(3.0, Some(3.0)));
    report.add(row(3.0, None));
    assert_eq!(report.missed(), 1);
}
