//! Operations on sources.

use std::sync::Arc;

use crosscut_model::{RunId, SourceId, SourceKind, SourceSpec};
use crosscut_store::{SourceEntry, Standing};

use super::Workbench;
use super::shared::{Shared, closing};
use crate::api::{
    ApiError, Containers, Empty, SourceAddArgs, SourceArgs, SourceInfo, SourceState, SourcesArgs,
};
use crate::pipeline::{FeedControl, SourceFeed};
use crate::run::Run;
use crate::source::Feed;
use crate::sources::{Entry, Following, Registry};

/// Keys of uploaded files begin so; nothing follows them.
pub(crate) const UPLOAD: &str = "upload:";

#[expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "all operations have one shape, for the table"
)]
impl Workbench {
    pub(crate) fn sources_list(&self, args: &SourcesArgs) -> Result<Vec<SourceInfo>, ApiError> {
        let current = self.shared.current();
        match &args.run {
            Some(id) if *id != current.id => {
                let run = self.shared.run(Some(id))?;
                Ok(self.shared.sources_of(&run, false))
            }
            _ => Ok(self.shared.sources_of(&current, true)),
        }
    }

    pub(crate) fn source_add(&self, args: &SourceAddArgs) -> Result<SourceInfo, ApiError> {
        let spec = SourceSpec {
            kind: args.kind,
            key: args.key.clone(),
            name: args.name.clone().unwrap_or_default(),
        };
        let spec = self.shared.connector.resolve(spec)?;
        let id = self.shared.follow(spec)?;
        self.shared.source_info(id)
    }

    pub(crate) fn source_pause(&self, args: &SourceArgs) -> Result<Empty, ApiError> {
        let id = SourceId(args.source);
        let _change = self.shared.change.lock();
        let following = {
            let mut registry = self.shared.registry.lock();
            let entry = registry.get_mut(id).ok_or_else(|| unknown(id))?;
            if !is_followable(&entry.spec) {
                return Err(ApiError::new(
                    "not_followed",
                    "lines of this source are sent, and cannot be held back here",
                ));
            }
            entry.state = SourceState::Paused;
            entry.following.take()
        };
        if let Some(following) = following {
            following.stop();
        }
        self.shared.set_standing(id, Standing::Paused)?;
        self.shared.hub.sources_changed();
        Ok(Empty {})
    }

    pub(crate) fn source_resume(&self, args: &SourceArgs) -> Result<Empty, ApiError> {
        let id = SourceId(args.source);
        let _change = self.shared.change.lock();
        self.shared.set_standing(id, Standing::Followed)?;
        self.shared.connect(id)?;
        Ok(Empty {})
    }

    pub(crate) fn source_remove(&self, args: &SourceArgs) -> Result<Empty, ApiError> {
        let id = SourceId(args.source);
        let _change = self.shared.change.lock();
        let entry = self.shared.registry.lock().remove(id);
        self.shared.clients.remove(id);
        // One that was removed is still listed while it has records: doing so again is no harm.
        if let Some(following) = entry.and_then(|entry| entry.following) {
            following.stop();
        }
        self.shared.set_standing(id, Standing::Removed)?;
        self.shared.hub.sources_changed();
        Ok(Empty {})
    }

    pub(crate) fn docker_containers(&self, _: &Empty) -> Result<Containers, ApiError> {
        let mut containers = self.shared.connector.containers();
        let registry = self.shared.registry.lock();
        for container in &mut containers.containers {
            // Most are followed by their names, and some by their ids.
            let find = |key: &str| registry.find(SourceKind::Docker, key);
            container.followed = find(&container.name)
                .or_else(|| find(&container.id))
                .is_some();
        }
        Ok(containers)
    }
}

fn unknown(id: SourceId) -> ApiError {
    ApiError::new(
        "unknown_source",
        format!("the current run has no source {id}"),
    )
}

impl Shared {
    /// Follows a source; one that is followed already stays the one it is.
    pub(crate) fn follow(self: &Arc<Self>, spec: SourceSpec) -> Result<SourceId, ApiError> {
        let _change = self.change.lock();
        if self.is_closed() {
            return Err(closing());
        }
        let known = self.registry.lock().find(spec.kind, &spec.key);
        if let Some(id) = known {
            let idle = self
                .registry
                .lock()
                .get(id)
                .is_some_and(|entry| entry.following.is_none());
            if idle {
                self.set_standing(id, Standing::Followed)?;
                self.connect(id)?;
            }
            return Ok(id);
        }
        let id = self.enter(spec, SourceState::Connecting)?;
        self.connect(id)?;
        Ok(id)
    }

    /// Follows a source that another one found, unless the current run knows it: then the user has
    /// decided about it, or it is followed already.
    pub(crate) fn follow_found(self: &Arc<Self>, spec: SourceSpec) -> Result<(), ApiError> {
        let spec = self.connector.resolve(spec)?;
        let _change = self.change.lock();
        let manifest = self.current().store.manifest();
        let known =
            |entry: &SourceEntry| entry.spec.kind == spec.kind && entry.spec.key == spec.key;
        if self.is_closed() || manifest.sources.iter().any(known) {
            return Ok(());
        }
        let id = self.enter(spec, SourceState::Connecting)?;
        self.connect(id)
    }

    /// Puts a source into the current run's manifest and the list. One that stood there before and
    /// was removed gets its number back, and goes on where it was. `change` must be held.
    pub(crate) fn enter(&self, spec: SourceSpec, state: SourceState) -> Result<SourceId, ApiError> {
        let run = self.current();
        let manifest = run.store.manifest();
        let known = manifest
            .sources
            .iter()
            .find(|entry| entry.spec.kind == spec.kind && entry.spec.key == spec.key)
            .map(|entry| entry.id);
        let id = if let Some(id) = known {
            self.set_standing(id, Standing::Followed)?;
            id
        } else {
            let most = self.settings.get().limits.sources;
            let read = |entry: &&SourceEntry| entry.standing != Standing::Removed;
            // What was removed keeps its number, of which there are not so many.
            let numbers = 4 * crosscut_model::limits::MAX_SOURCES;
            if manifest.sources.iter().filter(read).count() >= most
                || manifest.sources.len() >= numbers
            {
                return Err(ApiError::new(
                    "too_many_sources",
                    format!("a run has at most {most} sources"),
                )
                .hint("remove some, or send the lines under fewer names"));
            }
            let last = manifest.sources.iter().map(|entry| entry.id.0).max();
            let id = SourceId(last.map_or(0, |last| last.saturating_add(1)));
            let entry = SourceEntry {
                id,
                spec: spec.clone(),
                resume: None,
                standing: Standing::Followed,
                attributes: std::collections::BTreeMap::new(),
                layouts: Vec::new(),
            };
            run.store
                .update_manifest(|manifest| manifest.sources.push(entry))
                .map_err(|error| ApiError::storage(&error))?;
            id
        };
        run.refresh_names();
        self.registry.lock().insert(id, spec, state);
        self.hub.sources_changed();
        Ok(id)
    }

    /// Starts to follow a source of the list. `change` must be held.
    pub(crate) fn connect(self: &Arc<Self>, id: SourceId) -> Result<(), ApiError> {
        let pipeline = Arc::clone(self.pipeline()?);
        let spec = {
            let mut registry = self.registry.lock();
            let entry = registry.get_mut(id).ok_or_else(|| unknown(id))?;
            if entry.following.is_some() || !is_followable(&entry.spec) {
                return Ok(());
            }
            entry.state = SourceState::Connecting;
            entry.spec.clone()
        };
        let control: Arc<dyn FeedControl> = Arc::<Self>::clone(self);
        let clock = Arc::clone(&self.clock);
        let settings = self.source_settings(&spec);
        let feed = SourceFeed::new(id, pipeline, control, clock, &settings);
        if feed.checkpoint().is_some() {
            feed.goes_on(&settings, self.layout(id).as_ref());
        }
        let feed = Arc::new(feed);
        let connection = self
            .connector
            .connect(&spec, Arc::<SourceFeed>::clone(&feed) as Arc<dyn Feed>);
        if let Some(entry) = self.registry.lock().get_mut(id) {
            let feed = Arc::clone(&feed);
            entry.following = Some(Following { feed, connection });
        }
        // Settings that changed meanwhile did not find it in the list.
        let now = self.source_settings(&spec);
        if now != settings {
            feed.configure(&now, self.layout(id).as_ref());
        }
        self.hub.sources_changed();
        Ok(())
    }

    fn set_standing(&self, id: SourceId, standing: Standing) -> Result<(), ApiError> {
        let run = self.current();
        let manifest = run.store.manifest();
        let entry = manifest.source(id).ok_or_else(|| unknown(id))?;
        if entry.standing == standing {
            return Ok(());
        }
        run.store
            .update_manifest(|manifest| {
                for entry in manifest.sources.iter_mut().filter(|entry| entry.id == id) {
                    entry.standing = standing;
                }
            })
            .map_err(|error| ApiError::storage(&error))
    }

    /// Takes over the sources of the run found at the start, and follows those that were followed.
    pub(crate) fn resume_sources(self: &Arc<Self>) {
        let _change = self.change.lock();
        let manifest = self.current().store.manifest();
        for entry in &manifest.sources {
            let state = match entry.standing {
                Standing::Removed => continue,
                Standing::Paused => SourceState::Paused,
                Standing::Followed if is_followable(&entry.spec) => SourceState::Connecting,
                Standing::Followed if entry.spec.key.starts_with(UPLOAD) => SourceState::Ended,
                // The lines that it stands among may not come again.
                Standing::Followed if Registry::is_service(&entry.spec) => SourceState::Ended,
                Standing::Followed if entry.spec.kind == SourceKind::Http => SourceState::Live,
                Standing::Followed => SourceState::Ended,
            };
            let follow = state == SourceState::Connecting;
            self.registry
                .lock()
                .insert(entry.id, entry.spec.clone(), state);
            if follow && let Err(error) = self.connect(entry.id) {
                tracing::warn!(%error, source = %entry.spec.name, "a source was not resumed");
            }
        }
    }

    /// The sources of the current run as they are now.
    pub(crate) fn sources_now(&self) -> (RunId, Vec<SourceInfo>) {
        let run = self.current();
        (run.id.clone(), self.sources_of(&run, true))
    }

    fn sources_of(&self, run: &Run, current: bool) -> Vec<SourceInfo> {
        let manifest = run.store.manifest();
        let names = run.names();
        let totals = run.store.source_totals();
        let registry = current.then(|| self.registry.lock());
        let mut infos = Vec::with_capacity(manifest.sources.len());
        for entry in &manifest.sources {
            let known = registry
                .as_ref()
                .and_then(|registry| registry.get(entry.id));
            let total = totals
                .iter()
                .find(|(id, _)| *id == entry.id)
                .map(|(_, total)| *total)
                .unwrap_or_default();
            if known.is_none() && total.records == 0 {
                continue;
            }
            infos.push(SourceInfo {
                id: entry.id.0,
                kind: entry.spec.kind,
                key: entry.spec.key.clone(),
                name: names.get(entry.id).to_owned(),
                status: known.map_or(SourceState::Ended, |entry| entry.state.clone()),
                records: total.records,
                errors: total.errors,
                partial: known.and_then(|entry: &Entry| entry.partial.clone()),
            });
        }
        infos
    }

    pub(crate) fn source_info(&self, id: SourceId) -> Result<SourceInfo, ApiError> {
        let (_, sources) = self.sources_now();
        sources
            .into_iter()
            .find(|info| info.id == id.0)
            .ok_or_else(|| unknown(id))
    }
}

/// Whether something can be started for it. The demo plays only when it is asked for.
fn is_followable(spec: &SourceSpec) -> bool {
    match spec.kind {
        SourceKind::File
        | SourceKind::Files
        | SourceKind::Docker
        | SourceKind::Containers
        | SourceKind::Demo => true,
        SourceKind::Http | SourceKind::Stdin | SourceKind::Command | SourceKind::System => false,
    }
}
