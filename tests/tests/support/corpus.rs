//! Lines that can be counted, and the count.

use std::ops::Range;

/// Lines `<name> <number> <filler>` for these numbers.
pub(crate) fn numbered(name: &str, numbers: Range<u64>) -> String {
    numbers.map(|number| line(name, number) + "\n").collect()
}

/// One of them, without its newline. The filler follows from the number, so a line can be judged
/// by itself.
pub(crate) fn line(name: &str, number: u64) -> String {
    let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    let width = usize::try_from(noise % 60).unwrap();
    format!("{name} {number} {noise:016x}{:width$}.", "")
}

/// The number of a line that [`line`] made; panics when it is damaged.
pub(crate) fn number(name: &str, text: &str) -> u64 {
    let number = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    let number = number.unwrap_or_else(|| panic!("a line nobody wrote: {text:?}"));
    assert_eq!(text, line(name, number), "a damaged line");
    number
}

/// Says what is wrong with numbers that should be all of `0..count`, once each and in order.
pub(crate) fn assert_each_once(numbers: &[u64], count: u64) {
    let wrong = numbers
        .iter()
        .zip(0..)
        .position(|(&found, wanted): (_, u64)| found != wanted);
    if let Some(at) = wrong {
        let around = &numbers[at.saturating_sub(3)..(at + 4).min(numbers.len())];
        panic!("wrong from place {at} on, where the numbers are {around:?}");
    }
    assert_eq!(numbers.len() as u64, count, "lines at the end are missing");
}
