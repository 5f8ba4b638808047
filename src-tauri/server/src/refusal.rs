//! What a request is told when it is refused: a status and `{"error":{code,message,hint}}`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use crosscut_engine::IngestError;
use crosscut_engine::api::ApiError;
use serde::Serialize;

/// A refusal, ready to be answered.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    error: ApiError,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Refusal {
    /// A status and why.
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            error: ApiError::new(code, message),
            header: None,
        }
    }

    /// 400.
    pub(crate) fn bad(code: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 429, and when to try again.
    pub(crate) fn busy(seconds: u64, message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", message)
            .header(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// The same with a remedy.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.error.hint = hint.into();
        self
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The answer with another body: for clients that read an error in a form of their own.
    pub(crate) fn respond(
        self,
        body: impl FnOnce(StatusCode, &ApiError) -> serde_json::Value,
    ) -> Response {
        let mut response = (self.status, Json(body(self.status, &self.error))).into_response();
        if let Some((name, value)) = self.header.map(|header| *header) {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The same with a header.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }
}

/// For protocols that tell of errors in a way of their own.
impl Refusal {
    /// The same for clients that send again after 429 and 503 alone: a disk that is full now may
    /// not be soon.
    #[must_use]
    pub(crate) fn retryable(mut self) -> Self {
        if self.status == StatusCode::INSUFFICIENT_STORAGE {
            self.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE && self.header.is_none() {
            return self.header(header::RETRY_AFTER, HeaderValue::from(5));
        }
        self
    }

    /// The same for clients that send again after 503 and drop what is answered 429, which they take
    /// for a fault of theirs.
    #[must_use]
    pub(crate) fn later(mut self) -> Self {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            self.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        self.retryable()
    }

    /// The same without its header.
    #[must_use]
    pub(crate) fn headless(mut self) -> Self {
        self.header = None;
        self
    }

    /// What happened and what to do about it, in a sentence or two.
    pub(crate) fn sentence(&self) -> String {
        let ApiError { message, hint, .. } = &self.error;
        if hint.is_empty() {
            message.clone()
        } else {
            format!("{message}; {hint}")
        }
    }

    /// The usual body, with a `message` beside the `error`.
    pub(crate) fn json_with(&self, message: &str) -> Vec<u8> {
        serde_json::json!({ "message": message, "error": self.error })
            .to_string()
            .into_bytes()
    }

    /// The refusal with another body.
    pub(crate) fn answered(self, content_type: HeaderValue, body: Vec<u8>) -> Response {
        let mut response = (self.status, body).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        if let Some((name, value)) = self.header.map(|header| *header) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[derive(Serialize)]
struct Body {
    error: ApiError,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Body { error: self.error })).into_response();
        if let Some((name, value)) = self.header.map(|header| *header) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self {
            status: status_of(&error.code),
            error,
            header: None,
        }
    }
}

impl From<IngestError> for Refusal {
    fn from(error: IngestError) -> Self {
        let message = error.to_string();
        match error {
            IngestError::Busy { retry_after } => Self::busy(
                retry_after
                    .as_millis()
                    .div_ceil(1000)
                    .try_into()
                    .unwrap_or(1),
                message,
            ),
            IngestError::DiskFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", message).hint(
                    "nothing of the request was kept; free some space or delete a run, then send \
                     it again",
                )
            }
            IngestError::Unavailable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
            }
            IngestError::KeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "key_reused", message)
                    .hint("a retry sends the same lines; other lines want a key of their own")
            }
            IngestError::Refused(_) => Self::bad("refused", message),
        }
    }
}

/// A blocking task of ours died, which is a bug worth a line in the log.
impl From<tokio::task::JoinError> for Refusal {
    fn from(error: tokio::task::JoinError) -> Self {
        tracing::error!(%error, "a request's work ended early");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "the request's work ended early",
        )
        .hint("this is a fault of Crosscut's; its log (CROSSCUT_LOG=warn) says more")
    }
}

/// The status that goes with an error's code. Codes are named so that their first or last word
/// tells whose fault it is.
fn status_of(code: &str) -> StatusCode {
    match code {
        "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
        "busy" | "too_many" => StatusCode::TOO_MANY_REQUESTS,
        "closed" | "closing" | "unavailable" => StatusCode::SERVICE_UNAVAILABLE,
        "internal" => StatusCode::INTERNAL_SERVER_ERROR,
        "too_many_records" => StatusCode::PAYLOAD_TOO_LARGE,
        "not_found" => StatusCode::NOT_FOUND,
        _ if code.starts_with("unknown_") => StatusCode::NOT_FOUND,
        _ if code.ends_with("_failed") => StatusCode::INTERNAL_SERVER_ERROR,
        _ if code.ends_with("_unavailable") => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
