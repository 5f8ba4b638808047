//! lnav, the fastest reader of this kind of file that a developer has at hand.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::command::{Context, Failure, Outcome, Run, find_program};
use crate::say;

/// Tells lnav what our corpus is, so that it reads time, level and message of each line as we do;
/// without it lnav shows the lines as plain text.
const FORMAT: &str = r#"{
  "$schema": "https://lnav.org/schemas/format-v1.schema.json",
  "crosscut_bench": {
    "title": "corpus", "description": "the corpus of cargo xtask gen", "json": true,
    "timestamp-field": "timestamp", "level-field": "level", "body-field": "msg",
    "line-format": [
      { "field": "__timestamp__" }, " ", { "field": "level" }, " ",
      { "field": "service" }, " ", { "field": "msg" }
    ],
    "value": { "service": { "kind": "string", "identifier": true } }
  }
}
"#;

/// How lnav reads the corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a log: time, level and message of each line, as we do.
    Log,
    /// As lines of text, which is what it does when nobody tells it the format.
    Text,
}

/// lnav, if it is there, with a folder of its own for what it keeps.
#[derive(Debug)]
pub(super) struct Lnav<'a> {
    home: &'a Path,
}

impl<'a> Lnav<'a> {
    pub(super) fn find(home: &'a Path) -> Outcome<Option<Self>> {
        if find_program("lnav").is_none() {
            say::line("no lnav here: nothing to compare opening with (Debian: apt install lnav)");
            return Ok(None);
        }
        let formats = home.join("config/formats/crosscut");
        std::fs::create_dir_all(&formats).context(formats.display())?;
        std::fs::write(formats.join("format.json"), FORMAT).context(formats.display())?;
        Ok(Some(Self { home }))
    }

    /// Seconds from its start to its end, having loaded the file and nothing more.
    pub(super) fn load(&self, file: &Path, reading: Reading) -> Outcome<f64> {
        // Asked for the number of its last line, which it knows when it has seen all lines; a
        // text has no such number, but is loaded as well before it says so.
        let begin = Instant::now();
        let mut command = Command::new("lnav");
        command.env("HOME", self.home);
        if reading == Reading::Log {
            command.arg("-I").arg(self.home.join("config"));
        }
        let last = command
            .args(["-n", "-c", ":goto 100%", "-c", ";SELECT log_top_line()"])
            .arg(file)
            .read()?;
        let took = begin.elapsed().as_secs_f64();
        let number = last
            .lines()
            .last()
            .and_then(|line| line.trim().parse::<u64>().ok());
        match (number, reading) {
            (Some(_), Reading::Log) | (None, Reading::Text) => Ok(took),
            _ => Err(Failure::new(format!(
                "lnav did not load the file: {last:?}"
            ))),
        }
    }
}
