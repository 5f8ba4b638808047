//! Operations on runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crosscut_model::RunId;
use crosscut_store::{LayoutFrom, RunManifest, SourceEntry, StoreOptions};

use super::Workbench;
use super::shared::{Shared, closing};
use crate::api::{
    ApiError, DockerAvailability, Empty, RunArgs, RunInfo, RunNewArgs, RunPinArgs, RunRenameArgs,
    Status,
};
use crate::run::{Run, info_of};

/// Characters in a run's name, at most.
const NAME_CHARS: usize = 200;

#[expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "all operations have one shape, for the table"
)]
impl Workbench {
    pub(crate) fn status(&self, _: &Empty) -> Result<Status, ApiError> {
        let shared = &self.shared;
        let docker = shared.connector.containers().docker;
        Ok(status(shared, docker))
    }

    pub(crate) fn runs_list(&self, _: &Empty) -> Result<Vec<RunInfo>, ApiError> {
        Ok(self.shared.runs_now().0)
    }

    pub(crate) fn run_new(&self, args: &RunNewArgs) -> Result<RunInfo, ApiError> {
        let name = args.name.as_deref().map(check_name).transpose()?;
        let (old, run) = self.shared.begin_run(name)?;
        if args.delete_old == Some(true) {
            self.shared.delete_run(&old.id)?;
        }
        Ok(run.info(true))
    }

    pub(crate) fn run_delete(&self, args: &RunArgs) -> Result<Empty, ApiError> {
        if self.shared.current().id == args.run {
            self.shared.begin_run(None)?;
        }
        self.shared.delete_run(&args.run)?;
        Ok(Empty {})
    }

    pub(crate) fn run_rename(&self, args: &RunRenameArgs) -> Result<RunInfo, ApiError> {
        let name = check_name(&args.name)?;
        let run = self.shared.run(Some(&args.run))?;
        run.store
            .update_manifest(|manifest| manifest.name = name)
            .map_err(|error| ApiError::storage(&error))?;
        self.shared.hub.runs_changed();
        Ok(run.info(self.shared.current().id == run.id))
    }

    pub(crate) fn run_pin(&self, args: &RunPinArgs) -> Result<RunInfo, ApiError> {
        // Held so that it is not deleted for its age in the same moment.
        let _change = self.shared.change.lock();
        let run = self.shared.run(Some(&args.run))?;
        run.store
            .update_manifest(|manifest| manifest.pinned = args.pinned)
            .map_err(|error| ApiError::storage(&error))?;
        self.shared.hub.runs_changed();
        Ok(run.info(self.shared.current().id == run.id))
    }
}

fn status(shared: &Shared, docker: DockerAvailability) -> Status {
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        data_dir: shared.data.path().display().to_string(),
        endpoint: shared
            .endpoint
            .lock()
            .as_ref()
            .map(|endpoint| endpoint.url.clone()),
        current_run: shared.current().id.clone(),
        docker,
        notices: shared.notices.lock().clone(),
    }
}

fn check_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS || name.chars().any(char::is_control) {
        return Err(ApiError::new(
            "bad_name",
            format!("a run's name has 1 to {NAME_CHARS} characters, all on one line"),
        ));
    }
    Ok(name.to_owned())
}

impl Shared {
    /// The run of that id, opened if need be; the current one without an id.
    pub(crate) fn run(&self, id: Option<&RunId>) -> Result<Arc<Run>, ApiError> {
        let current = self.current();
        let Some(id) = id.filter(|id| **id != current.id) else {
            return Ok(current);
        };
        let mut others = self.others.lock();
        if let Some(run) = others.get(id).and_then(std::sync::Weak::upgrade) {
            return Ok(run);
        }
        if !self.data.run_path(id).is_dir() {
            return Err(ApiError::unknown_run(id.as_str()));
        }
        let (store, recovery) = self
            .data
            .open_run(id, StoreOptions::default())
            .map_err(|error| ApiError::storage(&error))?;
        let run = Arc::new(Run::new(store));
        others.retain(|_, run| run.strong_count() > 0);
        others.insert(id.clone(), Arc::downgrade(&run));
        drop(others);
        self.tell_recovery(&run, &recovery);
        self.indexer.wake();
        Ok(run)
    }

    /// All runs that are open.
    pub(crate) fn open_runs(&self) -> Vec<Arc<Run>> {
        let mut runs = vec![self.current()];
        runs.extend(
            self.others
                .lock()
                .values()
                .filter_map(std::sync::Weak::upgrade),
        );
        runs
    }

    /// All runs, newest first, and the current one.
    pub(crate) fn runs_now(&self) -> (Vec<RunInfo>, RunId) {
        let current = self.current();
        let listed = self.data.runs().unwrap_or_else(|error| {
            tracing::warn!(%error, "the runs cannot be listed");
            Vec::new()
        });
        let open = self.open_runs();
        let mut infos = Vec::with_capacity(listed.len());
        for (id, manifest) in listed {
            if let Some(run) = open.iter().find(|run| run.id == id) {
                infos.push(run.info(run.id == current.id));
            } else {
                match manifest {
                    Ok(manifest) => infos.push(info_of(&manifest, false)),
                    Err(error) => tracing::warn!(%error, run = %id, "a run cannot be read"),
                }
            }
        }
        (infos, current.id.clone())
    }

    /// Ends the current run and begins another; sources go on into it where they are. Gives both.
    fn begin_run(self: &Arc<Self>, name: Option<String>) -> Result<(Arc<Run>, Arc<Run>), ApiError> {
        let change = self.change.lock();
        let pipeline = self.pipeline()?;
        let now = self.clock.now();
        let mut manifest = RunManifest::new(
            self.data.new_run_id(now),
            name.unwrap_or_else(|| self.next_name()),
            now,
        );
        let shared = Arc::clone(self);
        let begun = pipeline
            .change(move |old| {
                manifest.sources = shared.sources_for_next_run(old);
                match shared.data.create_run(manifest, StoreOptions::default()) {
                    Ok(store) => {
                        shared.keys.carry_into(&store, &old.store);
                        let run = Arc::new(Run::new(store));
                        *shared.current.write() = Arc::clone(&run);
                        (Some(Arc::clone(&run)), Ok((Arc::clone(old), run)))
                    }
                    Err(error) => (None, Err(ApiError::storage(&error))),
                }
            })
            .ok_or_else(closing)?;
        let (old, run) = begun?;
        self.others
            .lock()
            .insert(old.id.clone(), Arc::downgrade(&old));
        if let Err(error) = old
            .store
            .update_manifest(|manifest| manifest.ended = Some(now))
        {
            tracing::warn!(%error, "the run's end could not be noted");
        }
        if let Err(error) = old.store.seal() {
            tracing::warn!(%error, "the run could not be sealed");
        }
        old.end();
        drop(change);
        self.run_ended.store(true, Ordering::Release);
        self.hub.runs_changed();
        self.hub.sources_changed();
        self.indexer.wake();
        self.follow_refused();
        self.follow_settings();
        Ok((old, run))
    }

    /// The sources that go on, each with how far it has been read.
    fn sources_for_next_run(&self, old: &Run) -> Vec<SourceEntry> {
        let manifest = old.store.manifest();
        let registry = self.registry.lock();
        manifest
            .sources
            .iter()
            .filter(|entry| registry.get(entry.id).is_some())
            .map(|entry| SourceEntry {
                resume: old.store.checkpoint(entry.id),
                // The header stands in the old run; what it said goes on.
                layouts: entry.layouts.last().map_or_else(Vec::new, |last| {
                    vec![LayoutFrom {
                        row: 0,
                        ..last.clone()
                    }]
                }),
                ..entry.clone()
            })
            .collect()
    }

    pub(crate) fn next_name(&self) -> String {
        let number = self
            .runs_now()
            .0
            .iter()
            .filter_map(|run| run.name.strip_prefix("Run ")?.parse::<u64>().ok())
            .max()
            .unwrap_or_default();
        format!("Run {}", number + 1)
    }

    pub(super) fn delete_run(&self, id: &RunId) -> Result<(), ApiError> {
        let open = self.others.lock().remove(id).and_then(|run| run.upgrade());
        if open.is_none() && !self.data.run_path(id).is_dir() {
            return Err(ApiError::unknown_run(id.as_str()));
        }
        self.views.close_run(id);
        if let Some(run) = open {
            run.gone.store(true, Ordering::Release);
            run.stop_indexing();
            run.end();
        }
        self.data
            .delete_run(id)
            .map_err(|error| ApiError::storage(&error))?;
        self.hub.runs_changed();
        Ok(())
    }
}
