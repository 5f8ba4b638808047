//! What the feed was told last, so that it is told again only when it is news.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::Feed;

/// Progress is told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// Tells states and the unfinished line.
#[derive(Debug)]
pub(crate) struct Teller {
    feed: Arc<dyn Feed>,
    state: Option<SourceState>,
    progress: Option<Instant>,
    partial: Vec<u8>,
    /// Since when the unfinished line is another than the one shown.
    differs: Option<Instant>,
}

impl Teller {
    /// A teller that has told nothing yet.
    pub(crate) fn new(feed: Arc<dyn Feed>) -> Self {
        Self {
            feed,
            state: None,
            progress: None,
            partial: Vec::new(),
            differs: None,
        }
    }

    /// Tells how the source is doing.
    pub(crate) fn state(&mut self, state: SourceState) {
        if self.state.as_ref() != Some(&state) {
            self.feed.state(state.clone());
            self.state = Some(state);
        }
    }

    /// Tells that the source is not there at present.
    pub(crate) fn waiting(&mut self, code: &str, message: String, hint: &str) {
        self.state(SourceState::Waiting {
            code: code.to_owned(),
            message,
            hint: hint.to_owned(),
        });
    }

    /// Tells that the source cannot be read.
    pub(crate) fn failed(&mut self, code: &str, message: String, hint: &str) {
        self.state(SourceState::Failed {
            code: code.to_owned(),
            message,
            hint: hint.to_owned(),
        });
    }

    /// Tells how far a load has come.
    pub(crate) fn loading(&mut self, done: u64, total: u64, now: Instant) {
        if self
            .progress
            .is_none_or(|at| now.saturating_duration_since(at) >= PROGRESS_EVERY)
        {
            self.progress = Some(now);
            self.state(SourceState::Loading { done, total });
        }
    }

    /// Shows the unfinished line once it has been another than the shown one for `quiet`; an empty
    /// one is taken back at once.
    pub(crate) fn partial(&mut self, text: &[u8], now: Instant, quiet: Duration) {
        if text == self.partial {
            self.differs = None;
        } else if text.is_empty() {
            self.feed.partial(None);
            self.partial.clear();
            self.differs = None;
        } else if now.saturating_duration_since(*self.differs.get_or_insert(now)) >= quiet {
            self.feed.partial(Some(text));
            self.partial = text.to_vec();
            self.differs = None;
        }
    }

    /// Whether an unfinished line is yet to be shown.
    pub(crate) fn partial_is_due(&self) -> bool {
        self.differs.is_some()
    }
}
