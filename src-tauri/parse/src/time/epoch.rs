//! Epochs: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by magnitude.

use crosscut_model::UnixNanos;

/// Below this a number is too small to be an epoch of our days (1973-03-03).
const LEAST: u64 = 100_000_000;

/// Reads a number as an epoch. By its whole part: up to 11 digits are seconds, 14 milliseconds,
/// 17 microseconds, more nanoseconds. None for small or negative numbers, and for what is no
/// number.
pub(crate) fn epoch(literal: &str) -> Option<UnixNanos> {
    let (whole, fraction) = literal.split_once('.').unwrap_or((literal, ""));
    if whole.is_empty()
        || whole.len() > 19
        || !whole.bytes().all(|byte| byte.is_ascii_digit())
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return scientific(literal);
    }
    let value: u64 = whole.parse().ok()?;
    let unit: u64 = match value {
        0..LEAST => return None,
        LEAST..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    };
    let mut nanos = value.checked_mul(unit)?;
    let mut place = unit;
    for byte in fraction.bytes() {
        place /= 10;
        nanos = nanos.checked_add(u64::from(byte - b'0') * place)?;
    }
    i64::try_from(nanos).ok().map(UnixNanos)
}

/// `1.7724384e9`, as some serializers write doubles. Exact to the microsecond.
#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to be within the range of i64"
)]
fn scientific(literal: &str) -> Option<UnixNanos> {
    let plain = literal
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+'));
    let value: f64 = literal.parse().ok().filter(|_| plain)?;
    let scale = match value {
        1e8..1e11 => 1e6,
        1e11..1e14 => 1e3,
        1e14..1e17 => 1.0,
        1e17..9.2e18 => 1e-3,
        _ => return None,
    };
    let micros = (value * scale).round();
    (micros.abs() < 9.2e15).then(|| UnixNanos((micros as i64).saturating_mul(1_000)))
}
