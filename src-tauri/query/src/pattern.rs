//! Regular expressions: how they are read, and how big they may get.
//!
//! A short expression can ask for a huge automaton (`\w{1000}`). What one costs is estimated from
//! its structure, so that a query is refused before anything is built, in the time reading takes.

use regex::RegexBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::error::{ParseError, codes};
use crate::tree::Pattern;

/// All expressions of a query may be so long together. Bytes.
pub(crate) const MAX_BYTES: usize = 2 << 10;

/// All expressions of a query may cost so much together. Roughly states of an automaton: a
/// character costs one, `\w` almost a thousand.
pub(crate) const MAX_COST: usize = 64 << 10;

/// How deep an expression may nest.
const NEST: u32 = 64;

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

    /// What the expression costs.
    pub(crate) fn cost(&self) -> Result<usize, ParseError> {
        if self.source.len() > MAX_BYTES {
            return Err(too_big());
        }
        Ok(cost(&self.hir()?))
    }

    /// The expression, ready to search text; errors give the offset in the source.
    pub(crate) fn compile(&self) -> Result<regex::Regex, ParseError> {
        if self.cost()? > MAX_COST {
            return Err(too_big());
        }
        RegexBuilder::new(&self.source)
            .multi_line(true)
            .case_insensitive(!self.case_sensitive)
            .nest_limit(NEST)
            .build()
            .map_err(|_| too_big())
    }
}

/// What to say of expressions beyond the limits.
pub(crate) fn too_big() -> ParseError {
    ParseError::new(
        codes::BAD_REGEX,
        0,
        "the regular expressions are too big",
        "fewer, or smaller ones: at most 2,048 bytes in all, no big repetitions such as \\w{1000}",
    )
}

fn cost(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len() + 4,
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min).max(1);
            cost(&repetition.sub).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => cost(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts
            .iter()
            .fold(1, |sum, part| sum.saturating_add(cost(part))),
    }
}
