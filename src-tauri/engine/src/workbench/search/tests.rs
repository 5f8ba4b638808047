use crosscut_model::UnixNanos;

use super::cursor::Cursor;

#[test]
fn a_cursor_reads_as_it_was_written_and_nothing_else_does() {
    let cursor = Cursor {
        run: "20261121T101500123Z-2".parse().unwrap(),
        end: 5_000_000,
        now: UnixNanos(-1),
        told: 1_000,
    };
    assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
    for wrong in [
        "",
        "x",
        "r.1.2",
        "r.1.2.3.4",
        "r.-1.2.3",
        "r.1.2.x",
        "../r.1.2.3",
    ] {
        let error = wrong.parse::<Cursor>().unwrap_err();
        assert_eq!(error.code, "bad_cursor", "{wrong}");
    }
}
