use super::ByteLru;

#[test]
fn the_least_recently_used_goes_first_when_the_budget_is_spent() {
    let cache = ByteLru::new(30);
    for key in 0..3 {
        cache.insert(key, key * 10, 10);
    }
    assert_eq!(cache.get(0), Some(0));
    cache.insert(3, 30, 10);
    assert_eq!(
        [0, 1, 2, 3].map(|key| cache.get(key)),
        [Some(0), None, Some(20), Some(30)]
    );
}

#[test]
fn a_value_over_the_budget_is_not_kept_and_drives_nothing_out() {
    let cache = ByteLru::new(10);
    cache.insert(1, 'a', 10);
    cache.insert(2, 'b', 11);
    assert_eq!((cache.get(1), cache.get(2)), (Some('a'), None));
}

#[test]
fn replacing_a_value_counts_its_bytes_once() {
    let cache = ByteLru::new(10);
    for _ in 0..5 {
        cache.insert(1, 'a', 6);
    }
    cache.insert(2, 'b', 4);
    assert_eq!((cache.get(1), cache.get(2)), (Some('a'), Some('b')));
}
