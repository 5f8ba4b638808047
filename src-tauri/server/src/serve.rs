//! Taking connections: bounded in number and patience, ended with grace.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::guard::Arrived;

/// Connections at once; more wait in the system's queue.
const MAX_CONNECTIONS: u32 = 1_024;
/// How long the head of a request may take, and an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// The head of a request, at most. Bytes.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// How long requests under way may still take once the port is being closed.
const GRACE: Duration = Duration::from_secs(2);

/// A connection's place among those that may be open at once; kept by a WebSocket for as long as it
/// is open, since the connection is no longer HTTP's then.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// Serves connections until `closing` turns true, then lets them finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut closing: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let seat = room.clone().acquire_owned().await;
            (seat, listener.accept().await)
        };
        let (seat, accepted) = tokio::select! {
            () = closed(&mut closing) => break,
            next = next => next,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) => {
                let Ok(permit) = seat else { break };
                let seat = Seat {
                    _permit: Arc::new(permit),
                };
                connections.spawn(connection(stream, router.clone(), seat, closing.clone()));
            }
            Err(error) => {
                // Out of file descriptors, most likely: those under way will free some.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let finished = async {
        while connections.join_next().await.is_some() {}
        // WebSockets have left the connections and kept their seats.
        room.acquire_many(MAX_CONNECTIONS).await.ok();
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::debug!("cutting connections that did not end in time");
    }
}

/// Waits until the port is being closed.
pub(crate) async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, and the port with it.
    closing.wait_for(|closing| *closing).await.ok();
}

async fn connection(
    stream: TcpStream,
    router: Router,
    seat: Seat,
    mut closing: watch::Receiver<bool>,
) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    stream.set_nodelay(true).ok();
    let arrived = Arrived(local.ip().to_canonical());
    let service = hyper::service::service_fn(move |request: Request<hyper::body::Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(arrived);
        request.extensions_mut().insert(seat.clone());
        let router = router.clone();
        async move {
            let response = router.oneshot(request).await;
            response.map_err(|never: Infallible| never)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = closed(&mut closing) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended badly");
    }
}
