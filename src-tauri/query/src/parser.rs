//! From typed text to a tree.
//!
//! A reader of recursive descent that goes over the text once, without a separate pass for
//! tokens. It recurses for brackets only, whose depth is limited, so no input can exhaust the
//! stack. Both tempers take the same way; where the strict one returns an error, the lenient one
//! reads the term in question as text and leaves a hint. This module owns the connectives and the
//! tempers, `term` the single terms, `value` the right sides of fields, `scan` where each ends.

pub(crate) mod scan;
mod term;
mod value;

use std::ops::Range;

use crosscut_model::limits::{QUERY_BYTES, QUERY_DEPTH};

use crate::error::codes;
use crate::{ParseError, Query, TextPattern};

pub(crate) use scan::name_length;

/// How to take a query that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temper {
    /// The window: what cannot be read is searched as text, with a hint.
    Lenient,
    /// Programs: an error with its position.
    Strict,
}

/// A query that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What it means.
    pub query: Query,
    /// Its parts in the order they stand in, for colouring; they do not overlap.
    pub tokens: Vec<Token>,
    /// Remarks on how it was read.
    pub hints: Vec<Hint>,
}

/// A part of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// What a part of a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Plain text to find.
    Word,
    /// Quoted text to find.
    Phrase,
    /// A regular expression.
    Regex,
    /// A field's name.
    Field,
    /// A comparison.
    Operator,
    /// What a field is compared with.
    Value,
    /// AND, OR, NOT, `-`.
    Boolean,
    /// A bracket.
    Bracket,
}

/// A remark on how a part of a query was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Which part, in bytes.
    pub span: Range<usize>,
    /// The remark.
    pub message: String,
}

/// Reads a query. A lenient reader never errs.
pub fn parse(input: &str, temper: Temper) -> Result<Parsed, ParseError> {
    let read = if input.len() > QUERY_BYTES {
        Err(ParseError::new(
            codes::TOO_LONG,
            QUERY_BYTES,
            format!("the query is longer than {QUERY_BYTES} bytes"),
            "a shorter query",
        ))
    } else {
        Reader::new(input, temper).read()
    };
    match (read, temper) {
        (Ok(parsed), _) => Ok(parsed),
        (Err(error), Temper::Strict) => Err(error),
        (Err(error), Temper::Lenient) => Ok(as_text(input, &error.message)),
    }
}

/// The whole input as one text to find.
fn as_text(input: &str, why: &str) -> Parsed {
    let text = input.trim();
    let start = input.len() - input.trim_start().len();
    let span = start..start + text.len();
    Parsed {
        query: Query::Text(TextPattern::Contains(text.to_owned())),
        tokens: vec![Token {
            span: span.clone(),
            kind: TokenKind::Word,
        }],
        hints: vec![Hint {
            span,
            message: format!("{why}: searched as text"),
        }],
    }
}

/// What reading a part yields.
type Read<T> = Result<T, ParseError>;

/// A query being read.
#[derive(Debug)]
struct Reader<'a> {
    text: &'a str,
    /// How far it has been read.
    at: usize,
    temper: Temper,
    /// Brackets open.
    depth: usize,
    /// Bytes of all regular expressions so far, and what they cost.
    pattern_bytes: usize,
    pattern_cost: usize,
    /// Known from a search that found nothing: from here on no regular expression closes.
    no_regex_from: usize,
    tokens: Vec<Token>,
    hints: Vec<Hint>,
}

/// The words that join terms.
pub(crate) const AND: &str = "AND";
pub(crate) const OR: &str = "OR";
pub(crate) const NOT: &str = "NOT";

impl<'a> Reader<'a> {
    fn new(text: &'a str, temper: Temper) -> Self {
        Self {
            text,
            at: 0,
            temper,
            depth: 0,
            pattern_bytes: 0,
            pattern_cost: 0,
            no_regex_from: usize::MAX,
            tokens: Vec::new(),
            hints: Vec::new(),
        }
    }

    fn read(mut self) -> Read<Parsed> {
        self.blanks();
        let query = if self.at_end() {
            Query::All
        } else {
            self.any()?
        };
        Ok(Parsed {
            query,
            tokens: self.tokens,
            hints: self.hints,
        })
    }

    /// Reads terms joined by OR.
    fn any(&mut self) -> Read<Query> {
        let mut parts = vec![self.all()?];
        while let Some(end) = self.keyword(OR) {
            self.token(self.at..end, TokenKind::Boolean);
            self.at = end;
            parts.push(self.all()?);
        }
        Ok(Query::or(parts))
    }

    /// Reads terms joined by AND, or by nothing. Stops before an OR that joins, before the bracket
    /// that closes and at the end; there is at least one term.
    fn all(&mut self) -> Read<Query> {
        let mut parts = Vec::new();
        loop {
            self.blanks();
            if self.at_group_end() {
                break;
            }
            if !parts.is_empty() {
                if self.keyword(OR).is_some_and(|end| self.term_from(end)) {
                    break;
                }
                if let Some(end) = self.keyword(AND).filter(|&end| self.term_from(end)) {
                    self.token(self.at..end, TokenKind::Boolean);
                    self.at = end;
                    self.blanks();
                }
            }
            parts.push(self.term()?);
        }
        Ok(Query::and(parts))
    }

    /// Where the keyword ends, if it stands here.
    fn keyword(&self, word: &str) -> Option<usize> {
        scan::keyword(self.text, self.at, word)
    }

    /// Whether a term can begin at or behind `at`.
    fn term_from(&self, at: usize) -> bool {
        match scan::peek(self.text, scan::skip_blanks(self.text, at)) {
            None => false,
            Some(')') => self.depth == 0,
            Some(_) => true,
        }
    }

    fn at_group_end(&self) -> bool {
        self.at_end() || (self.depth > 0 && self.peek() == Some(')'))
    }

    fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<char> {
        scan::peek(self.text, self.at)
    }

    fn blanks(&mut self) {
        self.at = scan::skip_blanks(self.text, self.at);
    }

    fn slice(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or_default()
    }

    fn token(&mut self, span: Range<usize>, kind: TokenKind) {
        if !span.is_empty() {
            self.tokens.push(Token { span, kind });
        }
    }

    fn hint(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.hints.push(Hint {
            span,
            message: message.into(),
        });
    }

    /// Goes on after something unreadable: the strict reader gives up, the lenient one leaves a
    /// hint.
    fn forgive(&mut self, error: ParseError, span: Range<usize>, remedy: &str) -> Read<()> {
        match self.temper {
            Temper::Strict => Err(error),
            Temper::Lenient => {
                self.hint(span, format!("{}: {remedy}", error.message));
                Ok(())
            }
        }
    }

    /// Opens a bracket at this place.
    fn open(&mut self) -> Read<usize> {
        let open = self.at;
        if self.depth >= QUERY_DEPTH {
            return Err(ParseError::new(
                codes::TOO_DEEP,
                open,
                format!("brackets nest deeper than {QUERY_DEPTH}"),
                "fewer brackets",
            ));
        }
        self.token(open..open + 1, TokenKind::Bracket);
        self.at += 1;
        self.depth += 1;
        Ok(open)
    }

    /// Closes the bracket that was opened at `open`.
    fn close(&mut self, open: usize) -> Read<()> {
        self.blanks();
        self.depth -= 1;
        if self.peek() == Some(')') {
            self.token(self.at..self.at + 1, TokenKind::Bracket);
            self.at += 1;
            return Ok(());
        }
        let error = ParseError::new(codes::UNCLOSED, open, "this bracket is not closed", "`)`");
        self.forgive(error, open..open + 1, "it closes at the end")
    }
}
