//! Going over a query up to a place in it.

use std::ops::Range;

use crosscut_model::limits::QUERY_BYTES;

use super::{Expectation, Expected};
use crate::parser::scan::{self, Operator, ScannedPath};
use crate::parser::{AND, NOT, OR};
use crate::path::Path;

/// The way through a query, one term after the other, as the lenient parser goes it. Brackets are
/// only counted: no depth of them exhausts the stack.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    text: &'a str,
    cursor: usize,
    /// How far it has come.
    at: usize,
    /// Brackets open.
    depth: usize,
    /// Whether a term stands before this place, which another could be joined to.
    joins: bool,
    /// Whether a sign stands right before this place.
    signed: bool,
    /// Known from a search that found nothing: from here on no regular expression closes.
    no_regex_from: usize,
}

/// A value under the cursor.
#[derive(Debug)]
struct Value {
    span: Range<usize>,
    prefix: String,
    quoted: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, cursor: usize) -> Self {
        Self {
            text,
            cursor,
            at: 0,
            depth: 0,
            joins: false,
            signed: false,
            no_regex_from: usize::MAX,
        }
    }

    pub(super) fn find(mut self) -> Expectation {
        // The parser takes all of it for one text.
        if self.text.len() > QUERY_BYTES {
            return self.expect(self.cursor..self.cursor, "", Expected::Text);
        }
        loop {
            if !self.signed {
                self.at = scan::skip_blanks(self.text, self.at);
            }
            if self.cursor <= self.at {
                return self.expect(self.cursor..self.cursor, "", self.term());
            }
            // Each step goes on, and the cursor is not behind the end.
            if let Some(found) = self.step() {
                return found;
            }
        }
    }

    /// Goes over one term, bracket, sign or keyword; what is found if the cursor stands in it.
    fn step(&mut self) -> Option<Expectation> {
        let signed = std::mem::take(&mut self.signed);
        match scan::peek(self.text, self.at) {
            Some('(') => {
                self.at += 1;
                self.depth += 1;
                self.joins = false;
                return None;
            }
            Some(')') if self.depth > 0 => {
                self.at += 1;
                self.depth -= 1;
                self.joins = true;
                return None;
            }
            Some('"') => {
                self.joins = true;
                let quoted = scan::quoted(self.text, self.at, '"');
                return self.literal(quoted.end, quoted.closed);
            }
            Some('/') => {
                if let Some(end) = self.regex_end() {
                    self.joins = true;
                    return self.literal(end, true);
                }
            }
            Some('-' | '!') if !signed => {
                let end = self.at + 1;
                if scan::minus(self.text, self.at) || (end == self.cursor && self.blank(end)) {
                    self.at = end;
                    self.signed = true;
                    return None;
                }
            }
            _ => {}
        }
        let mut keyword = [AND, OR, NOT].iter();
        let keyword = keyword.find_map(|word| scan::keyword(self.text, self.at, word));
        if let Some(end) = keyword.filter(|_| !signed) {
            if self.cursor <= end {
                let typed = self.slice(self.at..self.cursor);
                return Some(self.expect(self.at..end, typed, self.term()));
            }
            self.at = end;
            self.joins = false;
            return None;
        }
        // Only now: what is joined to may be the keyword under the cursor.
        self.signed = signed;
        let found = self.qualifier_or_word();
        self.signed = false;
        self.joins = true;
        found
    }

    /// Goes over what nothing is known of.
    fn literal(&mut self, end: usize, closed: bool) -> Option<Expectation> {
        let span = self.at..end;
        self.at = end;
        let inside = self.cursor < end || (self.cursor == end && !closed);
        inside.then(|| {
            let typed = self.slice(span.start..self.cursor);
            self.expect(span, typed, Expected::Text)
        })
    }

    fn qualifier_or_word(&mut self) -> Option<Expectation> {
        let start = self.at;
        let word_end = scan::word_end(self.text, start, self.depth > 0).max(start + 1);
        let path = scan::path(self.text, start);
        let operator = path
            .as_ref()
            .and_then(|path| scan::operator(self.text, path.end));
        if let (Some(path), Some((operator, value))) = (&path, operator)
            && self.cursor > path.end
        {
            if self.cursor < value {
                let typed = self.slice(path.end..self.cursor);
                let expected = Expected::Operator {
                    path: path.path.clone(),
                };
                return Some(self.expect(path.end..value, typed, expected));
            }
            let behind = scan::rest(self.text, value);
            let begins = self.cursor == value && scan::ends_value(scan::peek(self.text, value));
            if begins || !operator.is_text_before(behind) {
                let found = self.qualifier(start, path, operator, value);
                // In an expression, or between the points of a range.
                let inside = found.is_none() && self.cursor < self.at;
                return found.or_else(|| {
                    let typed = self.slice(value..self.cursor);
                    inside.then(|| self.expect(value..self.at, typed, Expected::Text))
                });
            }
        } else if let Some(found) = self.name(start, path.as_ref(), operator.is_some(), word_end) {
            return Some(found);
        }
        self.at = word_end.max(path.map_or(0, |path| path.end));
        (self.cursor <= self.at).then(|| {
            let typed = self.slice(start..self.cursor);
            self.expect(start..self.at, typed, Expected::Text)
        })
    }

    /// A name being typed, or the beginning of an operator behind one.
    fn name(
        &self,
        start: usize,
        path: Option<&ScannedPath>,
        operated: bool,
        word_end: usize,
    ) -> Option<Expectation> {
        let typed = self.text.get(start..self.cursor)?;
        let end = path.map_or(0, |path| path.end);
        if let Some(prefix) = name_prefix(typed) {
            let end = if operated { end } else { end.max(word_end) };
            // A word that ends before the cursor, unless a back tick is open.
            if self.cursor > end && !open_tick(typed) {
                return None;
            }
            return Some(self.expect(start..end.max(self.cursor), &prefix, self.term()));
        }
        let path = path.filter(|path| self.slice(path.end..self.cursor) == "!")?;
        let expected = Expected::Operator {
            path: path.path.clone(),
        };
        Some(self.expect(path.end..self.cursor, "!", expected))
    }

    /// Goes over a qualifier's values.
    fn qualifier(
        &mut self,
        start: usize,
        path: &ScannedPath,
        operator: Operator,
        value: usize,
    ) -> Option<Expectation> {
        self.at = value;
        let name = self.slice(start..path.end);
        if path.bare_name && operator == Operator::Colon {
            let expected = match name {
                "has" => {
                    let end = scan::path(self.text, value).map_or(value, |path| path.end);
                    self.at = end.max(scan::word_end(self.text, value, true));
                    let typed = self.text.get(value..self.cursor)?;
                    let prefix = name_prefix(typed).filter(|_| self.cursor <= self.at)?;
                    return Some(self.expect(value..self.at, &prefix, Expected::Field));
                }
                "is" => Some(Expected::State),
                "since" | "until" => Some(Expected::Moment),
                "last" => Some(Expected::Span),
                _ => None,
            };
            if let Some(expected) = expected {
                let mut others = Vec::new();
                let found = self.item(operator, &mut others)?;
                return Some(self.expect(found.span, &found.prefix, expected));
            }
        }
        let list =
            self.peek() == Some('(') && !matches!(operator, Operator::Like | Operator::Unlike);
        self.list(list, &path.path, operator, path.end..value)
    }

    /// Goes over the values of a list, of which there may be one.
    fn list(
        &mut self,
        bracketed: bool,
        path: &Path,
        operator: Operator,
        sign: Range<usize>,
    ) -> Option<Expectation> {
        self.at += usize::from(bracketed);
        let (mut found, mut others) = (None, Vec::new());
        loop {
            if bracketed {
                self.blanks();
            }
            let before = self.at;
            found = self.item(operator, &mut others).or(found);
            let behind = self.at;
            if bracketed {
                self.blanks();
                if let Some(end) = scan::keyword(self.text, self.at, OR) {
                    self.at = end;
                    continue;
                }
            }
            match self.peek() {
                Some(',') => self.at += 1,
                Some(')') if bracketed => {
                    self.at += 1;
                    break;
                }
                // Between two values, where only OR fits.
                _ if bracketed
                    && found.is_none()
                    && behind < self.cursor
                    && self.cursor <= self.at =>
                {
                    let keywords = vec![OR];
                    let place = self.cursor..self.cursor;
                    return Some(self.expect(place, "", Expected::Keyword { keywords }));
                }
                _ => break,
            }
            if self.at == before {
                break;
            }
        }
        let Value {
            span,
            prefix,
            quoted,
        } = found?;
        let expected = Expected::Value {
            path: path.clone(),
            operator: sign,
            quoted,
            others,
        };
        Some(self.expect(span, &prefix, expected))
    }

    /// Goes over one value, with a range's both ends; found if the cursor stands in it.
    fn item(&mut self, operator: Operator, others: &mut Vec<String>) -> Option<Value> {
        let start = self.at;
        if self.peek() == Some('"') {
            let quoted = scan::quoted(self.text, start, '"');
            self.at = quoted.end;
            let inside = start < self.cursor
                && (self.cursor < quoted.end || (self.cursor == quoted.end && !quoted.closed));
            if inside {
                let typed = self.text.get(..self.cursor).unwrap_or_default();
                return Some(Value {
                    span: start..quoted.end,
                    prefix: scan::quoted(typed, start, '"').content.into_owned(),
                    quoted: true,
                });
            }
            others.push(quoted.content.into_owned());
            if scan::rest(self.text, self.at).starts_with("..") {
                self.at += 2;
                return self.item(operator, others);
            }
            return None;
        }
        if self.peek() == Some('/')
            && let Some(end) = self.regex_end()
        {
            self.at = end;
            return None;
        }
        let end = match operator {
            Operator::Like | Operator::Unlike => scan::word_end(self.text, start, true),
            _ => scan::value_end(self.text, start),
        };
        self.at = end;
        let value = self.slice(start..end);
        let inside = start <= self.cursor && self.cursor <= end;
        let points = value.find("..").map(|offset| start + offset);
        let (low, high) = points.map_or((end, start), |points| (points, points + 2));
        if points.is_some() && high == end && self.peek() == Some('"') && self.cursor > end {
            others.extend((low > start).then(|| self.slice(start..low).to_owned()));
            return self.item(operator, others);
        }
        let span = if self.cursor <= low {
            start..low
        } else {
            high..end
        };
        // Between the two points is no place for anything.
        if inside && span.start <= self.cursor {
            let prefix = self.slice(span.start..self.cursor).to_owned();
            return Some(Value {
                span,
                prefix,
                quoted: false,
            });
        }
        others.extend((!value.is_empty()).then(|| value.to_owned()));
        None
    }

    /// The end of the regular expression that opens here, if one does.
    fn regex_end(&mut self) -> Option<usize> {
        if self.at >= self.no_regex_from {
            return None;
        }
        let Some(close) = scan::regex_close(self.text, self.at) else {
            self.no_regex_from = self.at;
            return None;
        };
        let case = scan::peek(self.text, close + 1) == Some('c');
        Some(close + 1 + usize::from(case))
    }

    fn term(&self) -> Expected {
        let keywords = match (self.signed, self.joins) {
            (true, _) => Vec::new(),
            (false, true) => vec![AND, OR, NOT],
            (false, false) => vec![NOT],
        };
        Expected::Term { keywords }
    }

    #[expect(clippy::unused_self, reason = "reads as the others do")]
    fn expect(&self, span: Range<usize>, prefix: &str, expected: Expected) -> Expectation {
        Expectation {
            span,
            prefix: prefix.to_owned(),
            expected,
        }
    }

    fn peek(&self) -> Option<char> {
        scan::peek(self.text, self.at)
    }

    fn blank(&self, at: usize) -> bool {
        scan::peek(self.text, at).is_none_or(char::is_whitespace)
    }

    fn blanks(&mut self) {
        self.at = scan::skip_blanks(self.text, self.at);
    }

    fn slice(&self, span: Range<usize>) -> &'a str {
        self.text.get(span).unwrap_or_default()
    }
}

/// The beginning of a path, as the plain name it stands for; `None` when it cannot become one.
fn name_prefix(typed: &str) -> Option<String> {
    let mut plain = String::with_capacity(typed.len());
    let mut at = 0;
    while let Some(c) = scan::peek(typed, at) {
        let begins = plain.is_empty();
        match c {
            '`' => {
                let name = scan::quoted(typed, at, '`');
                plain.push_str(&name.content);
                at = name.end;
                continue;
            }
            '@' if begins => {}
            '-' | '.' | '[' | ']' if !begins => {}
            c if scan::in_name(c) && !(begins && c.is_numeric()) => {}
            _ => return None,
        }
        plain.push(c);
        at += c.len_utf8();
    }
    Some(plain)
}

/// Whether a back tick is open at the end.
fn open_tick(typed: &str) -> bool {
    let mut at = 0;
    while let Some(offset) = scan::rest(typed, at).find('`') {
        let name = scan::quoted(typed, at + offset, '`');
        if !name.closed {
            return true;
        }
        at = name.end;
    }
    false
}
