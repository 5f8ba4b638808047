//! The engine from outside.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod fields;
mod floods;
mod formats;
mod histories;
mod posts;
mod runs;
mod settings;
mod support;
mod typescript;
mod views;
mod workbench;
