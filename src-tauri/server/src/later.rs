//! Endpoints of the log agent that this version does not serve: they say so, instead of a 404 that
//! looks like a wrong address.

use axum::http::StatusCode;

use crate::refusal::Refusal;

/// `POST /qna`.
pub(crate) async fn answers() -> Refusal {
    Refusal::new(
        StatusCode::NOT_IMPLEMENTED,
        "not_supported",
        "this version answers no questions",
    )
    .hint("`GET /raw?query=…` gives the lines themselves")
}

/// `GET /issues`.
pub(crate) async fn issues() -> Refusal {
    Refusal::new(
        StatusCode::NOT_IMPLEMENTED,
        "not_supported",
        "this version keeps no issues",
    )
    .hint("`GET /raw?query=level:>=error` gives the errors themselves")
}
