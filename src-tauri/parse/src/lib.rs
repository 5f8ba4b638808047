//! Bytes to records: what one line says about itself.
//!
//! Owns the knowledge of log formats: when a record happened, how bad it is, what its message and
//! its fields are. Everything here is a pure function of the record's bytes (and, for times without
//! year or zone, of the present and the source's zone): no I/O, no threads, no clock of its own.
//!
//! Promises: no input panics; work is linear in the record's length, whatever its nesting; what
//! cannot be read is said to be broken and stays searchable as text.
//!
//! Layout: [`Reader`] answers the ingest path's one question (time, level, broken) in a single pass;
//! [`text`], [`visit_field`] and [`well_known`] answer the query's; [`display`], [`message`] and
//! [`fields`] the window's; [`walk_fields`] shows the index all of them at once; and
//! [`Reader::whole`] gives time, level, message and fields together for the price of about one.

mod display;
mod escapes;
mod head;
mod join;
mod journal;
mod json;
mod keys;
mod known;
mod layout;
mod level;
mod logfmt;
mod path;
mod places;
mod reader;
mod text;
mod through;
mod time;
mod tree;
mod walk;
mod wrap;

pub use display::{Display, display};
pub use escapes::strip_escapes;
pub use join::Joiner;
pub use known::{Known, message, usual_names, well_known};
pub use layout::{Layout, LayoutError, Line, Scout};
pub use path::{FieldValue, Segment, visit_field};
pub use places::is_positional;
pub use reader::{Format, LineMeta, Reader, ReaderOptions, Record, UnknownFormat, format_of};
pub use text::text;
pub use through::compose as compose_prefix;
pub use tree::fields;
pub use walk::{Irregular, Leaf, walk_fields};
pub use wrap::is_rewritten;
