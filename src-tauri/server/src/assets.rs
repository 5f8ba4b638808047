//! The web UI: the build of `ui/`, inside the binary.
//!
//! Its files hold no data and need no token; the page asks for data with the token from its
//! address. In a debug build the files are read from `ui/dist` each time.

use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::refusal::Refusal;

/// The UI's build. Missing where nobody has built it; then a page says how.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Ui;

const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Crosscut</title>\n<h1>Crosscut is running, without its web UI</h1>\n\
    <p>This binary was built before the UI was. Build both: <code>cargo xtask ui</code>, then \
    build Crosscut again. Everything else on this port works.\n";

/// Gives a file of the UI.
pub(crate) async fn asset(uri: Uri, headers: HeaderMap) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match Ui::get(path) {
        Some(file) => answer(path, file, &headers),
        None if path == "index.html" => {
            (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
        }
        None => Refusal::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is nothing at {}", uri.path()),
        )
        .into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let kind = file.metadata.mimetype().to_owned();
    let tag = etag(&file.metadata.sha256_hash());
    // The names of files below assets/ change with their content.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let seen = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_str(&kind)),
        (header::ETAG, HeaderValue::from_str(&tag)),
        (header::CACHE_CONTROL, Ok(HeaderValue::from_static(cache))),
    ];
    let mut response = if seen.is_some_and(|seen| seen.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        file.data.into_response()
    };
    for (name, value) in head {
        if let Ok(value) = value {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The content's first eight bytes of hash, as a number: enough to tell two builds apart.
fn etag(hash: &[u8; 32]) -> String {
    let short = hash
        .iter()
        .take(8)
        .fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    format!("\"{short:016x}\"")
}
