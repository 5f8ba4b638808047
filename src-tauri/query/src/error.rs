//! What a strict reader answers when it cannot read a query.

/// Where and why a query could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Stable, for programs; one of [`codes`].
    pub code: &'static str,
    /// Where in the query, in bytes from its start.
    pub position: usize,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What would have been right there; may be empty.
    pub expected: String,
}

impl ParseError {
    pub(crate) fn new(
        code: &'static str,
        position: usize,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            code,
            position,
            message: message.into(),
            expected: expected.into(),
        }
    }
}

/// The values of [`ParseError::code`].
pub mod codes {
    /// The query is longer than [`crosscut_model::limits::QUERY_BYTES`].
    pub const TOO_LONG: &str = "query_too_long";
    /// Brackets nest deeper than [`crosscut_model::limits::QUERY_DEPTH`].
    pub const TOO_DEEP: &str = "query_too_deep";
    /// A quote or bracket is not closed.
    pub const UNCLOSED: &str = "query_unclosed";
    /// Something stands where it has no meaning.
    pub const UNEXPECTED: &str = "query_unexpected";
    /// A term or a value is missing.
    pub const MISSING: &str = "query_missing";
    /// A regular expression is wrong or too big.
    pub const BAD_REGEX: &str = "query_bad_regex";
    /// Not a level's name.
    pub const BAD_LEVEL: &str = "query_bad_level";
    /// Not a time, or an impossible one.
    pub const BAD_TIME: &str = "query_bad_time";
    /// Not something that has an order: no number, unit, instant or level.
    pub const BAD_VALUE: &str = "query_bad_value";
    /// Not a field's path.
    pub const BAD_PATH: &str = "query_bad_path";
    /// Not a name for `is:`.
    pub const BAD_STATE: &str = "query_bad_state";
}
