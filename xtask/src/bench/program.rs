//! The program under test, running.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::Port;
use super::memory::Watch;
use crate::command::{Context, Failure, Outcome};

/// Between two questions.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_mins(5);

/// Keeps the program from indexing.
const SCAN_ONLY: &str = "CROSSCUT_SCAN_ONLY";

/// Whether the program keeps an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indexing {
    /// As always.
    Usual,
    /// No: as right after a load.
    Never,
}

/// A `crosscut serve` with a data directory of its own; both are gone when dropped.
#[derive(Debug)]
pub(super) struct Crosscut {
    child: Child,
    /// Its data directory.
    pub(super) data: PathBuf,
    /// The address it printed, with the token.
    pub(super) page: String,
    /// Its port.
    pub(super) port: Port,
    /// Its memory.
    pub(super) memory: Watch,
    /// When it was started.
    pub(super) started: Instant,
}

impl Crosscut {
    /// Starts it and waits for its address.
    pub(super) fn start(program: &Path, data: PathBuf, files: &[&Path]) -> Outcome<Self> {
        Self::start_with(program, data, files, Indexing::Usual)
    }

    /// The same, with or without an index.
    pub(super) fn start_with(
        program: &Path,
        data: PathBuf,
        files: &[&Path],
        indexing: Indexing,
    ) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.args(files);
        match indexing {
            Indexing::Usual => command.env_remove(SCAN_ONLY),
            Indexing::Never => command.env(SCAN_ONLY, "1"),
        };
        Self::serve(program, data, &command)
    }

    /// Follows all containers of the Docker daemon at `host`.
    pub(super) fn start_on_docker(program: &Path, data: PathBuf, host: &str) -> Outcome<Self> {
        let mut command = Command::new(program);
        command.arg("--docker").env("CROSSCUT_DOCKER_HOST", host);
        Self::serve(program, data, &command)
    }

    /// Starts what is prepared but for the arguments that all need.
    fn serve(program: &Path, data: PathBuf, prepared: &Command) -> Outcome<Self> {
        forget(&data);
        let mut command = Command::new(program);
        command.args(["serve", "--port", "0", "--data"]).arg(&data);
        command.args(prepared.get_args()).env_remove("CROSSCUT_LOG");
        for (name, value) in prepared.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context(program.display())?;
        let memory = Watch::start(child.id());
        let mut page = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out)
                .read_line(&mut page)
                .context("its first line")?;
        }
        let page = page.trim().to_owned();
        let Some(port) = Port::of_page(&page) else {
            child
                .kill()
                .and_then(|()| child.wait())
                .context("ending it")?;
            return Err(Failure::new(format!("it does not serve; it said {page:?}")));
        };
        Ok(Self {
            child,
            data,
            page,
            port,
            memory,
            started,
        })
    }

    /// Asks again and again until the answer is right; when that was.
    pub(super) fn until(
        &self,
        what: &str,
        mut right: impl FnMut(&Port) -> Outcome<bool>,
    ) -> Outcome<Instant> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if right(&self.port)? {
                return Ok(Instant::now());
            }
            std::thread::sleep(ASK_EVERY);
        }
        Err(Failure::new(format!("never: {what}")))
    }

    /// Waits until the first rows of the current run can be shown.
    pub(super) fn first_rows(&self) -> Outcome<Instant> {
        let open = json!({ "client": "bench", "query": "" });
        let view = self.port.api("view_open", &open)?;
        let rows = json!({ "view": view.get("view"), "start": 0, "count": 60 });
        self.until("the first rows", |port| {
            let rows = port.api("view_rows", &rows)?;
            let rows = rows.get("rows").and_then(Value::as_array);
            Ok(rows.is_some_and(|rows| !rows.is_empty()))
        })
    }

    /// Waits until the only source is live and has so many records.
    pub(super) fn loaded(&self, records: u64) -> Outcome<Instant> {
        self.until("everything is loaded", |port| {
            let sources = port.api("sources_list", &json!({}))?;
            let live = sources.pointer("/0/state") == Some(&json!("live"));
            Ok(live && sources.pointer("/0/records") == Some(&json!(records)))
        })
    }

    /// Waits until the index has all records.
    pub(super) fn indexed(&self, records: u64) -> Outcome<Instant> {
        self.until("the index has caught up", |port| {
            Ok(self::run(port)?.get("indexed") == Some(&json!(records)))
        })
    }

    /// Processor time used so far, by all threads. Seconds.
    pub(super) fn processor(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let (_, behind_name) = text.rsplit_once(')')?;
        let mut fields = behind_name.split_ascii_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<f64>().ok();
        // Linux tells hundredths, whatever the kernel's own clock.
        Some((ticks()? + ticks()?) / 100.0)
    }
}

/// What the current run is.
pub(super) fn run(port: &Port) -> Outcome<Value> {
    let runs = port.api("runs_list", &json!({}))?;
    let runs = runs
        .as_array()
        .and_then(|runs| runs.iter().find(|run| run["current"] == true));
    runs.cloned()
        .ok_or_else(|| Failure::new("there is no current run"))
}

impl Drop for Crosscut {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).ok();
        forget(&self.data);
    }
}

/// Removes a data directory, if there is one.
fn forget(data: &Path) {
    std::fs::remove_dir_all(data).ok();
}
