use super::*;

#[test]
fn a_failing_step_is_named_and_stays_in_the_summary() {
    let mut course = Course::default();
    course.step("first", || Ok(())).unwrap();
    let failure = course
        .step("second", || Err(Failure::new("broken")))
        .unwrap_err();
    assert_eq!(failure.to_string(), "second: broken");
    course.skip("third", "not asked for");
    let lines: Vec<_> = course.rows.iter().map(Row::line).collect();
    assert!(
        lines[0].starts_with("passed") && lines[0].ends_with("first"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("FAILED") && lines[1].ends_with("second"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "skipped           third: not asked for");
}

#[test]
fn durations_read_as_minutes_and_seconds() {
    assert_eq!(minutes(Duration::from_millis(940)), "0:00.9");
    assert_eq!(minutes(Duration::from_millis(754_321)), "12:34.3");
}
