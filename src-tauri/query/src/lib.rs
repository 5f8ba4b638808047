//! The query language: one meaning for the filter box, the command line, agents and saved views.
//!
//! Owns the way from typed text to an answer about one record: [`parse`] reads a query (leniently
//! for the window, strictly for programs) into a [`Query`] tree with coloured tokens and hints
//! beside it, the tree prints itself back, a [`Matcher`] decides for any [`Record`], a
//! [`Prefilter`] skims whole frames for rows worth asking about, and the accessors of
//! [`FieldTest`] tell an index planner which leaves its columns can answer. While it is typed,
//! [`complete`] tells what fits where the cursor stands.
//!
//! Promises: no I/O and no clock (the [`Context`] is passed in); the answer for a record depends
//! on the record, the query and the context alone; `print(parse(q))` parses to the same tree; no
//! input makes it panic, and all input is answered in time linear in its length.

mod check;
mod column;
mod complete;
mod error;
mod fold;
mod instant;
mod matcher;
mod number;
mod parser;
mod path;
mod pattern;
mod prefilter;
mod print;
mod record;
mod scalar;
mod tree;

pub use complete::{Expectation, Expected, complete, write_value};
pub use error::{ParseError, codes};
pub use matcher::{Matcher, ValueTest};
pub use parser::{Hint, Parsed, Temper, Token, TokenKind, parse};
pub use path::{Builtin, Path, Segment};
pub use prefilter::Prefilter;
pub use record::{Context, Record, Value};
pub use tree::{FieldTest, Order, Pattern, Query, State, Test, TextPattern};
