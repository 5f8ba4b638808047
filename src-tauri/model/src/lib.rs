//! The words of Crosscut.
//!
//! Owns the small types every other crate speaks in: ids, units, levels, streams, limits and the
//! clock. Promises: no I/O, no threads, no dependency on any other crate of the workspace.

mod clock;
mod ids;
mod layout;
mod level;
pub mod limits;
mod record;
mod source;
mod time;

pub use clock::{Clock, FrozenClock, SystemClock};
pub use ids::{ByteOffset, ParseRunIdError, RunId, Seq, SourceId};
pub use layout::LayoutSpec;
pub use level::{Level, LevelSet, ParseLevelError};
pub use record::{RowFlags, RowMeta, Stream};
pub use source::{SourceKind, SourceSpec};
pub use time::UnixNanos;
