//! How a second start hands its request to the workbench that owns the data directory.
//!
//! The owner's lock says where it listens; over that port the second start adds its sources, asks
//! the window to the front, and goes. It also holds the small client that `crosscut status` reads
//! with.

mod deliver;
mod wishes;

use std::path::Path;
use std::time::Duration;

use crosscut_engine::api::{ApiError, Empty, SourceAddArgs, SourceInfo};
use crosscut_engine::{Endpoint, endpoint_of};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::deliver::DeliverError;
pub use self::wishes::{file_wish, fulfil, wishes};
use crate::bind::page;

/// How long an owner that has just started has to tell where it listens.
const BIRTH: Duration = Duration::from_secs(5);
/// How long an answer may take: asking Docker for a container takes up to two seconds.
const ANSWER: Duration = Duration::from_secs(10);

/// The owner took the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// The owner's page, with its token.
    pub page: String,
    /// Whether the owner has a window (which has been asked to the front).
    pub window: bool,
    /// Sources it refused: what was asked for, and why.
    pub refused: Vec<(String, ApiError)>,
}

/// The owner did not take it.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// It has not told where it listens.
    #[error("another Crosscut is using {data_dir}, and does not say where it can be reached")]
    NoEndpoint {
        /// The data directory.
        data_dir: String,
    },
    /// It does not answer, or not as it should.
    #[error(transparent)]
    Call(#[from] CallError),
}

/// A running workbench could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// Nobody answers there.
    #[error("the Crosscut at {url} (process {pid}) does not answer: {reason}")]
    Unreachable {
        /// Where it should be.
        url: String,
        /// Its process.
        pid: u32,
        /// What happened.
        reason: String,
    },
    /// It answered with an error.
    #[error("{0}")]
    Refused(ApiError),
}

/// Adds `sources` to the workbench that owns `data_dir` and asks its window to the front.
///
/// `endpoint` is what the owner's lock told; when that was nothing yet, the owner is given five
/// seconds to tell.
pub async fn hand_over(
    data_dir: &Path,
    endpoint: Option<Endpoint>,
    sources: &[SourceAddArgs],
) -> Result<HandedOver, HandoverError> {
    let endpoint = match endpoint {
        Some(endpoint) => endpoint,
        None => await_endpoint(data_dir).await?,
    };
    let client = Client::new(endpoint);
    let mut refused = Vec::new();
    for source in sources {
        match client.call::<SourceInfo>("source_add", source).await {
            Ok(_) => {}
            Err(CallError::Refused(error)) => refused.push((source.key.clone(), error)),
            Err(error) => return Err(error.into()),
        }
    }
    client.call::<Empty>("focus", &Empty {}).await?;
    let Endpoint {
        url, token, window, ..
    } = &client.endpoint;
    Ok(HandedOver {
        page: page(url, Some(token)),
        window: *window,
        refused,
    })
}

async fn await_endpoint(data_dir: &Path) -> Result<Endpoint, HandoverError> {
    let told = async {
        let mut look = tokio::time::interval(Duration::from_millis(100));
        loop {
            look.tick().await;
            if let Some(endpoint) = endpoint_of(data_dir) {
                return endpoint;
            }
        }
    };
    tokio::time::timeout(BIRTH, told)
        .await
        .map_err(|_| HandoverError::NoEndpoint {
            data_dir: data_dir.display().to_string(),
        })
}

/// Speaks to a running workbench.
#[derive(Debug, Clone)]
pub struct Client {
    endpoint: Endpoint,
    http: reqwest::Client,
}

impl Client {
    /// For the workbench at `endpoint`.
    pub fn new(endpoint: Endpoint) -> Self {
        // Loopback needs no proxy, whatever the environment says.
        let http = reqwest::Client::builder().no_proxy().build();
        Self {
            endpoint,
            http: http.unwrap_or_default(),
        }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Its page, with its token.
    pub fn page(&self) -> String {
        page(&self.endpoint.url, Some(&self.endpoint.token))
    }

    /// Performs an operation over there.
    pub async fn call<R: DeserializeOwned>(
        &self,
        operation: &str,
        args: &impl Serialize,
    ) -> Result<R, CallError> {
        self.call_within(ANSWER, operation, args).await
    }

    /// The same for an operation that may take longer than most.
    pub async fn call_within<R: DeserializeOwned>(
        &self,
        patience: Duration,
        operation: &str,
        args: &impl Serialize,
    ) -> Result<R, CallError> {
        #[derive(Deserialize)]
        struct Refused {
            error: ApiError,
        }
        let unreachable = |error: reqwest::Error| CallError::Unreachable {
            url: self.endpoint.url.clone(),
            pid: self.endpoint.pid,
            reason: innermost(&error),
        };
        let url = format!("{}/api/{operation}", self.endpoint.url);
        let request = self
            .http
            .post(url)
            .bearer_auth(&self.endpoint.token)
            .timeout(patience)
            .json(args);
        let response = request.send().await.map_err(unreachable)?;
        if response.status().is_success() {
            return response.json().await.map_err(unreachable);
        }
        let status = response.status();
        let error = response
            .json::<Refused>()
            .await
            .map(|refused| refused.error);
        Err(CallError::Refused(error.unwrap_or_else(|_| {
            ApiError::new(
                "unexpected",
                format!("{operation} was answered with {status}"),
            )
        })))
    }
}

/// The first cause: `Connection refused`, not `error sending request`.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
