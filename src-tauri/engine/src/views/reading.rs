//! How a query was read, for the box it was typed into.

use crosscut_query::{ParseError, Parsed, Temper, TokenKind as Kind};

use crate::api::{ApiError, Reading, ReadingHint, ReadingToken, TokenKind};

/// Reads a query leniently and tells how.
pub(crate) fn read_query(query: &str) -> Result<(Parsed, Reading), ApiError> {
    let parsed =
        crosscut_query::parse(query, Temper::Lenient).map_err(|error| bad_query(&error))?;
    let units = Utf16::new(query);
    let tokens = parsed
        .tokens
        .iter()
        .map(|token| ReadingToken {
            start: units.at(token.span.start),
            end: units.at(token.span.end),
            kind: kind(token.kind),
        })
        .collect();
    let hints = parsed
        .hints
        .iter()
        .map(|hint| ReadingHint {
            start: units.at(hint.span.start),
            end: units.at(hint.span.end),
            message: hint.message.clone(),
        })
        .collect();
    let reading = Reading {
        tokens,
        hints,
        printed: parsed.query.to_string(),
    };
    Ok((parsed, reading))
}

/// A query that cannot be read or run, as every face tells it.
pub(crate) fn bad_query(error: &ParseError) -> ApiError {
    let hint = if error.expected.is_empty() {
        String::new()
    } else {
        format!("expected {}", error.expected)
    };
    ApiError::new(
        "bad_query",
        format!("{} (at byte {})", error.message, error.position),
    )
    .hint(hint)
    .at(error.position)
}

fn kind(kind: Kind) -> TokenKind {
    match kind {
        Kind::Word => TokenKind::Word,
        Kind::Phrase => TokenKind::Phrase,
        Kind::Regex => TokenKind::Regex,
        Kind::Field => TokenKind::Field,
        Kind::Operator => TokenKind::Operator,
        Kind::Value => TokenKind::Value,
        Kind::Boolean => TokenKind::Boolean,
        Kind::Bracket => TokenKind::Bracket,
    }
}

/// Turns byte offsets into UTF-16 offsets, which is how JavaScript counts.
pub(crate) struct Utf16<'a>(&'a str);

impl<'a> Utf16<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The byte offset of a place in UTF-16 units; the end for one beyond it.
    pub(crate) fn byte(&self, units: u32) -> usize {
        let mut left = units as usize;
        for (at, c) in self.0.char_indices() {
            if left < c.len_utf16() {
                return at;
            }
            left -= c.len_utf16();
        }
        self.0.len()
    }

    pub(crate) fn at(&self, byte: usize) -> u32 {
        let head = self.0.get(..byte).unwrap_or(self.0);
        let units = if head.is_ascii() {
            head.len()
        } else {
            head.encode_utf16().count()
        };
        u32::try_from(units).unwrap_or(u32::MAX)
    }
}
