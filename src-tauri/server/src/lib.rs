//! The HTTP port: one for ingest, the API, live streams and the web UI.
//!
//! Owns who may call ([`guard`]), what bodies mean ([`ingest`]), and how the workbench's operations
//! look over HTTP. It is the only crate that knows axum. Promises: 200 on an ingest means stored;
//! no web page of a stranger and no request without the token reads, clears or asks; a body is
//! capped after decompression; a slow or hostile client slows nobody but itself.
//!
//! ```text
//! bind ─▶ serve (timeouts, graceful stop) ─▶ guard: Host, Origin ─▶ route ─▶ guard: token ─┬▶ ingest
//!                                                                                          ├▶ rpc, events, upload
//!                                                                                          ├▶ raw, stream
//!                                                                                          └▶ assets (no token: no data)
//! ```
//!
//! [`handover`] is the other end of the wire: how a second start talks to the workbench that owns
//! the data directory already.

mod bind;
pub mod handover;
mod options;

pub use bind::{Bound, Server};
pub use options::{BindError, DEFAULT_PORT, Options, PortTaken};
