//! Opening the port, and closing it.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use crosscut_engine::Workbench;
use crosscut_engine::api::{Notice, NoticeKind};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{self, Shared};
use crate::guard::Policy;
use crate::ingest::Budget;
use crate::sockets::{self, Opened, Running};
use crate::{BindError, Options, PortTaken, serve};

/// Ports after the one asked for that are tried before any free one is taken.
const NEIGHBOURS: u16 = 20;
/// How long the holder of the port has to say who it is.
const PROBE: Duration = Duration::from_millis(500);

/// The HTTP port of a workbench.
#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the port and answers requests from then on. Needs a tokio runtime.
    ///
    /// A port that somebody else holds makes way to the next free one: the workbench gets the
    /// notice `port_taken`, and [`Bound::port_taken`] tells the caller.
    pub async fn bind(workbench: Workbench, options: Options) -> Result<Bound, BindError> {
        let loopback = options.listen.to_canonical().is_loopback();
        if options.no_token && !loopback {
            return Err(BindError::TokenNeeded(options.listen));
        }
        let (listener, address, taken) = listen(options.listen, options.port).await?;
        if let Some(taken) = &taken {
            workbench.notice(Notice {
                code: "port_taken".to_owned(),
                kind: NoticeKind::Warning,
                message: taken.to_string(),
                hint: format!(
                    "programs that send their logs to port {} do not reach this window; end the \
                     other program and start again, or send to {}",
                    taken.wanted, taken.got
                ),
                active: true,
            });
        }
        let lower = |texts: Vec<String>| texts.iter().map(|text| text.to_lowercase()).collect();
        let token = workbench.token();
        let (close, closing) = watch::channel(false);
        let budget = Budget::of(&workbench);
        let shared = Arc::new(Shared {
            policy: Policy {
                loopback,
                hosts: lower(options.allow_hosts),
                origins: lower(options.allow_origins),
                token: (!options.no_token).then(|| token.clone()),
            },
            workbench,
            budget,
            closing: closing.clone(),
        });
        let sockets = sockets::open(options.sockets, &shared).await;
        let router = app::router(shared);
        let task = tokio::spawn(serve::serve(listener, router, closing));
        Ok(Bound {
            address,
            taken,
            token: (!options.no_token).then_some(token),
            close,
            task,
            sockets,
        })
    }
}

/// An open port that answers requests until it is stopped or dropped.
#[derive(Debug)]
pub struct Bound {
    address: SocketAddr,
    taken: Option<PortTaken>,
    token: Option<String>,
    close: watch::Sender<bool>,
    task: JoinHandle<()>,
    sockets: Running,
}

impl Bound {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for callers on this machine, as `http://127.0.0.1:3002`.
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// The address of the web UI with the token, to be opened in a browser.
    pub fn page(&self) -> String {
        page(&self.url(), self.token.as_deref())
    }

    /// Set when the port asked for was somebody else's.
    pub fn port_taken(&self) -> Option<&PortTaken> {
        self.taken.as_ref()
    }

    /// The sockets of other protocols that are open.
    pub fn sockets(&self) -> &[Opened] {
        self.sockets.opened()
    }

    /// Takes no more requests, ends live streams, lets what is under way finish within two
    /// seconds, and closes the port.
    pub async fn stop(self) {
        self.close.send(true).ok();
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the port ended badly");
        }
        self.sockets.stop().await;
    }
}

/// A base address as a page to open.
pub(crate) fn page(url: &str, token: Option<&str>) -> String {
    match token {
        Some(token) => format!("{url}/?token={token}"),
        None => format!("{url}/"),
    }
}

/// "Any address" is no address one can call: it stands for this machine's own.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

type Listening = (TcpListener, SocketAddr, Option<PortTaken>);

async fn listen(ip: IpAddr, port: u16) -> Result<Listening, BindError> {
    let wanted = SocketAddr::new(ip, port);
    let refused = |source| BindError::Refused {
        address: wanted,
        source,
    };
    match try_port(wanted).await {
        Ok((listener, address)) => Ok((listener, address, None)),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let crosscut = holder(reachable(wanted)).await;
            let (listener, address) = next_free(wanted).await.map_err(refused)?;
            let taken = PortTaken {
                wanted: port,
                got: address.port(),
                crosscut,
            };
            Ok((listener, address, Some(taken)))
        }
        Err(error) => Err(refused(error)),
    }
}

async fn next_free(wanted: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let neighbours = (1..=NEIGHBOURS).filter_map(|more| wanted.port().checked_add(more));
    for port in neighbours {
        if let Ok(found) = try_port(SocketAddr::new(wanted.ip(), port)).await {
            return Ok(found);
        }
    }
    try_port(SocketAddr::new(wanted.ip(), 0)).await
}

async fn try_port(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// The version of the Crosscut behind `address`, if it is one.
async fn holder(address: SocketAddr) -> Option<String> {
    #[derive(Deserialize)]
    struct Health {
        name: String,
        version: String,
    }
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(PROBE)
        .build()
        .ok()?;
    let response = client
        .get(format!("http://{address}/health"))
        .send()
        .await
        .ok()?;
    // Whoever it is, it does not get to fill the memory.
    if response
        .content_length()
        .is_none_or(|length| length > 4_096)
    {
        return None;
    }
    let health: Health = response.json().await.ok()?;
    (health.name == "crosscut").then_some(health.version)
}
