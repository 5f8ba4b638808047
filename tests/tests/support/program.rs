//! `crosscut serve` as a process, and its port.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Instant;

use reqwest::blocking::{Body, Client, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::events::Events;
use super::said::Said;
use super::{DEADLINE, binary};

/// A start to come.
#[derive(Debug)]
pub(crate) struct Start {
    program: PathBuf,
    data: PathBuf,
    port: u16,
    arguments: Vec<String>,
    docker: Option<String>,
    user: Option<u32>,
}

impl Start {
    /// `crosscut serve` on this data directory, any free port, no Docker.
    pub(crate) fn on(data: &Path) -> Self {
        Self {
            program: binary("crosscut"),
            data: data.to_owned(),
            port: 0,
            arguments: Vec::new(),
            docker: None,
            user: None,
        }
    }

    /// Follows a file.
    pub(crate) fn file(self, file: &Path) -> Self {
        self.argument(file.to_str().unwrap())
    }

    /// Adds an argument.
    pub(crate) fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// On this port, if it can be had.
    pub(crate) fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// With this Docker daemon.
    pub(crate) fn docker(mut self, host: String) -> Self {
        self.docker = Some(host);
        self
    }

    /// As another user, from a copy of the program that this user can reach. Only root may.
    pub(crate) fn user(mut self, user: u32, program: PathBuf) -> Self {
        self.user = Some(user);
        self.program = program;
        self
    }

    fn command(&self) -> Command {
        let mut command = match self.user {
            None => Command::new(&self.program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command
                    .args([format!("--reuid={user}"), format!("--regid={user}")])
                    .arg("--clear-groups")
                    .arg(&self.program);
                command
            }
        };
        command.arg("serve").arg("--data").arg(&self.data);
        command
            .args(["--port", &self.port.to_string()])
            .args(&self.arguments);
        for name in ["CROSSCUT_DATA", "CROSSCUT_LOG", "DOCKER_CONTEXT"] {
            command.env_remove(name);
        }
        let nowhere = || "unix:///nonexistent/docker.sock".to_owned();
        command.env("DOCKER_HOST", self.docker.clone().unwrap_or_else(nowhere));
        command.stdin(Stdio::null());
        command
    }

    /// Starts it without waiting for anything.
    pub(crate) fn spawn(&self) -> Crosscut {
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Crosscut {
            out: Said::read(child.stdout.take().unwrap()),
            err: Said::read(child.stderr.take().unwrap()),
            child,
            http: Client::builder()
                .no_proxy()
                .timeout(DEADLINE)
                .build()
                .unwrap(),
            page: String::new(),
            events: None,
        }
    }

    /// Starts it and waits until it serves.
    pub(crate) fn serve(&self) -> Crosscut {
        self.spawn().serving()
    }

    /// Runs one that is expected to end by itself.
    pub(crate) fn run(&self) -> Output {
        self.command().output().unwrap()
    }
}

/// How a program ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    /// SIGTERM.
    Terminate,
    /// SIGINT, as Ctrl-C sends it.
    Interrupt,
}

/// A record as `/raw?format=jsonl` tells it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Record {
    pub(crate) seq: u64,
    pub(crate) source: String,
    pub(crate) stream: String,
    pub(crate) level: String,
    pub(crate) line: String,
}

/// A running `crosscut serve`; ended when dropped.
#[derive(Debug)]
pub(crate) struct Crosscut {
    child: Child,
    pub(crate) out: Said,
    pub(crate) err: Said,
    http: Client,
    page: String,
    events: Option<Events>,
}

impl Crosscut {
    /// Waits until it serves.
    pub(crate) fn serving(mut self) -> Self {
        let page = self.out.find(DEADLINE, |line| Some(line.to_owned()));
        self.page = page.unwrap_or_else(|| panic!("it never served: {:?}", self.err.lines()));
        self.events = Some(Events::read(self.get("/api/events?client=test")));
        self
    }

    /// The address that it printed.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// The base address.
    pub(crate) fn url(&self) -> &str {
        self.page.split("/?token=").next().unwrap()
    }

    pub(crate) fn token(&self) -> &str {
        self.page.split("/?token=").nth(1).unwrap()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A request with the token.
    pub(crate) fn get(&self, path: &str) -> Response {
        let request = self.http.get(format!("{}{path}", self.url()));
        request
            .bearer_auth(self.token())
            .timeout(DEADLINE)
            .send()
            .unwrap()
    }

    /// The text of a page that must be there.
    pub(crate) fn text(&self, path: &str) -> String {
        let response = self.get(path);
        let status = response.status();
        let text = response.text().unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        text
    }

    /// Posts without a token.
    pub(crate) fn post(&self, path: &str, kind: &str, body: impl Into<Body>) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.url())).body(body);
        let response = request.header("content-type", kind).send().unwrap();
        let status = response.status().as_u16();
        let text = response.text().unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// Performs an operation.
    pub(crate) fn api(&self, operation: &str, arguments: &Value) -> Value {
        let request = self.http.post(format!("{}/api/{operation}", self.url()));
        let response = request
            .bearer_auth(self.token())
            .json(arguments)
            .send()
            .unwrap();
        let status = response.status();
        let text = response.text().unwrap();
        assert_eq!(status, 200, "{operation}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Performs an operation that is to be refused, and gives what is said about it.
    pub(crate) fn refused(&self, operation: &str, arguments: &Value) -> Value {
        let request = self.http.post(format!("{}/api/{operation}", self.url()));
        let response = request
            .bearer_auth(self.token())
            .json(arguments)
            .send()
            .unwrap();
        let status = response.status().as_u16();
        assert!((400..500).contains(&status), "{operation}: {status}");
        response.json().unwrap()
    }

    /// The source of this name, if there is one.
    pub(crate) fn source(&self, name: &str) -> Option<Value> {
        let sources = self.api("sources_list", &json!({}));
        let all = sources.as_array().unwrap();
        all.iter().find(|source| source["name"] == name).cloned()
    }

    /// Waits until a source is live and has so many records.
    pub(crate) fn live(&self, name: &str, records: u64) -> Value {
        self.until(&format!("{records} records of {name}, live"), || {
            let source = self.source(name)?;
            let there = source["state"] == "live" && source["records"] == records;
            there.then_some(source)
        })
    }

    /// Waits until a source is in a state.
    pub(crate) fn state(&self, name: &str, state: &str) -> Value {
        self.until(&format!("{name} is {state}"), || {
            self.source(name).filter(|source| source["state"] == state)
        })
    }

    /// The active notice of this code, if there is one.
    pub(crate) fn notice(&self, code: &str) -> Option<Value> {
        let status = self.api("status", &json!({}));
        let notices = status["notices"].as_array().unwrap();
        let mut active = notices.iter().filter(|notice| notice["active"] == true);
        active.find(|notice| notice["code"] == code).cloned()
    }

    /// Looks again and again, at each news that the workbench tells, until there is something.
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let events = self.events.as_ref().unwrap();
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = look() {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            if !events.news(left) {
                let sources = self.api("sources_list", &json!({}));
                panic!("never: {what}; the sources are {sources:#}");
            }
        }
    }

    /// Everything of the current run that this asks for, page by page.
    pub(crate) fn records(&self, which: &str) -> Vec<Record> {
        self.records_by(which, 20_000)
    }

    /// The same with so many records a page.
    pub(crate) fn records_by(&self, which: &str, page: usize) -> Vec<Record> {
        let mut all: Vec<Record> = Vec::new();
        loop {
            let since = all.last().map_or(0, |record| record.seq);
            let path = format!("/raw?format=jsonl&limit={page}&since={since}&{which}");
            let text = self.text(&path);
            if text.is_empty() {
                return all;
            }
            all.extend(
                text.lines()
                    .map(|line| serde_json::from_str::<Record>(line).unwrap()),
            );
        }
    }

    /// The lines of a source.
    pub(crate) fn lines(&self, source: &str) -> Vec<String> {
        let records = self.records(&format!("source={source}"));
        records.into_iter().map(|record| record.line).collect()
    }

    /// A live stream.
    pub(crate) fn stream(&self, which: &str) -> Events {
        Events::read(self.get(&format!("/stream?{which}")))
    }

    /// Waits for a line on standard error.
    pub(crate) fn says(&self, what: &str) -> String {
        let line = self.err.find(DEADLINE, |line| {
            line.contains(what).then(|| line.to_owned())
        });
        line.unwrap_or_else(|| panic!("it never says {what:?}, only {:?}", self.err.lines()))
    }

    /// The most memory it has used at a time. Bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kilobytes * 1024
    }

    /// Asks it to end and waits until it has.
    pub(crate) fn end(mut self, ending: Ending) -> ExitStatus {
        let signal = match ending {
            Ending::Terminate => "-TERM",
            Ending::Interrupt => "-INT",
        };
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        assert!(self.err.ends(DEADLINE), "it does not end");
        self.child.wait().unwrap()
    }

    /// Ends it as a crash does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Crosscut {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if std::thread::panicking() {
            eprintln!("── what crosscut said: {:#?}", self.err.lines());
        }
    }
}
