//! Numbers and amounts with a unit, compared by what they are worth.
//!
//! Integers are compared exactly however long they are (up to 128 bits), so ids keep their last
//! digits; everything else as 64-bit floats. Amounts are counted in thousandths of their base
//! (nanosecond, byte) as integers, so `1.5s` equals `1500ms`.

use std::cmp::Ordering;

/// A number in JSON's syntax.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Number {
    /// A whole number, exact.
    Int(i128),
    /// Anything else; finite.
    Float(f64),
}

impl Number {
    /// Reads a number as JSON writes it: no leading zeros or plus, so `0042` stays text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let whole = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (head, tail) = digits.split_at_checked(whole)?;
        if head.is_empty() || (head.len() > 1 && head.starts_with('0')) {
            return None;
        }
        if tail.is_empty() {
            return text
                .parse()
                .map_or_else(|_| Self::float(text), |int| Some(Self::Int(int)));
        }
        let tail = match tail.strip_prefix('.') {
            Some(fraction) => {
                let rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
                if rest.len() == fraction.len() {
                    return None;
                }
                rest
            }
            None => tail,
        };
        if !tail.is_empty() {
            let exponent = tail.strip_prefix(['e', 'E'])?;
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if exponent.is_empty() || !exponent.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
        }
        Self::float(text)
    }

    fn float(text: &str) -> Option<Self> {
        text.parse()
            .ok()
            .filter(|float: &f64| float.is_finite())
            .map(Self::Float)
    }

    /// How two numbers stand to each other; `1` and `1.0` are equal.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Self::Int(a), Self::Float(b)) => int_and_float(a, b),
            (Self::Float(a), Self::Int(b)) => int_and_float(b, a).reverse(),
        }
    }
}

/// Compares without rounding the integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounds are checked before the cast"
)]
fn int_and_float(int: i128, float: f64) -> Ordering {
    const BOUND: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    if float >= BOUND {
        return Ordering::Less;
    }
    if float < -BOUND {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    int.cmp(&(whole as i128)).then_with(|| {
        0.0_f64
            .partial_cmp(&(float - whole))
            .unwrap_or(Ordering::Equal)
    })
}

/// What an amount is an amount of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    /// Counted in thousandths of a nanosecond.
    Duration,
    /// Counted in thousandths of a byte.
    Bytes,
}

/// An amount with a unit: `200ms`, `1h30m`, `10KB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) dimension: Dimension,
    pub(crate) thousandths: i128,
}

/// The units, longest first where one begins another.
const UNITS: &[(&str, Dimension, i128)] = &[
    ("ns", Dimension::Duration, 1),
    ("us", Dimension::Duration, 1_000),
    ("µs", Dimension::Duration, 1_000),
    ("μs", Dimension::Duration, 1_000),
    ("ms", Dimension::Duration, 1_000_000),
    ("sec", Dimension::Duration, 1_000_000_000),
    ("s", Dimension::Duration, 1_000_000_000),
    ("min", Dimension::Duration, 60_000_000_000),
    ("m", Dimension::Duration, 60_000_000_000),
    ("h", Dimension::Duration, 3_600_000_000_000),
    ("d", Dimension::Duration, 86_400_000_000_000),
    ("w", Dimension::Duration, 604_800_000_000_000),
    ("B", Dimension::Bytes, 1),
    ("KB", Dimension::Bytes, 1_000),
    ("kB", Dimension::Bytes, 1_000),
    ("kb", Dimension::Bytes, 1_000),
    ("MB", Dimension::Bytes, 1_000_000),
    ("GB", Dimension::Bytes, 1_000_000_000),
    ("TB", Dimension::Bytes, 1_000_000_000_000),
    ("KiB", Dimension::Bytes, 1 << 10),
    ("MiB", Dimension::Bytes, 1 << 20),
    ("GiB", Dimension::Bytes, 1 << 30),
    ("TiB", Dimension::Bytes, 1 << 40),
];

impl Amount {
    /// Reads an amount: a number and a unit, a blank between them allowed; durations also in
    /// several parts, as Go prints them (`1m30.5s`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let negative = text.starts_with('-');
        let mut rest = text.strip_prefix('-').unwrap_or(text);
        let mut total: Option<Self> = None;
        while !rest.is_empty() {
            let (mantissa, scale, after) = decimal(rest)?;
            let after = after.strip_prefix(' ').unwrap_or(after);
            let unit_len = after.bytes().take_while(|b| !b.is_ascii_digit()).count();
            let (unit, next) = after.split_at_checked(unit_len)?;
            let &(_, dimension, factor) = UNITS.iter().find(|&&(name, ..)| name == unit)?;
            let thousandths = mantissa
                .checked_mul(factor)?
                .checked_mul(1_000)?
                .checked_div(scale)?;
            total = Some(match total {
                None => Self {
                    dimension,
                    thousandths,
                },
                Some(sum) if sum.dimension == dimension && dimension == Dimension::Duration => {
                    Self {
                        dimension,
                        thousandths: sum.thousandths.checked_add(thousandths)?,
                    }
                }
                Some(_) => return None,
            });
            rest = next;
        }
        let total = total?;
        Some(if negative {
            Self {
                thousandths: -total.thousandths,
                ..total
            }
        } else {
            total
        })
    }

    /// How two amounts stand to each other, if they are of one kind.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        (self.dimension == other.dimension).then(|| self.thousandths.cmp(&other.thousandths))
    }
}

/// Reads digits with at most one point: (all digits, the power of ten they are to be divided by,
/// what follows).
fn decimal(text: &str) -> Option<(i128, i128, &str)> {
    let (mut mantissa, mut scale, mut digits, mut point) = (0_i128, 1_i128, 0_u32, false);
    let mut end = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i128::from(byte - b'0');
                digits += 1;
                scale = if point { scale * 10 } else { scale };
            }
            b'.' if !point && digits > 0 => point = true,
            _ => break,
        }
        end += 1;
        // More digits than any measure has; also what keeps the arithmetic in its bounds.
        if digits > 18 {
            return None;
        }
    }
    if digits == 0 || (point && scale == 1) {
        return None;
    }
    Some((mantissa, scale, text.get(end..)?))
}

#[cfg(test)]
mod tests;
