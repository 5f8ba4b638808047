//! What happens to the container that is followed: hearing of it, telling it in its place among the
//! lines, and waiting for what comes next.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;

use super::{Break, Follower};
use crate::docker::choice::Choice;
use crate::docker::connect::Daemon;
use crate::docker::hub::{Fact, Heard};
use crate::docker::is_full_id;
use crate::docker::life::Happening;
use crate::docker::look::{Look, attributes};

/// How often a stopped container is looked at when no event comes.
const LOOK: Duration = Duration::from_secs(10);
/// An event may come this long after what it tells of was seen.
const LATE: Duration = Duration::from_millis(500);

/// Starts and ends that are kept until they are told.
const FACTS: usize = 256;

impl Follower {
    /// Reads what was caught of containers that are gone already, in the order in which they began and
    /// up to the one that is given.
    pub(super) fn drain_caught(&mut self, until: Option<&str>) -> Result<(), Break> {
        while let Some(mut caught) = self.ears.hub.caught(&self.key, until) {
            let life = &self.intake.life;
            let is_own = life.container.as_deref() == Some(&caught.fact.id);
            if !is_own && life.began_after(caught.fact.at) {
                // Another has followed it here, so that it has been read.
                continue;
            }
            // How the one before ended belongs before this one.
            while let Some(heard) = self.ears.heard_within(Duration::ZERO)? {
                self.hear(heard);
            }
            let fact = Arc::clone(&caught.fact);
            match self.intake.life.container.clone() {
                Some(old) if old != fact.id => self.succeed(&old, &fact.id),
                _ => self.intake.life.container = Some(fact.id.clone()),
            }
            let told = attributes(&fact.id, &fact.name, &fact.image, &fact.labels);
            self.feed.describe(told);
            // Its lines come between its start and its end.
            self.settle_facts_where(|happening| *happening == Happening::Started);
            // One that lives on is to be found by its name.
            self.other |= !self.read_caught(&mut caught)?;
            self.intake.end();
            self.send()?;
        }
        Ok(())
    }

    /// An event came; what it says is told now or later.
    pub(in crate::docker) fn hear(&mut self, heard: Heard) {
        let Heard::Fact(fact) = heard else {
            return;
        };
        if self.intake.life.container.as_deref() != Some(&fact.id) {
            let called = fact.name == self.key;
            self.other |= called && fact.happening == Happening::Started;
            // Of one that may take its place; what happens to all the others is nothing here.
            if called || fact.id == self.key {
                self.keep(fact);
            }
            return;
        }
        match fact.happening {
            Happening::Started | Happening::Ended { .. } => self.keep(fact),
            Happening::Removed => self.removed = Some(fact.at),
            Happening::OutOfMemory | Happening::Health(_) => self.tell_fact(&fact),
        }
    }

    fn keep(&mut self, fact: Arc<Fact>) {
        if self.facts.len() >= FACTS {
            self.facts.pop_front();
        }
        self.facts.push_back(fact);
    }

    fn tell_fact(&mut self, fact: &Fact) {
        let told = self.intake.life.hear(&self.name, &fact.happening, fact.at);
        if let Some(told) = told {
            self.intake.tell(&told);
        }
    }

    /// Tells the starts and ends that were heard of, and forgets those of other containers.
    pub(super) fn settle_facts(&mut self) {
        self.settle_facts_where(|_| true);
    }

    /// The same up to the first that is not to be told yet.
    fn settle_facts_where(&mut self, now: impl Fn(&Happening) -> bool) {
        let facts = std::mem::take(&mut self.facts);
        let own = self.intake.life.container.clone();
        let mut later = false;
        for fact in facts {
            let is_own = own.as_deref() == Some(&fact.id);
            later |= is_own && !now(&fact.happening);
            if is_own && later {
                self.facts.push_back(fact);
            } else if is_own {
                if fact.happening == Happening::Removed {
                    self.removed = Some(fact.at);
                }
                self.tell_fact(&fact);
            } else if fact.name == self.key {
                // Of one that may yet take its place.
                self.facts.push_back(fact);
            }
        }
    }

    /// Waits a little for the events that explain what was seen.
    pub(super) fn await_facts(&mut self, look: &Look) -> Result<(), Break> {
        let until = Instant::now() + LATE;
        while self.intake.life.is_begun() && !self.explained(look) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            if let Some(heard) = self.ears.heard_within(left)? {
                self.hear(heard);
            }
        }
        Ok(())
    }

    /// Waits a little for the event that tells how a container ended that another took the place of.
    pub(super) fn await_end(&mut self) -> Result<(), Break> {
        let until = Instant::now() + LATE;
        self.settle_facts();
        while self.intake.life.runs() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            if let Some(heard) = self.ears.heard_within(left)? {
                self.hear(heard);
                self.settle_facts();
            }
        }
        Ok(())
    }

    fn explained(&self, look: &Look) -> bool {
        let mut life = self.intake.life.clone();
        for fact in self.facts.iter().filter(|fact| fact.id == look.id) {
            life.hear(&self.name, &fact.happening, fact.at);
        }
        life.see(&self.name, look).is_empty()
    }

    /// Tells what happened to it, by events and by how it is now.
    pub(super) fn tell_life(&mut self, look: &Look) -> Result<(), Break> {
        self.settle_facts();
        for told in self.intake.life.see(&self.name, look) {
            self.intake.tell(&told);
        }
        self.send()
    }

    /// Shows that it does not run.
    pub(super) fn stopped(&mut self, look: &Look) -> Result<(), Break> {
        self.feed.flush()?;
        self.live = true;
        let message = if look.started.is_none() {
            format!("container {} has not been started yet", self.name)
        } else {
            let reason = if look.out_of_memory {
                " (out of memory)"
            } else {
                ""
            };
            format!(
                "container {} exited with code {}{reason}",
                self.name, look.exit_code
            )
        };
        let hint = "start it; it is followed again by itself";
        self.tell.waiting("container_stopped", message, hint);
        Ok(())
    }

    /// Waits until the container runs, or another has its name.
    pub(super) fn await_start(&mut self, daemon: &Daemon, seen: &Look) -> Result<(), Break> {
        loop {
            let heard = self.ears.heard_within(LOOK)?;
            let asks = match &heard {
                Some(Heard::Fact(fact)) => fact.id == seen.id || fact.name == self.key,
                Some(Heard::Look) | None => true,
            };
            if let Some(heard) = heard {
                self.hear(heard);
            }
            if !asks {
                continue;
            }
            let now = self.look(daemon, &seen.id)?;
            let changed = now.running || now.started != seen.started || now.ended != seen.ended;
            if changed || self.other {
                return Ok(());
            }
        }
    }

    /// Says that the container is no more, and waits for one of its name; false when there will be
    /// none.
    pub(super) fn outlive(&mut self) -> bool {
        let _wanted = self.ears.hub.want(Choice::Called(self.key.clone()));
        let goes_on = match self.bury() {
            Ok(()) => self.await_name().is_ok(),
            Err(broken) => !matches!(broken, Break::Stopped),
        };
        goes_on && !is_full_id(&self.key)
    }

    fn bury(&mut self) -> Result<(), Break> {
        self.drain_caught(None)?;
        // Its end is told before its removal, if not always in time.
        let until = Instant::now() + LATE;
        self.settle_facts();
        while self.intake.life.runs() || self.removed.is_none() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            if let Some(heard) = self.ears.heard_within(left)? {
                self.hear(heard);
                self.settle_facts();
            }
        }
        if self.intake.life.container.is_some() {
            let removed = self.removed.take();
            if let Some(told) = self.intake.life.gone(&self.name, removed) {
                self.intake.tell(&told);
            }
        }
        self.send()?;
        self.feed.flush()?;
        self.live = true;
        if self.intake.life.container.is_some() {
            self.tell.state(SourceState::Ended);
        } else {
            let message = format!("there is no container {} yet", self.key);
            let hint = "start it; it is followed by itself";
            self.tell.waiting("container_unknown", message, hint);
        }
        Ok(())
    }

    /// Waits until a container of the name is started, or events may have been missed.
    fn await_name(&mut self) -> Result<(), Break> {
        if is_full_id(&self.key) || self.other {
            return Ok(());
        }
        loop {
            match self.ears.heard_within(Duration::from_hours(1))? {
                Some(Heard::Fact(fact)) => {
                    let begins = fact.name == self.key && fact.happening == Happening::Started;
                    self.hear(Heard::Fact(fact));
                    self.settle_facts();
                    if begins {
                        return Ok(());
                    }
                }
                Some(Heard::Look) => return Ok(()),
                None => {}
            }
        }
    }
}
