//! The syntax tree: what a query means, without a trace of how it was typed.
//!
//! Two queries with equal trees mean the same. Spans are not part of it; they stand in the tokens
//! beside ([`crate::Parsed`]). Trees that come from the parser are at most
//! [`crosscut_model::limits::QUERY_DEPTH`] levels of brackets deep, so walking one recursively is
//! safe.

use crate::Path;

/// A query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Query {
    /// Every record.
    All,
    /// All of these hold.
    And(Vec<Query>),
    /// At least one of these holds.
    Or(Vec<Query>),
    /// This does not hold.
    Not(Box<Query>),
    /// The record's text.
    Text(TextPattern),
    /// A field.
    Field(FieldTest),
    /// A state the record is in (`is:broken`).
    Is(State),
}

/// What is looked for in a record's text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TextPattern {
    /// These characters, ignoring case: a word or a phrase.
    Contains(String),
    /// A regular expression.
    Regex(Pattern),
}

/// A regular expression in the syntax of the crate `regex`, read in multi-line mode.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// What stands between the slashes, with `\/` as `/`.
    pub source: String,
    /// Whether case counts (`/…/c`).
    pub case_sensitive: bool,
}

/// A field and what its value must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldTest {
    /// The field.
    pub path: Path,
    /// The condition.
    pub test: Test,
}

/// A condition on a field's value. A field that is not there (or null) fails each of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// `f:v`: contains v, ignoring case; a number equals v; a level is v; an instant lies in v.
    /// Where the field is no built-in, the text may contain `f:v` instead.
    Contains(String),
    /// `f=v`: equals v, ignoring case; numbers, units and instants by what they are worth.
    Equals(String),
    /// `f:>v` and the like.
    Compare(Order, String),
    /// `f:a..b`, ends included, at most one of them open.
    Range {
        /// The lower end.
        from: Option<String>,
        /// The upper end.
        to: Option<String>,
    },
    /// `f:/re/`: the expression finds something in the value.
    Regex(Pattern),
    /// `f:a*c?`: the whole value, ignoring case; `*` stands for any characters, `?` for one.
    Glob(String),
    /// `f:a,b`: at least one of these.
    AnyOf(Vec<Test>),
    /// `f!=v`, `f!~re`: the field is there and none of its values passes.
    Unlike(Box<Test>),
    /// `f:*`, `has:f`: the field is there.
    Exists,
}

/// How a value must stand to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `<`
    Less,
    /// `<=`
    AtMost,
}

impl Order {
    /// Whether a value that stands in `ordering` to the other passes.
    pub fn admits(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Greater => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
        }
    }

    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Less => "<",
            Self::AtMost => "<=",
        }
    }
}

/// What a record can be, beside its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Member of an issue first seen in this run.
    New,
    /// Marked by the user.
    Marked,
    /// Input that could not be read as what it claimed to be.
    Broken,
}

impl State {
    /// The name behind `is:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Marked => "marked",
            Self::Broken => "broken",
        }
    }
}

impl Query {
    /// All of `parts`: nested conjunctions are merged in, and one part stands for itself.
    pub fn and(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::All => {}
                Self::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::All,
            1 => flat.pop().unwrap_or(Self::All),
            _ => Self::And(flat),
        }
    }

    /// Any of `parts`: nested disjunctions are merged in, and one part stands for itself. Any of
    /// nothing is everything, as an empty query is.
    pub fn or(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        match flat.len() {
            0 => Self::All,
            1 => flat.pop().unwrap_or(Self::All),
            _ => Self::Or(flat),
        }
    }

    /// What `part` is not; two negations cancel out.
    #[must_use]
    pub fn negate(part: Self) -> Self {
        match part {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}
