use super::{fitting, typed};

#[test]
fn a_name_that_would_be_refused_is_bad_usage() {
    assert_eq!(typed(" app ").unwrap(), "app");
    let long = "x".repeat(201);
    for wrong in ["", "  ", "two\nlines", &long] {
        assert!(typed(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_program_of_any_name_has_one_that_can_be_stored() {
    assert_eq!(fitting("odd\u{1b}name\n"), "oddname");
    assert_eq!(fitting(&"x".repeat(300)).len(), 200);
    assert_eq!(fitting("\n"), "");
}
