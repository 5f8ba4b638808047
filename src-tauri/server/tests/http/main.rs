//! The port, as those see it who call it: every test speaks HTTP to a real one.

mod api;
mod guard;
mod handover;
mod harness;
mod ingest;
mod live;
mod port;
mod raw;
mod ui;
