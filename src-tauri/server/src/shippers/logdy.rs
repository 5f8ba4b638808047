//! Logdy: `POST /api/log` with `{"logs":[{"ts":"1732184400000","log":"…"}],"source":"…"}`, answered
//! 202. A log is a text or any JSON; its time, where there is one, is RFC 3339 or milliseconds.
//! Form: <https://logdy.dev/docs/reference/rest-api>.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use crosscut_model::Stream;
use serde_json::value::RawValue;

use super::gather::{self, Address, Gathered};
use super::sent::{self, Fields, Value, text};
use crate::app::Shared;
use crate::ingest::json::{Entries, each_element};
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of logs that name none.
const ANONYMOUS: &str = "logdy";

/// Stores a batch.
pub(super) async fn log(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        let refused = || {
            Refusal::bad("bad_lines", "`logs` is missing or no array")
                .hint("send {\"logs\":[{\"log\":\"…\"}],\"source\":\"…\"}")
        };
        let body: Entries<'_> = serde_json::from_slice(bytes).map_err(|_| refused())?;
        let logs = body.get("logs").ok_or_else(refused)?;
        let source = body.get("source").and_then(text).unwrap_or_default();
        let source = if source.is_empty() {
            ANONYMOUS
        } else {
            &source
        };
        if each_element(logs, |raw| add(raw, source, gathered))? {
            Ok(())
        } else {
            Err(refused())
        }
    };
    gather::take(&shared, address, &headers, body, read).await?;
    Ok(StatusCode::ACCEPTED)
}

fn add(raw: &RawValue, source: &str, gathered: &mut Gathered) -> Result<(), Refusal> {
    let item: Option<Entries<'_>> = serde_json::from_str(raw.get()).ok();
    let Some((item, log)) = item.and_then(|item| item.get("log").map(|log| (item, log))) else {
        return gathered.add_broken(source, raw.get().as_bytes());
    };
    let ts = item
        .get("ts")
        .filter(|ts| !matches!(ts.get(), "null" | "\"\""));
    let time = ts.and_then(sent::epoch);
    // A time in words is the record's own, as far as it has none.
    let words = ts.filter(|_| time.is_none());
    let mut fields: Fields<'_> = Vec::new();
    if let Some(words) = words {
        fields.push(("timestamp".into(), Value::Json(words)));
    }
    let others = item
        .0
        .iter()
        .filter(|(name, _)| !matches!(&**name, "ts" | "log"));
    fields.extend(others.map(|(name, value)| (name.clone(), Value::Json(value))));
    let record = sent::value(log, "log", &fields);
    gathered.add(source, Stream::Stdout, time, &record)
}
