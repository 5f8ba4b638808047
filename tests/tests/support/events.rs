//! Streams of server-sent events, read as they come.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use reqwest::blocking::Response;
use serde_json::Value;

/// One event.
#[derive(Debug, Default, Clone)]
pub(crate) struct Message {
    /// Its number, where it has one.
    pub(crate) id: Option<String>,
    /// Its kind, where it is named.
    pub(crate) event: Option<String>,
    /// What it carries.
    pub(crate) data: String,
}

impl Message {
    /// What it carries, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// A stream that is being read.
#[derive(Debug)]
pub(crate) struct Events(Receiver<Message>);

impl Events {
    /// Reads until the other side closes, or nobody is interested any more.
    pub(crate) fn read(response: Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let (send, receive) = channel();
        std::thread::spawn(move || {
            let mut message = Message::default();
            for line in BufReader::new(response).lines().map_while(Result::ok) {
                match line.split_once(": ").or_else(|| line.split_once(':')) {
                    Some(("id", value)) => message.id = Some(value.to_owned()),
                    Some(("event", value)) => message.event = Some(value.to_owned()),
                    Some(("data", value)) => message.data.push_str(value),
                    Some(_) => {}
                    None => {
                        let whole = std::mem::take(&mut message);
                        let comment = whole.data.is_empty() && whole.event.is_none();
                        if !comment && send.send(whole).is_err() {
                            return;
                        }
                    }
                }
            }
        });
        Self(receive)
    }

    /// The next one; `None` when there is none in time.
    pub(crate) fn next(&self, patience: Duration) -> Option<Message> {
        self.0.recv_timeout(patience).ok()
    }

    /// The next ones up to the first that `last` says is the last.
    pub(crate) fn up_to(
        &self,
        patience: Duration,
        last: impl Fn(&Message) -> bool,
    ) -> Vec<Message> {
        let until = Instant::now() + patience;
        let mut all = Vec::new();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Some(message) = self.next(left) else {
                panic!("the stream brings no such event; it brought {all:?}");
            };
            let ends = last(&message);
            all.push(message);
            if ends {
                return all;
            }
        }
    }

    /// Waits for news, takes what has come; `false` when the stream or the time ended first.
    pub(crate) fn news(&self, patience: Duration) -> bool {
        let first = self.0.recv_timeout(patience);
        while self.0.try_recv().is_ok() {}
        first.is_ok()
    }

    /// Whether the other side closes the stream in time.
    pub(crate) fn closes(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.0.recv_timeout(left) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }
}
