//! Files that a browser uploads: read once, as sources of their own.

use std::io::{self, Read};
use std::sync::Arc;

use crosscut_model::{Level, SourceKind, SourceSpec};

use super::Workbench;
use super::ingest::client_name;
use super::shared::Shared;
use super::sources::UPLOAD;
use crate::api::{ApiError, SourceInfo, SourceState};
use crate::pipeline::{FeedControl, SourceFeed};
use crate::source::{Batch, Cut, Feed, Lines};

/// Text of an upload that is sent on at once. Bytes.
const UPLOAD_BATCH: u64 = 512 << 10;

impl Workbench {
    /// Stores a file's content as a source of its own (uploads of a browser), read as the file
    /// itself would be. Blocks.
    pub fn upload(&self, name: &str, body: Box<dyn Read + Send>) -> Result<SourceInfo, ApiError> {
        let shared = &self.shared;
        let name = client_name(name).map_err(|m| ApiError::new("bad_name", m))?;
        let key = format!("{UPLOAD}{}:{name}", shared.clock.now().0);
        let spec = SourceSpec {
            kind: SourceKind::Http,
            key,
            name,
        };
        let settings = shared.source_settings(&spec);
        let id = {
            let _change = shared.change.lock();
            shared.enter(spec, SourceState::Connecting)?
        };
        let control: Arc<dyn FeedControl> = Arc::<Shared>::clone(shared);
        let pipeline = Arc::clone(shared.pipeline()?);
        let clock = Arc::clone(&shared.clock);
        let feed = SourceFeed::new(id, pipeline, control, clock, &settings);
        let text = shared.connector.text_of(body);
        let wanted = || shared.registry.lock().get(id).is_some();
        let outcome = copy(&feed, text, settings.join, wanted);
        feed.flush().map_err(|_| super::shared::closing())?;
        feed.state(SourceState::Ended);
        outcome?;
        shared.source_info(id)
    }
}

/// Cuts the text into records and sends them. What came before a failure is kept, and a marker says
/// that more was meant to come. Ends when the user has taken the source away.
fn copy(
    feed: &SourceFeed,
    text: io::Result<Box<dyn Read + Send>>,
    joins: bool,
    wanted: impl Fn() -> bool,
) -> Result<(), ApiError> {
    let closed = |_| super::shared::closing();
    let send = |lines: Lines| {
        if lines.is_empty() {
            return Ok(());
        }
        let batch = Batch {
            lines,
            ..Batch::default()
        };
        feed.send(batch).map_err(closed)
    };
    let mut cut = Cut::new(joins);
    let mut some = Vec::new();
    let failure = match text {
        Err(error) => Some(error),
        Ok(mut text) => loop {
            some.clear();
            let read = text.by_ref().take(UPLOAD_BATCH).read_to_end(&mut some);
            if !wanted() {
                return Err(ApiError::new(
                    "upload_removed",
                    "the upload was removed while it was under way",
                ));
            }
            send(cut.add(&some))?;
            match read {
                Ok(0) => break None,
                Ok(_) => {}
                Err(error) => break Some(error),
            }
        },
    };
    send(cut.finish())?;
    let Some(error) = failure else { return Ok(()) };
    let text = format!("the upload ended early: {error}; lines are missing behind this one");
    feed.send(Batch::marker(Level::Warn, &text, None))
        .map_err(closed)?;
    Err(ApiError::new(
        "upload_failed",
        format!("the upload ended early: {error}"),
    ))
}
