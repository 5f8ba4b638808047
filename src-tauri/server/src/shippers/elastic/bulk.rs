//! `_bulk`, and documents one by one.
//!
//! A bulk is lines in pairs: what to do, and the document. Each gets an item in the answer, in its
//! order: 201 for what is stored; 400 for what cannot be done here (updates, deletions) and for a
//! document that is no JSON object, which is kept as a record of the stream `system`.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crosscut_model::Stream;
use serde_json::json;
use serde_json::value::RawValue;

use super::super::gather::{self, Address, Gathered};
use super::super::sent::{self, Fields};
use super::reply::Refused;
use crate::app::Shared;
use crate::ingest::json::Entries;
use crate::ingest::record::Object;
use crate::params::Params;
use crate::refusal::Refusal;

/// The source of documents that name no index.
const ANONYMOUS: &str = "elasticsearch";
/// Documents of one bulk, at most: each costs an item in the answer.
const MOST: usize = 200_000;
/// An index's name, at most, as Elasticsearch has it: the one in the address is in every item of the
/// answer. Bytes.
const NAME_BYTES: usize = 255;

/// `POST /_bulk`.
pub(super) async fn bulk(
    state: State<Arc<Shared>>,
    address: Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    take(state, None, address, headers, body).await
}

/// `POST /{index}/_bulk`.
pub(super) async fn bulk_of(
    state: State<Arc<Shared>>,
    Path(index): Path<String>,
    address: Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    take(state, Some(index), address, headers, body).await
}

async fn take(
    State(shared): State<Arc<Shared>>,
    index: Option<String>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    if index.as_ref().is_some_and(|index| index.len() > NAME_BYTES) {
        let what = format!("an index's name has at most {NAME_BYTES} bytes");
        return Err(Refusal::bad("bad_index", what).into());
    }
    let read =
        move |bytes: &[u8], gathered: &mut Gathered| items(bytes, index.as_deref(), gathered);
    let (_, Items { text, errors, .. }) =
        gather::take(&shared, address, &headers, body, read).await?;
    let mut reply = format!("{{\"took\":0,\"errors\":{errors},\"items\":[").into_bytes();
    reply.extend_from_slice(&text);
    reply.extend_from_slice(b"]}");
    Ok(([(header::CONTENT_TYPE, "application/json")], reply).into_response())
}

/// `POST /{index}/_doc`.
pub(super) async fn document(
    state: State<Arc<Shared>>,
    Path(index): Path<(String,)>,
    address: Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    single(state, index.0, None, address, headers, body).await
}

/// `PUT /{index}/_doc/{id}`.
pub(super) async fn document_of(
    state: State<Arc<Shared>>,
    Path((index, id)): Path<(String, String)>,
    address: Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    single(state, index, Some(id), address, headers, body).await
}

async fn single(
    State(shared): State<Arc<Shared>>,
    index: String,
    id: Option<String>,
    Params(address): Params<Address>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let read = move |bytes: &[u8], gathered: &mut Gathered| {
        let target = Target {
            index: Some(Cow::Borrowed(&index)),
            id: id.as_deref().map(Cow::Borrowed),
        };
        let stored = store(bytes, &target, gathered)?;
        if !stored {
            return Err(Refusal::bad("bad_json", "the document is no JSON object"));
        }
        let id = target.id.map_or_else(fresh_id, Cow::into_owned);
        Ok((index, id))
    };
    let (_, (index, id)) = gather::take(&shared, address, &headers, body, read).await?;
    let reply = json!({
        "_index": index, "_id": id, "_version": 1, "result": "created",
        "_shards": {"total": 1, "successful": 1, "failed": 0},
        "_seq_no": 0, "_primary_term": 1
    });
    Ok((StatusCode::CREATED, axum::Json(reply)).into_response())
}

/// The items of an answer, as they are written.
#[derive(Debug, Default)]
struct Items {
    text: Vec<u8>,
    count: usize,
    errors: bool,
}

/// Where a document is to go.
#[derive(Debug, Default)]
struct Target<'a> {
    index: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
}

fn items(body: &[u8], index: Option<&str>, gathered: &mut Gathered) -> Result<Items, Refusal> {
    let mut items = Items::default();
    let mut lines = body
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.trim_ascii().is_empty());
    while let Some(line) = lines.next() {
        let Some((action, mut target)) = action(line) else {
            if items.count == 0 {
                return Err(no_action());
            }
            gathered.add_broken(index.unwrap_or(ANONYMOUS), line)?;
            let reason = "no action; kept as a record of the stream `system`";
            items.refuse("index", &Target::default(), reason);
            continue;
        };
        if target.index.is_none() {
            target.index = index.map(Cow::Borrowed);
        }
        match &*action {
            "index" | "create" => {
                let Some(document) = lines.next() else {
                    items.refuse(&action, &target, "the document is missing");
                    break;
                };
                if store(document, &target, gathered)? {
                    items.accept(&action, target);
                } else {
                    let reason = "no JSON object; kept as a record of the stream `system`";
                    items.refuse(&action, &target, reason);
                }
            }
            "update" => {
                lines.next();
                items.refuse(&action, &target, "log lines are not updated here");
            }
            _ => items.refuse(&action, &target, "log lines are not deleted here"),
        }
        if items.count > MOST {
            return Err(too_many());
        }
    }
    if items.count == 0 {
        return Err(no_action());
    }
    Ok(items)
}

/// Stores a document; says whether it is one.
fn store(document: &[u8], target: &Target<'_>, gathered: &mut Gathered) -> Result<bool, Refusal> {
    let index = target.index.as_deref().unwrap_or(ANONYMOUS);
    let source = without_day(index);
    let mut fields = Fields::new();
    if source != index {
        fields.push(("_index".into(), index.into()));
    }
    if let Some(id) = target.id.as_deref() {
        fields.push(("_id".into(), id.into()));
    }
    let raw: Option<&RawValue> = serde_json::from_slice(document).ok();
    if let Some(record) = raw.and_then(|raw| sent::object(raw, &fields)) {
        gathered.add(source, Stream::Stdout, None, &record)?;
        return Ok(true);
    }
    gathered.add_broken(source, document)?;
    Ok(false)
}

/// What a line asks for: `{"create":{"_index":"logs","_id":"1"}}`. Behind that some clients say more
/// (winston-elasticsearch how often it has tried).
fn action(line: &[u8]) -> Option<(Cow<'_, str>, Target<'_>)> {
    let entries: Entries<'_> = serde_json::from_slice(line).ok()?;
    let (name, what) = entries.0.first()?;
    if !matches!(&**name, "index" | "create" | "update" | "delete") {
        return None;
    }
    let what: Entries<'_> = serde_json::from_str(what.get()).ok()?;
    let text = |name| what.get(name).and_then(sent::text);
    let target = Target {
        index: text("_index").filter(|index| !index.is_empty()),
        id: text("_id"),
    };
    Some((name.clone(), target))
}

impl Items {
    fn accept(&mut self, action: &str, target: Target<'_>) {
        let id = target.id.map_or_else(fresh_id, Cow::into_owned);
        let seq = i64::try_from(self.count).unwrap_or_default();
        self.item(action, |item| {
            item.text("_index", target.index.as_deref().unwrap_or(ANONYMOUS));
            item.text("_id", &id);
            item.number("_version", 1);
            item.text("result", "created");
            let mut shards = item.object("_shards");
            shards.number("total", 1);
            shards.number("successful", 1);
            shards.number("failed", 0);
            shards.end();
            item.number("_seq_no", seq);
            item.number("_primary_term", 1);
            item.number("status", 201);
        });
    }

    fn refuse(&mut self, action: &str, target: &Target<'_>, reason: &str) {
        self.errors = true;
        self.item(action, |item| {
            item.text("_index", target.index.as_deref().unwrap_or(ANONYMOUS));
            item.text("_id", target.id.as_deref().unwrap_or_default());
            item.number("status", 400);
            let mut error = item.object("error");
            error.text("type", "illegal_argument_exception");
            error.text("reason", reason);
            error.end();
        });
    }

    fn item(&mut self, action: &str, write: impl FnOnce(&mut Object<'_>)) {
        if self.count > 0 {
            self.text.push(b',');
        }
        self.count += 1;
        let mut outer = Object::begin(&mut self.text);
        let mut item = outer.object(action);
        write(&mut item);
        item.end();
        outer.end();
    }
}

/// `logs-2026.11.21` is `logs`, and so is `logs-2026.11.21-000001`: an index a day is one source.
fn without_day(index: &str) -> &str {
    let numbered = |(name, number): &(&str, &str)| {
        !name.is_empty() && number.len() == 6 && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let dated = index.rsplit_once('-').filter(numbered);
    dated
        .and_then(|(name, _)| name_of_day(name))
        .or_else(|| name_of_day(index))
        .unwrap_or(index)
}

/// What stands before a day: eight digits, or a year, month and day with marks between.
fn name_of_day(index: &str) -> Option<&str> {
    let is_mark = |byte: u8| matches!(byte, b'.' | b'-' | b'_');
    let is_day = |day: &str| {
        day.bytes()
            .enumerate()
            .all(|(at, byte)| match (day.len(), at) {
                (10, 4 | 7) => is_mark(byte),
                _ => byte.is_ascii_digit(),
            })
    };
    [10, 8].into_iter().find_map(|length| {
        let at = index.len().checked_sub(length)?;
        let (name, day) = index.split_at_checked(at)?;
        let name = name.strip_suffix(['-', '_', '.'])?;
        (!name.is_empty() && is_day(day)).then_some(name)
    })
}

/// An id that no other document of this or another start was given.
fn fresh_id() -> String {
    static START: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{:012x}{next:08x}", *START & 0xffff_ffff_ffff)
}

fn no_action() -> Refusal {
    Refusal::bad("bad_bulk", "the body does not begin with an action line").hint(
        "a bulk is {\"index\":{}} and a document, line by line; JSON lines alone go to /ingest",
    )
}

fn too_many() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("a bulk may have {MOST} documents"),
    )
    .hint("nothing of it was kept; send fewer documents at once")
}

#[cfg(test)]
mod tests;
