//! Records of Fluent Bit and Fluentd in MessagePack, as their HTTP outputs post them to `/ingest`.
//!
//! Fluentd posts maps one behind the other; Fluent Bit pairs of a time and a map, where newer
//! versions have a pair of the time and some metadata in the time's place.

use crosscut_model::{Stream, UnixNanos};

use super::gather::Gathered;
use super::msgpack::{Head, Malformed, Unpacker};
use crate::refusal::Refusal;

/// The source of records whose sender names none.
pub(super) const ANONYMOUS: &str = "fluent";

/// Adds all records of a body. What is behind a fault cannot be told apart: it is told, and refused
/// where nothing stood before it.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    let mut unpacker = Unpacker::new(bytes);
    while !unpacker.is_empty() {
        match records(&mut unpacker, gathered) {
            Ok(()) => {}
            Err(Fault::Refused(refusal)) => return Err(refusal),
            Err(Fault::Malformed(error)) if gathered.good == 0 => {
                return Err(Refusal::bad("bad_msgpack", error.to_string()).hint(
                    "nothing was kept; a body is maps, or [time, map], one behind the other",
                ));
            }
            Err(Fault::Malformed(error)) => {
                let unread = unpacker.rest().len();
                let told = format!("{unread} bytes of MessagePack could not be read: {error}");
                gathered.add_broken(ANONYMOUS, told.as_bytes())?;
                break;
            }
        }
    }
    Ok(())
}

/// Why reading a body ended early.
enum Fault {
    Malformed(Malformed),
    Refused(Refusal),
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Adds a record, or all that are in one array, as some clients send them.
fn records(unpacker: &mut Unpacker<'_>, gathered: &mut Gathered) -> Result<(), Fault> {
    let mut inside = *unpacker;
    match inside.head()? {
        Head::Array(2) if !are_records(inside) => record(unpacker, gathered),
        Head::Array(count) => {
            *unpacker = inside;
            (0..count).try_for_each(|_| record(unpacker, gathered))
        }
        _ => record(unpacker, gathered),
    }
}

/// Adds a map, or a pair of a time and a map. What is none is not passed.
fn record(unpacker: &mut Unpacker<'_>, gathered: &mut Gathered) -> Result<(), Fault> {
    let mut inside = *unpacker;
    let time = match inside.head()? {
        Head::Map(_) => {
            inside = *unpacker;
            None
        }
        Head::Array(2) => time(&mut inside)?,
        _ => return Err(Malformed::Unexpected("something that is no record").into()),
    };
    let mut json = Vec::new();
    inside.json(&mut json)?;
    if json.first() != Some(&b'{') {
        return Err(Malformed::Unexpected("something that is no map").into());
    }
    *unpacker = inside;
    let added = gathered.add(ANONYMOUS, Stream::Stdout, time, &json);
    added.map_err(Fault::Refused)
}

/// Whether the two members of an array are records, and not a time and a map. `[[time, {…}], {…}]`
/// is one record whose time has metadata; `[[time, {…}], [time, {…}]]` are two.
fn are_records(mut unpacker: Unpacker<'_>) -> bool {
    let start = unpacker;
    match unpacker.head() {
        Ok(Head::Map(_)) => true,
        Ok(Head::Array(_)) => {
            unpacker = start;
            unpacker.skip().is_ok() && matches!(unpacker.head(), Ok(Head::Array(_)))
        }
        _ => false,
    }
}

fn time(unpacker: &mut Unpacker<'_>) -> Result<Option<UnixNanos>, Malformed> {
    let start = *unpacker;
    if let Head::Array(count) = unpacker.head()? {
        if count == 0 {
            return Ok(None);
        }
        let time = unpacker.time()?;
        for _ in 1..count {
            unpacker.skip()?;
        }
        return Ok(time);
    }
    *unpacker = start;
    unpacker.time()
}
