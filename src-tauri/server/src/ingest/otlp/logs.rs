//! `ExportLogsServiceRequest`: log records.
//!
//! ```text
//! {"time":…,"level":"error","message":<body>,"severity_text"?,"severity_number"?,"event"?,
//!  "trace_id"?,"span_id"?,"observed_time"?,"flags"?,<attributes>…,"attributes"?,"dropped_attributes_count"?,
//!  "logger":<scope's name>,"scope":{"version"?,"attributes"?,…},"resource":{…}}
//! ```
//!
//! The level comes from the severity's number, else from its text. Both are kept where the level's
//! name does not tell them again. A record without a time happened when it was observed.

use std::borrow::Cow;
use std::str::FromStr;

use crosscut_model::{Level, Stream, UnixNanos};

use super::any;
use super::attributes::Attributes;
use super::node::{Node, Shape, Slot};
use super::sink::Sink;
use super::walk::{Signal, walk};
use super::{Malformed, Stop};
use crate::ingest::record::Object;

const LOGS: Signal = Signal {
    request: &[Slot("resourceLogs", 1, true)],
    resource: &[
        Slot("resource", 1, false),
        Slot("scopeLogs", 2, true),
        Slot("schemaUrl", 3, false),
    ],
    scope: &[
        Slot("scope", 1, false),
        Slot("logRecords", 2, true),
        Slot("schemaUrl", 3, false),
    ],
    suffix: "",
    stream: Stream::Stdout,
};

/// `LogRecord`.
const RECORD: Shape = &[
    Slot("timeUnixNano", 1, false),
    Slot("severityNumber", 2, false),
    Slot("severityText", 3, false),
    Slot("body", 5, false),
    Slot("attributes", 6, true),
    Slot("droppedAttributesCount", 7, false),
    Slot("flags", 8, false),
    Slot("traceId", 9, false),
    Slot("spanId", 10, false),
    Slot("observedTimeUnixNano", 11, false),
    Slot("eventName", 12, false),
];

/// `SeverityNumber`.
const SEVERITIES: [&str; 25] = [
    "SEVERITY_NUMBER_UNSPECIFIED",
    "SEVERITY_NUMBER_TRACE",
    "SEVERITY_NUMBER_TRACE2",
    "SEVERITY_NUMBER_TRACE3",
    "SEVERITY_NUMBER_TRACE4",
    "SEVERITY_NUMBER_DEBUG",
    "SEVERITY_NUMBER_DEBUG2",
    "SEVERITY_NUMBER_DEBUG3",
    "SEVERITY_NUMBER_DEBUG4",
    "SEVERITY_NUMBER_INFO",
    "SEVERITY_NUMBER_INFO2",
    "SEVERITY_NUMBER_INFO3",
    "SEVERITY_NUMBER_INFO4",
    "SEVERITY_NUMBER_WARN",
    "SEVERITY_NUMBER_WARN2",
    "SEVERITY_NUMBER_WARN3",
    "SEVERITY_NUMBER_WARN4",
    "SEVERITY_NUMBER_ERROR",
    "SEVERITY_NUMBER_ERROR2",
    "SEVERITY_NUMBER_ERROR3",
    "SEVERITY_NUMBER_ERROR4",
    "SEVERITY_NUMBER_FATAL",
    "SEVERITY_NUMBER_FATAL2",
    "SEVERITY_NUMBER_FATAL3",
    "SEVERITY_NUMBER_FATAL4",
];

/// Reads a request's records into the sink.
pub(super) fn read(request: Node<'_>, sink: &mut Sink) -> Result<(), Stop> {
    walk(request, &LOGS, sink, write)
}

/// A record's fields but for its attributes.
#[derive(Default)]
struct Fields<'a> {
    time: Option<UnixNanos>,
    observed: Option<UnixNanos>,
    severity: u64,
    severity_text: Cow<'a, str>,
    dropped: u64,
    flags: u64,
    trace: String,
    span: String,
    event: Cow<'a, str>,
}

fn write(
    record: Node<'_>,
    object: &mut Object<'_>,
    attributes: &mut Attributes,
) -> Result<(), Malformed> {
    let mut fields = Fields::default();
    let mut body = None;
    attributes.clear();
    record.each::<Malformed>(RECORD, &mut |number, value| {
        match number {
            1 => fields.time = time(value.number()?),
            2 => fields.severity = value.one_of(&SEVERITIES)?,
            3 => fields.severity_text = value.text()?,
            5 => body = Some(value),
            6 => attributes.add(value)?,
            7 => fields.dropped = value.number()?,
            8 => fields.flags = value.number()?,
            9 => fields.trace = value.id()?,
            10 => fields.span = value.id()?,
            11 => fields.observed = time(value.number()?),
            _ => fields.event = value.text()?,
        }
        Ok(())
    })?;
    let time = fields.time.or(fields.observed);
    let level = level(fields.severity, &fields.severity_text);
    object.head(time, level);
    if let Some(body) = body {
        object.try_value("message", |out| any::write(body, out))?;
    }
    if !fields.severity_text.eq_ignore_ascii_case(level.name()) {
        object.text_if_any("severity_text", &fields.severity_text);
    }
    if fields.severity != u64::from(level.code()) * 4 - 3 * u64::from(level != Level::None) {
        object.count_if_any("severity_number", fields.severity);
    }
    object.text_if_any("event", &fields.event);
    object.text_if_any("trace_id", &fields.trace);
    object.text_if_any("span_id", &fields.span);
    if let Some(observed) = fields.observed.filter(|observed| time != Some(*observed)) {
        object.time("observed_time", observed);
    }
    object.count_if_any("flags", fields.flags);
    attributes.write(object);
    object.count_if_any("dropped_attributes_count", fields.dropped);
    Ok(())
}

/// Zero stands for none.
pub(super) fn time(nanos: u64) -> Option<UnixNanos> {
    i64::try_from(nanos)
        .ok()
        .filter(|&nanos| nanos > 0)
        .map(UnixNanos)
}

/// Severity numbers come four to a level, from 1.
fn level(number: u64, text: &str) -> Level {
    match number {
        1..=24 => Level::from_code(u8::try_from(number.div_ceil(4)).unwrap_or_default()),
        _ => Level::from_str(text).unwrap_or_default(),
    }
}
