use super::*;

#[test]
fn everything_is_passed_on_and_closing_lines_are_kept() {
    let text =
        b"running\n     Summary [  1.2s] 3 tests run: 3 passed\n Tests  14 passed (14)\n\xff end";
    let mut passed = Vec::new();
    let kept = pass_on(&text[..], &mut passed);
    assert_eq!(passed, text);
    assert_eq!(
        kept,
        [
            "Summary [  1.2s] 3 tests run: 3 passed",
            "Tests  14 passed (14)"
        ]
    );
}
