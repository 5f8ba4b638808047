//! Sockets beside the port, off unless asked for: syslog, GELF, Fluentd's forward protocol, OTLP over
//! gRPC.
//!
//! For what can ship its lines in no other way: rsyslog, syslog-ng, Docker's drivers `syslog`,
//! `gelf` and `fluentd`, and instrumented programs whose exporter speaks gRPC alone. None of these
//! protocols knows a token, so they listen on this machine alone unless an address is named.
//!
//! Owns the listeners and what they promise: lines of one connection are stored in their order; what
//! comes over TCP waits while the store cannot take more; what comes by UDP and cannot be taken is
//! counted, and a record says how many were lost; a message, a connection and all of them together
//! are bounded. A port that somebody else holds is told, with who it is where that is known.

mod fluent;
mod gelf;
mod grpc;
mod holder;
mod inbox;
mod pour;
mod syslog;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crosscut_engine::api::{Notice, NoticeKind};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use self::gelf::Taken;
use self::inbox::{Inbox, Received, Room};
use self::pour::{Pour, Sent};
use crate::app::Shared;
use crate::serve::closed;

/// Connections of one socket at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 256;
/// How long what was received may still be stored once the sockets are being closed.
const GRACE: Duration = Duration::from_secs(2);
/// A message, at most. Bytes.
const MAX_MESSAGE: usize = 16 << 20;

/// Which sockets to open, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sockets {
    /// Syslog, RFC 3164 and 5424, over UDP and TCP; usually on port 5514.
    pub syslog: Option<SocketAddr>,
    /// GELF over UDP and TCP; usually on port 12201.
    pub gelf: Option<SocketAddr>,
    /// Fluentd's forward protocol over TCP; usually on port 24224.
    pub fluent: Option<SocketAddr>,
    /// OTLP over gRPC (HTTP/2 over TCP); usually on port 4317.
    pub otlp_grpc: Option<SocketAddr>,
}

/// A socket that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Its protocol: `syslog`, `gelf`, `fluent` or `otlp-grpc`.
    pub protocol: &'static str,
    /// Where it listens, by TCP and, for `syslog` and `gelf`, by UDP.
    pub address: SocketAddr,
}

/// What every listener has at hand.
#[derive(Debug, Clone)]
struct Context {
    pour: Pour,
    /// For what connections have received and not yet read as messages.
    room: Room,
    closing: watch::Receiver<bool>,
}

impl Context {
    fn inbox(&self) -> Inbox {
        Inbox::new(self.room.clone(), self.closing.clone())
    }
}

/// Told where a connection is closed because of what its client sends.
fn cut_off(why: &str) -> Sent {
    Sent::system(format!(
        "a connection was closed: {why}; what it sent behind that is lost"
    ))
}

/// Why a connection is closed when there is no room for what it has begun to send.
const CROWDED: &str = "too many bytes of unfinished messages are held at once";

/// The sockets of a port.
#[derive(Debug, Default)]
pub(crate) struct Running {
    opened: Vec<Opened>,
    tasks: JoinSet<()>,
}

impl Running {
    pub(crate) fn opened(&self) -> &[Opened] {
        &self.opened
    }

    fn spawn(
        &mut self,
        protocol: Protocol,
        tcp: TcpListener,
        udp: Option<UdpSocket>,
        shared: &Arc<Shared>,
    ) {
        let closing = shared.closing.clone();
        if protocol == Protocol::OtlpGrpc {
            let shared = Arc::clone(shared);
            let serve = move |stream| grpc::serve(stream, Arc::clone(&shared));
            self.tasks.spawn(connections(tcp, closing, serve));
            return;
        }
        let (pour, store) = pour::new(
            protocol.name(),
            shared.workbench.clone(),
            shared.budget.clone(),
        );
        self.tasks.spawn(store);
        let context = Context {
            pour,
            room: Room::default(),
            closing,
        };
        if let Some(udp) = udp {
            self.tasks.spawn(datagrams(udp, protocol, context.clone()));
        }
        let closing = context.closing.clone();
        let serve = move |stream| messages(stream, protocol, context.clone());
        self.tasks.spawn(connections(tcp, closing, serve));
    }

    /// Waits until all is stored that had come when the port began to close.
    pub(crate) async fn stop(mut self) {
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finished).await.is_err() {
            tracing::warn!("what came by a socket could not be stored in time");
        }
    }
}

/// A protocol, as its option is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Syslog,
    Gelf,
    Fluent,
    OtlpGrpc,
}

impl Protocol {
    fn name(self) -> &'static str {
        match self {
            Self::Syslog => "syslog",
            Self::Gelf => "gelf",
            Self::Fluent => "fluent",
            Self::OtlpGrpc => "otlp-grpc",
        }
    }

    /// Whether it comes by UDP too.
    fn has_datagrams(self) -> bool {
        matches!(self, Self::Syslog | Self::Gelf)
    }
}

/// Opens what was asked for. A socket that cannot be opened is told by a notice and costs no other.
pub(crate) async fn open(sockets: Sockets, shared: &Arc<Shared>) -> Running {
    let mut running = Running::default();
    for (protocol, address) in [
        (Protocol::Syslog, sockets.syslog),
        (Protocol::Gelf, sockets.gelf),
        (Protocol::Fluent, sockets.fluent),
        (Protocol::OtlpGrpc, sockets.otlp_grpc),
    ] {
        let Some(address) = address else { continue };
        match bind(address, protocol.has_datagrams()).await {
            Ok((tcp, udp, address)) => {
                running.spawn(protocol, tcp, udp, shared);
                running.opened.push(Opened {
                    protocol: protocol.name(),
                    address,
                });
            }
            Err(error) => shared.workbench.notice(refused(protocol, address, &error)),
        }
    }
    running
}

async fn bind(
    address: SocketAddr,
    datagrams: bool,
) -> io::Result<(TcpListener, Option<UdpSocket>, SocketAddr)> {
    let tcp = TcpListener::bind(address).await?;
    let address = tcp.local_addr()?;
    let udp = if datagrams {
        Some(UdpSocket::bind(address).await?)
    } else {
        None
    };
    Ok((tcp, udp, address))
}

fn refused(protocol: Protocol, address: SocketAddr, error: &io::Error) -> Notice {
    let (protocol, port) = (protocol.name(), address.port());
    let why = match (error.kind(), holder::of(port)) {
        (io::ErrorKind::AddrInUse, Some(holder)) => format!("it is held by {holder}"),
        (io::ErrorKind::AddrInUse, None) => "another program holds it".to_owned(),
        _ => error.to_string(),
    };
    Notice {
        code: format!("{}_socket_refused", protocol.replace('-', "_")),
        kind: NoticeKind::Warning,
        message: format!("no {protocol} on port {port}: {why}"),
        hint: format!(
            "end the other program and start again, or name another address with \
             --{protocol}=127.0.0.1:PORT"
        ),
        active: true,
    }
}

async fn datagrams(socket: UdpSocket, protocol: Protocol, mut context: Context) {
    let mut buffer = vec![0; 64 << 10];
    let mut chunks = gelf::Chunks::default();
    loop {
        let due = chunks.due();
        let received = tokio::select! {
            () = closed(&mut context.closing) => break,
            received = socket.recv_from(&mut buffer) => received,
            () = until(due) => {
                context.pour.lose(chunks.expire(Instant::now()));
                continue;
            }
        };
        // An error is that of an answer nobody took; the socket itself goes on.
        let Ok((length, _)) = received else { continue };
        let datagram = buffer.get(..length).unwrap_or_default();
        if protocol == Protocol::Syslog {
            context.pour.offer(syslog::read(datagram));
            continue;
        }
        match chunks.take(datagram, Instant::now()) {
            Taken::Message(message) => match gelf::unpack(&message).await {
                Some(message) => context.pour.offer(gelf::read(&message)),
                None => context.pour.lose(1),
            },
            Taken::Waits => {}
            Taken::Lost => context.pour.lose(1),
        }
    }
}

/// Waits for an instant; for ever where there is none.
async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Takes connections, bounded in number, until the port closes; then waits for their ends.
async fn connections<F>(
    listener: TcpListener,
    mut closing: watch::Receiver<bool>,
    serve: impl Fn(TcpStream) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
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
        if let Ok((stream, _)) = accepted {
            let served = serve(stream);
            connections.spawn(async move {
                served.await;
                drop(seat);
            });
        } else {
            // Out of file descriptors, most likely: those under way will free some.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Serves one connection of a protocol whose messages gather in the queue.
async fn messages(stream: TcpStream, protocol: Protocol, context: Context) {
    let ended = match protocol {
        Protocol::Syslog => frames(stream, context, syslog::frame, syslog::read).await,
        Protocol::Gelf => frames(stream, context, gelf::frame, gelf::read).await,
        _ => fluent::serve(stream, context).await,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, ?protocol, "a connection ended badly");
    }
}

/// Where a frame stands in what has been received.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Frame {
    /// A message, and how many bytes are done with.
    Whole(std::ops::Range<usize>, usize),
    /// More has to come.
    Short,
    /// This is not the protocol.
    Bad(&'static str),
}

/// Messages one behind the other, from a client that expects no answer.
async fn frames(
    mut stream: TcpStream,
    context: Context,
    frame: fn(&[u8], usize, bool) -> Frame,
    read: fn(&[u8]) -> Sent,
) -> io::Result<()> {
    let mut inbox = context.inbox();
    // What is known not to be a whole frame. Bytes.
    let mut seen = 0;
    let mut ended = false;
    while !ended {
        let received = inbox.receive(&mut stream).await?;
        if received == Received::Closing {
            break;
        }
        ended = received != Received::More;
        let mut done = 0;
        let (mut sent, mut bytes) = (Vec::new(), 0);
        loop {
            if bytes >= pour::BUNDLE {
                context.pour.send(std::mem::take(&mut sent), None).await;
                bytes = 0;
            }
            let rest = inbox.bytes().get(done..).unwrap_or_default();
            match frame(rest, seen, received == Received::End) {
                Frame::Whole(range, length) => {
                    let message = rest.get(range).unwrap_or_default();
                    if !message.trim_ascii().is_empty() {
                        let message = read(message);
                        bytes += message.bytes();
                        sent.push(message);
                    }
                    done += length;
                    seen = 0;
                }
                Frame::Short => {
                    seen = rest.len();
                    break;
                }
                Frame::Bad(why) => {
                    sent.push(cut_off(why));
                    ended = true;
                    break;
                }
            }
        }
        inbox.done(done);
        if received == Received::Crowded {
            sent.push(cut_off(CROWDED));
        }
        context.pour.send(sent, None).await;
    }
    stream.shutdown().await
}
