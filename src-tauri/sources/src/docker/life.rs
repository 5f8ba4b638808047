//! What happens to a container: started, ended, out of memory, healthy or not, removed.
//!
//! Events tell it with its time and exit code, but they are lost while nobody listens and when the
//! daemon restarts; an inspect tells only how things stand. [`Life`] takes in both and says each
//! change once: what it told is kept in the cursor, so it holds over restarts of everybody.

use crosscut_model::Level;
use serde::{Deserialize, Serialize};

use super::look::{Health, Look};

/// An event comes this long after what it tells of, at most. Nanoseconds.
const LATE: i64 = 2_000_000_000;

/// Something that happened to a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Happening {
    /// It was started.
    Started,
    /// It ended.
    Ended {
        /// Its exit code.
        code: i64,
    },
    /// A process in it was killed for want of memory.
    OutOfMemory,
    /// Its health check changed its mind.
    Health(Health),
    /// It was removed.
    Removed,
}

/// A change, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// When it happened, in nanoseconds since 1970; absent when nobody knows.
    pub(crate) at: Option<i64>,
    /// How grave it is.
    pub(crate) level: Level,
    /// A sentence.
    pub(crate) text: String,
}

/// What was told of a container. Times in nanoseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Life {
    /// The container's full id, once it is known.
    pub(crate) container: Option<String>,
    /// When it was started last.
    started: Option<i64>,
    /// When it ended last.
    ended: Option<i64>,
    /// Whether it was healthy, and when that was.
    health: Option<(bool, i64)>,
    /// When it ran out of memory last.
    out_of_memory: Option<i64>,
    /// Whether it is no more.
    removed: bool,
    /// Whether the start was told by an inspect, so that its event may still come.
    #[serde(skip)]
    start_owed: bool,
    /// The same for its end.
    #[serde(skip)]
    end_owed: bool,
}

impl Life {
    /// One of which this was told.
    pub(crate) fn known(started: Option<i64>, ended: Option<i64>) -> Self {
        Self {
            started,
            ended,
            ..Self::default()
        }
    }

    /// The life of another container.
    pub(crate) fn of(id: &str) -> Self {
        Self {
            container: Some(id.to_owned()),
            ..Self::default()
        }
    }

    /// Whether anything is known of it.
    pub(crate) fn is_begun(&self) -> bool {
        self.started.is_some()
    }

    /// Whether it was started after this moment, as far as was told.
    pub(crate) fn began_after(&self, at: i64) -> bool {
        self.started.is_some_and(|started| at < started)
    }

    /// Whether it runs, as far as was told.
    pub(crate) fn runs(&self) -> bool {
        self.started
            .is_some_and(|started| self.ended.is_none_or(|ended| ended < started))
    }

    /// Takes in an event; a sentence when it is news.
    pub(crate) fn hear(&mut self, name: &str, happening: &Happening, at: i64) -> Option<Told> {
        match happening {
            Happening::Started => self.hear_start(name, at),
            Happening::Ended { code } => self.hear_end(name, *code, at),
            Happening::OutOfMemory => {
                if self.out_of_memory.is_some_and(|told| at <= told) {
                    return None;
                }
                self.out_of_memory = Some(at);
                Some(told(
                    Some(at),
                    Level::Fatal,
                    format!("container {name} ran out of memory, and a process in it was killed"),
                ))
            }
            Happening::Health(health) => self.hear_health(name, *health, Some(at)),
            Happening::Removed => None,
        }
    }

    fn hear_start(&mut self, name: &str, at: i64) -> Option<Told> {
        let late = self.started.is_some_and(|told| at < told + LATE);
        if (self.start_owed && late) || self.started.is_some_and(|told| at <= told) {
            self.start_owed = false;
            return None;
        }
        if self.runs() {
            return None;
        }
        self.start_owed = false;
        Some(self.begin(name, at))
    }

    fn hear_end(&mut self, name: &str, code: i64, at: i64) -> Option<Told> {
        let late = self.ended.is_some_and(|told| at < told + LATE);
        if (self.end_owed && late) || self.ended.is_some_and(|told| at <= told) {
            self.end_owed = false;
            return None;
        }
        let known = self.started.is_some() || self.ended.is_some();
        if (known && !self.runs()) || self.started.is_some_and(|started| at < started) {
            return None;
        }
        self.end_owed = false;
        let short = self.ran_short(at);
        Some(self.end(name, code, short, at))
    }

    /// Whether it ran out of memory since it was started.
    fn ran_short(&self, until: i64) -> bool {
        self.out_of_memory
            .is_some_and(|at| at <= until && self.started.is_none_or(|started| at >= started))
    }

    fn hear_health(&mut self, name: &str, health: Health, at: Option<i64>) -> Option<Told> {
        let good = health == Health::Good;
        let moment = at.unwrap_or(0);
        if self
            .health
            .is_some_and(|(told, since)| told == good || (at.is_some() && moment <= since))
        {
            return None;
        }
        if at.is_some() && self.started.is_some_and(|started| moment < started) {
            return None;
        }
        self.health = Some((good, moment));
        let (level, text) = if good {
            (Level::Info, format!("container {name} is healthy"))
        } else {
            (
                Level::Error,
                format!("container {name} is unhealthy: its health check fails"),
            )
        };
        Some(told(at, level, text))
    }

    /// Takes in how things stand; what of it is news.
    pub(crate) fn see(&mut self, name: &str, look: &Look) -> Vec<Told> {
        let mut news = Vec::new();
        if let Some(started) = look.started
            && self.started.is_none_or(|known| known < started)
        {
            if self.runs() {
                let at = look
                    .ended
                    .filter(|ended| look.running && Some(*ended) >= self.started);
                self.ended = at.max(self.started);
                self.end_owed = true;
                let text = format!(
                    "container {name} ended; its exit code is not known, because nobody was listening"
                );
                news.push(told(at, Level::Warn, text));
            }
            news.push(self.begin(name, started));
            self.start_owed = true;
        }
        // A look from before the start that was heard of since says nothing of its end.
        let is_stale = look.started.map(|at| at.saturating_add(LATE)) < self.started;
        if !look.running && self.runs() && !is_stale {
            let at = look.ended.or(self.started).unwrap_or(0);
            news.push(self.end(name, look.exit_code, look.out_of_memory, at));
            self.end_owed = true;
        }
        if look.running
            && let Some((health, at)) = look.health
        {
            news.extend(self.hear_health(name, health, at));
        }
        news
    }

    /// That it is no more: a sentence when it is news.
    pub(crate) fn gone(&mut self, name: &str, at: Option<i64>) -> Option<Told> {
        if std::mem::replace(&mut self.removed, true) {
            return None;
        }
        let text = format!("container {name} was removed");
        Some(told(at, Level::Info, text))
    }

    fn begin(&mut self, name: &str, at: i64) -> Told {
        self.started = Some(at);
        self.health = None;
        self.removed = false;
        told(
            Some(at),
            Level::Info,
            format!("container {name} was started"),
        )
    }

    fn end(&mut self, name: &str, code: i64, short: bool, at: i64) -> Told {
        // Ends and starts are told by different clocks: an end never comes before its start.
        self.ended = Some(at).max(self.started);
        let reason = if short { " (out of memory)" } else { "" };
        let level = match (short, code) {
            (true, _) => Level::Fatal,
            (false, 0) => Level::Info,
            (false, _) => Level::Error,
        };
        told(
            Some(at),
            level,
            format!("container {name} exited with code {code}{reason}"),
        )
    }
}

fn told(at: Option<i64>, level: Level, text: String) -> Told {
    Told { at, level, text }
}

#[cfg(test)]
mod tests;
