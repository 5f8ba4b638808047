//! src-tauri/cli/src/main.rs
fn main() {}
