//! Datadog: `POST /api/v2/logs` and `/v1/input`, and the key's check before.
//!
//! What the Datadog agent, Vector, Fluent Bit, the browser SDK and winston or pino transports for
//! Datadog send: an object, or an array of them; or lines of text. `service`, or else `ddsource`,
//! names the source; `ddtags` become the fields `tags.…`. A message that is JSON itself keeps its
//! fields. Form: <https://docs.datadoghq.com/api/latest/logs/#send-logs>.

use std::borrow::Cow;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use crosscut_model::Stream;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Tree, json};

use super::gather::{self, Address, Gathered};
use super::sent::{self, Fields, Grown, Value, text};
use crate::app::Shared;
use crate::ingest::json::Entries;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of logs that name none.
const ANONYMOUS: &str = "datadog";

/// Bytes of tags that are told apart; longer ones stay one text.
const TAG_BYTES: usize = 64 << 10;

/// What the address may say of all logs in the body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Common {
    ddsource: Option<String>,
    ddtags: Option<String>,
    service: Option<String>,
    hostname: Option<String>,
    /// How the body is packed, of browsers that would have to ask first whether they may say so in a
    /// header.
    #[serde(rename = "dd-evp-encoding")]
    encoding: Option<String>,
}

/// `POST /api/v2/logs`.
pub(super) async fn logs(
    state: State<Arc<Shared>>,
    address: Params<Address>,
    common: Params<Common>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Tree>), Refusal> {
    take(state, address, common, headers, body).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}

/// `POST /v1/input`, where logs were sent before.
pub(super) async fn input(
    state: State<Arc<Shared>>,
    address: Params<Address>,
    common: Params<Common>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Tree>, Refusal> {
    take(state, address, common, headers, body).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/validate`: any key is good.
pub(super) async fn validate() -> Json<Tree> {
    Json(json!({"valid": true}))
}

async fn take(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    Params(common): Params<Common>,
    mut headers: HeaderMap,
    body: Body,
) -> Result<(), Refusal> {
    if let Some(encoding) = &common.encoding
        && let Ok(encoding) = HeaderValue::from_str(encoding)
    {
        headers.entry(header::CONTENT_ENCODING).or_insert(encoding);
    }
    let plain = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/") || kind.contains("logplex"));
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        if sent::each(bytes, |log| add(log, &common, gathered))? {
            return Ok(());
        }
        if plain {
            return add_lines(bytes, &common, gathered);
        }
        Err(Refusal::bad(
            "bad_json",
            "the body is no JSON object and no array of them",
        )
        .hint("lines of text go with `Content-Type: text/plain`"))
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(())
}

fn add(raw: &RawValue, common: &Common, gathered: &mut Gathered) -> Result<(), Refusal> {
    let Ok(log) = serde_json::from_str::<Entries<'_>>(raw.get()) else {
        return gathered.add_broken(ANONYMOUS, raw.get().as_bytes());
    };
    // The agent asks with an empty log whether it would be taken.
    if log.0.is_empty() {
        return Ok(());
    }
    let own = |name| log.get(name).and_then(text);
    let tags = own("ddtags").or(common.ddtags.as_deref().map(Cow::Borrowed));
    let tags = tags.as_deref().and_then(tags_of);
    let time = log.get("timestamp").and_then(sent::epoch);
    // A time in text is left for the record to tell.
    let known = |name: &str| name == "message" || name == "timestamp" && time.is_some();
    let mut fields: Fields<'_> = log
        .0
        .iter()
        .filter(|(name, _)| !known(name))
        .map(|(name, value)| (name.clone(), Value::Json(value)))
        .collect();
    let message = log.get("message");
    let said = message.and_then(text);
    let said = said.as_deref().or(message.map(RawValue::get));
    // The agent guesses a status from the stream; what the line says is believed before.
    if let Some(status) = log.get("status")
        && said
            .and_then(|said| sent::level_of(said.as_bytes()))
            .is_none()
    {
        fields.push(("level".into(), Value::Json(status)));
    }
    fields.extend(common.fields());
    if let Some(tags) = tags.as_deref() {
        fields.push(("tags".into(), Value::Json(tags)));
    }
    let source = own("service")
        .or(common.service.as_deref().map(Cow::Borrowed))
        .or(own("ddsource"))
        .or(common.ddsource.as_deref().map(Cow::Borrowed));
    let source = source.as_deref().unwrap_or(ANONYMOUS);
    let record = if let Some(message) = message {
        sent::value(message, "message", &fields)
    } else {
        let mut record = Grown::new();
        record.extend(&fields);
        record.finish()
    };
    gathered.add(source, Stream::Stdout, time, &record)
}

/// Lines of text; the browser's SDK sends its logs as objects, a line each.
fn add_lines(bytes: &[u8], common: &Common, gathered: &mut Gathered) -> Result<(), Refusal> {
    let fields = common.fields();
    let source = common.service.as_deref().or(common.ddsource.as_deref());
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<&RawValue>(line) {
            Ok(log) if log.get().starts_with('{') => add(log, common, gathered)?,
            _ => {
                let record = sent::line(line, &fields);
                gathered.add(source.unwrap_or(ANONYMOUS), Stream::Stdout, None, &record)?;
            }
        }
    }
    Ok(())
}

impl Common {
    fn fields(&self) -> Fields<'_> {
        [
            ("ddsource", self.ddsource.as_deref()),
            ("ddtags", self.ddtags.as_deref()),
            ("service", self.service.as_deref()),
            ("hostname", self.hostname.as_deref()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.into(), value?.into())))
        .collect()
    }
}

/// `env:dev,version:1.2,canary` as an object; a tag without a value is true.
fn tags_of(tags: &str) -> Option<Box<RawValue>> {
    if tags.len() > TAG_BYTES {
        return None;
    }
    let mut all = Map::new();
    for tag in tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        match tag.split_once(':') {
            Some((name, value)) => all.insert(name.to_owned(), value.into()),
            None => all.insert(tag.to_owned(), true.into()),
        };
    }
    if all.is_empty() {
        return None;
    }
    RawValue::from_string(Tree::Object(all).to_string()).ok()
}
