//! The operating system's notifications: the first error of each kind.
//!
//! At most one every five seconds, told from a task of its own; what happens in between is counted
//! into the next. A click brings the window to the front, where the system reports clicks. The list
//! in the window stays the truth: a notification that cannot be shown is a line in the log.

use std::time::Duration;

use crosscut_engine::Workbench;
use crosscut_engine::api::{Event, Trouble};
use tauri::AppHandle;
use tauri::async_runtime::{spawn, spawn_blocking};
use tauri_plugin_notification::NotificationExt;
use tokio::time::{Instant, sleep_until};

use crate::window;

/// The least time between two notifications.
const PAUSE: Duration = Duration::from_secs(5);

/// Announces trouble, and brings the window to the front when asked to, until the workbench
/// closes.
pub fn watch(app: AppHandle, workbench: &Workbench) {
    let clicked = app.clone();
    let clicks = app
        .notification()
        .on_action(move |_| window::to_front(&clicked));
    if let Err(error) = clicks {
        tracing::debug!(%error, "clicks on notifications are not reported");
    }
    let mut events = workbench.events("desktop");
    spawn(async move {
        let mut pending = Pending::default();
        let mut next = Instant::now();
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                () = sleep_until(next), if !pending.is_empty() => {
                    if let Some(text) = pending.take() {
                        show(&app, text);
                    }
                    next = Instant::now() + PAUSE;
                    continue;
                }
            };
            match event {
                Some(Event::Trouble { trouble }) => pending.add(trouble),
                Some(Event::Focus) => window::to_front(&app),
                Some(
                    Event::Hello { .. }
                    | Event::View { .. }
                    | Event::Sources { .. }
                    | Event::Runs { .. }
                    | Event::Notice { .. },
                ) => {}
                None => return,
            }
        }
    });
}

fn show(app: &AppHandle, Text { title, body }: Text) {
    let builder = app.notification().builder().title(title).body(body);
    // Asking the system may take its time.
    spawn_blocking(move || {
        if let Err(error) = builder.show() {
            tracing::warn!(%error, "a notification could not be shown");
        }
    });
}

/// A notification's words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    title: String,
    body: String,
}

/// Trouble that is yet to be announced: the first of it, and how much more.
#[derive(Debug, Default)]
struct Pending {
    first: Option<Trouble>,
    more: u32,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn add(&mut self, trouble: Trouble) {
        let more = trouble.others;
        match self.first {
            None => self.first = Some(trouble),
            Some(_) => self.more = self.more.saturating_add(1),
        }
        self.more = self.more.saturating_add(more);
    }

    /// What to announce; nothing is pending afterwards.
    fn take(&mut self) -> Option<Text> {
        let Trouble {
            source,
            level,
            message,
            ..
        } = self.first.take()?;
        let more = std::mem::take(&mut self.more);
        let body = match more {
            0 => message,
            1 => format!("{message}\nand 1 more kind"),
            more => format!("{message}\nand {more} more kinds"),
        };
        Some(Text {
            title: format!("{level} in {source}"),
            body,
        })
    }
}

#[cfg(test)]
mod tests;
