//! The right sides of fields: words, phrases, globs, expressions, ranges and lists of them.

use super::scan::{self, Operator};
use super::{OR, Read, Reader, TokenKind};
use crate::check::check;
use crate::error::{ParseError, codes};
use crate::path::{Builtin, Path};
use crate::scalar::Scalar;
use crate::tree::{Pattern, Test};

/// A value's text, and whether it was quoted: then nothing in it has a special meaning.
#[derive(Debug)]
struct Operand {
    text: String,
    quoted: bool,
}

impl Reader<'_> {
    /// Reads the test behind an operator.
    pub(super) fn test(&mut self, path: &Path, operator: Operator) -> Read<Test> {
        let start = self.at;
        let negated = matches!(operator, Operator::Differs | Operator::Unlike);
        let test = match operator {
            Operator::Like | Operator::Unlike => {
                let test = Test::Regex(self.pattern()?);
                check(path, &test, start)?;
                test
            }
            _ if self.peek() == Some('(') => self.bracketed(path, operator)?,
            _ => self.list(path, operator)?,
        };
        Ok(if negated {
            Test::Unlike(Box::new(test))
        } else {
            test
        })
    }

    /// Reads one word or phrase.
    pub(super) fn operand(&mut self) -> Read<String> {
        Ok(self.word_or_phrase()?.text)
    }

    /// Reads what follows `~`: an expression in slashes or quotes, or a word that is one.
    fn pattern(&mut self) -> Read<Pattern> {
        let start = self.at;
        if self.peek() == Some('/')
            && let Some(close) = self.regex_close()
        {
            return self.regex(close);
        }
        let (body, at) = if self.peek() == Some('"') {
            (self.phrase(TokenKind::Regex)?, start + 1)
        } else {
            let end = scan::word_end(self.text, start, true);
            self.at = end;
            self.token(start..end, TokenKind::Regex);
            (self.slice(start..end).to_owned(), start)
        };
        if body.is_empty() {
            return Err(self.missing());
        }
        let pattern = Pattern {
            source: scan::regex_source(&body),
            case_sensitive: false,
        };
        self.checked(pattern, at, &body)
    }

    /// Reads `a,b,c`.
    fn list(&mut self, path: &Path, operator: Operator) -> Read<Test> {
        let mut tests = vec![self.item(path, operator)?];
        while self.peek() == Some(',') {
            let comma = self.at;
            self.token(comma..comma + 1, TokenKind::Operator);
            self.at += 1;
            if self
                .peek()
                .is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ')'))
            {
                let error = ParseError::new(
                    codes::MISSING,
                    self.at,
                    "nothing follows this comma",
                    "another value, right behind the comma",
                );
                self.forgive(error, comma..self.at, "the comma is left out")?;
                continue;
            }
            tests.push(self.item(path, operator)?);
        }
        Ok(any_of(tests))
    }

    /// Reads `(a OR b OR c)`.
    fn bracketed(&mut self, path: &Path, operator: Operator) -> Read<Test> {
        let open = self.at;
        self.token(open..open + 1, TokenKind::Bracket);
        self.at += 1;
        let mut tests = Vec::new();
        loop {
            self.blanks();
            if self.peek().is_none_or(|c| c == ')') {
                return Err(self.missing());
            }
            tests.push(self.item(path, operator)?);
            self.blanks();
            if let Some(end) = self.keyword(OR) {
                self.token(self.at..end, TokenKind::Boolean);
                self.at = end;
            } else if self.peek() == Some(',') {
                self.token(self.at..self.at + 1, TokenKind::Operator);
                self.at += 1;
            } else {
                break;
            }
        }
        match self.peek() {
            Some(')') => {
                self.token(self.at..self.at + 1, TokenKind::Bracket);
                self.at += 1;
            }
            None => {
                let error =
                    ParseError::new(codes::UNCLOSED, open, "this bracket is not closed", "`)`");
                self.forgive(error, open..open + 1, "it closes at the end")?;
            }
            Some(_) => {
                return Err(ParseError::new(
                    codes::UNEXPECTED,
                    self.at,
                    "values in brackets are joined by OR",
                    "OR, or `)`",
                ));
            }
        }
        Ok(any_of(tests))
    }

    /// Reads one value of a list, which may be the only one.
    fn item(&mut self, path: &Path, operator: Operator) -> Read<Test> {
        let start = self.at;
        let order = match operator {
            Operator::Compare(order) => Some(order),
            _ => None,
        };
        if self.peek() == Some('/')
            && let Some(close) = self.regex_close()
        {
            let test = Test::Regex(self.regex(close)?);
            if order.is_some() {
                return Err(unordered(start));
            }
            check(path, &test, start)?;
            return Ok(test);
        }
        let value = self.word_or_phrase()?;
        if let Some(range) = self.range(path, &value)? {
            if order.is_some() {
                return Err(unordered(start));
            }
            check(path, &range, start)?;
            return Ok(range);
        }
        let patterned = !value.quoted && value.text.contains(['*', '?']);
        let test = match (order, value.text) {
            (Some(order), text) => Test::Compare(order, text),
            (None, text) if !value.quoted && text == "*" => Test::Exists,
            (None, text) if patterned => Test::Glob(match text.strip_prefix("\\/") {
                Some(behind) => format!("/{behind}"),
                None => text,
            }),
            (None, text) if operator == Operator::Colon => Test::Contains(text),
            (None, text) => Test::Equals(text),
        };
        check(path, &test, start)?;
        Ok(test)
    }

    fn word_or_phrase(&mut self) -> Read<Operand> {
        if self.peek() == Some('"') {
            return Ok(Operand {
                text: self.phrase(TokenKind::Value)?,
                quoted: true,
            });
        }
        let end = scan::value_end(self.text, self.at);
        if end == self.at {
            return Err(self.missing());
        }
        let text = self.slice(self.at..end).to_owned();
        self.token(self.at..end, TokenKind::Value);
        self.at = end;
        Ok(Operand {
            text,
            quoted: false,
        })
    }

    /// The range that `value` is, or begins. Two points in anything that has no order are text.
    fn range(&mut self, path: &Path, value: &Operand) -> Read<Option<Test>> {
        let points = |text: &str| text.starts_with("..");
        let (from, to, quotes) = if value.quoted {
            if !points(scan::rest(self.text, self.at)) {
                return Ok(None);
            }
            self.token(self.at..self.at + 2, TokenKind::Operator);
            self.at += 2;
            (value.text.clone(), self.upper_end()?, true)
        } else {
            let Some((from, to)) = value.text.split_once("..") else {
                return Ok(None);
            };
            let quoted = to.is_empty() && self.peek() == Some('"');
            (
                from.to_owned(),
                if quoted {
                    self.upper_end()?
                } else {
                    to.to_owned()
                },
                quoted,
            )
        };
        let ordered = matches!(path.builtin(), Some(Builtin::Time | Builtin::Level))
            || [&from, &to]
                .iter()
                .all(|end| end.is_empty() || Scalar::parse(end).is_some());
        let end = |text: String| (!text.is_empty()).then_some(text);
        match (end(from), end(to)) {
            (from, to) if ordered && (from.is_some() || to.is_some()) => {
                Ok(Some(Test::Range { from, to }))
            }
            _ if quotes => Err(unordered(self.at)),
            _ => Ok(None),
        }
    }

    /// Reads the upper end of a range; it may be open.
    fn upper_end(&mut self) -> Read<String> {
        match self.peek() {
            None => Ok(String::new()),
            Some(c) if c.is_whitespace() || matches!(c, ',' | ')') => Ok(String::new()),
            Some(_) => self.operand(),
        }
    }

    fn missing(&self) -> ParseError {
        ParseError::new(codes::MISSING, self.at, "a value is missing", "a value")
    }
}

fn any_of(mut tests: Vec<Test>) -> Test {
    match (tests.len(), tests.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            tests.push(last);
            Test::AnyOf(tests)
        }
        (_, None) => Test::AnyOf(tests),
    }
}

fn unordered(position: usize) -> ParseError {
    ParseError::new(
        codes::BAD_VALUE,
        position,
        "only a single value can be compared",
        crate::scalar::EXPECTED,
    )
}
