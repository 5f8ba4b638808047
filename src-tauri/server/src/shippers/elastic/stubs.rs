//! What clients ask before they send: who is there, is it well, may I, is my template in place.
//!
//! The answers say that all is well and that whatever is asked for is there already, since no
//! template, pipeline or policy is needed for a line to be found here.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::reply::{acknowledged, introduced};
use crate::assets;

/// The version that clients are told: the last of the major version that clients of 7 and 9 both
/// get along with.
const VERSION: &str = "8.19.0";
const CLUSTER: &str = "crosscut";

/// The web UI for browsers, who ask for HTML, and for whoever brings the token of its address;
/// Elasticsearch's greeting for everyone else.
pub(super) async fn root(uri: Uri, headers: HeaderMap) -> Response {
    let html = headers
        .get_all(header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|text| text.contains("text/html")));
    let addressed = uri.query().is_some_and(|query| query.contains("token="));
    if html || addressed {
        return assets::asset(uri, headers).await;
    }
    let greeting = Json(json!({
        "name": CLUSTER,
        "cluster_name": CLUSTER,
        "cluster_uuid": "Y3Jvc3NjdXQtLS0tLS0tLQ",
        "version": {
            "number": VERSION,
            "build_flavor": "default",
            "build_type": "tar",
            "build_hash": "0000000000000000000000000000000000000000",
            "build_date": "2025-07-23T00:00:00.000000000Z",
            "build_snapshot": false,
            "lucene_version": "9.12.2",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0"
        },
        "tagline": "You Know, for Search"
    }));
    introduced(&headers, greeting.into_response())
}

/// An index is there as soon as somebody asks.
pub(super) async fn index() -> StatusCode {
    StatusCode::OK
}

pub(super) async fn health() -> Response {
    Json(json!({
        "cluster_name": CLUSTER,
        "status": "green",
        "timed_out": false,
        "number_of_nodes": 1,
        "number_of_data_nodes": 1,
        "active_primary_shards": 1,
        "active_shards": 1,
        "relocating_shards": 0,
        "initializing_shards": 0,
        "unassigned_shards": 0,
        "delayed_unassigned_shards": 0,
        "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0,
        "task_max_waiting_in_queue_millis": 0,
        "active_shards_percent_as_number": 100.0
    }))
    .into_response()
}

/// omelasticsearch asks for no more than a 200.
pub(super) async fn cat_health() -> &'static str {
    "0 00:00:00 crosscut green 1 1 1 1 0 0 0 0 - 100.0%\n"
}

/// Filebeat and Logstash.
pub(super) async fn license() -> Response {
    Json(json!({
        "license": {
            "status": "active",
            "uid": "00000000-0000-0000-0000-000000000000",
            "type": "basic",
            "issue_date": "2020-01-01T00:00:00.000Z",
            "issue_date_in_millis": 1_577_836_800_000_i64,
            "max_nodes": 1000,
            "issued_to": CLUSTER,
            "issuer": CLUSTER,
            "start_date_in_millis": -1
        }
    }))
    .into_response()
}

/// Filebeat before version 7.14, and Logstash.
pub(super) async fn xpack() -> Response {
    let on = json!({"available": true, "enabled": true});
    Json(json!({
        "build": {"hash": "", "date": ""},
        "license": {
            "uid": "00000000-0000-0000-0000-000000000000",
            "type": "basic",
            "mode": "basic",
            "status": "active"
        },
        "features": {"ilm": on, "data_streams": on},
        "tagline": "You know, for X"
    }))
    .into_response()
}

/// Clients that look for more nodes find this one, under the address they know.
pub(super) async fn nodes(headers: HeaderMap) -> Response {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    Json(json!({
        "_nodes": {"total": 1, "successful": 1, "failed": 0},
        "cluster_name": CLUSTER,
        "nodes": {
            "crosscut": {
                "name": CLUSTER,
                "host": host,
                "version": VERSION,
                "roles": ["data", "ingest", "master"],
                "http": {"publish_address": host, "bound_address": [host]}
            }
        }
    }))
    .into_response()
}

/// A template, policy, pipeline, data stream or index by its name: there when asked for, taken when
/// put, and without consequence either way.
pub(super) async fn named(method: Method, Path(name): Path<String>) -> Response {
    match method {
        Method::PUT | Method::POST => {
            acknowledged(&json!({"shards_acknowledged": true, "index": name}))
        }
        Method::HEAD => StatusCode::OK.into_response(),
        Method::GET => {
            let listed = json!([{"name": name}]);
            Json(json!({"data_streams": listed, "index_templates": listed, name: {}}))
                .into_response()
        }
        // Nothing is deleted that others may rely on.
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}
