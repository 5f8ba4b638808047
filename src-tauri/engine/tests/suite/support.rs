//! A connector that does what a test tells it, and a workbench on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crosscut_engine::api::{ApiError, Containers, DockerAvailability, Event, SourceState};
use crosscut_engine::source::{Batch, Connection, Connector, Feed, Lines};
use crosscut_engine::{Config, EventStream, Ingest, Part, Retention, Workbench};
use crosscut_model::{RowFlags, SourceSpec};
use serde_json::Value;

/// Hands the feeds of the sources it was asked to follow to the test.
#[derive(Debug, Default)]
pub(crate) struct Puppets(Mutex<HashMap<String, Arc<dyn Feed>>>);

#[derive(Debug)]
struct Strings;

impl Connection for Strings {
    fn stop(self: Box<Self>) {}
}

impl Connector for Puppets {
    fn resolve(&self, mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        if spec.key.is_empty() {
            return Err(ApiError::new("bad_path", "the path is empty"));
        }
        if spec.name.is_empty() {
            spec.name = spec.key.rsplit('/').next().unwrap().to_owned();
        }
        Ok(spec)
    }

    fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        feed.state(SourceState::Live);
        self.0.lock().unwrap().insert(spec.key.clone(), feed);
        Box::new(Strings)
    }

    fn containers(&self) -> Containers {
        let docker = DockerAvailability {
            available: false,
            message: "no daemon in tests".into(),
            hint: String::new(),
        };
        Containers {
            docker,
            containers: Vec::new(),
        }
    }
}

impl Puppets {
    pub(crate) fn feed(&self, key: &str) -> Arc<dyn Feed> {
        Arc::clone(&self.0.lock().unwrap()[key])
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.lock().unwrap().contains_key(key)
    }
}

/// A workbench on a directory of its own.
pub(crate) struct Bench {
    pub(crate) puppets: Arc<Puppets>,
    pub(crate) workbench: Workbench,
    dir: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::keeping(Retention::default())
    }

    /// One that keeps only so much.
    pub(crate) fn keeping(retention: Retention) -> Self {
        Self::on(tempfile::tempdir().unwrap(), retention)
    }

    /// One whose settings file says this.
    pub(crate) fn with_settings(text: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("settings.toml"), text).unwrap();
        Self::with(dir, None)
    }

    fn on(dir: tempfile::TempDir, retention: Retention) -> Self {
        Self::with(dir, Some(retention))
    }

    fn with(dir: tempfile::TempDir, retention: Option<Retention>) -> Self {
        let puppets = Arc::new(Puppets::default());
        let config = Config {
            retention,
            ..Config::new(dir.path())
        };
        let connector: Arc<dyn Connector> = Arc::<Puppets>::clone(&puppets);
        let workbench = Workbench::open(config, connector).unwrap();
        Self {
            puppets,
            workbench,
            dir,
        }
    }

    pub(crate) fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Closes and opens it again.
    pub(crate) fn reopen(self) -> Self {
        self.workbench.close();
        Self::on(self.dir, Retention::default())
    }

    pub(crate) fn call(&self, operation: &str, args: &Value) -> Result<Value, ApiError> {
        let reply = self
            .workbench
            .call(operation, args.to_string().as_bytes())?;
        Ok(serde_json::from_slice(&reply).unwrap())
    }

    pub(crate) fn follow(&self, key: &str) -> Arc<dyn Feed> {
        self.call(
            "source_add",
            &serde_json::json!({"kind": "file", "key": key}),
        )
        .unwrap();
        self.puppets.feed(key)
    }

    pub(crate) fn post(&self, source: &str, lines: &[&str]) -> u64 {
        let ingest = Ingest {
            parts: vec![Part::new(source, lines_of(lines))],
            ..Ingest::default()
        };
        self.workbench.ingest(ingest).unwrap().accepted
    }

    /// Opens a view and gives its number.
    pub(crate) fn view(&self, query: &str) -> u64 {
        let args = serde_json::json!({"client": "test", "query": query});
        self.call("view_open", &args).unwrap()["view"]
            .as_u64()
            .unwrap()
    }

    /// Waits until the index knows all that is stored.
    pub(crate) fn indexed(&self) {
        let behind = || {
            let runs = self.call("runs_list", &serde_json::json!({})).unwrap();
            runs[0]["indexed"] != runs[0]["records"]
        };
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while behind() {
            assert!(std::time::Instant::now() < until, "it is never indexed");
            std::thread::yield_now();
        }
    }

    /// The numbers of all records in a view.
    pub(crate) fn seqs(&self, view: u64) -> Vec<u64> {
        let args = serde_json::json!({"view": view, "start": 0, "count": 1024});
        let rows = self.call("view_rows", &args).unwrap();
        rows["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["seq"].as_u64().unwrap())
            .collect()
    }
}

pub(crate) fn lines_of(lines: &[&str]) -> Lines {
    let mut all = Lines::new();
    for line in lines {
        all.push(line.as_bytes(), RowFlags::NONE);
    }
    all
}

pub(crate) fn batch(lines: &[&str], checkpoint: &str, live: bool) -> Batch {
    Batch {
        lines: lines_of(lines),
        checkpoint: Some(checkpoint.as_bytes().to_vec()),
        live,
        ..Batch::default()
    }
}

/// Waits for an event that a test is about.
pub(crate) async fn event<T>(
    stream: &mut EventStream,
    mut wanted: impl FnMut(Event) -> Option<T>,
) -> T {
    let search = async {
        loop {
            let event = stream.next().await.expect("the workbench closed");
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), search)
        .await
        .expect("no such event came")
}
