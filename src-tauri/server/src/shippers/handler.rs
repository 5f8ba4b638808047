//! Python's `logging.handlers.HTTPHandler`: a log record's attributes as a form, in the address of a
//! `GET` or in the body of a `POST`.
//!
//! All values are texts, written by `str()`. Numbers become numbers again, `None` is left out, and
//! the message is made as Python makes it, `msg % args`. The record's logger names the source (its
//! first part; `?source=` goes before).
//!
//! A `GET` that stores something could be set off by any web page with an image. So it is taken from
//! programs only: what carries a browser's marks (`Origin`, `Referer`, `Sec-Fetch-…`, a browser's
//! `User-Agent`), or is no log record, is refused.

mod percent;

use axum::http::{HeaderMap, StatusCode, header};
use crosscut_model::Stream;

use super::gather::Gathered;
use super::sent::{Grown, Value};
use crate::refusal::Refusal;

/// The source of records of the root logger.
const ANONYMOUS: &str = "python";

/// The attributes of a record, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form; `None` when it is none of a log record.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(text).ok()?;
        let form = Self(pairs);
        let all = ["msg", "levelname", "created"];
        all.iter()
            .all(|name| form.get(name).is_some())
            .then_some(form)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Adds the one record.
    pub(super) fn add(&self, gathered: &mut Gathered) -> Result<(), Refusal> {
        let msg = self.get("msg").unwrap_or_default();
        let message = self
            .get("args")
            .and_then(|args| percent::format(msg, args))
            .unwrap_or_else(|| msg.to_owned());
        let mut record = Grown::new();
        record.add("message", &Value::from(message.as_str()));
        for (name, text) in &self.0 {
            let empty = text == "None" || name == "args" && text == "()";
            // What the address says to this port and not about the record.
            let ours = matches!(name.as_str(), "source" | "run" | "runId" | "token");
            // Made into the message already, as far as it went.
            let told = name == "msg" && message == *msg;
            if empty || ours || told {
                continue;
            }
            match number(text) {
                Some(number) => record.add(name.as_str(), &Value::Json(&number)),
                None => record.add(name.as_str(), &Value::from(text.as_str())),
            }
        }
        let logger = self.get("name").unwrap_or_default();
        let source = match logger.split('.').next() {
            None | Some("" | "root" | "__main__") => ANONYMOUS,
            Some(first) => first,
        };
        gathered.add(source, Stream::Stdout, None, &record.finish())
    }
}

fn number(text: &str) -> Option<Box<serde_json::value::RawValue>> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    if !plain || text.len() > 25 {
        return None;
    }
    serde_json::value::RawValue::from_string(text.to_owned()).ok()
}

/// Refuses what a browser sends.
pub(super) fn no_page(headers: &HeaderMap) -> Result<(), Refusal> {
    let marks = [
        header::ORIGIN,
        header::REFERER,
        header::COOKIE,
        header::HeaderName::from_static("sec-fetch-site"),
        header::HeaderName::from_static("sec-fetch-mode"),
        header::HeaderName::from_static("sec-fetch-dest"),
    ];
    let browser = headers
        .get(header::USER_AGENT)
        .is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/"));
    if browser || marks.iter().any(|mark| headers.contains_key(mark)) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "no_pages",
            "pages may not store lines with GET",
        )
        .hint("a page on this machine may post to /ingest"));
    }
    Ok(())
}
