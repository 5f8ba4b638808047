//! Lines that are posted to the port, and files that a browser uploads.

use std::sync::Arc;
use std::time::Duration;

use crosscut_model::limits::MAX_LINE_BYTES;
use crosscut_model::{Level, RowFlags, RunId, SourceId, SourceKind, SourceSpec, Stream};
use parking_lot::Mutex;

use super::shared::Shared;
use super::sources::UPLOAD;
use super::{Ingest, IngestError, Ingested, Workbench};
use crate::api::{ApiError, SourceInfo, SourceState};
use crate::pipeline::{FeedControl, LineReader, PostError, SourceFeed, encode};
use crate::source::{Batch, Feed, Lines};

/// Characters in a client's name, at most.
const NAME_CHARS: usize = 200;

/// What a client is told to wait when too much is under way.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Text of an upload that is sent on at once. Bytes.
const UPLOAD_BATCH: usize = 512 << 10;

impl Workbench {
    /// Stores lines and returns once they are durable. Blocks.
    pub fn ingest(&self, ingest: Ingest) -> Result<Ingested, IngestError> {
        let shared = &self.shared;
        let accepted = ingest.lines.len() as u64;
        let source = shared.client_source(&ingest.source)?;
        let run =
            if accepted == 0 {
                shared.current()
            } else {
                let reader =
                    Arc::clone(shared.readers.lock().entry(source).or_insert_with(|| {
                        Arc::new(Mutex::new(LineReader::new(shared.zone.clone())))
                    }));
                let batch = Batch {
                    lines: ingest.lines,
                    stream: ingest.stream,
                    level: None,
                    times: Vec::new(),
                    checkpoint: None,
                    live: true,
                };
                let encoded = encode(&batch, source, &mut reader.lock(), shared.clock.now());
                let pipeline = shared
                    .pipeline()
                    .map_err(|e| IngestError::Unavailable(e.message))?;
                pipeline.post(encoded).map_err(|error| match error {
                    PostError::Busy => IngestError::Busy {
                        retry_after: RETRY_AFTER,
                    },
                    PostError::DiskFull => IngestError::DiskFull,
                    PostError::RunFull => {
                        IngestError::Unavailable("the run is full; start a new one".into())
                    }
                    PostError::Failed(message) => IngestError::Unavailable(message),
                })?
            };
        if let Some(asked) = &ingest.run
            && asked != run.id.as_str()
        {
            tracing::debug!(asked, run = %run.id, "the run asked for has ended");
        }
        Ok(Ingested {
            run: run.id.clone(),
            accepted,
        })
    }

    /// Stores a file's content as a source of its own (uploads of a browser): `next` gives chunks
    /// until `None`. Blocks.
    pub fn upload(
        &self,
        name: &str,
        next: &mut dyn FnMut() -> std::io::Result<Option<Vec<u8>>>,
    ) -> Result<SourceInfo, ApiError> {
        let shared = &self.shared;
        let name = client_name(name).map_err(|m| ApiError::new("bad_name", m))?;
        let id = {
            let _change = shared.change.lock();
            let key = format!("{UPLOAD}{}:{name}", shared.clock.now().0);
            let spec = SourceSpec {
                kind: SourceKind::Http,
                key,
                name,
            };
            shared.enter(spec, SourceState::Connecting)?
        };
        let control: Arc<dyn FeedControl> = Arc::<Shared>::clone(shared);
        let pipeline = Arc::clone(shared.pipeline()?);
        let clock = Arc::clone(&shared.clock);
        let feed = SourceFeed::new(id, pipeline, control, clock, shared.zone.clone());
        let outcome = copy(&feed, next);
        feed.flush().map_err(|_| super::shared::closing())?;
        feed.state(SourceState::Ended);
        outcome?;
        shared.source_info(id)
    }
}

/// Cuts the chunks into lines and sends them. What came before a failure is kept, and a marker
/// says that more was meant to come.
fn copy(
    feed: &SourceFeed,
    next: &mut dyn FnMut() -> std::io::Result<Option<Vec<u8>>>,
) -> Result<(), ApiError> {
    let closed = |_| super::shared::closing();
    let mut splitter = Splitter::default();
    let failure = loop {
        match next() {
            Ok(Some(chunk)) => {
                splitter.add(&chunk);
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

fn client_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(format!(
            "a source's name has 1 to {NAME_CHARS} characters, all on one line"
        ));
    }
    Ok(name.to_owned())
}

impl Shared {
    /// The source that a client's name stands for.
    fn client_source(&self, name: &str) -> Result<SourceId, IngestError> {
        let known = self.registry.lock().find(SourceKind::Http, name);
        if let Some(id) = known {
            return Ok(id);
        }
        let name = client_name(name).map_err(IngestError::Refused)?;
        let _change = self.change.lock();
        let known = self.registry.lock().find(SourceKind::Http, &name);
        if let Some(id) = known {
            return Ok(id);
        }
        let spec = SourceSpec {
            kind: SourceKind::Http,
            key: name.clone(),
            name,
        };
        self.enter(spec, SourceState::Live)
            .map_err(|error| match error.code.as_str() {
                "too_many_sources" => IngestError::Refused(error.to_string()),
                _ => IngestError::Unavailable(error.to_string()),
            })
    }

    /// The run that new lines land in.
    pub(crate) fn current_id(&self) -> RunId {
        self.current().id.clone()
    }
}

#[cfg(test)]
mod tests;
