//! Reading a request's body into memory: unpacked, and capped where it counts, after unpacking.
//!
//! All bodies together have a [`Budget`], so that many clients at once cannot fill the memory; and
//! a client that stops sending, or sends drop by drop, is not waited for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_compression::tokio::bufread::{GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use bytes::Bytes;
use crosscut_engine::Workbench;
use crosscut_model::limits::MAX_BODY_BYTES;
use futures_util::{Stream, StreamExt, stream};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::io::StreamReader;

use crate::refusal::Refusal;

/// How long the next piece of a body may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long the whole body may take: nobody keeps a connection by sending a byte now and then.
const WHOLE: Duration = Duration::from_mins(2);
/// A step by which a body grows. Bytes.
const STEP: usize = 64 << 10;
/// All bodies in memory at once, in steps: 256 MiB, or two of the largest where the settings allow
/// larger ones.
const STEPS: usize = 4 * (MAX_BODY_BYTES / STEP);
/// The window a zstd frame may ask for: 8 MiB, which the format tells everyone to support.
const ZSTD_WINDOW_LOG: u32 = 23;

/// Memory that all request bodies share.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    shares: Arc<Semaphore>,
    /// All of it. Bytes.
    whole: usize,
    /// What one body may take whatever the settings say. Bytes.
    least: usize,
    /// Knows how large one body may be.
    workbench: Workbench,
}

impl Budget {
    /// A budget for bodies of the size that the workbench's settings allow.
    pub(crate) fn of(workbench: &Workbench) -> Self {
        let steps = STEPS.max(2 * workbench.body_limit().div_ceil(STEP));
        Self {
            shares: Arc::new(Semaphore::new(steps)),
            whole: steps * STEP,
            least: 0,
            workbench: workbench.clone(),
        }
    }

    /// The same, where a body of so many bytes is taken although the settings allow less: for those
    /// that Crosscut makes itself.
    pub(crate) fn of_at_least(&self, bytes: usize) -> Self {
        Self {
            least: bytes,
            ..self.clone()
        }
    }

    /// What one body may take. Bytes.
    pub(crate) fn most(&self) -> usize {
        let limit = self.workbench.body_limit().max(self.least);
        limit.min(self.whole / 2)
    }

    /// A share of so many bytes, for what grows out of a body.
    pub(crate) fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let steps = u32::try_from(bytes.div_ceil(STEP)).unwrap_or(u32::MAX);
        self.shares
            .clone()
            .try_acquire_many_owned(steps)
            .map_err(|_| crowded())
    }
}

/// A body in memory, and its share of the budget.
#[derive(Debug)]
pub(crate) struct Held {
    /// The body, unpacked.
    pub(crate) bytes: Vec<u8>,
    /// Its share.
    pub(crate) held: OwnedSemaphorePermit,
}

/// Reads the whole body, unpacked as its `Content-Encoding` says.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Body,
    budget: &Budget,
) -> Result<Held, Refusal> {
    let coding = Coding::of(headers)?;
    let most = budget.most();
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if declared
        .and_then(|text| text.parse::<usize>().ok())
        .is_some_and(|n| n > most)
    {
        return Err(too_large(most));
    }
    let collected = collect(coding.unpack(pieces(body)), budget, most);
    tokio::time::timeout(WHOLE, collected)
        .await
        .unwrap_or_else(|_| Err(too_slow()))
}

async fn collect(
    mut unpacked: Pin<Box<dyn AsyncRead + Send>>,
    budget: &Budget,
    most: usize,
) -> Result<Held, Refusal> {
    let mut held = budget
        .shares
        .clone()
        .try_acquire_many_owned(0)
        .map_err(|_| crowded())?;
    let mut bytes = Vec::new();
    loop {
        if bytes.len() == bytes.capacity() {
            // Doubling keeps copies few; the share grows with what is really reserved.
            // One byte beyond the most is enough to know that a body is too large.
            let grow = bytes.len().clamp(STEP, MAX_BODY_BYTES);
            let grow = grow.min(most + 1 - bytes.len());
            let steps = u32::try_from(grow.div_ceil(STEP)).unwrap_or(u32::MAX);
            held.merge(
                budget
                    .shares
                    .clone()
                    .try_acquire_many_owned(steps)
                    .map_err(|_| crowded())?,
            );
            bytes.reserve_exact(grow);
        }
        if unpacked
            .read_buf(&mut bytes)
            .await
            .map_err(|error| unreadable(&error))?
            == 0
        {
            return Ok(Held { bytes, held });
        }
        if bytes.len() > most {
            return Err(too_large(most));
        }
    }
}

/// The body piece by piece; one that does not come in time is an error.
fn pieces(body: Body) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::unfold(Some(body.into_data_stream()), |state| async {
        let mut body = state?;
        match tokio::time::timeout(PATIENCE, body.next()).await {
            Ok(Some(Ok(piece))) => Some((Ok(piece), Some(body))),
            Ok(Some(Err(error))) => Some((Err(io::Error::other(error)), None)),
            Ok(None) => None,
            Err(_) => Some((Err(io::ErrorKind::TimedOut.into()), None)),
        }
    })
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Deflate,
    Zstd,
}

impl Coding {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut named = headers.get_all(header::CONTENT_ENCODING).iter();
        let Some(value) = named.next() else {
            return Ok(Self::Plain);
        };
        let text = value
            .to_str()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match text.as_str() {
            _ if named.next().is_some() => {}
            "" | "identity" => return Ok(Self::Plain),
            "gzip" | "x-gzip" => return Ok(Self::Gzip),
            "deflate" => return Ok(Self::Deflate),
            "zstd" => return Ok(Self::Zstd),
            _ => {}
        }
        Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            "the body's Content-Encoding is none that is known here",
        )
        .hint("send it plain, or as one of gzip, zstd, deflate")
        .header(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, zstd, deflate"),
        ))
    }

    fn unpack(
        self,
        pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Pin<Box<dyn AsyncRead + Send>> {
        let packed = StreamReader::new(Box::pin(pieces));
        match self {
            Self::Plain => Box::pin(packed),
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
            Self::Deflate => Box::pin(ZlibDecoder::new(packed)),
            Self::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW_LOG);
                let mut decoder = ZstdDecoder::with_params(packed, &[window]);
                decoder.multiple_members(true);
                Box::pin(decoder)
            }
        }
    }
}

/// A body is larger than so many bytes.
pub(crate) fn too_large(most: usize) -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!("a body may have {} KiB, unpacked", most.div_ceil(1024)),
    )
    .hint("send fewer lines at once, or add the file itself as a source")
}

fn crowded() -> Refusal {
    Refusal::busy(1, "too many bytes are being received at once")
}

/// A body does not come.
pub(crate) fn too_slow() -> Refusal {
    Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        "too_slow",
        format!(
            "the body did not come: {} seconds for a piece of it or {} for all are the limit",
            PATIENCE.as_secs(),
            WHOLE.as_secs()
        ),
    )
}

fn unreadable(error: &io::Error) -> Refusal {
    if error.kind() == io::ErrorKind::TimedOut {
        return too_slow();
    }
    Refusal::bad("bad_body", format!("the body cannot be read: {error}"))
        .hint("is it packed as its Content-Encoding says, and complete?")
}
