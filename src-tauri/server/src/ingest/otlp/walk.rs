//! Down to the records of a request, with what their resource and scope say of them.
//!
//! All signals are nested alike: a request holds resources, these hold scopes, these hold records.
//! What a resource and a scope say is written once and copied behind each of their records.

use crosscut_model::Stream;

use super::any::write_pair;
use super::attributes::Attributes;
use super::node::{Node, Shape, Slot, Value, text};
use super::sink::Sink;
use super::{Malformed, Stop};
use crate::ingest::record::Object;

/// How a signal names its parts, and how its records are kept.
#[derive(Debug)]
pub(super) struct Signal {
    /// The request's field.
    pub(super) request: Shape,
    /// A resource's fields: itself, its scopes, its schema.
    pub(super) resource: Shape,
    /// A scope's fields: itself, its records, its schema.
    pub(super) scope: Shape,
    /// What is put behind the service's name for the source's.
    pub(super) suffix: &'static str,
    /// The stream of its records.
    pub(super) stream: Stream,
}

/// Writes one record: the message, room to work in, and the members that go last.
pub(super) type Write = fn(Node<'_>, &mut Object<'_>, &mut Attributes) -> Result<(), Malformed>;

/// `Resource`.
const RESOURCE: Shape = &[
    Slot("attributes", 1, true),
    Slot("droppedAttributesCount", 2, false),
];

/// `InstrumentationScope`.
const SCOPE: Shape = &[
    Slot("name", 1, false),
    Slot("version", 2, false),
    Slot("attributes", 3, true),
    Slot("droppedAttributesCount", 4, false),
];

/// Gives every record of the request to the sink.
pub(super) fn walk(
    request: Node<'_>,
    signal: &Signal,
    sink: &mut Sink,
    write: Write,
) -> Result<(), Stop> {
    request.each::<Stop>(signal.request, &mut |_, value| {
        sink.group()?;
        let group = value.node()?;
        // What is said of the records may come behind them.
        let (mut said, mut service) = (Vec::new(), String::new());
        let mut members = Object::members_of(&mut said);
        group.each::<Stop>(signal.resource, &mut |number, value| {
            match number {
                1 => service = resource(value.node()?, &mut members)?,
                3 => members.text_if_any("resource_schema_url", &value.text()?),
                _ => {}
            }
            Ok(())
        })?;
        let place = sink.place(&service, signal.suffix, signal.stream);
        group.each::<Stop>(signal.resource, &mut |number, value| {
            if number != 2 {
                return Ok(());
            }
            sink.group()?;
            let group = value.node()?;
            let mut tail = scope(group, signal.scope)?;
            if !tail.is_empty() && !said.is_empty() {
                tail.push(b',');
            }
            tail.extend_from_slice(&said);
            let mut room = Attributes::default();
            group.each::<Stop>(signal.scope, &mut |number, value| {
                if number != 2 {
                    return Ok(());
                }
                sink.record(place, |out| {
                    let mut object = Object::begin(out);
                    write(value.node()?, &mut object, &mut room)?;
                    object.members(&tail);
                    object.end();
                    Ok(())
                })
            })
        })
    })
}

/// Writes what a resource says; gives the service's name.
fn resource(resource: Node<'_>, members: &mut Object<'_>) -> Result<String, Malformed> {
    let (mut attributes, mut service, mut dropped) = (Vec::new(), String::new(), 0);
    resource.each::<Malformed>(RESOURCE, &mut |number, value| {
        if number == 2 {
            dropped = value.number()?;
            return Ok(());
        }
        let start = attributes.len();
        let first = attributes.is_empty();
        write_pair(value.node()?, &mut attributes, first)?;
        let pair = attributes
            .get(start + usize::from(!first)..)
            .unwrap_or_default();
        if let Some(name) = pair.strip_prefix(b"\"service.name\":") {
            let name = std::str::from_utf8(name)
                .ok()
                .and_then(|name| text(name).ok());
            service = name.unwrap_or_default().into_owned();
        }
        Ok(())
    })?;
    members.braced_if_any("resource", &attributes);
    members.count_if_any("resource_dropped_attributes_count", dropped);
    Ok(service)
}

/// What a group of records says of its scope.
fn scope(group: Node<'_>, shape: Shape) -> Result<Vec<u8>, Malformed> {
    let (mut said, mut inner) = (Vec::new(), Vec::new());
    let mut members = Object::members_of(&mut said);
    let mut scope = Object::members_of(&mut inner);
    group.each::<Malformed>(shape, &mut |number, value| {
        match number {
            1 => {
                let mut attributes = Vec::new();
                value
                    .node()?
                    .each::<Malformed>(SCOPE, &mut |number, value| {
                        match number {
                            1 => members.text_if_any("logger", &value.text()?),
                            2 => scope.text_if_any("version", &value.text()?),
                            3 => pair(value, &mut attributes)?,
                            _ => scope.count_if_any("dropped_attributes_count", value.number()?),
                        }
                        Ok(())
                    })?;
                scope.braced_if_any("attributes", &attributes);
            }
            3 => scope.text_if_any("schema_url", &value.text()?),
            _ => {}
        }
        Ok(())
    })?;
    members.braced_if_any("scope", &inner);
    Ok(said)
}

/// Adds an attribute to those before it.
pub(super) fn pair(value: Value<'_>, attributes: &mut Vec<u8>) -> Result<(), Malformed> {
    let first = attributes.is_empty();
    write_pair(value.node()?, attributes, first)
}
