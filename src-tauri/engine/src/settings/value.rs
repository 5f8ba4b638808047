//! Values with units: `30d`, `10GB`, `off`.

use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A number, or a text with a unit, or `off`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Amount {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl Visitor<'_> for Either {
            type Value = Amount;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a whole number that is not negative, or a text such as \"10GB\"")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
                let number = u64::try_from(number);
                number.map(Amount::Number).map_err(|_| {
                    E::invalid_value(serde::de::Unexpected::Other("a negative number"), &self)
                })
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
                Ok(Amount::Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
                Ok(Amount::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// What an amount says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting<T> {
    /// No limit.
    Off,
    To(T),
}

impl<T> Setting<T> {
    pub(super) fn limit(self) -> Option<T> {
        match self {
            Self::Off => None,
            Self::To(value) => Some(value),
        }
    }
}

impl Amount {
    /// A length of time: a text with a unit of `s`, `m`, `h`, `d` or `w`.
    pub(super) fn age(&self) -> Result<Setting<Duration>, String> {
        const UNITS: [(&str, u64); 5] = [
            ("s", 1),
            ("m", 60),
            ("h", 3_600),
            ("d", 86_400),
            ("w", 604_800),
        ];
        let expected = "expected a time such as \"30d\" or \"12h\", or \"off\"";
        let Self::Text(text) = self else {
            return Err(expected.into());
        };
        with_unit(text, &UNITS, false)
            .map(|setting| match setting {
                Setting::Off => Setting::Off,
                Setting::To(seconds) => Setting::To(Duration::from_secs(seconds)),
            })
            .ok_or_else(|| expected.into())
    }

    /// A number of bytes: a number, or a text with a unit.
    pub(super) fn bytes(&self) -> Result<Setting<u64>, String> {
        const UNITS: [(&str, u64); 9] = [
            ("b", 1),
            ("kb", 1_000),
            ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("tb", 1_000_000_000_000),
            ("kib", 1 << 10),
            ("mib", 1 << 20),
            ("gib", 1 << 30),
            ("tib", 1 << 40),
        ];
        match self {
            Self::Number(bytes) => Some(Setting::To(*bytes)),
            Self::Text(text) => with_unit(text, &UNITS, true),
        }
        .ok_or_else(|| "expected a size such as \"10GB\" or \"64MiB\", or \"off\"".into())
    }

    /// A count.
    pub(super) fn count(&self) -> Result<Setting<usize>, String> {
        let count = match self {
            Self::Number(count) => Some(Setting::To(*count)),
            Self::Text(text) => with_unit(text, &[], true),
        };
        let count = count.and_then(|count| match count {
            Setting::Off => Some(Setting::Off),
            Setting::To(count) => usize::try_from(count).ok().map(Setting::To),
        });
        count.ok_or_else(|| "expected a number, or \"off\"".into())
    }
}

/// A whole number and one of these units in any case; none at all where `bare` allows it.
fn with_unit(text: &str, units: &[(&str, u64)], bare: bool) -> Option<Setting<u64>> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("off") {
        return Some(Setting::Off);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = unit.trim();
    let factor = if unit.is_empty() && bare {
        1
    } else {
        units
            .iter()
            .find(|(name, _)| unit.eq_ignore_ascii_case(name))?
            .1
    };
    let number: u64 = number.parse().ok()?;
    number.checked_mul(factor).map(Setting::To)
}
