use super::*;

fn context(zone: &str) -> Context {
    Context {
        now: UnixNanos(1_795_262_400_000_000_000),
        zone: TimeZone::get(zone).unwrap(),
        run: String::new(),
    }
}

#[test]
fn impossible_times_are_told_from_what_is_no_time() {
    for text in [
        "25:00",
        "10:60",
        "10:30:61",
        "2026-02-30",
        "2026-13-01",
        "2026-02-30T10:00:00Z",
        "2026-01-01T10:00+25:00",
    ] {
        assert_eq!(Instant::parse(text), Err(NoInstant::Impossible), "{text}");
    }
    for text in [
        "",
        "now",
        "10",
        "10:3",
        "10:30x",
        "10:30Z",
        "2026-1-1",
        "2026/01/01",
        "5KB",
        "12345678",
        "10:30:15.",
        "日本語日本",
    ] {
        assert_eq!(Instant::parse(text), Err(NoInstant::Unlike), "{text}");
    }
}

#[test]
fn all_forms_of_one_instant_mean_the_same() {
    let berlin = context("Europe/Berlin");
    for text in [
        "13:00",
        "2026-11-21T13:00:00",
        "2026-11-21 13:00",
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:00Z",
        "2026-11-21T14:00:00+02:00",
        "2026-11-21 08:00:00 -0400",
        "1795262400",
        "1795262400000",
        "1795262400000000",
        "1795262400000000000",
        "1795262400.000",
        "0s",
    ] {
        let moment = Instant::parse(text).unwrap().resolve(&berlin);
        assert_eq!(
            (moment.start, moment.end),
            (berlin.now.0, berlin.now.0),
            "{text}"
        );
    }
}

#[test]
fn a_day_is_as_long_as_the_zone_says() {
    let hours = |text, zone| {
        let day = Instant::parse(text).unwrap().resolve(&context(zone));
        (day.end - day.start + 1) / 3_600_000_000_000
    };
    assert_eq!(hours("2026-11-21", "Europe/Berlin"), 24);
    assert_eq!(hours("2026-10-25", "Europe/Berlin"), 25);
    assert_eq!(hours("2026-03-29", "Europe/Berlin"), 23);
}

#[test]
fn instants_beyond_the_range_are_its_ends() {
    let utc = context("UTC");
    assert_eq!(
        Instant::parse("9999-12-31").unwrap().resolve(&utc).end,
        i64::MAX
    );
    assert_eq!(
        Instant::parse("0001-01-01").unwrap().resolve(&utc).start,
        i64::MIN
    );
}
