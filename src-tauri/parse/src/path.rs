//! Looking up one field of a record without building a tree of all.

use std::borrow::Cow;
use std::ops::ControlFlow;

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

/// Shows every value at `path` to `visit`, in the record's order, until it breaks.
pub fn visit_field<'a>(
    _raw: &'a [u8],
    _path: &[Segment<'_>],
    _visit: &mut dyn FnMut(FieldValue<'a>) -> ControlFlow<()>,
) {
}
