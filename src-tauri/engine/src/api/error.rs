//! What went wrong, as every face tells it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What went wrong, for people and programs: the UI switches on `code` alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// Stable, machine-readable, snake case: `unknown_run`, `bad_query`, `disk_full`…
    pub code: String,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do about it; empty when there is nothing to say.
    #[serde(default)]
    pub hint: String,
    /// Where in the query, in bytes from its start, when the query is at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub position: Option<u32>,
}

impl ApiError {
    /// An error with a code and a sentence.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: String::new(),
            position: None,
        }
    }

    /// The same error with a remedy.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same error with a place in the query.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = u32::try_from(position).ok();
        self
    }

    /// The run is not there.
    pub fn unknown_run(run: &str) -> Self {
        Self::new("unknown_run", format!("there is no run {run}"))
            .hint("it may have been deleted; the list of runs shows what is there")
    }

    /// The request was called off: its view was closed, or a newer one of its kind came.
    pub fn cancelled() -> Self {
        Self::new("cancelled", "the request was called off")
    }

    /// Reading or writing the run failed.
    pub fn storage(error: &dyn std::error::Error) -> Self {
        Self::new("storage_failed", chain(error))
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let part = next.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        cause = next.source();
    }
    text
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if !self.hint.is_empty() {
            write!(f, " ({})", self.hint)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
