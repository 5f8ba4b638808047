//! What all parts of the workbench share, and what sources and the writer tell it.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use crosscut_model::{Clock, RunId, SourceId, SourceKind, SourceSpec};
use crosscut_store::{AppendError, DataDir};
use parking_lot::{Mutex, RwLock};

use super::Endpoint;
use super::finder::Finder;
use super::indexer::Indexer;
use super::ingest::{Clients, Keys};
use super::search::Answers;
use super::settings::InUse;
use crate::api::{ApiError, Notice, NoticeKind, SourceState, Trouble};
use crate::hub::Hub;
use crate::pipeline::{Child, FeedControl, Observer, Pipeline};
use crate::run::Run;
use crate::source::{Connector, Lines};
use crate::sources::Registry;
use crate::trouble::Sample;
use crate::views::{LiveViews, Tasks, Views};

/// How long a source waits at a time for the list of sources to be at rest.
const CHANGE_WAIT: Duration = Duration::from_millis(50);

/// The workbench's insides.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) zone: jiff::tz::TimeZone,
    pub(crate) data: DataDir,
    pub(crate) settings: InUse,
    /// Whether the sources that the settings name are followed.
    pub(crate) follows_settings: bool,
    /// Whether a run ended, so that old ones are to be looked through.
    pub(crate) run_ended: AtomicBool,
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) token: String,
    pub(crate) endpoint: Mutex<Option<Endpoint>>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) views: Arc<Views>,
    pub(crate) live: LiveViews,
    pub(crate) indexer: Indexer,
    /// Follows what folders and the container engine turn up.
    pub(crate) finder: Finder,
    pub(crate) pipeline: OnceLock<Arc<Pipeline>>,
    pub(crate) current: RwLock<Arc<Run>>,
    /// Runs opened to be looked at.
    pub(crate) others: Mutex<HashMap<RunId, Weak<Run>>>,
    pub(crate) registry: Mutex<Registry>,
    /// What the lines that are posted have told so far.
    pub(crate) clients: Clients,
    /// Keys of posts that are stored, or being stored.
    pub(crate) keys: Keys,
    /// Held while sources are added or removed and while the run changes. Taken before every other
    /// lock; never by the writer's thread.
    pub(crate) change: Mutex<()>,
    /// When records were last asked for.
    pub(crate) asked: Mutex<Option<Instant>>,
    /// Searches whose answers are being fetched page by page.
    pub(crate) answers: Answers,
    /// Completions being looked up, by client.
    pub(crate) completing: Tasks,
    pub(crate) notices: Mutex<Vec<Notice>>,
    pub(crate) closed: AtomicBool,
}

impl Shared {
    pub(crate) fn current(&self) -> Arc<Run> {
        Arc::clone(&self.current.read())
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    pub(crate) fn pipeline(&self) -> Result<&Arc<Pipeline>, ApiError> {
        self.pipeline
            .get()
            .filter(|_| !self.is_closed())
            .ok_or_else(closing)
    }

    /// Tells everyone; keeps what still holds for those who come later.
    pub(crate) fn notice(&self, notice: &Notice) {
        {
            let mut notices = self.notices.lock();
            let before = notices.len();
            let known = notices.contains(notice);
            notices.retain(|n| n.code != notice.code);
            if notice.active {
                notices.push(notice.clone());
                if known {
                    return;
                }
            } else if notices.len() == before {
                return;
            }
        }
        self.hub.notice(notice);
    }

    /// A notice holds no longer.
    pub(crate) fn take_back(&self, code: &str) {
        let held = self
            .notices
            .lock()
            .iter()
            .find(|notice| notice.code == code)
            .cloned();
        if let Some(notice) = held {
            self.notice(&Notice {
                active: false,
                ..notice
            });
        }
    }

    /// The views without a query show a run that grew.
    fn tell_views(&self, run: &Run) {
        for view in self.views.all() {
            if view.searcher.is_none() && view.run.id == run.id {
                self.hub.view_changed(&view.client, view.id);
            }
        }
        self.live.wake();
    }
}

/// The workbench is being closed.
pub(crate) fn closing() -> ApiError {
    ApiError::new("closing", "Crosscut is closing")
}

impl FeedControl for Shared {
    fn checkpoint(&self, source: SourceId) -> Option<Vec<u8>> {
        self.current().store.checkpoint(source)
    }

    fn state(&self, source: SourceId, state: SourceState) {
        {
            let mut registry = self.registry.lock();
            let Some(entry) = registry.get_mut(source) else {
                return;
            };
            if entry.state == state || entry.state == SourceState::Paused {
                return;
            }
            entry.state = state;
        }
        self.hub.sources_changed();
        self.indexer.wake();
    }

    fn redacted(&self, source: SourceId, lines: &Lines) -> Option<Lines> {
        Self::redacted(self, source, lines)
    }

    fn redacted_rows(&self, source: SourceId, rows: &[SourceId], lines: &Lines) -> Option<Lines> {
        Self::redacted_rows(self, source, rows, lines)
    }

    fn partial(&self, source: SourceId, text: Option<&[u8]>) {
        let kept = text.and_then(|text| self.redacted_text(source, text));
        let text = kept.as_deref().or(text);
        if self.registry.lock().set_partial(source, text) {
            self.hub.sources_changed();
        }
    }

    fn describe(&self, source: SourceId, attributes: BTreeMap<String, String>) {
        let run = self.current();
        let known = run.store.manifest();
        if known
            .source(source)
            .is_none_or(|entry| entry.attributes == attributes)
        {
            return;
        }
        let noted = run.store.update_manifest(|manifest| {
            for entry in manifest
                .sources
                .iter_mut()
                .filter(|entry| entry.id == source)
            {
                entry.attributes.clone_from(&attributes);
            }
        });
        if let Err(error) = noted {
            tracing::warn!(%error, %source, "what a source told of itself was not noted");
        }
        run.refresh_names();
        self.hub.sources_changed();
    }

    fn found(&self, spec: SourceSpec) {
        self.leave_word(spec);
    }

    fn child(&self, source: SourceId, name: &str) -> Child {
        let known = |registry: &Registry| {
            let parent = &registry.get(source)?.spec;
            // Nothing follows it by itself, as nothing does what is posted.
            let spec = SourceSpec {
                kind: SourceKind::Http,
                key: Registry::service_key(parent, name),
                name: name.to_owned(),
            };
            let id = registry.find(spec.kind, &spec.key);
            let state = id.and_then(|id| registry.get(id)).map(|entry| &entry.state);
            let ended = state == Some(&SourceState::Ended);
            Some((spec, id, ended))
        };
        let Some((spec, id, ended)) = known(&self.registry.lock()) else {
            return Child::Refused;
        };
        if let Some(id) = id {
            if ended {
                self.state(id, SourceState::Live);
            }
            return Child::Source(id);
        }
        // Whoever changes the list may be waiting for this very source to end.
        let Some(_change) = self.change.try_lock_for(CHANGE_WAIT) else {
            return Child::Busy;
        };
        match self.enter(spec, SourceState::Live) {
            Ok(id) => Child::Source(id),
            Err(error) => {
                tracing::warn!(%error, %source, name, "a service has no source of its own");
                Child::Refused
            }
        }
    }
}

impl Observer for Shared {
    fn stored(&self, run: &Arc<Run>, added: u64) {
        run.grew(added);
        self.tell_views(run);
        self.indexer.wake();
    }

    fn sampled(&self, run: &Arc<Run>, first_row: u64, samples: Vec<Sample>) {
        let mut news: Vec<Sample> = {
            let mut kinds = run.kinds.lock();
            samples
                .into_iter()
                .filter(|sample| kinds.is_news(sample))
                .collect()
        };
        news.sort_by_key(|sample| (std::cmp::Reverse(sample.level), sample.offset));
        let Some(worst) = news.first() else { return };
        let trouble = Trouble {
            run: run.id.clone(),
            seq: first_row + worst.offset + 1,
            source: run.names().get(worst.source).to_owned(),
            level: worst.level,
            message: worst.message.clone(),
            pattern: worst.pattern.clone(),
            others: u32::try_from(news.len() - 1).unwrap_or(u32::MAX),
        };
        self.hub.trouble(&trouble);
    }

    fn stalled(&self, error: Option<&AppendError>) {
        let notice = match error {
            None => Notice {
                code: "disk_full".into(),
                kind: NoticeKind::Info,
                message: "Storing works again; nothing was lost.".into(),
                hint: String::new(),
                active: false,
            },
            Some(AppendError::DiskFull { path, .. }) => Notice {
                code: "disk_full".into(),
                kind: NoticeKind::Error,
                message: format!(
                    "The disk is full: nothing more can be stored in {}.",
                    path.parent().unwrap_or(path).display()
                ),
                hint: "Free some space or delete old runs. Files and containers wait and lose \
                       nothing; posts are refused until then."
                    .into(),
                active: true,
            },
            Some(other) => Notice {
                code: "disk_full".into(),
                kind: NoticeKind::Error,
                message: format!("Storing fails: {}.", crate::api::chain(other)),
                hint: "It is tried again and again. Files and containers wait and lose nothing; \
                       posts are refused until then."
                    .into(),
                active: true,
            },
        };
        self.notice(&notice);
    }
}
