//! The query language as its users see it: what each form means, that all ways of answering
//! agree, and that no input does harm.

mod agreement;
mod limits;
mod meaning;
mod oracle;
mod record;
mod roundtrip;
mod tempers;
