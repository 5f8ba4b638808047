//! The list itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crosscut_model::{SourceId, SourceKind, SourceSpec};

use crate::api::SourceState;
use crate::pipeline::SourceFeed;
use crate::source::Connection;

/// Bytes of a partial last line that are shown.
const PARTIAL_BYTES: usize = 4 << 10;

/// Keys of services found in the lines of another source begin so.
const SERVICE: &str = "compose:";

/// A source of the current run.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) spec: SourceSpec,
    pub(crate) state: SourceState,
    pub(crate) partial: Option<String>,
    pub(crate) following: Option<Following>,
}

/// What follows a source.
#[derive(Debug)]
pub(crate) struct Following {
    pub(crate) feed: Arc<SourceFeed>,
    pub(crate) connection: Box<dyn Connection>,
}

impl Following {
    /// Ends it; returns once it has sent its last batch.
    pub(crate) fn stop(self) {
        self.feed.close();
        self.connection.stop();
    }
}

/// The sources of the current run, by number.
#[derive(Debug, Default)]
pub(crate) struct Registry(BTreeMap<SourceId, Entry>);

impl Registry {
    pub(crate) fn get(&self, id: SourceId) -> Option<&Entry> {
        self.0.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: SourceId) -> Option<&mut Entry> {
        self.0.get_mut(&id)
    }

    pub(crate) fn find(&self, kind: SourceKind, key: &str) -> Option<SourceId> {
        self.0
            .iter()
            .find(|(_, e)| e.spec.kind == kind && e.spec.key == key)
            .map(|(id, _)| *id)
    }

    pub(crate) fn insert(&mut self, id: SourceId, spec: SourceSpec, state: SourceState) {
        self.0.insert(
            id,
            Entry {
                spec,
                state,
                partial: None,
                following: None,
            },
        );
    }

    pub(crate) fn remove(&mut self, id: SourceId) -> Option<Entry> {
        self.0.remove(&id)
    }

    /// What is followed, with its feed.
    pub(crate) fn following(
        &self,
    ) -> impl Iterator<Item = (SourceId, SourceSpec, Arc<SourceFeed>)> {
        self.0.iter().filter_map(|(id, entry)| {
            let following = entry.following.as_ref()?;
            Some((*id, entry.spec.clone(), Arc::clone(&following.feed)))
        })
    }

    /// The key of the source of a service whose lines stand among those of a source.
    pub(crate) fn service_key(parent: &SourceSpec, name: &str) -> String {
        format!("{SERVICE}{}:{name}", parent.key)
    }

    /// Whether it is one of these.
    pub(crate) fn is_service(spec: &SourceSpec) -> bool {
        spec.kind == SourceKind::Http && spec.key.starts_with(SERVICE)
    }

    /// The sources of all services whose lines stand among those of a source.
    pub(crate) fn services_of(&self, id: SourceId) -> Vec<SourceId> {
        let Some(parent) = self.get(id) else {
            return Vec::new();
        };
        let keys = Self::service_key(&parent.spec, "");
        let own = self.0.iter().filter(|(_, entry)| {
            let SourceSpec { kind, key, name } = &entry.spec;
            *kind == SourceKind::Http && key.strip_prefix(&keys) == Some(name)
        });
        own.map(|(id, _)| *id).collect()
    }

    /// Whether any source is catching up with a lot.
    pub(crate) fn is_loading(&self) -> bool {
        self.0
            .values()
            .any(|entry| matches!(entry.state, SourceState::Loading { .. }))
    }

    pub(crate) fn set_partial(&mut self, id: SourceId, text: Option<&[u8]>) -> bool {
        let Some(entry) = self.0.get_mut(&id) else {
            return false;
        };
        let shown = text.map(|bytes| {
            let head = bytes
                .get(..PARTIAL_BYTES.min(bytes.len()))
                .unwrap_or_default();
            crosscut_parse::strip_escapes(&String::from_utf8_lossy(head)).into_owned()
        });
        let changed = entry.partial != shown;
        entry.partial = shown;
        changed
    }

    /// Takes every connection out, to be stopped without holding the list.
    pub(crate) fn take_following(&mut self) -> Vec<Following> {
        self.0
            .values_mut()
            .filter_map(|entry| entry.following.take())
            .collect()
    }
}
