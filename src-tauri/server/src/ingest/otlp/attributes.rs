//! A record's attributes: members of the record itself, so that a query finds them by the names their
//! program gave them (`http.route:"/cart"`).
//!
//! Those that would be taken for what the record says of itself (its time, its message) stand in an
//! object `attributes` instead.

use super::Malformed;
use super::any::write_pair;
use super::node::Value;
use crate::ingest::record::Object;

/// Names of members that a record has, or may have, beside its attributes.
const OWN: [&[u8]; 20] = [
    b"time",
    b"timestamp",
    b"level",
    b"loglevel",
    b"message",
    b"severitytext",
    b"severitynumber",
    b"event",
    b"traceid",
    b"spanid",
    b"observedtime",
    b"flags",
    b"attributes",
    b"droppedattributescount",
    b"logger",
    b"scope",
    b"resource",
    b"resourceschemaurl",
    b"service",
    b"span",
];

/// The attributes of one record after the other.
#[derive(Debug, Default)]
pub(super) struct Attributes {
    /// Those that are members of the record, written.
    members: Vec<u8>,
    /// The others.
    apart: Vec<u8>,
    scratch: Vec<u8>,
}

impl Attributes {
    /// Forgets the last record's.
    pub(super) fn clear(&mut self) {
        self.members.clear();
        self.apart.clear();
    }

    /// Adds one.
    pub(super) fn add(&mut self, pair: Value<'_>) -> Result<(), Malformed> {
        self.scratch.clear();
        write_pair(pair.node()?, &mut self.scratch, true)?;
        let to = if is_own(&self.scratch) {
            &mut self.apart
        } else {
            &mut self.members
        };
        if !to.is_empty() && !self.scratch.is_empty() {
            to.push(b',');
        }
        to.extend_from_slice(&self.scratch);
        Ok(())
    }

    /// Writes them all.
    pub(super) fn write(&self, object: &mut Object<'_>) {
        object.members(&self.members);
        object.braced_if_any("attributes", &self.apart);
    }
}

/// Whether a written pair has the name of what a record has itself; case and what stands between
/// words make no difference, as they make none to who reads records.
fn is_own(pair: &[u8]) -> bool {
    let key = pair.strip_prefix(b"\"").unwrap_or(pair);
    let key = key.iter().take_while(|&&byte| byte != b'"');
    let plain = || {
        key.clone()
            .filter(|byte| !matches!(byte, b'_' | b'-' | b'@'))
            .map(u8::to_ascii_lowercase)
    };
    OWN.iter().any(|own| plain().eq(own.iter().copied()))
}
