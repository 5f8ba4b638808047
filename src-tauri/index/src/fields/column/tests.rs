use super::*;

fn sample() -> Column {
    let values = [
        (Kind::Text, "b"),
        (Kind::Number, "10"),
        (Kind::Number, "9.5"),
        (Kind::Bool, "true"),
        (Kind::Text, "a"),
    ];
    Column::new(&[0, 2, 3, 4, 1, 6, 3, 5], 10, &values)
}

#[test]
fn values_are_put_in_order_numbers_first() {
    let column = sample();
    let values: Vec<_> = (0..column.values()).map(|at| column.value(at)).collect();
    assert_eq!(
        values,
        [
            (Kind::Number, "9.5"),
            (Kind::Number, "10"),
            (Kind::Text, "a"),
            (Kind::Text, "b"),
            (Kind::Bool, "true"),
        ]
    );
    let codes: Vec<_> = (0..10).map(|row| column.code(row)).collect();
    assert_eq!(codes, [0, 5, 3, 2, 1, 4, 3, 6, 0, 0]);
    assert_eq!(*column.counts, [3, 1, 1, 2, 1, 1, 1]);
}

#[test]
fn what_was_encoded_is_decoded_narrow_and_wide() {
    let column = sample();
    assert_eq!(Column::decode(&column.encode(), 10).as_ref(), Some(&column));
    let texts: Vec<String> = (0..1_000).map(|n| format!("v{n}")).collect();
    let values: Vec<_> = texts
        .iter()
        .map(|text| (Kind::Text, text.as_str()))
        .collect();
    let codes: Vec<u16> = (0..1_500).map(|row| row % 1_002).collect();
    let wide = Column::new(&codes, 1_500, &values);
    assert!(matches!(wide.codes, Codes::Wide(_)));
    assert_eq!(Column::decode(&wide.encode(), 1_500).as_ref(), Some(&wide));
    assert_eq!(Column::decode(&wide.encode()[..900], 1_500), None);
}

#[test]
fn marked_rows_are_those_whose_codes_are() {
    let column = sample();
    let table = [0, 2, 0, 1, 0, 1, 0];
    assert_eq!(column.marked(&table, 1), [0b0100_0110, 0]);
    assert_eq!(column.marked(&table, 2), [0b0001_0000, 0]);
}
