//! What a record offers to a query, and what a query needs to know beside it.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crosscut_model::{Level, Seq, Stream, UnixNanos};

use crate::Path;

/// What relative parts of a query are relative to.
#[derive(Debug, Clone)]
pub struct Context {
    /// The present, for `last:5m` and for the day that `10:30` belongs to.
    pub now: UnixNanos,
    /// The user's time zone, in which clock times and dates are read.
    pub zone: jiff::tz::TimeZone,
    /// The id of the run the records belong to, for `run:`.
    pub run: String,
}

/// A record as a query sees it. Implemented where records live; asked lazily, so that a text is
/// decoded and a structure parsed only when a query needs them.
///
/// For a [`crate::Prefilter`] to be sound, an implementor promises: the text is the raw bytes
/// (lossily decoded) in which nothing but JSON's escapes was replaced; and each string or number
/// that [`Record::field`] gives, but for `file`, stands in the text as it is given, or did so before
/// terminal escapes (what follows an ESC), backslashes, or something at the start of lines behind
/// the first were taken out of it, with the newline before where ` stdout P` or ` stderr P` stands
/// in it. Where a path is no built-in, its values stand right behind the
/// path's last name: in JSON (an array's elements too) behind `"`, blanks, a `:` and blanks, or in a
/// pair behind a `=`; that name may be written with JSON's escapes, and a record inside a JSON
/// string has them once more. Values at some paths may stand anywhere, without a name, in records
/// that do not begin with `{`, or do with `{"log":"`: the matcher is told these paths
/// ([`crate::Matcher::with_places`]). The values of `pattern` and `issue` are free.
pub trait Record {
    /// The text: the raw lines with the escapes inside a JSON record's strings decoded, and
    /// U+FFFD for what is no UTF-8.
    fn text(&self) -> &str;
    /// The bytes as they came, without the final newline.
    fn raw(&self) -> &[u8];
    /// How bad it is.
    fn level(&self) -> Level;
    /// When it happened.
    fn time(&self) -> UnixNanos;
    /// Its number in the run.
    fn seq(&self) -> Seq;
    /// Its stream.
    fn stream(&self) -> Stream;
    /// Its source's name.
    fn source(&self) -> &str;
    /// Whether it could not be read as what it claimed to be.
    fn broken(&self) -> bool;

    /// Calls `visit` with each value at `path`, until it breaks off.
    ///
    /// An array is visited element by element; an empty one, and an object, as [`Value::Json`].
    /// Nothing is visited where the path leads nowhere; a null is [`Value::Null`] or
    /// nothing, which is the same. Also serves the built-ins that are read out of the record under
    /// their built-in names: `msg`, `service`, `logger`, `trace`, `span`, `file`, `pattern`,
    /// `issue`. (A missing `service` is replaced by the source's name by the matcher.)
    fn field(&self, path: &Path, visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>);

    /// Whether it belongs to an issue first seen in this run (`is:new`).
    fn is_new(&self) -> bool {
        false
    }

    /// Whether the user marked it (`is:marked`).
    fn is_marked(&self) -> bool {
        false
    }
}

/// A field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, decoded.
    Str(Cow<'a, str>),
    /// A number as it is written in the record, in JSON's syntax, so that nothing of it is lost.
    /// Formats without types (logfmt) give what looks like a number as one.
    Number(Cow<'a, str>),
    /// True or false.
    Bool(bool),
    /// Null: counts as not there.
    Null,
    /// An object, an array inside an array, or an empty array, as JSON.
    Json(Cow<'a, str>),
}
