use super::{Axis, ViewHistogramArgs};

fn axis(from: Option<i64>, to: Option<i64>, buckets: u32, bounds: Option<(i64, i64)>) -> Axis {
    let args = ViewHistogramArgs {
        view: 1,
        from_us: from,
        to_us: to,
        buckets,
    };
    Axis::new(&args, bounds).unwrap()
}

#[test]
fn buckets_reach_from_the_first_record_to_behind_the_last() {
    // Nanoseconds in, microseconds out; the record at 3,999 ns is in the fourth microsecond.
    let all = axis(None, None, 4, Some((0, 3_999)));
    assert_eq!((all.from, all.width, all.buckets, all.end()), (0, 1, 4, 4));
    let uneven = axis(None, None, 4, Some((0, 9_000)));
    assert_eq!((uneven.width, uneven.buckets, uneven.end()), (3, 4, 12));
    let before_1970 = axis(None, None, 1, Some((-1, -1)));
    assert_eq!((before_1970.from, before_1970.end()), (-1, 0));
}

#[test]
fn a_short_span_has_fewer_buckets_than_asked_for_and_an_empty_one_none() {
    let short = axis(Some(10), Some(13), 200, None);
    assert_eq!((short.width, short.buckets, short.end()), (1, 3, 13));
    let empty = axis(None, None, 200, None);
    assert_eq!((empty.buckets, empty.end()), (0, 0));
    assert_eq!(axis(Some(10), Some(10), 200, Some((0, 5))).buckets, 0);
    // From behind the last record on there is nothing.
    assert_eq!(axis(Some(10), None, 200, Some((0, 5))).buckets, 0);
}

#[test]
fn a_span_as_long_as_time_itself_is_divided_without_overflow() {
    let all = axis(Some(i64::MIN), Some(i64::MAX), 2_000, None);
    assert!(all.width > 0 && all.buckets <= 2_000);
    assert!(all.span().width > 0);
}
