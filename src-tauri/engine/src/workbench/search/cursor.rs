//! Where an answer of many pages broke off.

use std::fmt;
use std::str::FromStr;

use crosscut_model::{RunId, UnixNanos};

use crate::api::ApiError;

/// What an answer's next page needs to be of the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The run, should another be current by then.
    pub(super) run: RunId,
    /// Records in the run at the first page: later ones are not part of the answer.
    pub(super) end: u64,
    /// The moment of the first page: what spans back in time are counted from.
    pub(super) now: UnixNanos,
    /// Records told so far.
    pub(super) told: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            run,
            end,
            now,
            told,
        } = self;
        write!(f, "{run}.{end}.{}.{told}", now.0)
    }
}

impl FromStr for Cursor {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let read = || {
            let mut parts = text.split('.');
            let cursor = Self {
                run: parts.next()?.parse().ok()?,
                end: parts.next()?.parse().ok()?,
                now: UnixNanos(parts.next()?.parse().ok()?),
                told: parts.next()?.parse().ok()?,
            };
            parts.next().is_none().then_some(cursor)
        };
        read().ok_or_else(|| {
            ApiError::new("bad_cursor", "the cursor is none that an answer has named")
                .hint("leave it out to begin anew")
        })
    }
}
