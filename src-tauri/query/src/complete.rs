//! Completion: what stands at a place in a query, and what may be put there.
//!
//! Knows the language alone; which fields and values there are is for the caller to add. Promises
//! to be lenient as a window must be: any text and any place give an answer, in time linear in the
//! text, and where the parser reads a field, an operator or a value, so does this.

mod walk;

use std::ops::Range;

use crosscut_model::{Level, Stream};

use crate::column::STREAMS;
use crate::path::{Builtin, Path};
use crate::tree::{FieldTest, State, Test};

use walk::Walk;

/// What may stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What a completion replaces, in bytes; empty where something new begins. It reaches beyond
    /// the place when that is inside a name or a value.
    pub span: Range<usize>,
    /// What is typed of it before the place, without quotes and back ticks: what a completion must
    /// begin with.
    pub prefix: String,
    /// What fits.
    pub expected: Expected,
}

/// What fits at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// A term: a field's name, a qualifier such as `has:`, one of these words, or text to find.
    Term {
        /// The words that join terms and are possible here.
        keywords: Vec<&'static str>,
    },
    /// What stands between this field and its value.
    Operator {
        /// The field.
        path: Path,
    },
    /// A value of this field.
    Value {
        /// The field.
        path: Path,
        /// The operator before it, in bytes; a longer one may begin with it (`:` and `:>=`).
        operator: Range<usize>,
        /// Whether a quote is open; then nothing but a quote ends the value.
        quoted: bool,
        /// The other values of the list.
        others: Vec<String>,
    },
    /// A field's name, behind `has:`.
    Field,
    /// What a record can be, behind `is:`.
    State,
    /// A moment, behind `since:` and `until:`.
    Moment,
    /// A span of time, behind `last:`.
    Span,
    /// One of these words and nothing else: between the values of a list in brackets.
    Keyword {
        /// The words.
        keywords: Vec<&'static str>,
    },
    /// Text of which nothing is known: in quotes, in an expression, in what is no name.
    Text,
}

/// Moments so long ago, and spans.
const MOMENTS: [&str; 5] = ["5m", "15m", "1h", "6h", "1d"];

impl Expected {
    /// What the language itself has to offer there: to be listed with what the data has, as far as
    /// it begins with the prefix.
    pub fn candidates(&self) -> Vec<&'static str> {
        match self {
            Self::Term { keywords } => {
                let names = Builtin::ALL.iter().map(|builtin| builtin.name());
                let qualifiers = ["has", "is", "since", "until", "last"];
                names.chain(qualifiers).chain(keywords.clone()).collect()
            }
            Self::Field => Builtin::ALL.iter().map(|builtin| builtin.name()).collect(),
            Self::Operator { .. } => {
                vec![":", "=", "!=", ":>", ":>=", ":<", ":<=", "~", "!~"]
            }
            Self::Value { path, .. } => match path.builtin() {
                Some(Builtin::Level) => levels().chain(["none"]).collect(),
                Some(Builtin::Stream) => STREAMS.map(Stream::name).to_vec(),
                Some(Builtin::Time) => MOMENTS.to_vec(),
                _ => Vec::new(),
            },
            Self::State => {
                let states = [State::New, State::Marked, State::Broken].map(State::name);
                levels().chain(states).collect()
            }
            Self::Moment | Self::Span => MOMENTS.to_vec(),
            Self::Keyword { keywords } => keywords.clone(),
            Self::Text => Vec::new(),
        }
    }
}

/// The levels a record can have, lowest first.
fn levels() -> impl Iterator<Item = &'static str> {
    let known = Level::ALL.into_iter().filter(|&level| level != Level::None);
    known.map(Level::name)
}

/// Looks at the place `cursor` (a byte offset; one inside a character counts as before it, one
/// beyond the end as the end).
pub fn complete(text: &str, cursor: usize) -> Expectation {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    Walk::new(text, cursor).find()
}

/// A value of a field as a query must have it behind `:`, quoted where it would be read as anything
/// else.
pub fn write_value(path: &Path, value: &str) -> String {
    let test = Test::Contains(value.to_owned());
    let path = path.clone();
    let head = format!("{path}:");
    let printed = FieldTest { path, test }.to_string();
    printed.strip_prefix(&head).unwrap_or(&printed).to_owned()
}

#[cfg(test)]
mod tests;
