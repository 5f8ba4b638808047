//! The window's program, started as a user or a driver starts it, in a home of its own.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use reqwest::blocking::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::driver::Driver;
use super::screen;
use crate::support::{DEADLINE, Said, binary};

/// A home with a data directory and log files.
#[derive(Debug)]
pub(crate) struct Home(TempDir);

impl Home {
    /// A new one. Needs a screen.
    pub(crate) fn new() -> Self {
        screen::required();
        Self(TempDir::new().unwrap())
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Writes a log file of these lines.
    pub(crate) fn file(&self, name: &str, lines: impl IntoIterator<Item = String>) -> PathBuf {
        let text: String = lines.into_iter().map(|line| line + "\n").collect();
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The window, driven.
    pub(crate) fn drive(&self, files: &[&Path]) -> Driver {
        let arguments: Vec<_> = self.arguments(files).collect();
        Driver::start(&binary("crosscut-desktop"), &arguments, |command| {
            self.dress(command);
        })
    }

    /// The window on its own.
    pub(crate) fn start(&self, files: &[&Path]) -> Window {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut command = self.command(files);
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let child = command.spawn().unwrap();
        drop(command);
        Window {
            child,
            said: Said::read(reader),
        }
    }

    /// A second start, which is expected to end by itself.
    pub(crate) fn start_again(&self, files: &[&Path]) -> Output {
        self.command(files).output().unwrap()
    }

    fn command(&self, files: &[&Path]) -> Command {
        let mut command = Command::new(binary("crosscut-desktop"));
        command.args(self.arguments(files)).stdin(Stdio::null());
        self.dress(&mut command);
        command
    }

    fn arguments(&self, files: &[&Path]) -> impl Iterator<Item = String> {
        let words = [
            "--port".to_owned(),
            "0".to_owned(),
            "--data".to_owned(),
            text(&self.data()),
        ];
        words.into_iter().chain(files.iter().map(|file| text(file)))
    }

    /// The environment: nothing of the developer's own settings, no Docker.
    fn dress(&self, command: &mut Command) {
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/config"),
            ("XDG_DATA_HOME", "home/data"),
            ("XDG_CACHE_HOME", "home/cache"),
        ] {
            fs::create_dir_all(self.path(folder)).unwrap();
            command.env(name, self.path(folder));
        }
        for name in [
            "CROSSCUT_DATA",
            "CROSSCUT_LOG",
            "DOCKER_CONTEXT",
            "WAYLAND_DISPLAY",
        ] {
            command.env_remove(name);
        }
        command.env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    }

    /// What the program behind the window answers.
    pub(crate) fn api(&self, operation: &str, arguments: &Value) -> Value {
        let endpoint = fs::read_to_string(self.data().join("endpoint.json")).unwrap();
        let endpoint: Value = serde_json::from_str(&endpoint).unwrap();
        let url = format!("{}/api/{operation}", endpoint["url"].as_str().unwrap());
        let http = Client::builder()
            .no_proxy()
            .timeout(DEADLINE)
            .build()
            .unwrap();
        let request = http
            .post(url)
            .bearer_auth(endpoint["token"].as_str().unwrap());
        let answer = request
            .json(arguments)
            .send()
            .unwrap()
            .error_for_status()
            .unwrap();
        answer.json().unwrap()
    }
}

/// A running window without a driver.
#[derive(Debug)]
pub(crate) struct Window {
    child: Child,
    said: Said,
}

impl Window {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has ended; how, and what it said.
    pub(crate) fn ended(mut self) -> (ExitStatus, Vec<String>) {
        assert!(self.said.ends(DEADLINE), "it does not end");
        (self.child.wait().unwrap(), self.said.lines())
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("── what the window said: {:#?}", self.said.lines());
        }
    }
}

/// Appends lines in one write.
pub(crate) fn append(file: &Path, lines: &[String]) {
    let mut text = lines.join("\n");
    text.push('\n');
    let mut file = OpenOptions::new().append(true).open(file).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// A JSON line.
pub(crate) fn line(level: &str, message: &str) -> String {
    json!({"level": level, "msg": message}).to_string()
}

/// JSON lines `line 1` to `line COUNT`.
pub(crate) fn numbered(count: u32) -> impl Iterator<Item = String> {
    (1..=count).map(|number| line("info", &format!("line {number}")))
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
