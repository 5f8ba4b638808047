//! Single terms: words, phrases, expressions, brackets, and fields with their tests.

use std::ops::Range;

use super::scan::{self, Operator, ScannedPath};
use super::{AND, NOT, OR, Read, Reader, Temper, TokenKind};
use crate::error::{ParseError, codes};
use crate::pattern;
use crate::tree::{FieldTest, Order, Pattern, Query, State, Test, TextPattern};
use crate::{Builtin, Path};

/// What a lenient reader does about a term it cannot read.
const AS_TEXT: &str = "searched as text";

impl Reader<'_> {
    /// Reads a term with its negations.
    pub(super) fn term(&mut self) -> Read<Query> {
        let mut negated = false;
        loop {
            self.blanks();
            if let Some(end) = self.keyword(NOT)
                && self.term_from(end)
            {
                self.token(self.at..end, TokenKind::Boolean);
                self.at = end;
                negated = !negated;
                continue;
            }
            break;
        }
        let dangling = [AND, OR, NOT].iter().find_map(|word| self.keyword(word));
        let query = if let Some(end) = dangling {
            self.dangling(end)?
        } else {
            if scan::minus(self.text, self.at) {
                self.token(self.at..self.at + 1, TokenKind::Boolean);
                self.at += 1;
                negated = !negated;
            }
            self.atom()?
        };
        Ok(if negated { Query::negate(query) } else { query })
    }

    /// A connective that connects nothing.
    fn dangling(&mut self, end: usize) -> Read<Query> {
        let span = self.at..end;
        let word = self.slice(span.clone());
        let error = ParseError::new(
            codes::MISSING,
            span.start,
            format!("{word} has nothing to join here"),
            "a term; put the word in quotes if it is meant as text",
        );
        self.forgive(error, span.clone(), AS_TEXT)?;
        self.word_token(span)
    }

    fn atom(&mut self) -> Read<Query> {
        let start = self.at;
        match self.peek() {
            Some('(') => self.group(),
            Some('"') => {
                let content = self.phrase(TokenKind::Phrase)?;
                Ok(Query::Text(TextPattern::Contains(content)))
            }
            Some('/') => match self.regex_close() {
                Some(close) => match self.regex(close) {
                    Ok(pattern) => Ok(Query::Text(TextPattern::Regex(pattern))),
                    Err(error) => self.fall_back(error, start, self.tokens.len()),
                },
                None => self.word(),
            },
            Some(')') => self.word(),
            _ => {
                let tokens = self.tokens.len();
                match self.qualifier() {
                    Ok(Some(query)) => Ok(query),
                    Ok(None) => {
                        self.at = start;
                        self.word()
                    }
                    Err(error) => self.fall_back(error, start, tokens),
                }
            }
        }
    }

    /// Takes a term that could not be read as text, as far as it went.
    fn fall_back(&mut self, error: ParseError, start: usize, tokens: usize) -> Read<Query> {
        self.tokens.truncate(tokens);
        let end = scan::word_end(self.text, start, self.brackets_end()).max(self.at);
        self.forgive(error, start..end, AS_TEXT)?;
        self.word_token(start..end)
    }

    fn brackets_end(&self) -> bool {
        self.depth > 0 || self.temper == Temper::Strict
    }

    fn word(&mut self) -> Read<Query> {
        let start = self.at;
        let bracket = scan::word_end(self.text, start, true);
        if self.depth == 0 && scan::peek(self.text, bracket) == Some(')') {
            // Reached by the strict reader at the bracket itself, behind the word before it.
            if bracket == start || self.temper == Temper::Lenient {
                let error = ParseError::new(
                    codes::UNEXPECTED,
                    bracket,
                    "this bracket closes nothing",
                    "a term, or quotes around what is meant literally",
                );
                self.forgive(error, bracket..bracket + 1, AS_TEXT)?;
            }
        }
        let end = scan::word_end(self.text, start, self.brackets_end());
        self.word_token(start..end)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the last step of readers that can fail"
    )]
    fn word_token(&mut self, span: Range<usize>) -> Read<Query> {
        let text = self.slice(span.clone()).to_owned();
        self.at = span.end;
        self.token(span, TokenKind::Word);
        Ok(Query::Text(TextPattern::Contains(text)))
    }

    fn group(&mut self) -> Read<Query> {
        let tokens = self.tokens.len();
        let open = self.open()?;
        self.blanks();
        if self.at_group_end() {
            let error = ParseError::new(
                codes::MISSING,
                self.at,
                "there is nothing in the brackets",
                "a term",
            );
            self.at += self.peek().map_or(0, char::len_utf8);
            self.depth -= 1;
            return self.fall_back(error, open, tokens);
        }
        let query = self.any()?;
        self.close(open)?;
        Ok(query)
    }

    /// Reads a phrase.
    pub(super) fn phrase(&mut self, kind: TokenKind) -> Read<String> {
        let quoted = scan::quoted(self.text, self.at, '"');
        let span = self.at..quoted.end;
        if !quoted.closed {
            let error = ParseError::new(
                codes::UNCLOSED,
                span.start,
                "this quote is not closed",
                "`\"`",
            );
            self.forgive(error, span.start..span.start + 1, "it closes at the end")?;
        }
        self.at = quoted.end;
        self.token(span, kind);
        Ok(quoted.content.into_owned())
    }

    /// Where the regular expression that opens here closes, if one does. A search that fails
    /// fails for all later places too, which keeps a text full of slashes linear.
    pub(super) fn regex_close(&mut self) -> Option<usize> {
        if self.at >= self.no_regex_from {
            return None;
        }
        let close = scan::regex_close(self.text, self.at);
        if close.is_none() {
            self.no_regex_from = self.at;
        }
        close
    }

    /// Reads the regular expression between here and the closing slash at `close`.
    pub(super) fn regex(&mut self, close: usize) -> Read<Pattern> {
        let (start, body) = (self.at, self.slice(self.at + 1..close));
        let case_sensitive = scan::peek(self.text, close + 1) == Some('c');
        self.at = close + 1 + usize::from(case_sensitive);
        let pattern = Pattern {
            source: scan::regex_source(body),
            case_sensitive,
        };
        self.checked(pattern, start + 1, body)
            .inspect(|_| self.token(start..self.at, TokenKind::Regex))
    }

    /// Checks an expression and adds up what all of them cost; `body` is how it is written, at `start`.
    pub(super) fn checked(&mut self, pattern: Pattern, start: usize, body: &str) -> Read<Pattern> {
        self.pattern_bytes = self.pattern_bytes.saturating_add(pattern.source.len());
        let cost = if self.pattern_bytes > pattern::MAX_BYTES {
            Err(pattern::too_big())
        } else {
            pattern.cost()
        };
        let checked = cost.and_then(|cost| {
            self.pattern_cost = self.pattern_cost.saturating_add(cost);
            if self.pattern_cost > pattern::MAX_COST {
                Err(pattern::too_big())
            } else {
                Ok(())
            }
        });
        match checked {
            Ok(()) => Ok(pattern),
            Err(error) => {
                let shift = escaped_slashes(&pattern.source, body, error.position);
                Err(ParseError {
                    position: start + error.position + shift,
                    ..error
                })
            }
        }
    }

    /// Reads a field's test, if that is what stands here.
    fn qualifier(&mut self) -> Read<Option<Query>> {
        let start = self.at;
        let Some(ScannedPath {
            path,
            end,
            bare_name,
        }) = scan::path(self.text, start)
        else {
            return Ok(None);
        };
        let Some((operator, value)) = scan::operator(self.text, end) else {
            return Ok(None);
        };
        if operator.is_text_before(scan::rest(self.text, value)) {
            return Ok(None);
        }
        self.token(start..end, TokenKind::Field);
        self.token(end..value, TokenKind::Operator);
        self.at = value;
        if scan::ends_value(self.peek()) {
            return Err(ParseError::new(
                codes::MISSING,
                value,
                "there is nothing to compare with",
                "a value right behind the operator",
            ));
        }
        if bare_name && operator == Operator::Colon {
            match self.slice(start..end) {
                "has" => return self.has().map(Some),
                "is" => return self.is().map(Some),
                name @ ("since" | "until" | "last") => return self.moment(name).map(Some),
                _ => {}
            }
        }
        let test = self.test(&path, operator)?;
        Ok(Some(Query::Field(FieldTest { path, test })))
    }

    /// Reads what follows `has:`.
    fn has(&mut self) -> Read<Query> {
        let start = self.at;
        let whole = scan::path(self.text, start).filter(|path| {
            let next = scan::peek(self.text, path.end);
            next.is_none_or(|c| c.is_whitespace() || c == ')')
        });
        let Some(ScannedPath { path, end, .. }) = whole else {
            return Err(ParseError::new(
                codes::BAD_PATH,
                start,
                "this is no field's name",
                "a name such as http.status, odd ones in back ticks",
            ));
        };
        self.token(start..end, TokenKind::Value);
        self.at = end;
        Ok(Query::Field(FieldTest {
            path,
            test: Test::Exists,
        }))
    }

    /// Reads what follows `is:`.
    fn is(&mut self) -> Read<Query> {
        let start = self.at;
        let end = scan::value_end(self.text, start);
        let name = self.slice(start..end);
        let state = [State::New, State::Marked, State::Broken]
            .into_iter()
            .find(|state| state.name() == name);
        let query = if let Some(state) = state {
            Query::Is(state)
        } else if name != "none" && name.parse::<crosscut_model::Level>().is_ok() {
            let test = Test::Compare(Order::AtLeast, name.to_owned());
            Query::Field(FieldTest {
                path: Path::from(Builtin::Level),
                test,
            })
        } else {
            return Err(ParseError::new(
                codes::BAD_STATE,
                start,
                format!("`{name}` is nothing a record can be"),
                "a level, new, marked or broken",
            ));
        };
        self.token(start..end, TokenKind::Value);
        self.at = end;
        Ok(query)
    }

    /// Reads what follows `since:`, `until:` and `last:`.
    fn moment(&mut self, name: &str) -> Read<Query> {
        let start = self.at;
        let value = self.operand()?;
        let instant = crate::check::time(&value, start)?;
        if name == "last" && !matches!(instant, crate::instant::Instant::Ago(_)) {
            return Err(ParseError::new(
                codes::BAD_TIME,
                start,
                format!("`{value}` is no span of time"),
                "a span such as 5m, 1h30m or 90s",
            ));
        }
        let order = if name == "until" {
            Order::AtMost
        } else {
            Order::AtLeast
        };
        let test = Test::Compare(order, value);
        Ok(Query::Field(FieldTest {
            path: Path::from(Builtin::Time),
            test,
        }))
    }
}

/// How many backslashes before slashes were taken out of `body` before `offset` of the source.
fn escaped_slashes(source: &str, body: &str, offset: usize) -> usize {
    let wanted = source.get(..offset).unwrap_or(source);
    let mut taken = 0;
    let mut places = body.match_indices("\\/").map(|(place, _)| place).peekable();
    while places
        .next_if(|&place| place < wanted.len() + taken)
        .is_some()
    {
        taken += 1;
    }
    taken
}
