//! The lexer: where words, phrases, expressions, paths and operators end.
//!
//! Pure functions over the text and a place in it; all places are byte offsets at character
//! boundaries. Which of them applies is the parser's to know: the language has no tokens that
//! could be told apart without it (`a/b/c`, `/b/c`).

use std::borrow::Cow;

use crate::path::{Path, Segment};
use crate::tree::Order;

/// The text from `at` on.
pub(crate) fn rest(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// The character at `at`.
pub(crate) fn peek(text: &str, at: usize) -> Option<char> {
    rest(text, at).chars().next()
}

/// The first place from `at` on that is no blank.
pub(crate) fn skip_blanks(text: &str, at: usize) -> usize {
    text.len() - rest(text, at).trim_start().len()
}

/// Where the word that starts at `at` ends: before a blank, or before a bracket that closes none
/// of its own, when such a bracket has a meaning here.
pub(crate) fn word_end(text: &str, at: usize, bracket_ends: bool) -> usize {
    let mut open = 0_usize;
    for (offset, c) in rest(text, at).char_indices() {
        match c {
            '(' => open += 1,
            ')' if open > 0 => open -= 1,
            ')' if bracket_ends => return at + offset,
            c if c.is_whitespace() => return at + offset,
            _ => {}
        }
    }
    text.len()
}

/// Where the value word that starts at `at` ends: as a word does, or before a comma, or behind
/// the two points of a range whose upper end is quoted.
pub(crate) fn value_end(text: &str, at: usize) -> usize {
    let mut open = 0_usize;
    let body = rest(text, at);
    for (offset, c) in body.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open > 0 => open -= 1,
            '"' if body.get(..offset).is_some_and(|head| head.ends_with("..")) => {
                return at + offset;
            }
            ')' | ',' => return at + offset,
            c if c.is_whitespace() => return at + offset,
            _ => {}
        }
    }
    text.len()
}

/// Where the keyword ends, if it stands at `at`.
pub(crate) fn keyword(text: &str, at: usize, word: &str) -> Option<usize> {
    let after = rest(text, at).strip_prefix(word)?;
    let ends = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
    let whole = after.chars().next().is_none_or(ends);
    whole.then_some(at + word.len())
}

/// Whether a `-` or `!` stands at `at` that negates. One before a blank, before another sign, or
/// in an arrow (`--verbose`, `->`, `!=`) is text.
pub(crate) fn minus(text: &str, at: usize) -> bool {
    let after = rest(text, at).strip_prefix(['-', '!']);
    after
        .and_then(|after| after.chars().next())
        .is_some_and(|c| !c.is_whitespace() && !matches!(c, '-' | '!' | '=' | '>' | ')'))
}

/// What stands in quotes, and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quoted<'a> {
    /// The content, with `\"` and `\\` undone.
    pub(crate) content: Cow<'a, str>,
    /// Behind the closing quote.
    pub(crate) end: usize,
    /// Whether there was a closing quote.
    pub(crate) closed: bool,
}

/// Reads from the opening quote at `at`.
pub(crate) fn quoted(text: &str, at: usize, quote: char) -> Quoted<'_> {
    let start = at + quote.len_utf8();
    let body = rest(text, start);
    let mut content: Cow<'_, str> = Cow::Borrowed("");
    let mut copied = 0;
    let mut chars = body.char_indices();
    while let Some((offset, c)) = chars.next() {
        if c == quote {
            let tail = body.get(copied..offset).unwrap_or_default();
            return Quoted {
                content: content + tail,
                end: start + offset + 1,
                closed: true,
            };
        }
        let escaped = rest(body, offset + 1).chars().next();
        if c == '\\' && escaped.is_some_and(|e| e == quote || e == '\\') {
            content += body.get(copied..offset).unwrap_or_default();
            copied = offset + 1;
            chars.next();
        }
    }
    Quoted {
        content: content + rest(body, copied),
        end: text.len(),
        closed: false,
    }
}

/// Where the regular expression that opens at `at` has its closing slash: an unescaped one, not
/// the very next character, behind which (or behind a `c`) stands a blank, `)`, `,` or the end.
pub(crate) fn regex_close(text: &str, at: usize) -> Option<usize> {
    let body = rest(text, at + 1);
    let mut chars = body.char_indices();
    while let Some((offset, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '/' if offset > 0 => {
                let after = rest(body, offset + 1);
                if ends_atom(after) || after.strip_prefix('c').is_some_and(ends_atom) {
                    return Some(at + 1 + offset);
                }
            }
            _ => {}
        }
    }
    None
}

fn ends_atom(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || c == ')' || c == ',')
}

/// An expression's source out of what stands between the slashes: `\/` becomes `/`.
pub(crate) fn regex_source(body: &str) -> String {
    let mut source = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('/')) => {}
            ('\\', Some(escaped)) => {
                source.push(c);
                source.push(escaped);
                chars.next();
            }
            _ => source.push(c),
        }
    }
    source
}

/// A path and where it ends.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ScannedPath {
    pub(crate) path: Path,
    pub(crate) end: usize,
    /// It is one name, not in back ticks: what `has`, `is`, `since`… are.
    pub(crate) bare_name: bool,
}

/// Reads a path at `at`, if there is one.
pub(crate) fn path(text: &str, at: usize) -> Option<ScannedPath> {
    let mut segments = Vec::new();
    let mut ticks = false;
    let mut end = at;
    loop {
        let first = segments.is_empty();
        if peek(text, end) == Some('`') {
            let name = quoted(text, end, '`');
            if !name.closed || name.content.is_empty() {
                return None;
            }
            ticks = true;
            end = name.end;
            segments.push(Segment::Key(name.content.into_owned()));
        } else {
            let length = name_length(rest(text, end), first)?;
            segments.push(Segment::Key(text.get(end..end + length)?.to_owned()));
            end += length;
        }
        while let Some((index, length)) = index(rest(text, end)) {
            segments.push(Segment::Index(index));
            end += length;
        }
        match rest(text, end)
            .strip_prefix('.')
            .and_then(|after| after.chars().next())
        {
            Some(c) if c == '`' || in_name(c) => end += 1,
            _ => break,
        }
    }
    let bare_name = segments.len() == 1 && !ticks;
    Some(ScannedPath {
        path: Path::new(segments),
        end,
        bare_name,
    })
}

/// How long the bare name at the start of `text` is. The first of a path may begin with `@` and
/// must not begin with a digit; none ends with `-`, so that `a->b` is no comparison.
pub(crate) fn name_length(text: &str, first: bool) -> Option<usize> {
    let body = if first {
        text.strip_prefix('@').unwrap_or(text)
    } else {
        text
    };
    let name = body
        .split(|c| !in_name(c) && c != '-')
        .next()?
        .trim_end_matches('-');
    let begins = name.chars().next()?;
    if begins == '-' || (first && begins.is_numeric()) {
        return None;
    }
    Some(text.len() - body.len() + name.len())
}

pub(crate) fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads `[12]`.
fn index(text: &str) -> Option<(u32, usize)> {
    let (digits, _) = text.strip_prefix('[')?.split_once(']')?;
    let plain =
        digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain {
        Some((digits.parse().ok()?, digits.len() + 2))
    } else {
        None
    }
}

impl Operator {
    /// Whether text that looks like a field, this operator and a value is text all the same, for
    /// what follows: nothing, or what belongs to `std::vec`, `http://h`, `a==b`, `a=>b`.
    pub(crate) fn is_text_before(self, rest: &str) -> bool {
        let next = rest.chars().next();
        match self {
            Self::Colon => ends_value(next) || next == Some(':') || rest.starts_with("//"),
            Self::Equals | Self::Differs => matches!(next, Some('=' | '>')),
            Self::Compare(_) | Self::Like | Self::Unlike => false,
        }
    }
}

/// Whether no value begins with this.
pub(crate) fn ends_value(next: Option<char>) -> bool {
    next.is_none_or(|c| c.is_whitespace() || matches!(c, ')' | ','))
}

/// What stands between a field and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Colon,
    Equals,
    Differs,
    Compare(Order),
    Like,
    Unlike,
}

/// Reads an operator at `at` and where it ends.
pub(crate) fn operator(text: &str, at: usize) -> Option<(Operator, usize)> {
    const OPERATORS: [(&str, Operator); 13] = [
        (":>=", Operator::Compare(Order::AtLeast)),
        (":<=", Operator::Compare(Order::AtMost)),
        (":>", Operator::Compare(Order::Greater)),
        (":<", Operator::Compare(Order::Less)),
        (":=", Operator::Equals),
        (":", Operator::Colon),
        (">=", Operator::Compare(Order::AtLeast)),
        ("<=", Operator::Compare(Order::AtMost)),
        (">", Operator::Compare(Order::Greater)),
        ("<", Operator::Compare(Order::Less)),
        ("!=", Operator::Differs),
        ("!~", Operator::Unlike),
        ("=", Operator::Equals),
    ];
    let text = rest(text, at);
    let found = OPERATORS
        .into_iter()
        .find(|(sign, _)| text.starts_with(sign));
    let found = found.or_else(|| text.starts_with('~').then_some(("~", Operator::Like)));
    found.map(|(sign, operator)| (operator, at + sign.len()))
}

#[cfg(test)]
mod tests;
