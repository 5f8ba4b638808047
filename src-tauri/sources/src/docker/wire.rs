//! Asking the daemon for a log.
//!
//! The library does the short questions; logs are asked for here, on a connection of their own,
//! because three things matter that it does not give: `since` to the nanosecond, frames of a bounded
//! length whatever a terminal writes, and no limit on how long a quiet container takes to its first
//! line. Only GET is ever sent.

use std::io;

use bytes::Bytes;
use crosscut_model::Stream;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Incoming;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::AbortHandle;

use super::connect::{ANSWER, Daemon};
use super::frames::{Cutter, NoLog};

/// Of an answer that is an error, so much is read. Bytes.
const ERROR_BYTES: usize = 64 << 10;
/// Where daemons listen that name no port.
const PORT: u16 = 2375;

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoAnswer {
    /// Nobody answers, or the connection broke.
    #[error("{0}")]
    Lost(String),
    /// There is no such container (any more).
    #[error("there is no such container")]
    Gone,
    /// Its logging driver keeps nothing that could be read.
    #[error("{0}")]
    Unreadable(String),
    /// The daemon refuses.
    #[error("{0}")]
    Refused(String),
    /// The daemon cannot read the log on behind what it gave.
    #[error("{0}")]
    Torn(String),
}

impl From<NoLog> for NoAnswer {
    fn from(cause: NoLog) -> Self {
        match cause {
            NoLog::Nonsense => Self::Refused(cause.to_string()),
            NoLog::Told(why) => Self::Torn(why),
        }
    }
}

/// Which part of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Whether to stay for what comes.
    pub(crate) follow: bool,
    /// From this time on, in nanoseconds since 1970.
    pub(crate) since: Option<i64>,
    /// Only so many frames at its end.
    pub(crate) tail: Option<usize>,
}

/// An answer under way.
#[derive(Debug)]
pub(crate) struct Log {
    body: Incoming,
    cutter: Cutter,
    /// Why there is no more behind the frames that were given last.
    broken: Option<NoLog>,
    connection: AbortHandle,
}

impl Drop for Log {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Asks for a container's log; waits for as long as the daemon takes to begin.
pub(crate) async fn log(daemon: &Daemon, id: &str, part: Part) -> Result<Log, NoAnswer> {
    let lost = |cause: &dyn std::error::Error| NoAnswer::Lost(cause.to_string());
    let socket = tokio::time::timeout(ANSWER, dial(&daemon.host))
        .await
        .map_err(|cause| lost(&cause))?
        .map_err(|cause| lost(&cause))?;
    let (mut send, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket))
        .await
        .map_err(|cause| lost(&cause))?;
    let connection = tokio::spawn(async move {
        // Its end is seen by whoever reads the answer.
        connection.await.ok();
    })
    .abort_handle();
    let request = Request::get(path(daemon, id, part))
        .header(header::HOST, "docker")
        .body(Empty::<Bytes>::new())
        .map_err(|cause| lost(&cause))?;
    let answer = send
        .send_request(request)
        .await
        .map_err(|cause| lost(&cause))?;
    let status = answer.status();
    let log = Log {
        body: answer.into_body(),
        cutter: Cutter::default(),
        broken: None,
        connection,
    };
    if status == StatusCode::OK {
        return Ok(log);
    }
    let message = log.message().await;
    Err(match status {
        StatusCode::NOT_FOUND => NoAnswer::Gone,
        StatusCode::CONFLICT if message.contains("marked for removal") => NoAnswer::Gone,
        StatusCode::NOT_IMPLEMENTED => NoAnswer::Unreadable(message),
        _ if message.contains("does not support reading") => NoAnswer::Unreadable(message),
        _ => NoAnswer::Refused(format!("{status}: {message}")),
    })
}

fn path(daemon: &Daemon, id: &str, part: Part) -> String {
    let version = match &daemon.api {
        Some(api) => format!("/v{api}"),
        None => String::new(),
    };
    let follow = u8::from(part.follow);
    let since = part.since.filter(|since| *since > 0).map(|since| {
        let (seconds, nanos) = (since / 1_000_000_000, since % 1_000_000_000);
        // Podman takes whole seconds only.
        if daemon.podman {
            format!("&since={seconds}")
        } else {
            format!("&since={seconds}.{nanos:09}")
        }
    });
    let tail = part.tail.map(|tail| format!("&tail={tail}"));
    format!(
        "{version}/containers/{id}/logs?stdout=1&stderr=1&timestamps=1&follow={follow}{}{}",
        since.unwrap_or_default(),
        tail.unwrap_or_default()
    )
}

/// What speaks HTTP.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

async fn dial(host: &str) -> io::Result<Box<dyn Socket>> {
    #[cfg(unix)]
    if let Some(path) = host.strip_prefix("unix://") {
        return Ok(Box::new(tokio::net::UnixStream::connect(path).await?));
    }
    #[cfg(windows)]
    if let Some(path) = host.strip_prefix("npipe://") {
        let pipe = tokio::net::windows::named_pipe::ClientOptions::new().open(path)?;
        return Ok(Box::new(pipe));
    }
    let address = host.split_once("://").map_or(host, |(_, address)| address);
    let address = address.trim_end_matches('/');
    let has_port = address
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    Ok(if has_port {
        Box::new(TcpStream::connect(address).await?)
    } else {
        Box::new(TcpStream::connect((address, PORT)).await?)
    })
}

impl Log {
    /// The next frames; none once it is over. Nothing is lost when this is not waited for to its end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<(Stream, Bytes)>>, NoAnswer> {
        if let Some(cause) = self.broken.take() {
            return Err(cause.into());
        }
        loop {
            let mut frames = Vec::new();
            let Some(chunk) = self.body.frame().await else {
                frames.extend(self.cutter.rest());
                return Ok(Some(frames).filter(|frames| !frames.is_empty()));
            };
            let chunk = chunk.map_err(|cause| NoAnswer::Lost(cause.to_string()))?;
            let Ok(data) = chunk.into_data() else {
                continue;
            };
            self.cutter.feed(&data);
            loop {
                match self.cutter.next() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) if frames.is_empty() => break,
                    Ok(None) => return Ok(Some(frames)),
                    Err(cause) if frames.is_empty() => return Err(cause.into()),
                    Err(cause) => {
                        self.broken = Some(cause);
                        return Ok(Some(frames));
                    }
                }
            }
        }
    }

    /// What an answer that is no log says.
    async fn message(mut self) -> String {
        let body = Limited::new(&mut self.body, ERROR_BYTES).collect();
        let bytes = match tokio::time::timeout(ANSWER, body).await {
            Ok(Ok(body)) => body.to_bytes(),
            _ => Bytes::new(),
        };
        let told: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
        told.as_ref()
            .and_then(|told| told.get("message")?.as_str())
            .map_or_else(
                || String::from_utf8_lossy(&bytes).trim().to_owned(),
                str::to_owned,
            )
    }
}
