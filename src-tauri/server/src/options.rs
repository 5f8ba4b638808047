//! What the port is told when it opens, and why it may not open.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::sockets::Sockets;

/// Crosscut's usual port.
pub const DEFAULT_PORT: u16 = 3002;

/// Where to listen, and who may call beside programs and pages of this machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address; anything but loopback makes the token a must for everything.
    pub listen: IpAddr,
    /// The port; 0 takes any that is free, and one that is taken makes way to the next free one.
    pub port: u16,
    /// Asks for no token at all; on loopback only.
    pub no_token: bool,
    /// Names beside loopback that the `Host` header may carry, without ports.
    pub allow_hosts: Vec<String>,
    /// Origins beside the port's own that pages may call from, as `http://localhost:5173`.
    pub allow_origins: Vec<String>,
    /// Sockets of other protocols to open beside the port.
    pub sockets: Sockets,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: DEFAULT_PORT,
            no_token: false,
            allow_hosts: Vec::new(),
            allow_origins: Vec::new(),
            sockets: Sockets::default(),
        }
    }
}

/// Why the port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Without a token the port would be open to the whole network.
    #[error("without a token the port can only listen on this machine, not on {0}")]
    TokenNeeded(IpAddr),
    /// The operating system refuses the address.
    #[error("cannot listen on {address}: {source}")]
    Refused {
        /// The address that was asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// The port that was asked for belongs to somebody else, so another one was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortTaken {
    /// The port that was asked for.
    pub wanted: u16,
    /// The port that was taken instead.
    pub got: u16,
    /// The version of the Crosscut that holds the port; `None` when a stranger does.
    pub crosscut: Option<String>,
}

impl std::fmt::Display for PortTaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            wanted,
            got,
            crosscut,
        } = self;
        match crosscut {
            Some(version) => write!(
                f,
                "port {wanted} is held by another Crosscut ({version}) with a data directory of \
                 its own; listening on {got} instead"
            ),
            None => {
                write!(
                    f,
                    "port {wanted} is held by another program; listening on {got} instead"
                )
            }
        }
    }
}
