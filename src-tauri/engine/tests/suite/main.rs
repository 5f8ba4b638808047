//! The engine from outside.

mod support;
mod typescript;
mod workbench;
