//! The HTTP port: one for ingest, the API, live streams and the web UI.
//!
//! Owns who may call (`guard`), what bodies mean (`ingest`), and how the workbench's operations
//! look over HTTP. It is the only crate that knows axum. Promises: 200 on an ingest means stored;
//! no web page of a stranger and no request without the token reads, clears or asks; a body is
//! capped after it is unpacked; a slow or hostile client slows nobody but itself.
//!
//! ```text
//! bind ─▶ serve (timeouts, graceful stop) ─▶ guard: Host, Origin ─▶ app: route ─▶ guard: token ─┬▶ ingest
//!                                                                                               ├▶ rpc, upload, control
//!                                                                                               ├▶ raw, live
//!                                                                                               └▶ assets (no token: no data)
//! ```
//!
//! Beside it, where asked for, the sockets of protocols that are no HTTP: syslog, GELF, Fluentd's,
//! and OTLP over gRPC, which is HTTP/2.
//!
//! [`handover`] is the other end of the wire: how a second start talks to the workbench that owns
//! the data directory already.

mod app;
mod assets;
mod bind;
mod control;
mod guard;
pub mod handover;
mod health;
mod ingest;
mod later;
mod live;
mod options;
mod params;
mod parts;
mod raw;
mod refusal;
mod rpc;
mod serve;
mod shippers;
mod sockets;
mod upload;

pub use bind::{Bound, Server};
pub use options::{BindError, DEFAULT_PORT, Options, PortTaken};
pub use parts::{Parcel, Piece};
pub use sockets::{Opened, Sockets};
