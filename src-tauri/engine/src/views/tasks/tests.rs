use std::sync::atomic::Ordering;

use super::Tasks;

#[test]
fn a_newer_request_of_a_kind_calls_off_the_one_before_and_no_other() {
    let tasks = Tasks::default();
    let called_off = |task: &super::Task<'_>| task.cancel().load(Ordering::Acquire);
    let first = tasks.begin("facet service".to_owned());
    let other = tasks.begin("facet level".to_owned());
    let second = tasks.begin("facet service".to_owned());
    assert!(called_off(&first));
    assert!(!called_off(&other) && !called_off(&second));
    // The end of the one that was called off is not the end of its successor.
    drop(first);
    let third = tasks.begin("facet service".to_owned());
    assert!(called_off(&second) && !called_off(&third));
    tasks.close();
    assert!(called_off(&third) && called_off(&other));
    assert!(called_off(&tasks.begin("histogram".to_owned())));
}
