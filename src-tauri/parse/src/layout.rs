//! Fields of sources whose lines do not name them: a header did, or the user.
//!
//! Owns reading a line by a [`LayoutSpec`]. Promises: the values stand in the line as they are
//! given; a line that does not fit its layout (more or fewer cells, an expression that finds nothing) is
//! read as if there were none, and so is JSON.

mod scout;

use std::borrow::Cow;

use crosscut_model::LayoutSpec;
use regex::bytes::Regex;

use crate::text::utf8;
use crate::walk::is_regular;

pub use scout::Scout;

/// What an expression may take once compiled. Bytes.
const COMPILED_BYTES: usize = 1 << 20;

/// A layout made ready to read lines by.
#[derive(Debug, Clone)]
pub struct Layout {
    form: Form,
    names: Vec<String>,
}

#[derive(Debug, Clone)]
enum Form {
    Cells(u8),
    Words,
    /// The expression, and the group of each name.
    Expression(Regex, Vec<usize>),
}

/// A layout cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// It is no expression, or takes too much.
    #[error("the expression cannot be used: {0}")]
    Expression(String),
    /// Nothing in it has a name that a query could use.
    #[error("nothing in it has a name: a field is a group such as `(?P<user>\\S+)`")]
    Nameless,
    /// Only characters of one byte can stand between cells.
    #[error("{0:?} cannot stand between cells: it must be an ASCII character")]
    Delimiter(char),
}

impl Layout {
    /// Makes a layout ready; nothing for the one that is none.
    pub fn new(spec: &LayoutSpec) -> Result<Option<Self>, LayoutError> {
        let known = |names: &[String]| -> Vec<String> {
            let known = |name: &String| {
                if is_regular(name) {
                    name.clone()
                } else {
                    String::new()
                }
            };
            names.iter().map(known).collect()
        };
        let (form, names) = match spec {
            LayoutSpec::Plain => return Ok(None),
            LayoutSpec::Cells { delimiter, names } => {
                let byte = u8::try_from(*delimiter).ok().filter(u8::is_ascii);
                let byte = byte.ok_or(LayoutError::Delimiter(*delimiter))?;
                (Form::Cells(byte), known(names))
            }
            LayoutSpec::Words { names } => (Form::Words, known(names)),
            LayoutSpec::Expression { source } => {
                let regex = regex::bytes::RegexBuilder::new(source)
                    .size_limit(COMPILED_BYTES)
                    .build()
                    .map_err(|error| LayoutError::Expression(error.to_string()))?;
                let groups = regex.capture_names().enumerate();
                let named: Vec<(usize, String)> = groups
                    .filter_map(|(group, name)| Some((group, name?.to_owned())))
                    .filter(|(_, name)| is_regular(name))
                    .collect();
                let (groups, names) = named.into_iter().unzip();
                (Form::Expression(regex, groups), names)
            }
        };
        if names.iter().all(String::is_empty) {
            return Err(LayoutError::Nameless);
        }
        Ok(Some(Self { form, names }))
    }

    /// The expression that it is, where it is one.
    pub fn expression(&self) -> Option<&str> {
        match &self.form {
            Form::Cells(_) | Form::Words => None,
            Form::Expression(regex, _) => Some(regex.as_str()),
        }
    }

    /// The names it gives.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let names = self.names.iter().map(String::as_str);
        names.filter(|name| !name.is_empty())
    }

    /// The fields of a line (trimmed, without terminal escapes), in order; nothing when it does not
    /// fit.
    pub(crate) fn fields<'a>(&self, line: &'a [u8]) -> Option<Vec<(&str, Cow<'a, str>)>> {
        let told = !matches!(self.form, Form::Expression(..));
        if line.is_empty() || line.first() == Some(&b'{') || (told && line.first() == Some(&b'#')) {
            return None;
        }
        let mut found = Vec::with_capacity(self.names.len());
        let names = self.names.iter().map(String::as_str);
        match &self.form {
            Form::Cells(delimiter) => {
                let cells = cells(line, *delimiter);
                let header = names
                    .clone()
                    .zip(&cells)
                    .all(|(name, cell)| name.as_bytes() == *cell);
                if cells.len() != self.names.len() || header {
                    return None;
                }
                found.extend(names.zip(cells));
            }
            Form::Words => {
                let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
                if words.len() != self.names.len() {
                    return None;
                }
                found.extend(names.zip(words));
            }
            Form::Expression(regex, groups) => {
                let first = line.split(|&byte| byte == b'\n').next();
                // `$` is the end of a record, and most that people write are of one line.
                let captures = regex
                    .captures(line)
                    .or_else(|| regex.captures(first.filter(|first| first.len() < line.len())?))?;
                let value = |group: &usize| {
                    let matched = captures.get(*group);
                    matched.map_or(&[][..], |matched| matched.as_bytes())
                };
                found.extend(names.zip(groups.iter().map(value)));
            }
        }
        let there =
            |(name, value): &(&str, &[u8])| !name.is_empty() && !value.is_empty() && *value != b"-";
        let found = found.into_iter().filter(there);
        Some(found.map(|(name, value)| (name, utf8(value))).collect())
    }
}

/// The cells of a line, without the quotes around them. Doubled quotes inside stay doubled, so that
/// a value is what stands in the line.
fn cells(line: &[u8], delimiter: u8) -> Vec<&[u8]> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, behind) = match rest {
            [b'"', inside @ ..] => match end_of_quotes(inside) {
                Some(end) => (inside.get(..end), inside.get(end + 1..)),
                None => (Some(rest), None),
            },
            _ => match memchr::memchr(delimiter, rest) {
                Some(end) => (rest.get(..end), rest.get(end..)),
                None => (Some(rest), None),
            },
        };
        cells.push(cell.unwrap_or_default().trim_ascii());
        match behind {
            Some([byte, next @ ..]) if *byte == delimiter => rest = next,
            _ => return cells,
        }
    }
}

/// Where the quote stands that closes a cell; two of them are one of the cell's own.
fn end_of_quotes(inside: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', inside.get(at..)?)?;
        if inside.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// A record and how its source's records are divided, where that is known.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its bytes.
    pub raw: &'a [u8],
    /// How its source's records are divided.
    pub layout: Option<&'a Layout>,
}

impl<'a> Line<'a> {
    /// A record of a source with this layout.
    pub fn new(raw: &'a [u8], layout: Option<&'a Layout>) -> Self {
        Self { raw, layout }
    }

    /// The fields by the layout, of the record without what is wrapped around it.
    pub(crate) fn fields(self, body: &[u8]) -> Option<Vec<(&'a str, Cow<'_, str>)>> {
        self.layout?.fields(body)
    }
}

impl<'a> From<&'a [u8]> for Line<'a> {
    fn from(raw: &'a [u8]) -> Self {
        Self::new(raw, None)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Line<'a> {
    fn from(raw: &'a [u8; N]) -> Self {
        Self::new(raw, None)
    }
}

impl<'a> From<&'a Vec<u8>> for Line<'a> {
    fn from(raw: &'a Vec<u8>) -> Self {
        Self::new(raw, None)
    }
}

#[cfg(test)]
mod tests;
