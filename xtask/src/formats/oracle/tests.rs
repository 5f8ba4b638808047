use super::*;

fn wall(
    year: Option<u64>,
    month: u64,
    day: u64,
    clock: (u64, u64, u64),
    micros: Option<u64>,
) -> Wall {
    let (hour, minute, second) = clock;
    Wall {
        year,
        month,
        day,
        second: hour * 3600 + minute * 60 + second,
        micros,
    }
}

#[test]
fn columns_of_sixteen_systems_are_understood() {
    for (words, wanted) in [
        (
            "03-17 16:13:38.811",
            wall(None, 3, 17, (16, 13, 38), Some(811_000)),
        ),
        ("081109 203615", wall(Some(2008), 11, 9, (20, 36, 15), None)),
        ("81109 3615", wall(Some(2008), 11, 9, (0, 36, 15), None)),
        (
            "20171223-22:15:29:6",
            wall(Some(2017), 12, 23, (22, 15, 29), Some(6_000)),
        ),
        ("Jun 14 15:16:01", wall(None, 6, 14, (15, 16, 1), None)),
        (
            "2017-05-16 00:00:00.008",
            wall(Some(2017), 5, 16, (0, 0, 0), Some(8_000)),
        ),
        ("10.30 16:49:06", wall(None, 10, 30, (16, 49, 6), None)),
        (
            "17/06/09 20:10:40",
            wall(Some(2017), 6, 9, (20, 10, 40), None),
        ),
        (
            "2015-10-18 18:01:47,978",
            wall(Some(2015), 10, 18, (18, 1, 47), Some(978_000)),
        ),
        (
            "Sun Dec 04 04:47:44 2005",
            wall(Some(2005), 12, 4, (4, 47, 44), None),
        ),
        ("Dec 10 06:55:46", wall(None, 12, 10, (6, 55, 46), None)),
    ] {
        assert_eq!(Wall::of_words(words), Some(wanted), "{words}");
    }
    assert_eq!(
        Wall::of_nanos(1_709_208_000_123_456_789),
        wall(Some(2024), 2, 29, (12, 0, 0), Some(123_456))
    );
}

#[test]
fn cells_in_quotes_may_hold_anything() {
    assert_eq!(
        cells("a,b\n\"x, \"\"y\"\"\nz\",2\n"),
        [vec!["a", "b"], vec!["x, \"y\"\nz", "2"]]
    );
}
