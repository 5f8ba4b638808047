//! Splunk's HTTP event collector: `POST /services/collector[/event|/raw][/1.0]`.
//!
//! What Docker's splunk driver, Fluent Bit, Vector, Fluentd, log4j's and logback's HEC appenders and
//! winston-splunk-httplogger send: JSON events one behind the other, or raw lines. An event's `host`,
//! `index`, `sourcetype` and `fields` are fields of its record; its `source`, or the tag that Docker
//! gives, names the source. Any token is taken from this machine. Form and codes:
//! <https://docs.splunk.com/Documentation/Splunk/latest/Data/TroubleshootHTTPEventCollector>.

mod event;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use crosscut_model::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::gather::{self, Address, Gathered};
use super::sent::{self, Fields};
use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of events that name none.
const ANONYMOUS: &str = "splunk";

/// What the address of raw lines says about them.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Described {
    host: Option<String>,
    sourcetype: Option<String>,
    index: Option<String>,
}

/// `POST /services/collector/event`.
pub(super) async fn event(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Refused> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        event::read(bytes, gathered)?;
        Ok(())
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(success())
}

/// `POST /services/collector/raw`: a record a line.
pub(super) async fn raw(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    Params(described): Params<Described>,
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
    Ok(success())
}

/// Docker's driver asks whether somebody is there before it starts a container.
pub(super) async fn options() -> StatusCode {
    StatusCode::OK
}

/// `GET /services/collector/health`.
pub(super) async fn health() -> Json<Value> {
    Json(json!({"text": "HEC is healthy", "code": 17}))
}

/// Nothing needs to be acknowledged later: what was answered 200 is stored.
pub(super) async fn ack() -> Response {
    let reply = Json(json!({"text": "ACK is disabled", "code": 14}));
    (StatusCode::BAD_REQUEST, reply).into_response()
}

fn success() -> Json<Value> {
    Json(json!({"text": "Success", "code": 0}))
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
