//! Lines that clients post: what one request brings is stored as a whole or not at all.
//!
//! A post may speak for several sources (a collector that ships for many services) and streams. All
//! its frames go through the writer in one append, each but the last marked as going on in the
//! next, so that neither a full disk nor a crash keeps a part of it. A post with a key is stored
//! once, however often it is sent: [`keys`].

mod clients;
mod keys;

use std::sync::Arc;
use std::time::Duration;

use crosscut_model::limits::SOURCE_NAME_CHARS;
use crosscut_model::{RunId, SourceId, SourceKind, SourceSpec};

use self::keys::{Claim, Name, Print};
use super::shared::Shared;
use super::{Ingest, IngestError, Ingested, Part, Workbench};
use crate::api::SourceState;
use crate::pipeline::{Encoded, FeedControl, PostError};
use crate::run::Run;

pub(crate) use self::clients::Clients;
pub(crate) use self::keys::Keys;

/// Bytes of an `Idempotency-Key`, at most.
const KEY_BYTES: usize = 255;

/// What a client is told to wait when too much is under way.
const RETRY_AFTER: Duration = Duration::from_millis(500);

impl Workbench {
    /// Stores all parts, in their order and next to each other, and returns once they are durable;
    /// on an error nothing of any of them is kept. A post whose key is known is not stored again;
    /// one whose key is under way waits for that. Blocks.
    pub fn ingest(&self, ingest: Ingest) -> Result<Ingested, IngestError> {
        let shared = &self.shared;
        let Ingest {
            run: asked,
            parts,
            key,
        } = ingest;
        let accepted = parts.iter().map(|part| part.lines.len() as u64).sum();
        let claim = shared.claim(key, &parts)?;
        if let Some(Claim::Again(run)) = claim {
            return Ok(Ingested {
                run,
                accepted,
                again: true,
            });
        }
        let sources: Vec<_> = parts
            .iter()
            .map(|part| shared.client_source(part.kind, &part.source))
            .collect::<Result<_, _>>()?;
        let mut post = Encoded::default();
        let mut lessons = Vec::new();
        for (source, part) in sources.into_iter().zip(parts) {
            if !part.lines.is_empty() {
                post.join(shared.encode_part(source, part, &mut lessons));
            }
        }
        let run = if post.frames.is_empty() {
            shared.current()
        } else {
            let ticket = match claim {
                Some(Claim::First(ticket)) => Some(ticket),
                Some(Claim::Again(_)) | None => None,
            };
            if let Some(ticket) = &ticket {
                post.note(ticket.note());
            }
            let run = shared
                .store_post(post)
                .inspect_err(|_| clients::forget(lessons))?;
            if let Some(ticket) = ticket {
                ticket.stored(&run.id);
            }
            run
        };
        if let Some(asked) = &asked
            && asked != run.id.as_str()
        {
            tracing::debug!(asked, run = %run.id, "the run asked for has ended");
        }
        Ok(Ingested {
            run: run.id.clone(),
            accepted,
            again: false,
        })
    }
}

impl Workbench {
    /// Whether lines of a client that belong together are to be one record, by the settings of its
    /// source.
    pub fn joins(&self, kind: SourceKind, name: &str) -> bool {
        let spec = SourceSpec {
            kind,
            key: name.to_owned(),
            name: name.to_owned(),
        };
        self.shared.source_settings(&spec).join
    }
}

/// A client's name for itself, checked.
pub(crate) fn client_name(name: &str) -> Result<String, String> {
    let name = name.trim();
    if name.is_empty()
        || name.chars().count() > SOURCE_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        return Err(format!(
            "a source's name has 1 to {SOURCE_NAME_CHARS} characters, all on one line"
        ));
    }
    Ok(name.to_owned())
}

fn client_key(key: String) -> Result<String, IngestError> {
    if key.is_empty() || key.len() > KEY_BYTES || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(IngestError::Refused(format!(
            "an Idempotency-Key has 1 to {KEY_BYTES} visible ASCII characters"
        )));
    }
    Ok(key)
}

impl Shared {
    /// What to do with a post that may have a key.
    fn claim(&self, key: Option<String>, parts: &[Part]) -> Result<Option<Claim<'_>>, IngestError> {
        let Some(key) = key else {
            return Ok(None);
        };
        let first = parts.first();
        let name = Name {
            scope: first.map(|part| part.source.clone()).unwrap_or_default(),
            key: client_key(key)?,
        };
        self.keys
            .claim(name, Print::of(parts), self.clock.now())
            .map(Some)
            .map_err(|_| IngestError::KeyReused)
    }

    /// The source that a client's name stands for. One that had ended is live again.
    fn client_source(&self, kind: SourceKind, name: &str) -> Result<SourceId, IngestError> {
        if !matches!(
            kind,
            SourceKind::Http | SourceKind::Stdin | SourceKind::Command
        ) {
            return Err(IngestError::Refused(
                "only http, stdin and command sources are posted to".into(),
            ));
        }
        if let Some(id) = self.live_client(kind, name) {
            return Ok(id);
        }
        let name = client_name(name).map_err(IngestError::Refused)?;
        let _change = self.change.lock();
        if let Some(id) = self.live_client(kind, &name) {
            return Ok(id);
        }
        let spec = SourceSpec {
            kind,
            key: name.clone(),
            name,
        };
        self.enter(spec, SourceState::Live)
            .map_err(|error| match error.code.as_str() {
                "too_many_sources" => IngestError::Refused(error.to_string()),
                _ => IngestError::Unavailable(error.to_string()),
            })
    }

    fn live_client(&self, kind: SourceKind, name: &str) -> Option<SourceId> {
        let (id, ended) = {
            let registry = self.registry.lock();
            let id = registry.find(kind, name)?;
            let ended = registry
                .get(id)
                .is_some_and(|entry| entry.state == SourceState::Ended);
            (id, ended)
        };
        if ended {
            self.state(id, SourceState::Live);
        }
        Some(id)
    }

    /// Hands a post to the writer; gives the run it landed in.
    pub(super) fn store_post(&self, post: Encoded) -> Result<Arc<Run>, IngestError> {
        let pipeline = self
            .pipeline()
            .map_err(|error| IngestError::Unavailable(error.message))?;
        pipeline.post(post).map_err(|error| match error {
            PostError::Busy => IngestError::Busy {
                retry_after: RETRY_AFTER,
            },
            PostError::DiskFull => IngestError::DiskFull,
            PostError::RunFull => {
                IngestError::Unavailable("the run is full; start a new one".into())
            }
            PostError::Failed(message) => IngestError::Unavailable(message),
        })
    }

    /// The run that new lines land in.
    pub(crate) fn current_id(&self) -> RunId {
        self.current().id.clone()
    }
}

#[cfg(test)]
mod tests;
