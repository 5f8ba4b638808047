//! What goes wrong while serving, one line each on standard error.

use std::collections::HashMap;

use crosscut_engine::Workbench;
use crosscut_engine::api::{Event, Notice, SourceInfo, SourceState};

use crate::say;

/// Tells of sources that wait or fail, and of notices, until the workbench closes.
pub(crate) async fn problems(workbench: Workbench) {
    let mut events = workbench.events("serve");
    let mut told = Told::default();
    while let Some(event) = events.next().await {
        match event {
            Event::Sources { sources, .. } => {
                sources
                    .iter()
                    .filter_map(|source| told.news(source))
                    .for_each(say::problem);
            }
            Event::Notice { notice } => {
                if let Some(line) = told.notice(&notice) {
                    say::problem(line);
                }
            }
            Event::Hello { .. }
            | Event::View { .. }
            | Event::Runs { .. }
            | Event::Trouble { .. }
            | Event::Focus => {}
        }
    }
}

/// What was told last, so that nothing is told twice.
#[derive(Debug, Default)]
struct Told {
    sources: HashMap<String, String>,
    notices: HashMap<String, String>,
}

impl Told {
    /// What is new and bad about a source.
    fn news(&mut self, source: &SourceInfo) -> Option<String> {
        let (message, hint) = match &source.status {
            SourceState::Waiting { message, hint, .. }
            | SourceState::Failed { message, hint, .. } => (message, hint),
            SourceState::Connecting
            | SourceState::Loading { .. }
            | SourceState::Live
            | SourceState::Watching { .. }
            | SourceState::Paused
            | SourceState::Ended => {
                self.sources.remove(&source.key);
                return None;
            }
        };
        let line = sentence(&source.key, message, hint);
        let before = self.sources.insert(source.key.clone(), line.clone());
        (before.as_ref() != Some(&line)).then_some(line)
    }

    /// A notice, unless the start has said it already or it is taken back.
    fn notice(&mut self, notice: &Notice) -> Option<String> {
        if !notice.active {
            self.notices.remove(&notice.code);
            return None;
        }
        if notice.code == "port_taken" {
            return None;
        }
        let line = sentence("", &notice.message, &notice.hint);
        let before = self.notices.insert(notice.code.clone(), line.clone());
        (before.as_ref() != Some(&line)).then_some(line)
    }
}

fn sentence(what: &str, message: &str, hint: &str) -> String {
    let mut line = String::new();
    // Many messages name the file themselves.
    if !what.is_empty() && !message.contains(what) {
        line.push_str(what);
        line.push_str(": ");
    }
    line.push_str(message);
    if !hint.is_empty() {
        line.push_str("; ");
        line.push_str(hint);
    }
    line
}

#[cfg(test)]
mod tests;
