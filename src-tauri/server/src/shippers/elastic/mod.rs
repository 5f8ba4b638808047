//! Elasticsearch, as far as programs that ship logs to it go: `_bulk`, single documents, and what
//! clients ask before they send.
//!
//! Spoken to by the Python, Node, Go, .NET and Ruby clients, Filebeat, Logstash, Fluent Bit, Fluentd,
//! Vector and rsyslog's omelasticsearch. A document is a record of the source that is called like its
//! index (without the day that many put behind it), stored as it was sent. Nothing else of
//! Elasticsearch is here: what is asked for and cannot be done is refused, item by item.
//! Form: <https://www.elastic.co/guide/en/elasticsearch/reference/8.19/docs-bulk.html>.

mod bulk;
mod reply;
mod stubs;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, head, post, put};

use super::Routes;
use crate::assets;

pub(super) fn routes() -> Routes {
    let named = || any(stubs::named);
    Router::new()
        .route("/_bulk", post(bulk::bulk).put(bulk::bulk))
        .route("/{index}/_bulk", post(bulk::bulk_of).put(bulk::bulk_of))
        .route("/{index}/_doc", post(bulk::document))
        .route(
            "/{index}/_doc/{id}",
            put(bulk::document_of).post(bulk::document_of),
        )
        .route(
            "/{index}/_create/{id}",
            put(bulk::document_of).post(bulk::document_of),
        )
        // omelasticsearch's search type, where it sends one document at a time.
        .route("/{index}/events", post(bulk::document))
        .route("/_cluster/health", get(stubs::health))
        .route("/_cat/health", get(stubs::cat_health))
        .route("/_license", get(stubs::license))
        .route("/_xpack", get(stubs::xpack))
        .route("/_nodes", get(stubs::nodes))
        .route("/_nodes/http", get(stubs::nodes))
        .route("/_nodes/_all/http", get(stubs::nodes))
        .route("/_ilm/policy/{name}", named())
        .route("/_index_template/{name}", named())
        .route("/_component_template/{name}", named())
        .route("/_template/{name}", named())
        .route("/_data_stream/{name}", named())
        .route("/_ingest/pipeline/{name}", named())
        .route_layer(middleware::from_fn(reply::introduce))
}

/// Addresses that the web UI has too: its page or the greeting, a file of it or an index.
pub(super) fn shared_routes() -> Routes {
    let known = || middleware::from_fn(reply::introduce);
    Router::new().route("/", get(stubs::root)).route(
        "/{index}",
        get(assets::asset).merge(head(stubs::index).put(stubs::named).route_layer(known())),
    )
}
