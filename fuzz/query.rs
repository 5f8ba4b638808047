//! Anything typed as a query: the check of the query crate's own tests, guided by coverage.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../src-tauri/query/tests/all/typed.rs"]
mod typed;

fuzz_target!(|input: &str| typed::check(input));
