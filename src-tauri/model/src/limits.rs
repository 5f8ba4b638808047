//! Every limit with a name: its default, its unit, and what happens when it is reached.

/// A line longer than this is stored in pieces, each but the last marked as continued. Bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// Text in one frame of a bulk load, before compression. Bytes.
pub const FRAME_TEXT_BYTES: usize = 256 << 10;

/// Records in one frame, at most.
pub const FRAME_ROWS: usize = 65_536;

/// Records in one run: rows are 32-bit numbers inside views.
pub const MAX_RUN_ROWS: u64 = u32::MAX as u64 - 1;

/// Sources in one run.
pub const MAX_SOURCES: usize = 4_096;

/// Characters of a record's message that a row of the list carries; the rest is in the detail.
pub const ROW_CHARS: usize = 2_000;

/// A query's length in bytes, and how deep its brackets may nest.
pub const QUERY_BYTES: usize = 8 << 10;
/// How deep a query's brackets may nest.
pub const QUERY_DEPTH: usize = 32;

/// An HTTP request's body after decompression. Bytes.
pub const MAX_BODY_BYTES: usize = 64 << 20;

/// Lines joined into one record (a stack trace, a pretty-printed object); the next line begins
/// another record.
pub const JOIN_LINES: usize = 1_000;

/// Text of lines joined into one record; a line that would go beyond it begins another. Bytes.
pub const JOIN_BYTES: usize = 256 << 10;

/// How long a followed source waits for more lines of its last record before it stores it.
pub const JOIN_WAIT: std::time::Duration = std::time::Duration::from_millis(200);

/// Records in one HTTP request; a request with more is refused whole.
pub const REQUEST_RECORDS: usize = 1_000_000;

/// What may be written of one HTTP request whose records are made here, not sent as lines. Bytes.
pub const MADE_BYTES: usize = 2 * MAX_BODY_BYTES;

/// Characters in the name of a client's source; a request under a longer one is refused, and what
/// names itself is cut.
pub const SOURCE_NAME_CHARS: usize = 200;
