//! `crosscut run`, `pipe` and `tmux`, as they are typed.

mod pipe;
mod run;
mod streams;
mod terminal;
mod tmux;

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

use crate::support::{Crosscut, DEADLINE, Record, Said, Start, binary};

/// A folder with a data directory to be in it.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The workbench.
    fn serve(&self) -> Crosscut {
        Start::on(&self.data()).serve()
    }

    /// A command, its data directory and nothing else said.
    fn crosscut(&self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(binary("crosscut"));
        command.args(words).env("CROSSCUT_DATA", self.data());
        for name in [
            "CROSSCUT_LOG",
            "DOCKER_CONTEXT",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ] {
            command.env_remove(name);
        }
        command.env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
        command.stdin(Stdio::null());
        command
    }

    /// What `crosscut run -q -- sh -c SCRIPT` does.
    fn run(&self, script: &str) -> Output {
        let words = ["run", "-q", "--", "sh", "-c", script];
        self.crosscut(words).output().unwrap()
    }

    /// What is stored, once nobody owns the data directory any more.
    fn stored(&self) -> Vec<Record> {
        self.serve().records("")
    }
}

/// A command that runs, and what it says.
struct Live {
    child: Child,
    out: Said,
    err: Said,
}

impl Live {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            out: Said::read(child.stdout.take().unwrap()),
            err: Said::read(child.stderr.take().unwrap()),
            child,
        }
    }

    /// Writes to its standard input.
    fn write(&mut self, text: impl AsRef<[u8]>) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(text.as_ref()).unwrap();
        input.flush().unwrap();
    }

    /// Waits for a line that `look` finds something in.
    fn says<T>(&self, what: &str, look: impl Fn(&str) -> Option<T>) -> T {
        let found = self.out.find(DEADLINE, look);
        let (out, err) = (self.out.lines(), self.err.lines());
        found.unwrap_or_else(|| panic!("it never says {what}, only {out:?} and {err:?}"))
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Its end, once its input has ended.
    fn end(mut self) -> ExitStatus {
        drop(self.child.stdin.take());
        let ended = self.err.ends(DEADLINE);
        assert!(ended, "it does not end: {:?}", self.err.lines());
        self.child.wait().unwrap()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn signal(process: u32, name: &str) {
    let words = [format!("-{name}"), process.to_string()];
    assert!(Command::new("kill").args(words).status().unwrap().success());
}

/// Whether a process is there, and no corpse.
fn is_alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    !stat.is_empty() && !state.starts_with('Z')
}

/// The lines of a stream.
fn lines(records: &[Record], stream: &str) -> Vec<String> {
    let own = records.iter().filter(|record| record.stream == stream);
    own.map(|record| record.line.clone()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn file(path: &Path, bytes: &[u8]) -> Stdio {
    std::fs::write(path, bytes).unwrap();
    File::open(path).unwrap().into()
}
