//! The fields of records in columns, and which ids stand where.
//!
//! Owns a cache beside the full-text index: for every block of rows a file that tells, field by
//! field, which value each record has, so that a comparison looks at each *distinct* value once and
//! at the rows as small numbers; and a sieve that tells which rows a long hexadecimal id cannot
//! stand in. Promises: what a column says of a row is what
//! [`visit_field`](crosscut_parse::visit_field) would say; where it cannot (arrays, values that are
//! all different, records that cannot be told by names), it says so, and the record is read. A file
//! is used only as it was written.
//!
//! # Format, version 1
//!
//! A file per block, `BBBBB-RRRRR.fields`: the block's number and its rows. Integers are
//! little-endian.
//!
//! ```text
//!  0   magic               89 43 58 42 0d 0a 1a 0a
//!  8   version             u32   1
//! 12   directory length    u32
//! 16   CRC32C of bytes 0 to 15 and of the directory
//! 20   directory           JSON: rows, columns (name, place, checksum), irregular rows, sieve
//!      sections            columns (zstd), irregular rows (a roaring bitmap), sieve
//!
//!  column, unpacked
//!      values      u32
//!      counts      u32 × (values + 2)    rows with each code
//!      kinds       u8 × values           0 text · 1 number · 2 true or false
//!      lengths     u16 × values
//!      texts       the values, one behind the other: numbers first, by size
//!      codes       u8 × rows: 0 absent · 1 there, but not told · n + 2 the n-th value;
//!                  with more than 254 values, a second plane of high bytes follows
//! ```
//!
//! Layout: [`builder`] makes a block from records, [`column`] is one column and its bytes,
//! [`sieve`] the filter for ids, [`block`] the file, [`files`] all of them, [`names`] which columns
//! stand for a field.

mod block;
mod builder;
mod column;
mod files;
mod names;
mod parallel;
mod sieve;

pub(crate) use block::Block;
pub(crate) use builder::BlockBuilder;
pub(crate) use column::{Column, Kind, UNTOLD};
pub(crate) use files::{FieldFiles, Fields};
pub(crate) use names::{Layer, NONE, Names, OPEN, TOLD};
pub(crate) use parallel::each;
pub(crate) use sieve::Grams;
