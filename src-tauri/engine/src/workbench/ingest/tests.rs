use super::*;

#[test]
fn a_name_is_one_line_of_bounded_length() {
    assert_eq!(client_name(" api ").unwrap(), "api");
    assert!(client_name("").is_err());
    assert!(client_name("a\nb").is_err());
    assert!(client_name(&"x".repeat(201)).is_err());
}
