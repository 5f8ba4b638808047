//! Regular expressions: how they are read, and how big they may get.

use regex::RegexBuilder;
use regex_syntax::hir::Hir;

use crate::error::{ParseError, codes};
use crate::tree::Pattern;

/// What one expression may take once compiled. Bytes.
const COMPILED_BYTES: usize = 1 << 20;

/// How deep an expression may nest.
const NEST: u32 = 64;

/// Regular expressions in one query.
pub(crate) const MAX_PATTERNS: usize = 64;

impl Pattern {
    /// The expression's structure; errors give the offset in the source.
    pub(crate) fn hir(&self) -> Result<Hir, ParseError> {
        let mut parser = regex_syntax::ParserBuilder::new()
            .multi_line(true)
            .case_insensitive(!self.case_sensitive)
            .nest_limit(NEST)
            .build();
        parser.parse(&self.source).map_err(|error| {
            let (offset, reason) = match &error {
                regex_syntax::Error::Parse(error) => {
                    (error.span().start.offset, error.kind().to_string())
                }
                regex_syntax::Error::Translate(error) => {
                    (error.span().start.offset, error.kind().to_string())
                }
                _ => (0, "unreadable".to_owned()),
            };
            ParseError::new(
                codes::BAD_REGEX,
                offset,
                format!("the regular expression is wrong: {reason}"),
                "a regular expression, or quotes around what is meant literally",
            )
        })
    }

    /// The expression, ready to search text; errors give the offset in the source.
    pub(crate) fn compile(&self) -> Result<regex::Regex, ParseError> {
        self.hir()?;
        RegexBuilder::new(&self.source)
            .multi_line(true)
            .case_insensitive(!self.case_sensitive)
            .nest_limit(NEST)
            .size_limit(COMPILED_BYTES)
            .build()
            .map_err(|_| {
                ParseError::new(
                    codes::BAD_REGEX,
                    0,
                    format!("the regular expression takes more than {COMPILED_BYTES} bytes"),
                    "a smaller one: fewer or smaller counted repetitions such as \\w{1000}",
                )
            })
    }
}
