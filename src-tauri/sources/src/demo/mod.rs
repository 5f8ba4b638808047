//! The demonstration: a small shop whose payment provider fails now and then.
//!
//! Three services log in three formats while requests run through them with shared ids, so that
//! everything Crosscut does can be tried without a project at hand. The story is a pure function of
//! a seed and a start (`world`); following it means waiting until each line's time has come.

mod chance;
mod world;
mod write;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crosscut_engine::api::{ApiError, SourceState};
use crosscut_engine::source::{Batch, Connection, Feed, FeedClosed, Lines};
use crosscut_model::{Clock, RowFlags, SourceKind, SourceSpec, Stream, SystemClock, UnixNanos};

use crate::signal::{Signal, Wake};
use crate::{error, worker};
use world::World;

/// The seed of the demo that users see.
pub const DEMO_SEED: u64 = 0x00c0_ffee;

/// How much has happened before the first look. Nanoseconds.
const HISTORY: i64 = 120_000_000_000;

/// A service of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// The front door; writes JSON lines.
    Api,
    /// Takes orders; writes logfmt.
    Orders,
    /// Charges cards; writes plain text, with stack traces.
    Payments,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Api, Self::Orders, Self::Payments];

    /// The service's name, which is also its source's key.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Orders => "orders",
            Self::Payments => "payments",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

/// A line of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoLine {
    /// When it is written; later than the line before.
    pub at: UnixNanos,
    /// Who writes it.
    pub service: Service,
    /// What, without a newline.
    pub text: String,
}

/// The first `n` lines of the demo with this seed that starts at `start`.
pub fn generate(seed: u64, start: UnixNanos, n: usize) -> Vec<DemoLine> {
    World::new(seed, start).take(n).collect()
}

/// The demo's sources.
pub fn demo_specs() -> Vec<SourceSpec> {
    let spec = |service: Service| SourceSpec {
        kind: SourceKind::Demo,
        key: service.name().to_owned(),
        name: service.name().to_owned(),
    };
    Service::ALL.into_iter().map(spec).collect()
}

/// Checks that the demo has such a service.
pub(crate) fn resolve(mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
    if Service::named(&spec.key).is_none() {
        return Err(error(
            "unknown_demo",
            format!("the demo has no service `{}`", spec.key),
            "its services are api, orders and payments",
        ));
    }
    if spec.name.is_empty() {
        spec.name.clone_from(&spec.key);
    }
    Ok(spec)
}

/// The running demo; its services share one story.
#[derive(Debug)]
pub(crate) struct Demo {
    start: OnceLock<UnixNanos>,
}

impl Demo {
    /// A demo that begins when it is first followed.
    pub(crate) fn new() -> Self {
        Self {
            start: OnceLock::new(),
        }
    }

    /// Starts to follow a service.
    pub(crate) fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let Some(service) = Service::named(&spec.key) else {
            feed.state(SourceState::Failed {
                code: "unknown_demo".to_owned(),
                message: format!("the demo has no service `{}`", spec.key),
                hint: "its services are api, orders and payments".to_owned(),
            });
            return worker::idle();
        };
        let start = *self
            .start
            .get_or_init(|| UnixNanos(SystemClock.now().0 - HISTORY));
        let signal = Arc::new(Signal::default());
        let stop = Arc::clone(&signal);
        worker::spawn(
            &spec.name,
            Arc::clone(&feed),
            move || stop.stop(),
            move || {
                follow(
                    service,
                    World::new(DEMO_SEED, start),
                    feed.as_ref(),
                    &signal,
                )
            },
        )
    }
}

/// Hands over what has happened, then each line when its time comes.
fn follow(
    service: Service,
    world: World,
    feed: &dyn Feed,
    signal: &Signal,
) -> Result<(), FeedClosed> {
    feed.state(SourceState::Connecting);
    let taken = feed
        .checkpoint()
        .and_then(|bytes| Some(i64::from_le_bytes(bytes.try_into().ok()?)));
    let mut lines = world
        .filter(|line| line.service == service && taken.is_none_or(|taken| line.at.0 > taken))
        .peekable();
    let begun = SystemClock.now();
    let mut history = Vec::new();
    while let Some(line) = lines.next_if(|line| line.at <= begun) {
        history.push(line);
        if history.len() == 4096 {
            feed.send(batch(&std::mem::take(&mut history), false))?;
        }
        if signal.stopped() {
            return Ok(());
        }
    }
    if !history.is_empty() {
        feed.send(batch(&history, false))?;
    }
    feed.flush()?;
    feed.state(SourceState::Live);
    for line in lines {
        loop {
            let ahead = line.at.0.saturating_sub(SystemClock.now().0);
            let Ok(ahead @ 1..) = u64::try_from(ahead) else {
                break;
            };
            if signal.wait(Duration::from_nanos(ahead)) == Wake::Stop {
                return Ok(());
            }
        }
        feed.send(batch(&[line], true))?;
    }
    Ok(())
}

fn batch(from: &[DemoLine], live: bool) -> Batch {
    let mut lines = Lines::new();
    for line in from {
        lines.push(line.text.as_bytes(), RowFlags::NONE);
    }
    Batch {
        lines,
        stream: Stream::Stdout,
        level: None,
        times: from.iter().map(|line| line.at).collect(),
        checkpoint: from.last().map(|line| line.at.0.to_le_bytes().to_vec()),
        live,
    }
}
