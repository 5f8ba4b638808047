//! Dates and epochs.

use jiff::tz::TimeZone;

use super::{Zone, days_from_civil, epoch, in_value, is_date, stamp};
use crosscut_model::UnixNanos;

#[test]
fn days_are_counted_as_the_calendar_library_counts_them() {
    let mut date = jiff::civil::date(1970, 1, 1);
    for day in 0..84_000 {
        let (month, of_month) = (
            u32::from(date.month().unsigned_abs()),
            u32::from(date.day().unsigned_abs()),
        );
        assert_eq!(
            days_from_civil(i64::from(date.year()), month, of_month),
            day,
            "{date}"
        );
        assert!(is_date(i64::from(date.year()), month, of_month));
        date = date.tomorrow().unwrap();
    }
    assert!(!is_date(2026, 2, 29) && !is_date(2100, 2, 29) && is_date(2000, 2, 29));
    assert!(!is_date(2026, 13, 1) && !is_date(2026, 4, 31) && !is_date(2026, 1, 0));
}

#[test]
fn the_unit_of_an_epoch_is_told_by_its_magnitude() {
    let nanos = |literal| epoch(literal).map(|at| at.0);
    assert_eq!(nanos("1772352000"), Some(1_772_352_000_000_000_000));
    assert_eq!(nanos("1772352000123"), Some(1_772_352_000_123_000_000));
    assert_eq!(nanos("1772352000123456"), Some(1_772_352_000_123_456_000));
    assert_eq!(
        nanos("1772352000123456789"),
        Some(1_772_352_000_123_456_789)
    );
    assert_eq!(
        nanos("1772352000.123456789"),
        Some(1_772_352_000_123_456_789)
    );
    assert_eq!(nanos("1772352000123.5"), Some(1_772_352_000_123_500_000));
    assert_eq!(nanos("1.772352000123e9"), Some(1_772_352_000_123_000_000));
    assert_eq!(nanos("1.772352000123E+12"), Some(1_772_352_000_123_000_000));
    for none in [
        "",
        "0",
        "5",
        "-1772352000",
        "99999999",
        "1e3",
        "nan",
        "inf",
        "abc",
        "1772352000x",
        "9".repeat(30).as_str(),
    ] {
        assert_eq!(nanos(none), None, "{none}");
    }
}

#[test]
fn a_stamp_ends_where_the_time_ends() {
    for (text, length) in [
        ("2026-03-01T08:00:00Z", 20),
        ("2026-03-01T08:00:00Zulu", 19),
        ("2026-03-01 08:00:00,123 - svc", 23),
        ("2026-03-01 08:00:00 +0100 x", 25),
        ("2026-03-01 08:00:00 +01000 bytes", 19),
        ("2026-03-01 08:00:00 -5 left", 19),
        ("2026-03-01 08:00:00 UTC [1]", 23),
        ("2026-03-01 08:00:00 UTCX", 19),
        ("2026-03-01 08:00 x", 16),
        ("2026-03-01 08:00:00 PM x", 22),
        ("2026-03-01 08:00:00 pm x", 19),
        ("2026-03-01 20:00:00 PM x", 19),
        ("2026-03-01;08:00:00;x", 19),
        ("Mar  1 08:00:00 host", 15),
        ("Mar 1 08:00:00 CET 2026 x", 23),
        ("Mar 1 08:00:00 2026-ids", 14),
        ("Mar 1, 2026 8:00:00 PM x", 22),
        ("01/Mar/2026:08:00:00 +0000] x", 26),
        ("8:00:00 x", 7),
    ] {
        assert_eq!(
            stamp(text.as_bytes()).map(|stamp| stamp.length),
            Some(length),
            "{text}"
        );
    }
    for none in [
        "2026-03-01T08:",
        "2026-03-01T25:00:00",
        "2026-03-01",
        "1.2.3.4",
        "Marvin 1 08:00:00",
        "08:60:00",
        "12:34:56:78:9a:bc",
        "",
    ] {
        assert_eq!(stamp(none.as_bytes()), None, "{none}");
    }
}

#[test]
fn a_value_may_be_a_date_alone_or_stand_in_brackets() {
    let mut zone = Zone::new(TimeZone::UTC);
    let mut at =
        |text: &str| in_value(text.as_bytes()).and_then(|s| zone.resolve(&s, UnixNanos(0)));
    assert_eq!(at("2026-03-01"), Some(UnixNanos(1_772_323_200_000_000_000)));
    assert_eq!(
        at(" [01/Mar/2026:08:00:00 +0000] "),
        Some(UnixNanos(1_772_352_000_000_000_000))
    );
    assert_eq!(
        at("2026-03-01 8:00:00 PM"),
        Some(UnixNanos(1_772_395_200_000_000_000))
    );
    assert_eq!(
        at("2026-03-01 08:00:00.5 PM"),
        Some(UnixNanos(1_772_395_200_500_000_000))
    );
    assert_eq!(
        at("2026-03-01 12:00:00 AM"),
        Some(UnixNanos(1_772_323_200_000_000_000))
    );
    assert_eq!(at("yesterday"), None);
    assert_eq!(at("1.10"), None);
}
