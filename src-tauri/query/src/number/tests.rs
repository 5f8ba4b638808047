use std::cmp::Ordering;

use super::*;

#[test]
fn numbers_are_read_as_json_writes_them() {
    for text in [
        "0",
        "-1",
        "12",
        "1.5",
        "-0.25",
        "1e3",
        "2.5E-3",
        "123456789012345678901234567890",
    ] {
        assert!(Number::parse(text).is_some(), "{text}");
    }
    for text in [
        "", "-", "+1", "01", "0042", "1.", ".5", "1e", "1e+", "0x1f", "1_000", "1 ", "NaN", "inf",
        "1e999",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn integers_and_floats_compare_without_rounding() {
    let compare = |a, b| Number::parse(a).unwrap().compare(Number::parse(b).unwrap());
    assert_eq!(compare("1", "1.0"), Ordering::Equal);
    assert_eq!(
        compare("9007199254740993", "9007199254740992.0"),
        Ordering::Greater
    );
    assert_eq!(compare("1.5", "1"), Ordering::Greater);
    assert_eq!(compare("-1", "-1.5"), Ordering::Greater);
    assert_eq!(compare("5", "1e300"), Ordering::Less);
    assert_eq!(compare("5", "-1e300"), Ordering::Greater);
    assert_eq!(
        compare("9007199254740993", "9007199254740992"),
        Ordering::Greater
    );
}

#[test]
fn amounts_are_worth_their_unit() {
    let worth = |text| Amount::parse(text).map(|amount| amount.thousandths / 1_000);
    assert_eq!(worth("1.5s"), Some(1_500_000_000));
    assert_eq!(worth("1m30.5s"), Some(90_500_000_000));
    assert_eq!(worth("200 ms"), Some(200_000_000));
    assert_eq!(worth("-5µs"), Some(-5_000));
    assert_eq!(worth("10KB"), Some(10_000));
    assert_eq!(worth("1.5KiB"), Some(1_536));
    for text in [
        "5",
        "s",
        "5 s 3",
        "1s2KB",
        "1KB2KB",
        "1.s",
        "5S",
        "1..5s",
        "99999999999999999999s",
    ] {
        assert_eq!(worth(text), None, "{text}");
    }
    let compare = |a, b| Amount::parse(a).unwrap().compare(Amount::parse(b).unwrap());
    assert_eq!(compare("0.1s", "100ms"), Some(Ordering::Equal));
    assert_eq!(compare("1s", "1KB"), None);
}
