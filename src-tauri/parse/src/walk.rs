//! All fields of a record in one pass, under the names a query knows them by.
//!
//! Owns the other direction of [`visit_field`](crate::visit_field): not "what stands at this path"
//! but "which paths are there, and what stands at each". Promises: for a record that is walked to
//! its end, a path of names (without dots in them) joined by dots leads [`visit_field`] to exactly
//! the values that were shown under the joined name; a record in which that would not hold is
//! reported as such, whatever was shown before.
//!
//! [`visit_field`]: crate::visit_field

use std::borrow::Cow;

use crate::json::{Cursor, Malformed, Raw, RawStr};
use crate::layout::Line;
use crate::logfmt::{Pair, Pairs, is_logfmt};
use crate::places::{Places, literal};
use crate::wrap::Within;

/// Containers within containers that are entered; a record with deeper ones is not walked.
const DEPTH: usize = 16;

/// A longer name is not kept apart from others. Bytes.
const MAX_NAME: usize = 256;

/// What stands at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf<'a> {
    /// A text, its escapes decoded.
    Str(Cow<'a, str>),
    /// A number as it was written.
    Number(&'a str),
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
    /// An object or an array; what is in it follows under names of its own, but for an array's
    /// scalars, which are the array's.
    Container,
}

/// A record that cannot be told by its names: broken, too deep, or with names that hold dots where
/// a path has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Irregular;

/// Shows every field of a record to `visit`: its name, its value, and whether it stands inside an
/// array, where a name may occur again. `name` is a buffer to work in.
pub fn walk_fields<'a>(
    line: impl Into<Line<'a>>,
    name: &mut String,
    mut visit: impl FnMut(&str, Leaf<'_>, bool),
) -> Result<(), Irregular> {
    let line = line.into();
    let Within { outer, body } = Within::of(line.raw);
    if let Some(outer) = outer {
        walk_in(outer, line, name, &mut visit)?;
    }
    walk_in(&body, line, name, &mut visit)
}

fn walk_in(
    body: &[u8],
    line: Line<'_>,
    name: &mut String,
    mut visit: impl FnMut(&str, Leaf<'_>, bool),
) -> Result<(), Irregular> {
    name.clear();
    if body.first() == Some(&b'{') {
        let mut walk = Walk {
            cursor: Cursor::new(body),
            name,
            decoded: &mut Vec::new(),
            visit,
            members: false,
        };
        walk.object(0, false)?;
        // Without members, pairs may follow behind the braces.
        return if walk.members { Ok(()) } else { Err(Irregular) };
    }
    if let Some(fields) = line.fields(body) {
        for (name, value) in fields {
            visit(name, leaf(value), false);
        }
        return Ok(());
    }
    if is_logfmt(body) {
        let mut pairs = Pairs::of_logfmt(body);
        return pairs.try_for_each(|pair| walk_pair(pair, &mut visit));
    }
    walk_text(body, &Places::of(body), visit)
}

/// Shows the fields of a text whose parts are known.
pub(crate) fn walk_text<'a>(
    body: &'a [u8],
    places: &Places<'a>,
    mut visit: impl FnMut(&str, Leaf<'_>, bool),
) -> Result<(), Irregular> {
    places.each(|name, value| visit(name, leaf(value), false));
    let mut pairs = Pairs::of_text(body).known(places.text);
    pairs.try_for_each(|pair| walk_pair(pair, &mut visit))
}

/// Shows a pair.
pub(crate) fn walk_pair(
    pair: Pair<'_>,
    visit: &mut impl FnMut(&str, Leaf<'_>, bool),
) -> Result<(), Irregular> {
    if !is_regular(pair.key) {
        return Err(Irregular);
    }
    visit(pair.key, leaf_of_pair(pair), false);
    Ok(())
}

/// Buffers to work in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffers {
    name: String,
    decoded: Vec<u8>,
}

/// Shows the value at the cursor, which stands under a regular name at the top of its record, and
/// what is in it. The cursor is behind it only when all of it could be told.
#[inline]
pub(crate) fn walk_value(
    cursor: &mut Cursor<'_>,
    key: &str,
    buffers: &mut Buffers,
    mut visit: impl FnMut(&str, Leaf<'_>, bool),
) -> Result<(), Irregular> {
    let Buffers { name, decoded } = buffers;
    name.clear();
    name.push_str(key);
    let mut walk = Walk {
        cursor: cursor.clone(),
        name,
        decoded,
        visit: &mut visit,
        members: true,
    };
    walk.value(0, false)?;
    *cursor = walk.cursor;
    Ok(())
}

/// A value without others inside, as what a walk shows.
#[inline]
pub(crate) fn scalar<'b>(value: Raw<'b>, buffers: &'b mut Buffers) -> Leaf<'b> {
    of_raw(value, &mut buffers.decoded)
}

#[inline]
fn of_raw<'b>(value: Raw<'b>, decoded: &'b mut Vec<u8>) -> Leaf<'b> {
    match value {
        Raw::Str(text) => Leaf::Str(text.decode_in(decoded)),
        Raw::Number(literal) => Leaf::Number(literal),
        Raw::Bool(value) => Leaf::Bool(value),
        Raw::Null => Leaf::Null,
        Raw::Object(_) | Raw::Array(_) => Leaf::Container,
    }
}

/// A value as what it looks like, as [`typed`](crate::places::typed) has it.
fn leaf(value: Cow<'_, str>) -> Leaf<'_> {
    match value {
        Cow::Borrowed(text) => match literal(text) {
            Some(literal) => Leaf::Number(literal),
            None => Leaf::Str(Cow::Borrowed(text)),
        },
        made @ Cow::Owned(_) => Leaf::Str(made),
    }
}

/// A pair's value, as [`FieldValue::of_pair`](crate::FieldValue) has it.
fn leaf_of_pair(pair: Pair<'_>) -> Leaf<'_> {
    match pair.scalar() {
        Some(Raw::Number(literal)) => Leaf::Number(literal),
        Some(Raw::Bool(value)) => Leaf::Bool(value),
        _ => Leaf::Str(pair.text()),
    }
}

/// A member's name, where it can be told from others.
pub(crate) fn regular_key(key: RawStr<'_>) -> Option<&str> {
    let name = std::str::from_utf8(key.bytes).ok()?;
    (!key.escaped && is_regular(name) && name.len() < MAX_NAME).then_some(name)
}

/// Whether a name's dots part non-empty names.
pub(crate) fn is_regular(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.as_bytes().windows(2).any(|pair| pair == b"..")
}

impl From<Malformed> for Irregular {
    fn from(_: Malformed) -> Self {
        Self
    }
}

struct Walk<'a, 'n, V> {
    cursor: Cursor<'a>,
    /// The names on the way here.
    name: &'n mut String,
    /// Decoded strings.
    decoded: &'n mut Vec<u8>,
    visit: V,
    members: bool,
}

impl<V: FnMut(&str, Leaf<'_>, bool)> Walk<'_, '_, V> {
    fn object(&mut self, depth: usize, many: bool) -> Result<(), Irregular> {
        let mut more = self.cursor.enter_object()?;
        while more {
            let key = self.cursor.key()?;
            self.members = true;
            let outer = self.name.len();
            self.push(key)?;
            self.value(depth, many)?;
            self.name.truncate(outer);
            more = self.cursor.more_members()?;
        }
        Ok(())
    }

    fn push(&mut self, key: RawStr<'_>) -> Result<(), Irregular> {
        let key = regular_key(key).ok_or(Irregular)?;
        if self.name.len() + key.len() >= MAX_NAME {
            return Err(Irregular);
        }
        if !self.name.is_empty() {
            self.name.push('.');
        }
        self.name.push_str(key);
        Ok(())
    }

    /// The value at the cursor, under the name so far.
    fn value(&mut self, depth: usize, many: bool) -> Result<(), Irregular> {
        match self.cursor.peek() {
            Some(b'{') => {
                (self.visit)(self.name, Leaf::Container, many);
                self.enter(depth, |walk| walk.object(depth + 1, many))
            }
            Some(b'[') => {
                (self.visit)(self.name, Leaf::Container, many);
                self.enter(depth, |walk| walk.array(depth + 1))
            }
            _ => {
                let leaf = of_raw(self.cursor.value()?, self.decoded);
                (self.visit)(self.name, leaf, many);
                Ok(())
            }
        }
    }

    fn enter(
        &mut self,
        depth: usize,
        inside: impl FnOnce(&mut Self) -> Result<(), Irregular>,
    ) -> Result<(), Irregular> {
        if depth >= DEPTH {
            return Err(Irregular);
        }
        inside(self)
    }

    /// What is in an array stands under the array's own name.
    fn array(&mut self, depth: usize) -> Result<(), Irregular> {
        let mut more = self.cursor.enter_array()?;
        while more {
            match self.cursor.peek() {
                Some(b'{') => self.enter(depth, |walk| walk.object(depth + 1, true))?,
                Some(b'[') => self.enter(depth, |walk| walk.array(depth + 1))?,
                _ => {
                    self.cursor.value()?;
                }
            }
            more = self.cursor.more_elements()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
