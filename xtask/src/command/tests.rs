use super::*;

#[test]
fn a_command_is_shown_as_one_would_type_it() {
    let mut command = Command::new("cargo");
    command.args(["nextest", "run", "-E", "test(/^house::/)", ""]);
    assert_eq!(command.line(), "cargo nextest run -E 'test(/^house::/)' ''");
}

#[test]
fn a_command_that_fails_is_named_in_the_failure() {
    let failure = Command::new("cargo")
        .arg("no-such-subcommand")
        .read()
        .unwrap_err();
    assert!(
        failure
            .to_string()
            .starts_with("`cargo no-such-subcommand` failed"),
        "{failure}"
    );
}

#[test]
fn a_program_that_is_not_there_does_not_succeed() {
    assert!(!Command::new("no-such-program-anywhere").succeeds());
    assert_eq!(find_program("no-such-program-anywhere"), None);
}
