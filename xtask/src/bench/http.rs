//! As much HTTP as it takes to ask a server on this machine: one connection a request.
//!
//! A client library would be the largest part of xtask, which everyone builds before anything
//! else. HTTP/1.0, so that an answer is what comes until the connection closes.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::command::{Context, Failure, Outcome};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server, and the token it wants.
#[derive(Debug, Clone)]
pub(super) struct Port {
    /// `127.0.0.1:4711`.
    address: String,
    token: String,
}

impl Port {
    /// Out of the page's address: `http://127.0.0.1:4711/?token=…`.
    pub(super) fn of_page(page: &str) -> Option<Self> {
        let (address, token) = page.strip_prefix("http://")?.split_once("/?token=")?;
        Some(Self {
            address: address.to_owned(),
            token: token.to_owned(),
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Performs an operation.
    pub(super) fn api(&self, operation: &str, arguments: &Value) -> Outcome<Value> {
        let path = format!("/api/{operation}");
        let body = self.request("POST", &path, &arguments.to_string())?;
        serde_json::from_reader(body).context(path)
    }

    /// The lines of a page, as they come.
    pub(super) fn lines(
        &self,
        path: &str,
    ) -> Outcome<impl Iterator<Item = io::Result<String>> + use<>> {
        Ok(self.request("GET", path, "")?.lines())
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Outcome<impl BufRead + use<>> {
        let Self { address, token } = self;
        let mut stream = TcpStream::connect(address).context(address)?;
        stream.set_read_timeout(Some(PATIENCE)).context(address)?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).context(path)?;
        answer(BufReader::with_capacity(1 << 16, stream), path)
    }
}

/// What comes behind the head of a good answer.
fn answer<R: Read>(mut stream: BufReader<R>, path: &str) -> Outcome<BufReader<R>> {
    let mut head = String::new();
    loop {
        let from = head.len();
        let read = stream.read_line(&mut head).context(path)?;
        if read == 0 {
            return Err(Failure::new(format!("{path}: the answer is cut: {head:?}")));
        }
        if head.get(from..).is_some_and(|line| line.trim().is_empty()) {
            break;
        }
    }
    let status = head.split(' ').nth(1);
    if status == Some("200") {
        return Ok(stream);
    }
    let mut text = String::new();
    stream.read_to_string(&mut text).context(path)?;
    Err(Failure::new(format!("{path}: {head}{text}")))
}

#[cfg(test)]
mod tests;
