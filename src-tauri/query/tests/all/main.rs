//! The query language as its users see it: what each form means, that all ways of answering
//! agree, and that no input does harm.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::format_push_string,
    reason = "a test that meets the unexpected fails"
)]

mod agreement;
mod fields;
mod limits;
mod meaning;
mod oracle;
mod record;
mod roundtrip;
mod seeds;
mod tempers;
mod typed;
