use super::*;

#[test]
fn a_percentile_is_a_value_that_occurred() {
    let mut values: Vec<u32> = (1..=100).rev().collect();
    assert_eq!(percentile(&mut values, 50), Some(50));
    assert_eq!(percentile(&mut values, 99), Some(99));
    assert_eq!(percentile(&mut values, 100), Some(100));
    assert_eq!(percentile(&mut [7], 99), Some(7));
    assert_eq!(percentile::<u32>(&mut [], 50), None);
}

#[test]
fn the_median_is_in_the_middle() {
    assert_eq!(median(&[5, 1, 3]), Some(3));
    assert_eq!(median(&[2.5, 1.0]), Some(1.0));
}
