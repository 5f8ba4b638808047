//! A WebSocket client of the port: the opening is written by hand, so that headers can be wrong.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

pub(crate) use tokio_tungstenite::tungstenite::Message;

use crate::harness::Port;

/// What a narrow client's side of the connection may hold. Bytes.
const NARROW: u32 = 128 << 10;

/// An open socket.
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Opens one with the token.
    pub(crate) async fn open(port: &Port) -> Self {
        let token = port.workbench.token();
        Self::ask(
            port.address(),
            &format!("Authorization: Bearer {token}\r\n"),
            "/ws",
        )
        .await
        .unwrap_or_else(|(status, answer)| panic!("{status}: {answer}"))
    }

    /// Opens one that holds little on the way, so that one who does not read is slow at once.
    pub(crate) async fn open_narrow(port: &Port) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(NARROW).unwrap();
        let stream = socket.connect(port.address()).await.unwrap();
        let path = format!("/ws?token={}", port.workbench.token());
        Self::ask_over(stream, "", &path).await.unwrap()
    }

    /// Asks for one with these headers; the status and the answer when it is refused.
    pub(crate) async fn ask(
        address: SocketAddr,
        headers: &str,
        path: &str,
    ) -> Result<Self, (u16, String)> {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::ask_over(stream, headers, path).await
    }

    async fn ask_over(
        mut stream: TcpStream,
        headers: &str,
        path: &str,
    ) -> Result<Self, (u16, String)> {
        let address = stream.peer_addr().unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let mut answer = String::from_utf8(head).unwrap();
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        if status == 101 {
            let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
            assert!(answer.contains(accept), "{answer}");
            let stream = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
            return Ok(Self(stream));
        }
        let length = answer
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        answer.push_str(&String::from_utf8(body).unwrap());
        Err((status, answer))
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.send(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next message as it came; `None` at the end.
    pub(crate) async fn receive(&mut self) -> Option<Message> {
        self.0.next().await.and_then(Result::ok)
    }

    /// The next JSON message.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.receive().await.expect("the socket is open") {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Why the port ends the socket: everything else before that is passed over.
    pub(crate) async fn farewell(&mut self) -> Option<CloseFrame> {
        loop {
            if let Message::Close(frame) = self.receive().await? {
                return frame;
            }
        }
    }
}
