//! Splunk's HTTP event collector: `POST /services/collector[/event|/raw][/1.0]`.
//!
//! What Docker's splunk driver, Fluent Bit, Vector, Fluentd, log4j's and logback's HEC appenders and
//! winston-splunk-httplogger send: JSON events one behind the other, or raw lines. An event's `host`,
//! `index`, `sourcetype` and `fields` are fields of its record; its `source`, or the tag that Docker
//! gives, names the source. Any token is taken from this machine. Who names a channel asks for
//! acknowledgements: gets a number for each request, and word for each number that it is stored.
//! Form and codes:
//! <https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector>,
//! <https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHECIDXAck>.

mod event;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crosscut_model::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::gather::{self, Address, Gathered};
use super::sent::{self, Fields};
use crate::app::Shared;
use crate::ingest::body;
use crate::ingest::json::{Entries, each_element};
use crate::ingest::record::Object;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of events that name none.
const ANONYMOUS: &str = "splunk";
/// Numbers that may be asked for at once; clients ask for a thousand at most.
const MOST_ACKS: usize = 100_000;

/// What the address of raw lines says about them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Described {
    host: Option<String>,
    sourcetype: Option<String>,
    index: Option<String>,
}

/// For whom acknowledgements are kept, where the address and not a header says so.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Channel {
    channel: Option<String>,
}

/// `POST /services/collector/event`.
pub(super) async fn event(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    Params(channel): Params<Channel>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        event::read(bytes, gathered)?;
        Ok(())
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(success(&channel, &headers))
}

/// `POST /services/collector/raw`: a record a line.
pub(super) async fn raw(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    Params(described): Params<Described>,
    Params(channel): Params<Channel>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        let fields: Fields<'_> = [
            ("host", described.host.as_deref()),
            ("sourcetype", described.sourcetype.as_deref()),
            ("index", described.index.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.into(), value?.into())))
        .collect();
        for line in bytes.split(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.is_empty() {
                let record = sent::line(line, &fields);
                gathered.add(ANONYMOUS, Stream::Stdout, None, &record)?;
            }
        }
        if gathered.good == 0 {
            return Err(Refusal::bad("no_data", "No data"));
        }
        Ok(())
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(success(&channel, &headers))
}

/// Docker's driver asks whether somebody is there before it starts a container.
pub(super) async fn options() -> StatusCode {
    StatusCode::OK
}

/// `GET /services/collector/health`.
pub(super) async fn health() -> Json<Value> {
    Json(json!({"text": "HEC is healthy", "code": 17}))
}

/// `POST /services/collector/ack` with `{"acks":[0,1]}`: what was given a number is stored, since it
/// was given it after that.
pub(super) async fn ack(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let asked = body::read(&headers, body, &shared.budget).await?;
    let refused = || Refusal::bad("bad_json", "the body is no {\"acks\":[…]}");
    let entries: Entries<'_> = serde_json::from_slice(&asked.bytes).map_err(|_| refused())?;
    let numbers = entries.get("acks").ok_or_else(refused)?;
    let mut acks = Vec::new();
    let mut count = 0;
    let mut object = Object::begin(&mut acks);
    let read = each_element(numbers, |number| match number.get().parse::<u64>() {
        Ok(number) if count < MOST_ACKS => {
            count += 1;
            object.value(&number.to_string(), |out| out.extend_from_slice(b"true"));
            Ok(())
        }
        _ => Err(refused()),
    })?;
    if !read {
        return Err(refused().into());
    }
    object.end();
    let reply = [&b"{\"acks\":"[..], &acks, b"}"].concat();
    Ok(([(header::CONTENT_TYPE, "application/json")], reply).into_response())
}

fn success(channel: &Channel, headers: &HeaderMap) -> Json<Value> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    if channel.channel.is_none() && !headers.contains_key("x-splunk-request-channel") {
        return Json(json!({"text": "Success", "code": 0}));
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    Json(json!({"text": "Success", "code": 0, "ackId": number}))
}

/// A refusal in the collector's words and numbers, beside ours. It is busy with 503, and so is this:
/// what is answered with any 4xx, Fluent Bit drops.
pub(super) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.later().respond(|status, error| {
            let (text, code) = match (error.code.as_str(), status) {
                ("no_data", _) => ("No data", 5),
                ("event_missing", _) => ("Event field is required", 12),
                ("event_blank", _) => ("Event field cannot be blank", 13),
                (_, StatusCode::SERVICE_UNAVAILABLE) => ("Server is busy", 9),
                (_, status) if status.is_server_error() => ("Internal server error", 8),
                _ => ("Invalid data format", 6),
            };
            json!({"text": text, "code": code, "error": error})
        })
    }
}
