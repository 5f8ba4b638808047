//! Asks a running program as its window does, and times it.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bench::http::Port;
use crate::bench::program::Crosscut;
use crate::bench::stats::millis;
use crate::command::{Context, Failure, Outcome};

/// Our name as a client.
const CLIENT: &str = "bench";
/// Rows that fill a screen, and a bit.
pub(super) const PAGE: u64 = 100;
/// Longer than any search.
const PATIENCE: Duration = Duration::from_mins(1);

/// From which end one reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Newest,
    Oldest,
}

/// A client of the program, with its stream of events.
#[derive(Debug)]
pub(super) struct Asker {
    port: Port,
    /// What is told about views, and when it came.
    events: Receiver<(Instant, Value)>,
}

/// A view at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// Its number.
    pub(super) view: u64,
    /// Rows in it.
    pub(super) rows: u64,
    /// Since it was asked for.
    pub(super) ms: f64,
}

impl Asker {
    pub(super) fn new(program: &Crosscut) -> Outcome<Self> {
        let port = program.port.clone();
        let lines = port.lines(&format!("/api/events?client={CLIENT}"))?;
        let (to, events) = channel();
        // Ends with the program, or when nobody listens any more.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = line
                    .strip_prefix("data:")
                    .map(serde_json::from_str::<Value>);
                let Some(Ok(mut event)) = event else { continue };
                let state = event.get_mut("state").map(Value::take);
                let sent = state.is_none_or(|state| to.send((Instant::now(), state)).is_ok());
                if !sent {
                    return;
                }
            }
        });
        Ok(Self { port, events })
    }

    /// Searches everything.
    pub(super) fn search(&self, query: &str) -> Outcome<Seen> {
        self.open(query, |_| false)
    }

    /// Searches until the first rows are there, and fetches them.
    pub(super) fn first_rows(&self, query: &str, end: End) -> Outcome<f64> {
        let begin = Instant::now();
        if end == End::Oldest {
            let asked = json!({ "query": query, "limit": PAGE, "oldest": true });
            let reply = self.port.api("search", &asked)?;
            let took = millis(begin.elapsed());
            return match reply.get("records").and_then(Value::as_array) {
                Some(records) if !records.is_empty() => Ok(took),
                _ => Err(Failure::new(format!("nothing is found for {query}"))),
            };
        }
        let seen = self.open(query, |rows| rows >= PAGE)?;
        self.rows(seen.view, seen.rows.saturating_sub(PAGE))?;
        let took = millis(begin.elapsed());
        self.close(seen.view)?;
        Ok(took)
    }

    /// Fetches a page of rows. Milliseconds.
    pub(super) fn rows(&self, view: u64, start: u64) -> Outcome<f64> {
        let begin = Instant::now();
        let wanted = json!({ "view": view, "start": start, "count": PAGE });
        let rows = self.port.api("view_rows", &wanted)?;
        let took = millis(begin.elapsed());
        match rows.get("rows").and_then(Value::as_array) {
            Some(rows) if !rows.is_empty() => Ok(took),
            _ => Err(Failure::new(format!("no rows at {start} of view {view}"))),
        }
    }

    /// Performs an operation, if the program knows it. Milliseconds.
    pub(super) fn operation(&self, name: &str, arguments: &Value) -> Outcome<Option<f64>> {
        let begin = Instant::now();
        match self.port.api(name, arguments) {
            Ok(_) => Ok(Some(millis(begin.elapsed()))),
            Err(failure) if failure.to_string().contains("unknown_operation") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Lets go of a view.
    pub(super) fn close(&self, view: u64) -> Outcome {
        self.port.api("view_close", &json!({ "view": view }))?;
        Ok(())
    }

    /// Opens a view and waits until all is searched, or there are rows enough.
    fn open(&self, query: &str, enough: impl Fn(u64) -> bool) -> Outcome<Seen> {
        // What is left of views before.
        while self.events.try_recv().is_ok() {}
        let begin = Instant::now();
        let wanted = json!({ "client": CLIENT, "query": query });
        let opened = self.port.api("view_open", &wanted)?;
        let mut at = Instant::now();
        let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
        let view = number(&opened, "view");
        let view = view.ok_or_else(|| Failure::new("view_open tells no number"))?;
        let mut state = opened.get("state").cloned().unwrap_or_default();
        loop {
            let rows = number(&state, "rows").unwrap_or(0);
            if number(&state, "searched") == number(&state, "total") || enough(rows) {
                let ms = millis(at.duration_since(begin));
                return Ok(Seen { view, rows, ms });
            }
            loop {
                let (when, told) = self.events.recv_timeout(PATIENCE).context(query)?;
                if number(&told, "view") == Some(view) {
                    (at, state) = (when.max(at), told);
                    break;
                }
            }
        }
    }
}
