//! Events of the collector, one behind the other with or without blanks between.

use crosscut_model::{Stream, UnixNanos};
use serde_json::value::RawValue;

use super::super::gather::Gathered;
use super::super::sent::{self, Fields, Value, text};
use super::ANONYMOUS;
use crate::ingest::json::{Entries, each_element};
use crate::refusal::Refusal;

/// Adds all events of a body. What cannot be read is kept; a body without any event is refused.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    let mut fault = None;
    loop {
        let behind = values.byte_offset();
        match values.next() {
            None => break,
            Some(Ok(raw)) => {
                let listed = each_element(raw, |event| {
                    fault = add(event, gathered)?.or(fault);
                    Ok::<(), Refusal>(())
                })?;
                if !listed {
                    fault = add(raw, gathered)?.or(fault);
                }
            }
            Some(Err(_)) => {
                // Where the next event begins cannot be told.
                let rest = bytes.get(behind..).unwrap_or_default().trim_ascii();
                for line in rest.split(|&byte| byte == b'\n') {
                    gathered.add_broken(ANONYMOUS, line)?;
                }
                break;
            }
        }
    }
    match (gathered.good, gathered.broken) {
        (0, 0) => Err(Refusal::bad("no_data", "the body has no events")),
        (0, _) => Err(fault.unwrap_or(Fault::Format).refusal()),
        _ => Ok(()),
    }
}

/// What is wrong with an event.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Format,
    Missing,
    Blank,
}

impl Fault {
    fn refusal(self) -> Refusal {
        let (code, message) = match self {
            Self::Format => ("bad_json", "the body is no JSON event"),
            Self::Missing => ("event_missing", "`event` is missing"),
            Self::Blank => ("event_blank", "`event` is empty"),
        };
        Refusal::bad(code, message)
            .hint("nothing was kept; an event is {\"time\":…,\"source\":\"…\",\"event\":\"…\"}")
    }
}

fn add(raw: &RawValue, gathered: &mut Gathered) -> Result<Option<Fault>, Refusal> {
    let Ok(envelope) = serde_json::from_str::<Entries<'_>>(raw.get()) else {
        gathered.add_broken(ANONYMOUS, raw.get().as_bytes())?;
        return Ok(Some(Fault::Format));
    };
    let source = envelope.get("source").and_then(text).unwrap_or_default();
    let fault = match envelope.get("event").map(RawValue::get) {
        None | Some("null") => Some(Fault::Missing),
        Some("\"\"") => Some(Fault::Blank),
        Some(_) => None,
    };
    let (Some(event), None) = (envelope.get("event"), fault) else {
        let source = Some(&*source).filter(|name| !name.is_empty());
        gathered.add_broken(source.unwrap_or(ANONYMOUS), raw.get().as_bytes())?;
        return Ok(fault);
    };
    let time = envelope.get("time").and_then(sent::epoch);
    let inside: Option<Entries<'_>> = serde_json::from_str(event.get()).ok();
    if let Some(docker) = inside.as_ref().and_then(Docker::of) {
        add_docker(&docker, &source, &envelope, time, gathered)?;
        return Ok(None);
    }
    let fields = fields(&envelope);
    let record = sent::value(event, "event", &fields);
    let source = if source.is_empty() {
        ANONYMOUS
    } else {
        &source
    };
    gathered.add(source, Stream::Stdout, time, &record)?;
    Ok(None)
}

/// What Docker's splunk driver wraps around a line.
struct Docker<'a> {
    line: &'a RawValue,
    stream: Stream,
    rest: Fields<'a>,
    tag: String,
}

impl<'a> Docker<'a> {
    fn of(event: &Entries<'a>) -> Option<Self> {
        let stream = match &*text(event.get("source")?)? {
            "stdout" => Stream::Stdout,
            "stderr" => Stream::Stderr,
            _ => return None,
        };
        let line = event.get("line")?;
        let others = event
            .0
            .iter()
            .filter(|(name, _)| !matches!(&**name, "line" | "source"));
        let tag = event.get("tag").and_then(text).unwrap_or_default();
        Some(Self {
            line,
            stream,
            rest: others
                .map(|(name, value)| (name.clone(), Value::Json(value)))
                .collect(),
            tag: tag.into_owned(),
        })
    }
}

fn add_docker(
    docker: &Docker<'_>,
    source: &str,
    envelope: &Entries<'_>,
    time: Option<UnixNanos>,
    gathered: &mut Gathered,
) -> Result<(), Refusal> {
    let mut all = docker.rest.clone();
    all.extend(fields(envelope));
    let record = sent::value(docker.line, "line", &all);
    let source = [source, &docker.tag, ANONYMOUS]
        .into_iter()
        .find(|name| !name.is_empty());
    gathered.add(source.unwrap_or(ANONYMOUS), docker.stream, time, &record)
}

/// What the envelope says beside the event.
fn fields<'a>(envelope: &Entries<'a>) -> Fields<'a> {
    let mut fields: Fields<'a> = Vec::new();
    for (name, value) in &envelope.0 {
        match &**name {
            "event" | "source" => {}
            // A time in words is the record's own, as far as it has none.
            "time" if sent::epoch(value).is_some() => {}
            "fields" => match serde_json::from_str::<Entries<'a>>(value.get()) {
                Ok(inner) => fields.extend(
                    inner
                        .0
                        .into_iter()
                        .map(|(name, value)| (name, Value::Json(value))),
                ),
                Err(_) => fields.push((name.clone(), Value::Json(value))),
            },
            _ => fields.push((name.clone(), Value::Json(value))),
        }
    }
    fields
}
