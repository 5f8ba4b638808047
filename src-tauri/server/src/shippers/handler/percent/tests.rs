use super::*;

#[test]
fn a_message_is_filled_in_as_python_does_it() {
    for (msg, args, filled) in [
        ("%s took %d ms", "('shop', 12)", "shop took 12 ms"),
        ("%d", "(1732184400123456789,)", "1732184400123456789"),
        ("%d", "(3.9,)", "3"),
        ("%05d|%-5d|%5d", "(-42, 7, 7)", "-0042|7    |    7"),
        ("%.2f", "(1.005,)", "1.00"),
        ("%.3s", "('abcdef',)", "abc"),
        ("%r", "('a b',)", "'a b'"),
        ("%x %X", "(255, 255)", "ff FF"),
        ("%s", "({'a': (1, 2)},)", "{'a': (1, 2)}"),
        ("100%% of %s", "('it',)", "100% of it"),
        ("%s", "('a\\nb \\u00e9',)", "a\nb é"),
    ] {
        assert_eq!(format(msg, args).as_deref(), Some(filled), "{msg} % {args}");
    }
}

#[test]
fn what_cannot_be_told_for_certain_is_left_as_it_is() {
    for (msg, args) in [
        ("%s", "()"),
        ("%s", "(1, 2)"),
        ("%d", "('x',)"),
        ("%+d", "(1,)"),
        ("%x", "(-1,)"),
        ("%(name)s", "{'name': 1}"),
        ("%", "(1,)"),
        ("%s", "(1"),
        ("%2000d", "(1,)"),
    ] {
        assert_eq!(format(msg, args), None, "{msg} % {args}");
    }
    let many = 5_000;
    let (msg, args) = ("%1000d".repeat(many), "1,".repeat(many));
    assert_eq!(format(&msg, &format!("({args})")), None);
}
