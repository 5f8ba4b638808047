//! src-tauri/desktop/main.rs
fn main() {}
