use super::size;

#[test]
fn sizes_are_read_as_people_write_them() {
    assert_eq!(size("100MB"), Ok(100_000_000));
    assert_eq!(size("1GiB"), Ok(1 << 30));
    assert_eq!(size("500k"), Ok(500_000));
    assert_eq!(size("4096"), Ok(4_096));
    for wrong in [
        "",
        "MB",
        "0",
        "-1",
        "1.5MB",
        "10 elephants",
        "99999999999999GB",
    ] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}
