//! In-memory storage for tests.
/// What is to go wrong.
#[derive(Debug, Clone, Copy)]
pub enum Fault {}
/// A file system in memory.
#[derive(Debug, Clone, Default)]
pub struct FaultStorage;
