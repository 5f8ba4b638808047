//! Looking up one field of a record without building a tree of all.
//!
//! A path finds a value by nesting, by names that contain dots themselves (`{"http.status":200}`),
//! and by any mixture of the two. It looks into every element of an array on its way, and shows an
//! array at its end element by element, then as a whole. Duplicate names are all looked into.
//! In text the parts that have places of their own ([`crate::places`]) come before the pairs, in a
//! record that is wrapped in another the wrapper's fields before its own.
//!
//! In a broken JSON record the fields before the fault are found.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::json::{Cursor, Malformed, Raw};
use crate::layout::Line;
use crate::logfmt::{Pair, Pairs, is_logfmt};
use crate::places::{Places, typed};
use crate::text::utf8;
use crate::wrap::Within;

/// Containers within containers that are entered; a path through deeper ones finds nothing.
const DEPTH: usize = 64;

/// One step of a path into a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// The member of this name.
    Key(&'a str),
    /// The array element of this number, from 0.
    Index(usize),
}

/// A value found at a path.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue<'a> {
    /// A text, its escapes decoded.
    Str(Cow<'a, str>),
    /// A number.
    Number {
        /// Its value, as near as a double comes.
        value: f64,
        /// As it was written.
        literal: &'a str,
    },
    /// A truth value.
    Bool(bool),
    /// `null`.
    Null,
    /// An object or array, as its JSON.
    Json(Cow<'a, str>),
}

impl<'a> FieldValue<'a> {
    pub(crate) fn of_json(raw: Raw<'a>) -> Self {
        match raw {
            Raw::Str(text) => Self::Str(text.decode()),
            Raw::Number(literal) => Self::Number {
                value: literal.parse().unwrap_or(f64::NAN),
                literal,
            },
            Raw::Bool(value) => Self::Bool(value),
            Raw::Null => Self::Null,
            Raw::Object(json) | Raw::Array(json) => Self::Json(utf8(json)),
        }
    }

    pub(crate) fn of_pair(pair: Pair<'a>) -> Self {
        match pair.scalar() {
            Some(raw) => Self::of_json(raw),
            None => Self::Str(pair.text()),
        }
    }
}

/// Why a walk ended early.
enum Halt {
    Enough,
    Malformed,
}

impl From<Malformed> for Halt {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// Shows every value at `path` to `visit`, in the record's order, until it breaks.
pub fn visit_field<'a>(
    line: impl Into<Line<'a>>,
    path: &[Segment<'_>],
    visit: &mut dyn FnMut(FieldValue<'_>) -> ControlFlow<()>,
) {
    if path.is_empty() {
        return;
    }
    let line = line.into();
    let Within { outer, body } = Within::of(line.raw);
    let mut enough = false;
    let mut until = |value: FieldValue<'_>| {
        let flow = visit(value);
        enough = flow.is_break();
        flow
    };
    if let Some(outer) = outer {
        visit_in(outer, line, path, &mut until);
    }
    if !enough {
        visit_in(&body, line, path, visit);
    }
}

fn visit_in(
    body: &[u8],
    line: Line<'_>,
    path: &[Segment<'_>],
    visit: &mut dyn FnMut(FieldValue<'_>) -> ControlFlow<()>,
) {
    if body.first() == Some(&b'{') {
        let mut walk = Walk {
            cursor: Cursor::new(body),
            visit,
            members: false,
        };
        match walk.object(path, 0) {
            // However it ended, what was found has been shown.
            Ok(()) | Err(Halt::Enough | Halt::Malformed) => {}
        }
        if walk.members {
            return;
        }
    }
    if let Some(fields) = line.fields(body) {
        for (name, value) in fields {
            if behind_key(name.as_bytes(), path).is_some_and(<[_]>::is_empty)
                && visit(typed(value)).is_break()
            {
                return;
            }
        }
        return;
    }
    let pairs = if is_logfmt(body) {
        Pairs::of_logfmt(body)
    } else {
        for (name, value) in Places::of(body).fields() {
            if behind_key(name.as_bytes(), path).is_some_and(<[_]>::is_empty)
                && visit(typed(value)).is_break()
            {
                return;
            }
        }
        Pairs::of_text(body)
    };
    for pair in pairs {
        if behind_key(pair.key.as_bytes(), path).is_some_and(<[_]>::is_empty)
            && visit(FieldValue::of_pair(pair)).is_break()
        {
            return;
        }
    }
}

/// What is left of a path behind the member `key`, which may stand for several of its segments.
fn behind_key<'p, 's>(key: &[u8], path: &'p [Segment<'s>]) -> Option<&'p [Segment<'s>]> {
    let mut key = key;
    let mut path = path;
    loop {
        let (Segment::Key(name), rest) = path.split_first()? else {
            return None;
        };
        key = key.strip_prefix(name.as_bytes())?;
        path = rest;
        if key.is_empty() {
            return Some(path);
        }
        key = key.strip_prefix(b".")?;
    }
}

struct Walk<'a, 'v> {
    cursor: Cursor<'a>,
    visit: &'v mut dyn FnMut(FieldValue<'_>) -> ControlFlow<()>,
    /// Whether a member has been read: the record is an object, if perhaps a broken one.
    members: bool,
}

impl<'a> Walk<'a, '_> {
    fn object(&mut self, path: &[Segment<'_>], depth: usize) -> Result<(), Halt> {
        let mut more = self.cursor.enter_object()?;
        while more {
            let key = self.cursor.key()?;
            self.members = true;
            let rest = if key.escaped {
                behind_key(key.decode().as_bytes(), path)
            } else {
                behind_key(key.bytes, path)
            };
            match rest {
                Some(rest) => self.value(rest, depth)?,
                None => {
                    self.cursor.value()?;
                }
            }
            more = self.cursor.more_members()?;
        }
        Ok(())
    }

    fn array(&mut self, path: &[Segment<'_>], depth: usize) -> Result<(), Halt> {
        let mut more = self.cursor.enter_array()?;
        let mut at = 0;
        while more {
            match path.split_first() {
                Some((&Segment::Index(index), rest)) if index == at => self.value(rest, depth)?,
                Some((Segment::Key(_), _)) => self.inside(path, depth)?,
                _ => {
                    self.cursor.value()?;
                }
            }
            at += 1;
            more = self.cursor.more_elements()?;
        }
        Ok(())
    }

    /// The value at the cursor, `path` still to go.
    fn value(&mut self, path: &[Segment<'_>], depth: usize) -> Result<(), Halt> {
        if path.is_empty() {
            let value = self.cursor.value()?;
            return self.show(value);
        }
        self.inside(path, depth)
    }

    /// Looks for `path` inside the container at the cursor; passes anything else.
    fn inside(&mut self, path: &[Segment<'_>], depth: usize) -> Result<(), Halt> {
        match self.cursor.peek() {
            Some(b'{') if depth < DEPTH => self.object(path, depth + 1),
            Some(b'[') if depth < DEPTH => self.array(path, depth + 1),
            _ => self.cursor.value().map(|_| ()).map_err(Halt::from),
        }
    }

    fn show(&mut self, value: Raw<'a>) -> Result<(), Halt> {
        if let Raw::Array(json) = value {
            let mut elements = Cursor::new(json);
            let mut more = elements.enter_array()?;
            while more {
                let element = elements.value()?;
                self.visit(FieldValue::of_json(element))?;
                more = elements.more_elements()?;
            }
        }
        self.visit(FieldValue::of_json(value))
    }

    fn visit(&mut self, value: FieldValue<'_>) -> Result<(), Halt> {
        if (self.visit)(value).is_break() {
            Err(Halt::Enough)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
