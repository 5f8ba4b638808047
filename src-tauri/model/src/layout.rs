//! How records are divided into fields whose names do not stand in them.

use serde::{Deserialize, Serialize};

/// A source's way to divide a line into fields, where the line does not name them: what a header
/// said, or a user's own format.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub enum LayoutSpec {
    /// None of its own: the end of another.
    Plain,
    /// Cells with a delimiter between them, as CSV and TSV have them; within quotes it is a cell's
    /// own.
    Cells {
        /// The delimiter: a comma, a tab, a semicolon.
        delimiter: char,
        /// The cells' names in their order; cells without a name have an empty one.
        names: Vec<String>,
    },
    /// Words with a blank between them, as W3C's extended log format has them; `-` is none.
    Words {
        /// The words' names in their order.
        names: Vec<String>,
    },
    /// A regular expression (syntax of Rust's `regex`) whose named groups are fields.
    Expression {
        /// The expression.
        source: String,
    },
}

impl LayoutSpec {
    /// A line that says the same as the one it was read from, where there was one.
    pub fn header(&self) -> Option<String> {
        match self {
            Self::Cells { delimiter, names } => {
                let mut between = [0; 4];
                Some(names.join(delimiter.encode_utf8(&mut between)))
            }
            Self::Words { names } => Some(format!("#Fields: {}", names.join(" "))),
            Self::Plain | Self::Expression { .. } => None,
        }
    }
}
