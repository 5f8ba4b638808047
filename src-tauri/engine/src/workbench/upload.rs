//! Files that a browser uploads: read once, as sources of their own.

use std::sync::Arc;

use crosscut_model::limits::MAX_LINE_BYTES;
use crosscut_model::{Level, RowFlags, SourceKind, SourceSpec, Stream};

use super::Workbench;
use super::ingest::client_name;
use super::shared::Shared;
use super::sources::UPLOAD;
use crate::api::{ApiError, SourceInfo, SourceState};
use crate::pipeline::{FeedControl, SourceFeed};
use crate::source::{Batch, Feed, Lines};

/// Text of an upload that is sent on at once. Bytes.
const UPLOAD_BATCH: usize = 512 << 10;

impl Workbench {
    /// Stores a file's content as a source of its own (uploads of a browser): `next` gives chunks
    /// until `None`. Blocks.
    pub fn upload(
        &self,
        name: &str,
        next: &mut dyn FnMut() -> std::io::Result<Option<Vec<u8>>>,
    ) -> Result<SourceInfo, ApiError> {
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
        let wanted = || shared.registry.lock().get(id).is_some();
        let outcome = copy(&feed, next, wanted);
        feed.flush().map_err(|_| super::shared::closing())?;
        feed.state(SourceState::Ended);
        outcome?;
        shared.source_info(id)
    }
}

/// Cuts the chunks into lines and sends them. What came before a failure is kept, and a marker
/// says that more was meant to come. Ends when the user has taken the source away.
fn copy(
    feed: &SourceFeed,
    next: &mut dyn FnMut() -> std::io::Result<Option<Vec<u8>>>,
    wanted: impl Fn() -> bool,
) -> Result<(), ApiError> {
    let closed = |_| super::shared::closing();
    let mut splitter = Splitter::default();
    let failure = loop {
        match next() {
            Ok(Some(chunk)) => {
                splitter.add(&chunk);
                if !wanted() {
                    return Err(ApiError::new(
                        "upload_removed",
                        "the upload was removed while it was under way",
                    ));
                }
                if splitter.lines.bytes() >= UPLOAD_BATCH {
                    feed.send(splitter.take()).map_err(closed)?;
                }
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    splitter.finish();
    feed.send(splitter.take()).map_err(closed)?;
    let Some(error) = failure else { return Ok(()) };
    let text = format!("the upload ended early: {error}; lines are missing behind this one");
    feed.send(Batch::marker(Level::Warn, &text, None))
        .map_err(closed)?;
    Err(ApiError::new(
        "upload_failed",
        format!("the upload ended early: {error}"),
    ))
}

/// Lines out of chunks that end anywhere. A line over the limit becomes several records.
#[derive(Debug, Default)]
struct Splitter {
    lines: Lines,
    rest: Vec<u8>,
}

impl Splitter {
    fn add(&mut self, chunk: &[u8]) {
        for piece in chunk.split_inclusive(|&byte| byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(line) if self.rest.is_empty() && line.len() <= MAX_LINE_BYTES => {
                    self.lines.push(line, RowFlags::NONE);
                }
                Some(line) => {
                    self.extend(line);
                    self.finish_line();
                }
                None => self.extend(piece),
            }
        }
    }

    fn extend(&mut self, mut piece: &[u8]) {
        while self.rest.len() + piece.len() > MAX_LINE_BYTES {
            let (head, tail) = piece.split_at((MAX_LINE_BYTES - self.rest.len()).min(piece.len()));
            self.rest.extend_from_slice(head);
            self.lines.push(&self.rest, RowFlags::CONTINUES);
            self.rest.clear();
            piece = tail;
        }
        self.rest.extend_from_slice(piece);
    }

    fn finish_line(&mut self) {
        self.lines.push(&self.rest, RowFlags::NONE);
        self.rest.clear();
    }

    fn finish(&mut self) {
        if !self.rest.is_empty() {
            self.finish_line();
        }
    }

    fn take(&mut self) -> Batch {
        Batch {
            lines: std::mem::take(&mut self.lines),
            stream: Stream::Stdout,
            ..Batch::default()
        }
    }
}

#[cfg(test)]
mod tests;
