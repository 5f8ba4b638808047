//! Seq: `POST /ingest/clef` and `POST /api/events/raw`.
//!
//! What Serilog's Seq sink, seq-logging, seqlog, GELF and OTLP bridges of Seq send: events in the
//! compact form, a line each (CLEF, <https://clef-json.org>), or in the older one,
//! `{"Events":[{"Timestamp":…,"MessageTemplate":…,"Properties":{…}}]}`. Events are stored as they
//! were sent, with their template filled in as `@m` where it is not: that is the message. 201 says
//! that all is stored, and that no level is too low.

mod template;

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crosscut_model::Stream;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::gather::{self, Address, Gathered};
use super::sent::{Grown, Value, text};
use crate::app::Shared;
use crate::ingest::json::{Entries, each_element};
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of events that name no application.
const ANONYMOUS: &str = "clef";
/// Properties by which programs name themselves, best first.
const NAMES: [&str; 6] = [
    "Application",
    "ApplicationName",
    "App",
    "service.name",
    "ServiceName",
    "Service",
];

/// What the address of `/api/events/raw` says: that the body is CLEF, whatever its type.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Form {
    clef: Option<String>,
}

/// `POST /ingest/clef`.
pub(super) async fn clef(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    take(&shared, address, headers, body, true).await
}

/// `POST /api/events/raw`.
pub(super) async fn raw(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    Params(form): Params<Form>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = kind.is_some_and(|kind| kind.starts_with("application/vnd.serilog.clef"));
    let clef = kind || form.clef.is_some();
    take(&shared, address, headers, body, clef).await
}

async fn take(
    shared: &Shared,
    address: Address,
    headers: HeaderMap,
    body: Body,
    clef: bool,
) -> Result<Response, Refused> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        if clef || !add_older(bytes, gathered)? {
            add_lines(bytes, gathered)?;
        }
        if gathered.good == 0 && gathered.broken > 0 {
            return Err(Refusal::bad("bad_json", "the body has no event in it")
                .hint("CLEF is a JSON object a line: {\"@t\":\"…\",\"@mt\":\"…\"}"));
        }
        Ok(())
    };
    gather::take(shared, address, &headers, body, read).await?;
    let reply = axum::Json(json!({"MinimumLevelAccepted": null}));
    Ok((StatusCode::CREATED, reply).into_response())
}

/// Adds the events of a body in the older form; `false` where it is none.
fn add_older(bytes: &[u8], gathered: &mut Gathered) -> Result<bool, Refusal> {
    let Ok(body) = serde_json::from_slice::<Entries<'_>>(bytes) else {
        return Ok(false);
    };
    let Some(events) = body.get("Events").or(body.get("events")) else {
        return Ok(false);
    };
    each_element(events, |event| {
        let entries = serde_json::from_str(event.get());
        add(entries.ok().map(|event| of_older(&event)), event, gathered)
    })
}

fn add_lines(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<&RawValue>(line) {
            Ok(raw) => add(compact(raw), raw, gathered)?,
            Err(_) => gathered.add_broken(ANONYMOUS, line)?,
        }
    }
    Ok(())
}

/// An event that has been read: its source and its record.
type Event = (String, Vec<u8>);

fn add(event: Option<Event>, raw: &RawValue, gathered: &mut Gathered) -> Result<(), Refusal> {
    match event {
        Some((source, record)) => gathered.add(&source, Stream::Stdout, None, &record),
        None => gathered.add_broken(ANONYMOUS, raw.get().as_bytes()),
    }
}

/// An event in the compact form.
fn compact(raw: &RawValue) -> Option<Event> {
    let entries: Entries<'_> = serde_json::from_str(raw.get()).ok()?;
    let mut record = Grown::of(raw)?;
    if !record.has("@m")
        && let Some(template) = entries.get("@mt").and_then(text)
    {
        let shown = template::render(&template, &entries, entries.get("@r"));
        record.add("@m", &Value::Text(Cow::Owned(shown)));
    }
    Some((source(&entries), record.finish()))
}

/// An event in the older form, as a compact one.
fn of_older(event: &Entries<'_>) -> Event {
    let none = Entries(Vec::new());
    let properties = event
        .get("Properties")
        .and_then(|raw| serde_json::from_str(raw.get()).ok());
    let properties: &Entries<'_> = properties.as_ref().unwrap_or(&none);
    let mut record = Grown::new();
    for (from, to) in [
        ("Timestamp", "@t"),
        ("Level", "@l"),
        ("RenderedMessage", "@m"),
        ("MessageTemplate", "@mt"),
        ("Exception", "@x"),
    ] {
        if let Some(value) = event.get(from).filter(|value| value.get() != "null") {
            record.add(to, &Value::Json(value));
        }
    }
    if !record.has("@m")
        && let Some(template) = event.get("MessageTemplate").and_then(text)
    {
        let shown = template::render(&template, properties, None);
        record.add("@m", &Value::Text(Cow::Owned(shown)));
    }
    for (name, value) in &properties.0 {
        record.add(name.to_string(), &Value::Json(value));
    }
    let known = |name: &str| {
        matches!(
            name,
            "Timestamp"
                | "Level"
                | "RenderedMessage"
                | "MessageTemplate"
                | "Exception"
                | "Properties"
        )
    };
    for (name, value) in event.0.iter().filter(|(name, _)| !known(name)) {
        record.add(name.to_string(), &Value::Json(value));
    }
    (source(properties), record.finish())
}

fn source(properties: &Entries<'_>) -> String {
    NAMES
        .iter()
        .find_map(|name| text(properties.get(name)?).filter(|name| !name.is_empty()))
        .map_or_else(|| ANONYMOUS.to_owned(), Cow::into_owned)
}

/// A refusal with the member that Seq's clients print beside ours. seq-logging sends again after 5xx
/// alone, and Seq itself answers 503 when it is short of room.
pub(super) struct Refused(Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
            .later()
            .respond(|_, error| json!({"Error": error.to_string(), "error": error}))
    }
}
