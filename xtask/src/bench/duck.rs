//! DuckDB, the fastest way to ask such a file for numbers that a developer has at hand.
//!
//! From PyPI, into an environment of its own below the bench's folder; asked through a small script
//! that is kept running, so that what counts is DuckDB's own time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use super::Place;
use crate::command::{Context, Failure, Outcome, Run, find_program};
use crate::say;

/// A session with a database.
#[derive(Debug)]
pub(super) struct Duck {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

/// What a statement gave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer {
    /// Milliseconds, until all rows were there.
    pub(super) ms: f64,
    /// The first column of the first row, where that is a whole number.
    pub(super) value: Option<u64>,
}

/// The script's words.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Reply {
    Good { ms: f64, value: Option<u64> },
    Bad { error: String },
}

impl Duck {
    /// Starts a session, having installed it if need be and there is a Python to install it into.
    pub(super) fn install(place: &Place) -> Outcome<Option<Self>> {
        let home = place.folder.join("venv");
        if Command::new(python(&home))
            .args(["-c", "import duckdb, pytz"])
            .succeeds()
        {
            return Self::start(place).map(Some);
        }
        if find_program("python3").is_none() {
            say::line("no python3 here: no DuckDB to compare with");
            return Ok(None);
        }
        say::step("DuckDB from PyPI (once)");
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&home)
            .run()?;
        Command::new(python(&home))
            .args(["-m", "pip", "install", "--quiet", "duckdb", "pytz"])
            .run()?;
        Self::start(place).map(Some)
    }

    /// Starts a session with an empty database in a file.
    pub(super) fn start(place: &Place) -> Outcome<Self> {
        let database = place.folder.join("duck.db");
        std::fs::remove_file(&database).ok();
        let mut child = Command::new(python(&place.folder.join("venv")))
            .arg(place.scripts.join("duck.py"))
            .arg(&database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("DuckDB")?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::new("DuckDB has no input or no output"));
        };
        let mut duck = Self {
            child,
            to: Some(to),
            from: BufReader::new(from),
        };
        // Python has started and everything is imported when this is answered.
        duck.ask("SELECT 1")?;
        Ok(duck)
    }

    /// Loads the file into the table `logs`. Milliseconds.
    pub(super) fn load(&mut self, file: &Path) -> Outcome<f64> {
        let file = file.to_string_lossy().replace('\'', "''");
        let statement = format!(
            "CREATE TABLE logs AS SELECT * FROM read_json('{file}', format = 'newline_delimited')"
        );
        Ok(self.ask(&statement)?.ms)
    }

    /// Runs a statement.
    pub(super) fn ask(&mut self, statement: &str) -> Outcome<Answer> {
        let Some(to) = &mut self.to else {
            return Err(Failure::new("DuckDB has ended"));
        };
        writeln!(to, "{}", json!(statement)).context("DuckDB")?;
        let mut line = String::new();
        self.from.read_line(&mut line).context("DuckDB")?;
        match serde_json::from_str(&line).context(format_args!("DuckDB said {line:?}"))? {
            Reply::Good { ms, value } => Ok(Answer { ms, value }),
            Reply::Bad { error } => Err(Failure::new(format!("DuckDB: {statement}: {error}"))),
        }
    }
}

impl Drop for Duck {
    fn drop(&mut self) {
        // Its input's end is its end.
        self.to.take();
        self.child.wait().ok();
    }
}

fn python(home: &Path) -> std::path::PathBuf {
    home.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    })
}
