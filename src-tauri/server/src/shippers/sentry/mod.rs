//! Sentry's SDKs: `POST /stream`, where `SENTRY_SPOTLIGHT` sends a copy of everything, and
//! `POST /api/{project}/envelope/`, where a DSN (`http://key@127.0.0.1:3002/1`) does.
//!
//! Both send envelopes (<https://develop.sentry.dev/sdk/foundations/envelopes/>): a header, then
//! items, each with a header of its own.
//!
//! | item | becomes |
//! |---|---|
//! | `event` | a record with its level, its message, and its exceptions as a stack trace to read |
//! | `transaction`, `span` | a record for each span, with its duration |
//! | `log` | a record for each log |
//! | `session(s)`, `check_in`, `feedback`, `user_report`, `client_report`, `statsd`, … | a record as it is, told by `sentry.item` |
//! | attachments, profiles, replays | a record that says what was left out and how large it was |

mod envelope;
mod event;
mod log;
mod span;

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use crosscut_model::Stream;
use serde_json::json;
use serde_json::value::RawValue;

use self::envelope::{Envelope, Item};
use super::gather::{self, Address, Gathered};
use super::sent::{Grown, Value, text};
use crate::app::Shared;
use crate::ingest::json::Entries;
use crate::params::Params;
use crate::refusal::Refusal;

/// How it went to store a record.
type Done = Result<(), Refusal>;

/// `POST /stream`: Spotlight.
pub(super) async fn spotlight(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    take(&shared, None, address, headers, body).await
}

/// `POST /api/{project}/envelope/`.
pub(super) async fn envelope(
    State(shared): State<Arc<Shared>>,
    Path(project): Path<String>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    take(&shared, Some(project), address, headers, body).await
}

/// `POST /api/{project}/store/`: one event, from SDKs of before.
pub(super) async fn store(
    State(shared): State<Arc<Shared>>,
    Path(project): Path<String>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        let event: Entries<'_> = serde_json::from_slice(bytes)
            .map_err(|error| Refusal::bad("bad_json", format!("the body is no event: {error}")))?;
        let source = Sender::of(None, Some(&project)).source(Some(&event));
        gathered.add(&source, Stream::Stdout, None, &event::record(&event))?;
        let id = event.get("event_id").and_then(text).unwrap_or_default();
        Ok(id.into_owned())
    };
    let stored = gather::take(&shared, address, &headers, body, read).await;
    let (_, id) = stored.map_err(refused)?;
    Ok(Json(json!({"id": id})).into_response())
}

async fn take(
    shared: &Shared,
    project: Option<String>,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        let envelope = Envelope::of(bytes)
            .ok_or_else(|| Refusal::bad("bad_envelope", "the body is no Sentry envelope"))?;
        let sender = Sender::of(Some(&envelope.header), project.as_deref());
        for item in envelope.items() {
            add(&item, &sender, gathered)?;
        }
        let id = envelope.header.get("event_id").and_then(text);
        Ok(id.unwrap_or_default().into_owned())
    };
    let stored = gather::take(shared, address, &headers, body, read).await;
    let (_, id) = stored.map_err(refused)?;
    Ok(Json(json!({"id": id})).into_response())
}

/// Sentry's SDKs send nothing again. Told 429, or when to come again, they drop all that happens until
/// then as well: so they are told neither.
fn refused(refusal: Refusal) -> Refusal {
    refusal.later().headless()
}

/// The program that speaks, as far as an envelope tells of it. Read once, whatever its items are.
struct Sender {
    release: Option<String>,
    project: Option<String>,
    sdk: Option<String>,
}

impl Sender {
    fn of(header: Option<&Entries<'_>>, project: Option<&str>) -> Self {
        Self {
            release: inside(header, "trace", "release"),
            project: project.map(|project| format!("sentry-{project}")),
            sdk: inside(header, "sdk", "name"),
        }
    }

    /// The source of an event: by the tag `service`, else the name before the `@` of its release,
    /// else the project of its DSN, else its SDK.
    fn source(&self, event: Option<&Entries<'_>>) -> String {
        let release = event
            .and_then(|event| text(event.get("release")?))
            .or_else(|| self.release.as_deref().map(Cow::Borrowed));
        let release = release.and_then(|release| of_release(&release).map(str::to_owned));
        inside(event, "tags", "service")
            .or(release)
            .or_else(|| self.project.clone())
            .or_else(|| inside(event, "sdk", "name"))
            .or_else(|| self.sdk.clone())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| "sentry".to_owned())
    }
}

/// The program of a release: `shop@1.2.3`.
fn of_release(release: &str) -> Option<&str> {
    let (name, _) = release.split_once('@')?;
    Some(name).filter(|name| !name.is_empty())
}

/// A text within an object within.
fn inside(entries: Option<&Entries<'_>>, outer: &str, inner: &str) -> Option<String> {
    let entries: Entries<'_> = serde_json::from_str(entries?.get(outer)?.get()).ok()?;
    Some(text(entries.get(inner)?)?.into_owned())
}

fn add(item: &Item<'_>, sender: &Sender, gathered: &mut Gathered) -> Done {
    let entries: Option<Entries<'_>> = serde_json::from_slice(item.payload).ok();
    let source = sender.source(entries.as_ref());
    let source = source.as_str();
    // Apart from the lines, as spans of OTLP are.
    let spans = format!("{source} spans");
    let put = |record: Vec<u8>, gathered: &mut Gathered| {
        gathered.add(source, Stream::Stdout, None, &record)
    };
    let put_span = |record: Vec<u8>, gathered: &mut Gathered| {
        gathered.add(&spans, Stream::Control, None, &record)
    };
    match (&*item.kind, entries) {
        ("event", Some(event)) => put(event::record(&event), gathered),
        ("transaction", Some(event)) => {
            span::of_transaction(&event, |record| put_span(record, gathered))
        }
        ("span", Some(span)) => span::of_item(&span, |record| put_span(record, gathered)),
        ("log", Some(logs)) => log::records(&logs, |release, record| {
            let source = release.and_then(of_release).unwrap_or(source);
            gathered.add(source, Stream::Stdout, None, &record)
        }),
        (
            "attachment" | "profile" | "profile_chunk" | "replay_event" | "replay_recording"
            | "replay_video",
            _,
        ) => put(left_out(item), gathered),
        (kind, Some(_)) => put(as_it_is(kind, item), gathered),
        (_, None) => gathered.add_broken(source, item.payload),
    }
}

/// An item of a kind that is nothing to read as a line: that it came, and what it was.
fn left_out(item: &Item<'_>) -> Vec<u8> {
    let told = format!(
        "Sentry {} of {} bytes left out{}",
        item.kind,
        item.payload.len(),
        item.name
            .as_deref()
            .map(|name| format!(": {name}"))
            .unwrap_or_default()
    );
    let mut record = Grown::new();
    record.text("level", "debug");
    record.text("message", &told);
    record.text("sentry.item", &item.kind);
    record.finish()
}

/// An item with all its members, told by its kind.
fn as_it_is(kind: &str, item: &Item<'_>) -> Vec<u8> {
    let raw: Option<&RawValue> = serde_json::from_slice(item.payload).ok();
    let Some(mut record) = raw.and_then(Grown::of) else {
        return item.payload.to_vec();
    };
    record.add("sentry.item", &Value::from(kind.to_owned()));
    if !record.has("message") {
        record.add("message", &Value::from(format!("Sentry {kind}")));
    }
    record.finish()
}
