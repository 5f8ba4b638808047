//! Connections of OTLP over gRPC: HTTP/2 without TLS, known beforehand, as its clients speak it.
//!
//! What a call means is [`otlp::grpc`]'s. Unlike what comes over the other sockets, a call is
//! answered, and so it is stored before that and needs no queue.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;

use crate::app::Shared;
use crate::ingest::otlp;
use crate::serve::closed;

/// Calls at once on one connection: no fewer than the 100 that clients take for granted before they
/// are told (<https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2>).
const MAX_CALLS: u32 = 128;
/// Bytes of one call, and of all calls of a connection, that may be under way unread.
const WINDOW: u32 = 1 << 20;
/// How often a silent client is asked whether it is still there, and how long it may take to say so.
const ASKED: Duration = Duration::from_mins(1);
const ANSWERED: Duration = Duration::from_secs(20);

/// Answers calls until the client has no more or the port closes; those under way are finished.
pub(super) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    stream.set_nodelay(true).ok();
    let mut closing = shared.closing.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let shared = Arc::clone(&shared);
        let request: Request = request.map(Body::new);
        async move { Ok::<_, Infallible>(otlp::grpc::call(&shared, request).await) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_CALLS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .keep_alive_interval(ASKED)
        .keep_alive_timeout(ANSWERED)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closed(&mut closing) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a gRPC connection ended badly");
    }
}
