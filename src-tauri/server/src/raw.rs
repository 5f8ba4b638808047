//! `GET /raw`: a run's lines for scripts and eyes.
//!
//! The answer is written page by page as it is read, so that its size is no matter; what is wrong
//! with the request is found with the first page, before anything is answered.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, ReadArgs, ReadRecord};
use crosscut_model::{RunId, Stream};
use futures_util::stream;
use serde::Deserialize;

use crate::app::Shared;
use crate::params::Params;
use crate::refusal::Refusal;

/// Records when the request names no number.
const DEFAULT_LIMIT: usize = 2_000;
/// Records read at once.
const PAGE: usize = 1_000;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Address {
    #[serde(rename = "runId", alias = "run")]
    run: Option<String>,
    grep: Option<String>,
    query: Option<String>,
    source: Option<String>,
    stream: Option<Stream>,
    since: Option<u64>,
    tail: Option<usize>,
    limit: Option<usize>,
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// `[source] line`.
    #[default]
    Text,
    /// One array.
    Json,
    /// An object a line.
    Jsonl,
}

/// Gives the matching records, oldest first.
pub(crate) async fn raw(
    State(shared): State<Arc<Shared>>,
    Params(address): Params<Address>,
) -> Result<Response, Refusal> {
    let format = address.format;
    let mut pages = Pages::new(shared.workbench.clone(), address)?;
    let (pages, first) = tokio::task::spawn_blocking(move || {
        let first = pages.next()?;
        Ok::<_, ApiError>((pages, first))
    })
    .await??;
    let body = stream::try_unfold(Writer::new(format, pages, first), Writer::next);
    let kind = match format {
        Format::Text => "text/plain; charset=utf-8",
        Format::Json => "application/json",
        Format::Jsonl => "application/x-ndjson",
    };
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(body)).into_response())
}

/// A run's name out of an address.
pub(crate) fn run_id(text: Option<&str>) -> Result<Option<RunId>, ApiError> {
    let text = text.filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| ApiError::unknown_run(text)))
        .transpose()
}

/// The records of a request, page by page.
#[derive(Debug)]
struct Pages {
    workbench: Workbench,
    args: ReadArgs,
    left: usize,
}

impl Pages {
    fn new(workbench: Workbench, address: Address) -> Result<Self, ApiError> {
        let Address {
            run,
            grep,
            query,
            source,
            stream,
            since,
            tail,
            limit,
            format: _,
        } = address;
        // A newer run must not begin in the middle of the answer.
        let run = run_id(run.as_deref())?.unwrap_or_else(|| workbench.current_run());
        let left = limit
            .or(tail)
            .unwrap_or(DEFAULT_LIMIT)
            .min(tail.unwrap_or(usize::MAX));
        let args = ReadArgs {
            run: Some(run),
            query: query.filter(|query| !query.trim().is_empty()),
            grep: grep.filter(|grep| !grep.is_empty()),
            source: source.filter(|source| !source.is_empty()),
            stream,
            since,
            tail,
            limit: None,
        };
        Ok(Self {
            workbench,
            args,
            left,
        })
    }

    /// The next page; an empty one is the last. Blocks.
    fn next(&mut self) -> Result<Vec<ReadRecord>, ApiError> {
        // Asked for even when nothing is wanted, so that a bad query is told.
        self.args.limit = Some(self.left.min(PAGE));
        let records = self.workbench.read(&self.args)?;
        self.left = self.left.saturating_sub(records.len());
        if let Some(last) = records.last() {
            self.args.since = Some(last.seq);
            self.args.tail = None;
        }
        Ok(records)
    }
}

/// Writes pages in the format asked for.
struct Writer {
    format: Format,
    pages: Pages,
    page: Option<Vec<ReadRecord>>,
    begun: bool,
}

impl Writer {
    fn new(format: Format, pages: Pages, first: Vec<ReadRecord>) -> Self {
        Self {
            format,
            pages,
            page: Some(first),
            begun: false,
        }
    }

    async fn next(mut self) -> Result<Option<(Bytes, Self)>, ApiError> {
        let Some(page) = self.page.take() else {
            return Ok(None);
        };
        let mut text = String::new();
        for record in &page {
            self.write(&mut text, record)?;
        }
        if page.is_empty() || self.pages.left == 0 {
            if self.format == Format::Json {
                text.push_str(if self.begun { "]\n" } else { "[]\n" });
            }
            return Ok(Some((text.into(), self)));
        }
        let work = tokio::task::spawn_blocking(move || {
            self.page = Some(self.pages.next()?);
            Ok(self)
        });
        match work.await {
            Ok(Ok(writer)) => Ok(Some((text.into(), writer))),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(ApiError::new("internal", error.to_string())),
        }
    }

    fn write(&mut self, text: &mut String, record: &ReadRecord) -> Result<(), ApiError> {
        if self.format == Format::Text {
            // Writing to a String cannot fail.
            return writeln!(text, "[{}] {}", record.source, record.line)
                .map_err(|error| ApiError::new("internal", error.to_string()));
        }
        if self.format == Format::Json {
            text.push_str(if self.begun { ",\n" } else { "[" });
        }
        self.begun = true;
        let json = serde_json::to_string(record)
            .map_err(|error| ApiError::new("internal", error.to_string()))?;
        text.push_str(&json);
        if self.format == Format::Jsonl {
            text.push('\n');
        }
        Ok(())
    }
}
