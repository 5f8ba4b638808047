//! A workbench in a directory of its own, its port, and ways to talk to it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use async_compression::tokio::write::{GzipEncoder, ZlibEncoder, ZstdEncoder};
use crosscut_engine::api::{ApiError, Containers, DockerAvailability, SourceState};
use crosscut_engine::source::{Batch, Connection, Connector, Feed, Lines};
use crosscut_engine::{Config, Workbench};
use crosscut_model::SourceSpec;
use crosscut_server::{Bound, Options, Server};
use futures_util::{Stream, StreamExt};
use parking_lot::Mutex;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Follows nothing by itself: a test plays the sources it has added, by their keys.
#[derive(Debug, Default)]
struct Played(Mutex<HashMap<String, Arc<dyn Feed>>>);

#[derive(Debug)]
struct Silence;

impl Connector for Played {
    fn resolve(&self, mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        if spec.key.is_empty() {
            return Err(ApiError::new("bad_path", "the path is empty"));
        }
        if spec.name.is_empty() {
            spec.name.clone_from(&spec.key);
        }
        Ok(spec)
    }

    fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        feed.state(SourceState::Live);
        self.0.lock().insert(spec.key.clone(), feed);
        Box::new(Silence)
    }

    fn containers(&self) -> Containers {
        let none = DockerAvailability {
            available: false,
            message: "no Docker in tests".into(),
            hint: String::new(),
        };
        Containers {
            docker: none,
            containers: Vec::new(),
        }
    }
}

impl Connection for Silence {
    fn stop(self: Box<Self>) {}
}

pub(crate) fn workbench(dir: &TempDir) -> Workbench {
    Workbench::open(Config::new(dir.path()), Arc::new(Played::default())).unwrap()
}

pub(crate) struct Port {
    pub(crate) workbench: Workbench,
    pub(crate) bound: Bound,
    pub(crate) client: Client,
    pub(crate) dir: TempDir,
    sources: Arc<Played>,
}

impl Port {
    pub(crate) async fn open() -> Self {
        Self::open_with(Options::default()).await
    }

    /// On any free port, whatever the options say.
    pub(crate) async fn open_with(options: Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sources = Arc::new(Played::default());
        let played = Arc::<Played>::clone(&sources);
        let workbench = Workbench::open(Config::new(dir.path()), played).unwrap();
        let options = Options { port: 0, ..options };
        let bound = Server::bind(workbench.clone(), options).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        Self {
            workbench,
            bound,
            client,
            dir,
            sources,
        }
    }

    /// A file as a source that the test plays itself.
    pub(crate) async fn source(&self, key: &str) -> Arc<dyn Feed> {
        self.call("source_add", json!({"kind": "file", "key": key}))
            .await;
        Arc::clone(&self.sources.0.lock()[key])
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.bound.address()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.bound.url())
    }

    /// A request without the token.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(self.workbench.token())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn text(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// Posts to `/ingest` and gives the reply, which must be 200.
    pub(crate) async fn ingest(
        &self,
        path: &str,
        kind: &str,
        body: impl Into<reqwest::Body>,
    ) -> Value {
        let request = self
            .bare(Method::POST, path)
            .header("content-type", kind)
            .body(body);
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// Stores numbered lines `from..to` under the source `numbers`.
    pub(crate) async fn numbers(&self, range: std::ops::Range<u64>) {
        let lines: Vec<_> = range.map(|n| format!("number {n}")).collect();
        self.ingest("/ingest?source=numbers", "text/plain", lines.join("\n"))
            .await;
    }

    pub(crate) async fn call(&self, operation: &str, args: Value) -> Value {
        let path = format!("/api/{operation}");
        let response = self
            .request(Method::POST, &path)
            .json(&args)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{operation}");
        response.json().await.unwrap()
    }

    /// Sends bytes as they are and reads until the port closes the connection. Returns the status
    /// and everything received.
    pub(crate) async fn wire(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.address().port()))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|text| text.parse().ok());
        (
            status.unwrap_or_else(|| panic!("no status in {answer:?}")),
            answer,
        )
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.workbench.close();
    }
}

/// Sends lines through a source's feed and waits until they are stored.
pub(crate) async fn send(feed: &Arc<dyn Feed>, text: &str) {
    let (feed, text) = (Arc::clone(feed), text.to_owned());
    let sent = move || {
        let lines = Lines::from_buffer(text.into_bytes());
        feed.send(Batch {
            lines,
            ..Batch::default()
        })?;
        feed.flush()
    };
    tokio::task::spawn_blocking(sent).await.unwrap().unwrap();
}

/// An error's code, from a response that must have `status`.
pub(crate) async fn refused(response: Response, status: u16) -> Value {
    assert_eq!(response.status(), status);
    let mut body: Value = response.json().await.unwrap();
    let error = body["error"].take();
    assert!(!error["message"].as_str().unwrap().is_empty());
    error
}

/// A message of a stream of server-sent events.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) id: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) data: String,
}

impl Message {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// The messages of a stream; ends when the port closes it.
pub(crate) fn messages(response: Response) -> impl Stream<Item = Message> + Unpin {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let state = (Box::pin(response.bytes_stream()), String::new());
    Box::pin(futures_util::stream::unfold(
        state,
        |(mut bytes, mut text)| async {
            loop {
                if let Some((block, rest)) = text.split_once("\n\n") {
                    let message = message(block);
                    text = rest.to_owned();
                    if let Some(message) = message {
                        return Some((message, (bytes, text)));
                    }
                    continue;
                }
                let piece = bytes.next().await?.ok()?;
                text.push_str(std::str::from_utf8(&piece).unwrap());
            }
        },
    ))
}

fn message(block: &str) -> Option<Message> {
    let mut message = Message::default();
    let mut any = false;
    for line in block.lines() {
        let (name, value) = line.split_once(':')?;
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        any |= !name.is_empty();
        match name {
            "id" => message.id = Some(value),
            "event" => message.event = Some(value),
            "data" => message.data.push_str(&value),
            _ => {}
        }
    }
    any.then_some(message)
}

pub(crate) async fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzipEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

pub(crate) async fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}

pub(crate) async fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZstdEncoder::new(Vec::new());
    encoder.write_all(bytes).await.unwrap();
    encoder.shutdown().await.unwrap();
    encoder.into_inner()
}
