//! The port, as those see it who call it: every test speaks HTTP to a real one.

#[cfg(test)]
mod api;
#[cfg(test)]
mod grpc;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod handover;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod ingest;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod live;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod otlp;
#[cfg(test)]
mod port;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod shippers;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod source;
#[cfg(test)]
mod ui;
#[cfg(test)]
mod websocket;
