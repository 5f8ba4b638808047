//! The messages of a socket, as JSON.

use crosscut_engine::api::{ApiError, ReadRecord};
use crosscut_model::RunId;
use serde::{Deserialize, Serialize};

use crate::live::address::Address;
use crate::live::standing::{Reason, Status};

/// Characters of a subscription's id, at most.
const MAX_ID: usize = 128;

/// A subscription's name: whatever the client chose, text or number, given back as it came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Number(i64),
    Text(String),
}

/// What a client asks for.
#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
pub(super) enum Asked {
    #[serde(rename = "log.subscribe")]
    Subscribe {
        id: Option<Id>,
        #[serde(flatten)]
        what: Address,
    },
    #[serde(rename = "log.unsubscribe")]
    Unsubscribe {
        id: Option<Id>,
        #[serde(alias = "container")]
        source: Option<String>,
    },
    #[serde(rename = "ping")]
    Ping { id: Option<Id> },
}

impl Asked {
    /// Reads a message; what is wrong with it goes with the id it names, if it names one.
    pub(super) fn read(text: &str) -> Result<Self, (Option<Id>, ApiError)> {
        #[derive(Deserialize)]
        struct Named {
            id: Option<Id>,
        }
        let hint = "a message is {\"type\":\"log.subscribe\",\"source\":…}, `log.unsubscribe` or \
                    `ping`";
        let wrong = |id, message| Err((id, ApiError::new("bad_message", message).hint(hint)));
        // An array would be read as an object without its names.
        if !text.trim_start().starts_with('{') {
            return wrong(None, "the message is no JSON object".to_owned());
        }
        let asked: Self = match serde_json::from_str(text) {
            Ok(asked) => asked,
            Err(error) => {
                let named = serde_json::from_str::<Named>(text).ok();
                let id = named.and_then(|named| named.id);
                let id = id.filter(|id| !id.is_too_long());
                return wrong(id, format!("the message is wrong: {error}"));
            }
        };
        let (Self::Subscribe { id, .. } | Self::Unsubscribe { id, .. } | Self::Ping { id }) =
            &asked;
        if id.as_ref().is_some_and(Id::is_too_long) {
            return wrong(None, format!("an `id` has at most {MAX_ID} characters"));
        }
        Ok(asked)
    }
}

impl Id {
    fn is_too_long(&self) -> bool {
        matches!(self, Self::Text(text) if text.chars().count() > MAX_ID)
    }
}

/// What a client is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(super) enum Told<'a> {
    #[serde(rename = "log.subscribed")]
    Subscribed {
        id: &'a Id,
        run: &'a RunId,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    },
    #[serde(rename = "log.unsubscribed")]
    Unsubscribed { id: &'a Id },
    #[serde(rename = "log.history")]
    History {
        id: &'a Id,
        logs: &'a [ReadRecord],
        done: bool,
    },
    #[serde(rename = "log.line")]
    Line { id: &'a Id, log: &'a ReadRecord },
    #[serde(rename = "log.skipped")]
    Skipped {
        id: &'a Id,
        run: &'a RunId,
        count: u64,
        from: u64,
        to: u64,
    },
    #[serde(rename = "log.status")]
    Status {
        id: &'a Id,
        source: &'a str,
        status: Status,
    },
    #[serde(rename = "log.end")]
    End {
        id: &'a Id,
        reason: Reason,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<Status>,
    },
    #[serde(rename = "log.stream.error")]
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a Id>,
        error: &'a ApiError,
    },
    #[serde(rename = "pong")]
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a Id>,
    },
}
