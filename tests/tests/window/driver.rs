//! A client of W3C WebDriver, as far as these tests need one.
//!
//! Waiting happens inside the page: a condition is looked at before each frame until it holds, so
//! nothing here sleeps and nothing is missed between two looks.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::support::{DEADLINE, Said};

/// How long a condition in the page may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The key under which WebDriver tells an element's id.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// WebKit's driver as a process, and the one session in it.
#[derive(Debug)]
pub(crate) struct Driver {
    child: Child,
    /// What it and the program it starts say, on either output.
    pub(crate) said: Said,
    http: Client,
    session: String,
}

impl Driver {
    /// Starts the driver and, by it, the program; `environment` is for both.
    pub(crate) fn start(
        program: &std::path::Path,
        arguments: &[String],
        environment: impl Fn(&mut Command),
    ) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null());
        environment(&mut command);
        // What makes Tauri let itself be driven.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let (reader, writer) = std::io::pipe().unwrap();
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let child = command
            .spawn()
            .expect("WebKitWebDriver does not start: `cargo xtask setup test` installs it");
        drop(command);
        let mut driver = Self {
            child,
            said: Said::read(reader),
            http: Client::builder()
                .no_proxy()
                .timeout(DEADLINE)
                .build()
                .unwrap(),
            session: String::new(),
        };
        let base = format!("http://127.0.0.1:{port}");
        driver.listening(&base);
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "webkitgtk:browserOptions": {"binary": program, "args": arguments},
            "timeouts": {"script": u64::try_from(PATIENCE.as_millis()).unwrap()},
        }}});
        let session = driver.post(&format!("{base}/session"), &wanted).unwrap();
        let id = session["sessionId"].as_str().unwrap();
        driver.session = format!("{base}/session/{id}");
        driver
    }

    /// Waits until it accepts connections; it tells nobody when it does.
    fn listening(&self, base: &str) {
        let until = Instant::now() + DEADLINE;
        while self.http.get(format!("{base}/status")).send().is_err() {
            assert!(Instant::now() < until, "WebKitWebDriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a function's body in the page and returns its result.
    pub(crate) fn run(&self, body: &str, arguments: &Value) -> Value {
        self.script("sync", body, arguments).unwrap()
    }

    /// Waits until an expression over `given` is true in the page.
    pub(crate) fn until(&self, what: &str, condition: &str, given: &Value) -> Value {
        let body = format!(
            "const [given, done] = arguments;
             const look = () => {{
                 const found = ({condition});
                 if (found) done(found); else requestAnimationFrame(look);
             }};
             look();"
        );
        self.script("async", &body, given).unwrap_or_else(|error| {
            let page = self.run("return document.body.innerText", &Value::Null);
            panic!("never: {what} ({error}); the page shows:\n{page}")
        })
    }

    fn script(&self, how: &str, body: &str, argument: &Value) -> Result<Value, String> {
        let url = format!("{}/execute/{how}", self.session);
        self.post(&url, &json!({"script": body, "args": [argument]}))
    }

    /// Clicks the element with this test id.
    pub(crate) fn click(&self, id: &str) {
        let element = self.element(&format!("[data-testid={id}]"));
        self.on(&element, "click", &json!({}));
    }

    /// Types into the element with this test id.
    pub(crate) fn fill(&self, id: &str, text: &str) {
        let element = self.element(&format!("[data-testid={id}]"));
        self.on(&element, "clear", &json!({}));
        self.on(&element, "value", &json!({"text": text}));
    }

    fn element(&self, selector: &str) -> String {
        let url = format!("{}/element", self.session);
        let found = self
            .post(&url, &json!({"using": "css selector", "value": selector}))
            .unwrap();
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    fn on(&self, element: &str, action: &str, arguments: &Value) {
        let url = format!("{}/element/{element}/{action}", self.session);
        self.post(&url, arguments).unwrap();
    }

    fn post(&self, url: &str, body: &Value) -> Result<Value, String> {
        let answer = self.http.post(url).json(body).send();
        let answer = answer.unwrap_or_else(|error| panic!("{error:?}: {:#?}", self.said.lines()));
        let good = answer.status().is_success();
        let mut answer: Value = answer.json().unwrap();
        let value = answer["value"].take();
        if good {
            Ok(value)
        } else {
            Err(format!("{}: {}", value["error"], value["message"]))
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver ends the program with the session, but nobody tells when; on a busy machine it
        // is ended itself before it has done so.
        let programs = children(self.child.id());
        if !self.session.is_empty() {
            self.http.delete(&self.session).send().ok();
        }
        self.child.kill().ok();
        self.child.wait().ok();
        for program in programs {
            let mut kill = Command::new("kill");
            kill.args(["-KILL", &program]).stderr(Stdio::null());
            kill.status().ok();
        }
        if std::thread::panicking() {
            eprintln!(
                "── what the window and its driver said: {:#?}",
                self.said.lines()
            );
        }
    }
}

/// The processes that a process has started and that still run.
fn children(process: u32) -> Vec<String> {
    let list = format!("/proc/{process}/task/{process}/children");
    let list = std::fs::read_to_string(list).unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
