//! `ExportTraceServiceRequest`: spans.
//!
//! ```text
//! {"time":<start>,"level":"trace","message":<name>,"trace_id":…,"span_id":…,
//!  "span":{"name":…,"kind":"server","parent_id"?,"end":…,"duration_ms":12.345678,"status"?,
//!          "status_message"?,"trace_state"?,"flags"?,"events"?:[{"time","name","attributes"?}],
//!          "links"?:[{"trace_id","span_id","attributes"?}],"dropped_…_count"?},
//!  <attributes>…,"attributes"?,"logger":<scope's name>,"scope":{…},"resource":{…}}
//! ```
//!
//! A record with an object `span` is a span, and nothing else is.

use crosscut_model::{Level, Stream, UnixNanos};

use super::attributes::Attributes;
use super::logs::time;
use super::node::{Node, Shape, Slot, Value};
use super::sink::Sink;
use super::walk::{Signal, pair, walk};
use super::{Malformed, Stop};
use crate::ingest::record::{Object, write_shown};

const SPANS: Signal = Signal {
    request: &[Slot("resourceSpans", 1, true)],
    resource: &[
        Slot("resource", 1, false),
        Slot("scopeSpans", 2, true),
        Slot("schemaUrl", 3, false),
    ],
    scope: &[
        Slot("scope", 1, false),
        Slot("spans", 2, true),
        Slot("schemaUrl", 3, false),
    ],
    suffix: " spans",
    stream: Stream::Control,
};

/// `Span`.
const SPAN: Shape = &[
    Slot("traceId", 1, false),
    Slot("spanId", 2, false),
    Slot("traceState", 3, false),
    Slot("parentSpanId", 4, false),
    Slot("name", 5, false),
    Slot("kind", 6, false),
    Slot("startTimeUnixNano", 7, false),
    Slot("endTimeUnixNano", 8, false),
    Slot("attributes", 9, true),
    Slot("droppedAttributesCount", 10, false),
    Slot("events", 11, true),
    Slot("droppedEventsCount", 12, false),
    Slot("links", 13, true),
    Slot("droppedLinksCount", 14, false),
    Slot("status", 15, false),
    Slot("flags", 16, false),
];

/// `Span.Event`.
const EVENT: Shape = &[
    Slot("timeUnixNano", 1, false),
    Slot("name", 2, false),
    Slot("attributes", 3, true),
    Slot("droppedAttributesCount", 4, false),
];

/// `Span.Link`.
const LINK: Shape = &[
    Slot("traceId", 1, false),
    Slot("spanId", 2, false),
    Slot("traceState", 3, false),
    Slot("attributes", 4, true),
    Slot("droppedAttributesCount", 5, false),
    Slot("flags", 6, false),
];

/// `Status`.
const STATUS: Shape = &[Slot("message", 2, false), Slot("code", 3, false)];

/// `SpanKind`.
const KINDS: [&str; 6] = [
    "SPAN_KIND_UNSPECIFIED",
    "SPAN_KIND_INTERNAL",
    "SPAN_KIND_SERVER",
    "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER",
    "SPAN_KIND_CONSUMER",
];

/// `StatusCode`.
const CODES: [&str; 3] = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"];

/// Reads a request's spans into the sink.
pub(super) fn read(request: Node<'_>, sink: &mut Sink) -> Result<(), Stop> {
    walk(request, &SPANS, sink, write)
}

fn write(
    span: Node<'_>,
    object: &mut Object<'_>,
    attributes: &mut Attributes,
) -> Result<(), Malformed> {
    attributes.clear();
    let (mut inner, mut events, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let mut about = Object::members_of(&mut inner);
    let (mut trace, mut id, mut name) = (String::new(), String::new(), String::new());
    let (mut start, mut end) = (None, None);
    span.each::<Malformed>(SPAN, &mut |number, value| {
        match number {
            1 => trace = value.id()?,
            2 => id = value.id()?,
            3 => about.text_if_any("trace_state", &value.text()?),
            4 => about.text_if_any("parent_id", &value.id()?),
            5 => {
                name = value.text()?.into_owned();
                about.text_if_any("name", &name);
            }
            6 => about.text_if_any("kind", kind(value.one_of(&KINDS)?)),
            7 => start = time(value.number()?),
            8 => end = time(value.number()?),
            9 => attributes.add(value)?,
            10 => about.count_if_any("dropped_attributes_count", value.number()?),
            11 => element(&mut events, |object| event(value, object))?,
            12 => about.count_if_any("dropped_events_count", value.number()?),
            13 => element(&mut links, |object| link(value, object))?,
            14 => about.count_if_any("dropped_links_count", value.number()?),
            15 => status(value, &mut about)?,
            _ => about.count_if_any("flags", value.number()?),
        }
        Ok(())
    })?;
    object.head(start.or(end), Level::Trace);
    object.text_if_any("message", &name);
    object.text_if_any("trace_id", &trace);
    object.text_if_any("span_id", &id);
    if let Some(end) = end {
        about.time("end", end);
    }
    if let (Some(UnixNanos(start)), Some(UnixNanos(end))) = (start, end) {
        let nanos = end.saturating_sub(start).max(0);
        about.value("duration_ms", |out| {
            write_shown(
                out,
                format_args!("{}.{:06}", nanos / 1_000_000, nanos % 1_000_000),
            );
        });
    }
    about.listed_if_any("events", &events);
    about.listed_if_any("links", &links);
    object.braced("span", &inner);
    attributes.write(object);
    Ok(())
}

/// Adds an object to the elements of a list.
fn element(
    list: &mut Vec<u8>,
    write: impl FnOnce(&mut Object<'_>) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    if !list.is_empty() {
        list.push(b',');
    }
    let mut object = Object::begin(list);
    write(&mut object)?;
    object.end();
    Ok(())
}

fn event(event: Value<'_>, object: &mut Object<'_>) -> Result<(), Malformed> {
    let mut attributes = Vec::new();
    event
        .node()?
        .each::<Malformed>(EVENT, &mut |number, value| {
            match number {
                1 => {
                    if let Some(time) = time(value.number()?) {
                        object.time("time", time);
                    }
                }
                2 => object.text_if_any("name", &value.text()?),
                3 => pair(value, &mut attributes)?,
                _ => object.count_if_any("dropped_attributes_count", value.number()?),
            }
            Ok(())
        })?;
    object.braced_if_any("attributes", &attributes);
    Ok(())
}

fn link(link: Value<'_>, object: &mut Object<'_>) -> Result<(), Malformed> {
    let mut attributes = Vec::new();
    link.node()?.each::<Malformed>(LINK, &mut |number, value| {
        match number {
            1 => object.text_if_any("trace_id", &value.id()?),
            2 => object.text_if_any("span_id", &value.id()?),
            3 => object.text_if_any("trace_state", &value.text()?),
            4 => pair(value, &mut attributes)?,
            5 => object.count_if_any("dropped_attributes_count", value.number()?),
            _ => object.count_if_any("flags", value.number()?),
        }
        Ok(())
    })?;
    object.braced_if_any("attributes", &attributes);
    Ok(())
}

fn status(status: Value<'_>, about: &mut Object<'_>) -> Result<(), Malformed> {
    status
        .node()?
        .each::<Malformed>(STATUS, &mut |number, value| {
            if number == 2 {
                about.text_if_any("status_message", &value.text()?);
            } else {
                let status = match value.one_of(&CODES)? {
                    1 => "ok",
                    2 => "error",
                    _ => "",
                };
                about.text_if_any("status", status);
            }
            Ok(())
        })
}

fn kind(kind: u64) -> &'static str {
    match kind {
        1 => "internal",
        2 => "server",
        3 => "client",
        4 => "producer",
        5 => "consumer",
        _ => "",
    }
}
