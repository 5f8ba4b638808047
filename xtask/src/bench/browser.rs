//! The page in Chromium, and what is seen in it: a script run by node does both.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use super::Place;
use super::program::Crosscut;
use crate::command::{Context, Failure, Outcome};

/// A browser that shows the page and takes notes.
#[derive(Debug)]
pub(super) struct Browser {
    /// Where the last notes are kept, for who wants to look closer.
    notes: PathBuf,
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

/// What the page noted.
#[derive(Debug, Deserialize)]
pub(super) struct Notes {
    /// Behind each frame in which it changed: milliseconds since 1970, and the highest number of a
    /// record on screen.
    pub(super) seen: Vec<(f64, u64)>,
    /// Milliseconds between frames.
    pub(super) frames: Vec<f64>,
    /// Milliseconds from a key to the frame behind it.
    pub(super) keys: Vec<f64>,
    /// Used by the page's script in the end. Bytes.
    pub(super) heap: u64,
}

impl Browser {
    /// Opens the page and waits until it shows its first record.
    pub(super) fn open(place: &Place, crosscut: &Crosscut) -> Outcome<Self> {
        let mut child = Command::new("node")
            .arg(place.scripts.join("page.mjs"))
            .arg(&crosscut.page)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("node")?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::new("node has no input or no output"));
        };
        let mut browser = Self {
            notes: place.folder.join("notes.json"),
            child,
            to: Some(to),
            from: BufReader::new(from),
        };
        match browser.line()?.as_str() {
            "ready" => Ok(browser),
            other => Err(Failure::new(format!("the page does not open: {other:?}"))),
        }
    }

    /// From now on it takes notes.
    pub(super) fn begin(&mut self) -> Outcome {
        self.say("begin")?;
        match self.line()?.as_str() {
            "begun" => Ok(()),
            other => Err(Failure::new(format!("the page does not answer: {other:?}"))),
        }
    }

    /// Waits until the page shows this record (or long enough), and takes its notes.
    pub(super) fn end(mut self, last: u64) -> Outcome<Notes> {
        self.say(&format!("end {last}"))?;
        let line = self.line()?;
        self.to.take();
        self.child.wait().context("node")?;
        std::fs::write(&self.notes, &line).context(self.notes.display())?;
        serde_json::from_str(&line).context("the page's notes")
    }

    fn say(&mut self, what: &str) -> Outcome {
        match &mut self.to {
            Some(to) => writeln!(to, "{what}").context("node"),
            None => Err(Failure::new("node is not listened to any more")),
        }
    }

    fn line(&mut self) -> Outcome<String> {
        let mut line = String::new();
        self.from.read_line(&mut line).context("node")?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Its input's end is its end, and the browser's.
        self.to.take();
        self.child.wait().ok();
    }
}
