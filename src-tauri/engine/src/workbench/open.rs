//! Opening and closing.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crosscut_model::{Clock, SystemClock};
use crosscut_store::{DataDir, DataDirError, DiskStorage, RunManifest, Storage, StoreOptions};
use parking_lot::{Mutex, RwLock};

use super::finder::Finder;
use super::indexer::Indexer;
use super::ingest::{Clients, Keys};
use super::search::Answers;
use super::settings::InUse;
use super::shared::Shared;
use super::upkeep::Upkeep;
use super::{Config, Endpoint, OpenError, Owner, Workbench};
use crate::api::chain;
use crate::hub::Hub;
use crate::pipeline::{Observer, Pipeline};
use crate::run::Run;
use crate::source::Connector;
use crate::sources::Registry;
use crate::views::{LiveViews, Tasks, Views};

/// Where a running workbench tells how to reach it.
const ENDPOINT_FILE: &str = "endpoint.json";

/// Where the token is kept.
const TOKEN_FILE: &str = "token";

/// Set to anything, nothing is indexed and every search scans: the way it is right after a load,
/// kept up for as long as measuring takes (`cargo xtask bench search`).
const SCAN_ONLY: &str = "CROSSCUT_SCAN_ONLY";

impl Workbench {
    /// Opens the data directory, its current run (the newest not ended, else a new one) and
    /// resumes that run's sources. Starts threads; needs no async runtime.
    pub fn open(config: Config, connector: Arc<dyn Connector>) -> Result<Self, OpenError> {
        let Config {
            data_dir,
            retention,
            follows_settings,
        } = config;
        let storage: Arc<dyn Storage> = Arc::new(DiskStorage);
        let data = DataDir::open(storage, &data_dir).map_err(|error| match error {
            DataDirError::Locked { .. } => OpenError::Locked {
                endpoint: endpoint_of(&data_dir),
                data_dir: data_dir.clone(),
            },
            DataDirError::Io { .. } => failed(&error),
        })?;
        // The last owner may have been killed before it could take its word back.
        data.remove_private(ENDPOINT_FILE)
            .map_err(|error| failed(&error))?;
        let token = token(&data)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (run, recovery) = current_run(&data, &*clock)?;
        let run = Arc::new(run);
        let (hub, views) = (Arc::new(Hub::default()), Arc::new(Views::default()));
        let live = LiveViews::start(&views, &hub).map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared {
            clock,
            zone: jiff::tz::TimeZone::system(),
            data,
            settings: InUse::new(retention),
            follows_settings,
            run_ended: AtomicBool::new(true),
            connector,
            token,
            endpoint: Mutex::default(),
            hub,
            views,
            live,
            indexer: Indexer::default(),
            finder: Finder::default(),
            pipeline: OnceLock::new(),
            current: RwLock::new(Arc::clone(&run)),
            others: Mutex::new(HashMap::new()),
            registry: Mutex::new(Registry::default()),
            clients: Clients::default(),
            keys: Keys::of_run(&run.store),
            change: Mutex::default(),
            asked: Mutex::default(),
            answers: Answers::default(),
            completing: Tasks::default(),
            notices: Mutex::default(),
            closed: AtomicBool::new(false),
        });
        let observer: Arc<dyn Observer> = Arc::<Shared>::clone(&shared);
        let pipeline = Pipeline::start(Arc::clone(&run), observer).map_err(|e| failed(&e))?;
        if shared.pipeline.set(Arc::new(pipeline)).is_err() {
            tracing::error!("the pipeline was started twice");
        }
        if std::env::var_os(SCAN_ONLY).is_none() {
            shared
                .indexer
                .start(&shared)
                .map_err(|error| failed(&error))?;
        }
        shared
            .finder
            .start(&shared)
            .map_err(|error| failed(&error))?;
        // Before anything can be stored.
        shared.open_settings();
        let upkeep = Upkeep::start(&shared).map_err(|error| failed(&error))?;
        if let Some(recovery) = recovery {
            shared.tell_recovery(&run, &recovery);
        }
        shared.resume_sources();
        shared.follow_settings();
        shared.indexer.wake();
        let owner = Owner {
            shared: Arc::clone(&shared),
            upkeep: Mutex::new(Some(upkeep)),
        };
        Ok(Self {
            shared,
            owner: Arc::new(owner),
        })
    }

    /// Tells where the port listens, and writes it where other processes find it.
    pub fn set_endpoint(&self, url: &str, window: bool) {
        let endpoint = Endpoint {
            url: url.to_owned(),
            token: self.shared.token.clone(),
            pid: std::process::id(),
            window,
        };
        let written = serde_json::to_vec(&endpoint)
            .map_err(|error| error.to_string())
            .and_then(|bytes| {
                self.shared
                    .data
                    .write_private(ENDPOINT_FILE, &bytes)
                    .map_err(|e| chain(&e))
            });
        if let Err(error) = written {
            tracing::warn!(%error, "other processes cannot find this one");
        }
        *self.shared.endpoint.lock() = Some(endpoint);
    }
}

impl Owner {
    pub(super) fn close(&self) {
        let shared = &self.shared;
        let change = shared.change.lock();
        if shared.closed.load(Ordering::Acquire) {
            return;
        }
        shared.finder.stop();
        let following = shared.registry.lock().take_following();
        for source in following {
            source.stop();
        }
        shared.closed.store(true, Ordering::Release);
        drop(change);
        if let Some(pipeline) = shared.pipeline.get() {
            pipeline.stop();
        }
        for run in shared.open_runs() {
            run.stop_indexing();
        }
        shared.indexer.stop();
        if let Some(upkeep) = self.upkeep.lock().take() {
            upkeep.stop();
        }
        shared.live.stop();
        if let Err(error) = shared.current().store.seal() {
            tracing::warn!(%error, "the run could not be sealed");
        }
        if let Err(error) = shared.data.remove_private(ENDPOINT_FILE) {
            tracing::warn!(%error, "the address could not be taken back");
        }
        shared.data.release();
        shared.hub.wake_all();
    }
}

fn failed(error: &dyn std::error::Error) -> OpenError {
    OpenError::Data(chain(error))
}

/// The newest run that has not ended, else a new one.
fn current_run(
    data: &DataDir,
    clock: &dyn Clock,
) -> Result<(Run, Option<crosscut_store::Recovery>), OpenError> {
    let runs = data.runs().map_err(|error| failed(&error))?;
    for (id, manifest) in &runs {
        let ended = manifest
            .as_ref()
            .is_ok_and(|manifest| manifest.ended.is_some());
        if ended {
            continue;
        }
        match data.open_run(id, StoreOptions::default()) {
            Ok((store, recovery)) if store.manifest().ended.is_none() => {
                return Ok((Run::new(store), Some(recovery)));
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, run = %id, "a run cannot be opened"),
        }
    }
    let now = clock.now();
    let number = runs.len() + 1;
    let manifest = RunManifest::new(data.new_run_id(now), format!("Run {number}"), now);
    let store = data
        .create_run(manifest, StoreOptions::default())
        .map_err(|error| failed(&error))?;
    Ok((Run::new(store), None))
}

/// The token: 32 random bytes in hexadecimal.
fn token(data: &DataDir) -> Result<String, OpenError> {
    let known = data.read(TOKEN_FILE).map_err(|error| failed(&error))?;
    let known = known.and_then(|bytes| String::from_utf8(bytes).ok());
    let fits = |token: &String| token.len() == 64 && token.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(token) = known.map(|token| token.trim().to_owned()).filter(fits) {
        return Ok(token);
    }
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| OpenError::Data(error.to_string()))?;
    let mut token = String::with_capacity(64);
    for byte in bytes {
        write!(token, "{byte:02x}").map_err(|error| failed(&error))?;
    }
    data.write_private(TOKEN_FILE, token.as_bytes())
        .map_err(|error| failed(&error))?;
    Ok(token)
}

/// Where the workbench that owns `data_dir` can be reached, by its own word. The word may be stale.
pub fn endpoint_of(data_dir: &Path) -> Option<Endpoint> {
    let bytes = crosscut_store::read_private(&DiskStorage, data_dir, ENDPOINT_FILE).ok()??;
    serde_json::from_slice(&bytes).ok()
}

/// Where the demonstration keeps its runs, so that they never mix with real ones.
pub fn demo_data_dir() -> PathBuf {
    default_data_dir().join("demo")
}

/// The platform's data directory for Crosscut.
pub fn default_data_dir() -> PathBuf {
    directories::ProjectDirs::from("dev", "Crosscut", "crosscut").map_or_else(
        || PathBuf::from(".crosscut"),
        |dirs| dirs.data_dir().to_path_buf(),
    )
}
