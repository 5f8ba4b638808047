//! What a test must satisfy to mean anything for its field: a level compared with levels, the
//! time with instants, orders with values that have one.

use crosscut_model::Level;

use crate::error::{ParseError, codes};
use crate::instant::{self, Instant, NoInstant};
use crate::path::{Builtin, Path};
use crate::scalar::{self, Scalar};
use crate::tree::Test;

/// A pattern with `*` or `?` may be so long: fitting one takes its length times the value's.
const GLOB_BYTES: usize = 256;

const LEVELS: &str = "one of trace, debug, info, warn, error, fatal, none";

/// Whether `test` means something for the field at `path`; errors are placed at `position`.
pub(crate) fn check(path: &Path, test: &Test, position: usize) -> Result<(), ParseError> {
    let builtin = path.builtin();
    match test {
        Test::AnyOf(tests) => tests
            .iter()
            .try_for_each(|test| check(path, test, position)),
        Test::Unlike(test) => check(path, test, position),
        Test::Glob(glob) if glob.len() > GLOB_BYTES => Err(ParseError::new(
            codes::BAD_VALUE,
            position,
            format!("the pattern is longer than {GLOB_BYTES} bytes"),
            "a shorter pattern",
        )),
        Test::Regex(_) | Test::Glob(_) if builtin == Some(Builtin::Time) => Err(ParseError::new(
            codes::BAD_TIME,
            position,
            "a time cannot be compared with a pattern",
            instant::EXPECTED,
        )),
        Test::Regex(_) | Test::Glob(_) | Test::Exists => Ok(()),
        Test::Contains(value) | Test::Equals(value) => match builtin {
            Some(Builtin::Level) => level(value, position),
            Some(Builtin::Time) => match time(value, position)? {
                Instant::Ago(_) => Err(ParseError::new(
                    codes::BAD_TIME,
                    position,
                    format!("`{value}` is a span of time, no moment"),
                    format!("last:{value}, or a moment such as 10:30"),
                )),
                _ => Ok(()),
            },
            _ => Ok(()),
        },
        Test::Compare(_, value) => ordered(builtin, value, position),
        Test::Range { from, to } => from
            .iter()
            .chain(to)
            .try_for_each(|value| ordered(builtin, value, position)),
    }
}

fn ordered(builtin: Option<Builtin>, value: &str, position: usize) -> Result<(), ParseError> {
    match builtin {
        Some(Builtin::Level) => level(value, position),
        Some(Builtin::Time) => time(value, position).map(|_| ()),
        _ if Scalar::parse(value).is_some() => Ok(()),
        _ => Err(ParseError::new(
            codes::BAD_VALUE,
            position,
            format!("`{value}` has no order"),
            scalar::EXPECTED,
        )),
    }
}

fn level(value: &str, position: usize) -> Result<(), ParseError> {
    match value.parse::<Level>() {
        Ok(_) => Ok(()),
        Err(_) => Err(ParseError::new(
            codes::BAD_LEVEL,
            position,
            format!("`{value}` is no level"),
            LEVELS,
        )),
    }
}

/// Reads an instant or says why it is none.
pub(crate) fn time(value: &str, position: usize) -> Result<Instant, ParseError> {
    Instant::parse(value).map_err(|why| {
        let message = match why {
            NoInstant::Unlike => format!("`{value}` is no time"),
            NoInstant::Impossible => format!("there is no such time as `{value}`"),
        };
        ParseError::new(codes::BAD_TIME, position, message, instant::EXPECTED)
    })
}
