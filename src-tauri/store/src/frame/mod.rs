//! A frame: records that are appended, check-summed and read as one.
//!
//! Owns the bytes of a frame and nothing about files. Promises: what [`FrameBuilder`] was given
//! comes back byte for byte; a frame that was changed in any bit is told from one that was not.
//!
//! # Format, versions 1 and 2
//!
//! Integers are little-endian. The three sections have a checksum each, so that the columns can be
//! rebuilt and the run be walked without unpacking text, and so that damage to the text leaves the
//! columns alone.
//!
//! ```text
//!  ┌──────────── header, 96 bytes ─────────────┬───────────┬──────────┬─────────────┐
//!  │ magic … lengths … CRC32C of the header    │   meta    │  filter  │    text     │
//!  └───────────────────────────────────────────┴───────────┴──────────┴─────────────┘
//!
//!  header  0  magic           89 43 58 46 0d 0a 1a 0a
//!          8  version         u16   2 when a codec is 3, else 1
//!         10  header length   u16   96
//!         12  levels          u8    which levels occur, a bit each (LevelSet)
//!         13  codec of meta, text, filter     3 × u8    0 as is · 1 lz4 block · 2 zstd ·
//!                                         3 lz4 block, packed with more care; in the filter's, the
//!                                         high bit says that the batch goes on in the next frame
//!         16  rows            u32   at most 65,536; 0 when only checkpoints are carried
//!         20  meta    stored, raw length      2 × u32
//!         28  text    stored, raw length      2 × u32
//!         36  filter  stored, raw length      2 × u32
//!         44  CRC32C of meta, text, filter as stored    3 × u32
//!         56  first row       u64   the first record's seq − 1
//!         64  synced rows     u64   rows known to be durable when this frame was written
//!         72  time            2 × i64   lowest and highest, nanoseconds since 1970
//!         88  run stamp       u32   the CRC32C of the run's first id
//!         92  CRC32C          u32   of bytes 0 to 91
//!
//!  meta    0  widths          5 × u8    bytes a value of: length, time, level, stream, source;
//!                                       0 = all rows have the value below (time: the lowest)
//!          5  zero            3 × u8
//!          8  time unit       u64   times are stored as (time − lowest) ÷ unit
//!         16  level, stream, source of all rows     u8, u8, u16; then zero u32
//!         24  lengths, times, levels, streams, sources     rows × width each
//!             checkpoints     u32 count, then for each: source u16, length u32, bytes
//!
//!  text       each record's bytes followed by one 0a, in order: a frame is searched as one buffer
//!
//!  filter     reserved: what cannot be in the text (trigrams, a Bloom filter). None is written
//!             so far and what is found is skipped; it is no part of what a frame says.
//! ```
//!
//! Magic, version, header length, run stamp and the header's checksum stay where they are in later
//! versions. The *run stamp* tells a run's own frames from such as a log may contain: behind damage,
//! the next frame is looked for in bytes that anyone may have written.
//!
//! Checkpoints under a number of `NOTES` belong to no source.
//!
//! A batch of several frames has its checkpoint in the last. Where a crash took that one, those before
//! it are cut off too, since their source will be read again from where the batch began.
//!
//! *Synced rows* is what recovery tells damage from a power cut by: rows below it were durable, so
//! if they cannot be read the disk is at fault and what follows them is kept; rows above it may
//! never have reached the disk whole, and the run is cut there to a clean prefix.

mod builder;
mod codec;
mod header;
mod meta;
mod text;

pub use builder::{EncodedFrame, FrameBuilder, FrameFull, FrameOutline};
pub use codec::Codec;
pub use text::{FrameBuf, FrameText};

pub(crate) use codec::Unpacker;
pub(crate) use header::{HEADER_BYTES, Header, HeaderFault, MAGIC, VERSION, take};
pub(crate) use meta::{Checkpoints, Columns, decode_checkpoints, decode_columns, decode_ends};

#[cfg(test)]
mod tests;
