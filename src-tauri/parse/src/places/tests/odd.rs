//! Lines that no format has thought of.

use proptest::prelude::*;

use super::super::Places;

proptest! {
    #[test]
    fn no_line_is_too_odd(
        line in "(<[0-9]{1,4}>|1:M |[IE][0-9]{4} |\\[|2026-03-01 08:00:00 |Mar  1 08:00:00 |panic: |)[ -~\\n]{0,80}"
    ) {
        let places = Places::of(line.as_bytes());
        for (name, value) in places.fields() {
            prop_assert!(name == "file" || line.contains(&*value), "{name}={value}");
        }
    }

    #[test]
    fn no_bytes_are_too_odd(line in prop::collection::vec(any::<u8>(), 0..60)) {
        let places = Places::of(&line);
        prop_assert!(places.fields().count() <= super::super::MOST + 1);
    }
}
