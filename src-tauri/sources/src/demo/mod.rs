//! The demonstration.
use crosscut_engine::api::ApiError;
use crosscut_engine::source::{Connection, Feed};
use crosscut_model::{SourceKind, SourceSpec, UnixNanos};
use std::sync::Arc;

/// The seed of the demo's world.
pub const DEMO_SEED: u64 = 0x00c0_ffee;

/// A service of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// JSON lines.
    Api,
    /// logfmt.
    Orders,
    /// Plain text.
    Payments,
}
/// A line of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoLine {
    /// When it is written.
    pub at: UnixNanos,
    /// Who writes it.
    pub service: Service,
    /// What.
    pub text: String,
}
/// The first `n` lines of a demo that starts at `start`.
pub fn generate(_seed: u64, _start: UnixNanos, _n: usize) -> Vec<DemoLine> {
    Vec::new()
}
/// The demo's sources.
pub fn demo_specs() -> Vec<SourceSpec> {
    ["api", "orders", "payments"]
        .iter()
        .map(|n| SourceSpec {
            kind: SourceKind::Demo,
            key: (*n).to_owned(),
            name: (*n).to_owned(),
        })
        .collect()
}
#[derive(Debug)]
pub(crate) struct Demo;
impl Demo {
    pub(crate) fn new() -> Self {
        Self
    }
    pub(crate) fn connect(&self, _spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        crate::worker::nothing(&feed)
    }
}
pub(crate) fn resolve(spec: SourceSpec) -> Result<SourceSpec, ApiError> {
    Ok(spec)
}
