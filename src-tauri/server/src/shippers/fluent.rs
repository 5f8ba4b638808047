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
        let before = unpacker.rest().len();
        match record(&mut unpacker, true) {
            Ok(records) => {
                for (time, record) in records {
                    gathered.add(ANONYMOUS, Stream::Stdout, time, &record)?;
                }
            }
            Err(error) if gathered.good == 0 => {
                return Err(Refusal::bad("bad_msgpack", error.to_string()).hint(
                    "nothing was kept; a body is maps, or [time, map], one behind the other",
                ));
            }
            Err(error) => {
                let told = format!("{before} bytes of MessagePack could not be read: {error}");
                gathered.add_broken(ANONYMOUS, told.as_bytes())?;
                break;
            }
        }
    }
    Ok(())
}

/// A record with its time, where it has one.
type Record = (Option<UnixNanos>, Vec<u8>);

fn record(unpacker: &mut Unpacker<'_>, outermost: bool) -> Result<Vec<Record>, Malformed> {
    let start = *unpacker;
    match unpacker.head()? {
        Head::Map(_) => {
            *unpacker = start;
            let mut json = Vec::new();
            unpacker.json(&mut json)?;
            Ok(vec![(None, json)])
        }
        Head::Array(2) if !are_records(*unpacker) => {
            let time = time(unpacker)?;
            let mut json = Vec::new();
            unpacker.json(&mut json)?;
            if json.first() != Some(&b'{') {
                return Err(Malformed::Unexpected("something that is no map"));
            }
            Ok(vec![(time, json)])
        }
        // Some clients send all records in one array.
        Head::Array(count) if outermost => {
            let mut records = Vec::new();
            for _ in 0..count {
                records.extend(record(unpacker, false)?);
            }
            Ok(records)
        }
        _ => Err(Malformed::Unexpected("something that is no record")),
    }
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
