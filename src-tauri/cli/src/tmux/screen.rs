//! New lines out of a screen that is read again and again.
//!
//! tmux numbers no rows, but it tells how many are above the screen and where the cursor is: their
//! sum grows by one a row, until the history is full. It then drops a tenth of it at once, so the
//! sum can be trusted as long as the history is less than nine tenths full and has not shrunk; else
//! the rows seen last are looked for among those there are now. Where they are not found, rows may
//! be missing, and that is said; after a change of the pane's width those there are then count as
//! seen. A row as wide as the pane goes on in the next.

use super::pane::State;

/// Rows remembered to find the place again.
const REMEMBERED: usize = 500;

/// What is new.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) lines: Vec<String>,
    /// Whether some may be missing before them.
    pub(super) lost: bool,
    /// Whether more rows are needed to tell.
    pub(super) more: bool,
}

/// How far the pane was read.
#[derive(Debug)]
pub(super) struct Screen {
    state: State,
    /// Rows that were read last.
    last: Vec<String>,
    /// A line whose rows fill the pane's width: it may go on.
    open: String,
}

impl Screen {
    /// All that is there now is no news.
    pub(super) fn new(state: State, rows: &[String]) -> Self {
        let mut screen = Self {
            state,
            last: Vec::new(),
            open: String::new(),
        };
        screen.remember(rows);
        screen
    }

    /// Whether anything may be new.
    pub(super) fn has_moved(&self, now: &State) -> bool {
        (now.history, now.cursor, now.width)
            != (self.state.history, self.state.cursor, self.state.width)
            || is_nearly_full(now)
    }

    /// How many rows of the history have to be seen; `None` for all.
    pub(super) fn needs(&self, now: &State) -> Option<usize> {
        let new = self.counted(now)?;
        // A few more: it goes on while tmux is asked.
        Some(new.saturating_sub(now.cursor) + REMEMBERED)
    }

    /// Takes in the rows above the cursor as they are now, the last of them at least.
    pub(super) fn look(&mut self, now: State, rows: &[String]) -> Shown {
        let (new, lost) = match self.counted(&now) {
            Some(new) if new > rows.len() => {
                return Shown {
                    more: rows.len() < now.history + now.cursor,
                    lost: true,
                    ..Shown::default()
                };
            }
            Some(new) => (new, false),
            None => match self.find(rows) {
                Some(new) => (new, false),
                // Rows of another width are wrapped elsewhere: those that were read cannot be told
                // from new ones, and are not to come twice.
                None if now.width != self.state.width => (0, true),
                None => (rows.len(), !self.last.is_empty()),
            },
        };
        let fresh = rows.get(rows.len() - new..).unwrap_or_default();
        let lines = self.join(fresh, now.width);
        // While the cursor is above what was read before, nothing is new: it is drawn over.
        let before = self.state.history + self.state.cursor;
        let drawn_over = new == 0 && now.history + now.cursor < before && !lost;
        if !(drawn_over && self.is_counted(&now)) {
            self.state = now;
            self.remember(rows);
        }
        Shown {
            lines,
            lost,
            more: false,
        }
    }

    /// The pane has closed: a line that might have gone on does not.
    pub(super) fn finish(&mut self) -> Shown {
        let open = std::mem::take(&mut self.open);
        Shown {
            lines: if open.is_empty() {
                Vec::new()
            } else {
                vec![open]
            },
            ..Shown::default()
        }
    }

    fn is_counted(&self, now: &State) -> bool {
        now.history >= self.state.history && now.width == self.state.width && !is_nearly_full(now)
    }

    /// New rows by tmux's own count, where it can be trusted.
    fn counted(&self, now: &State) -> Option<usize> {
        let sum = |state: &State| state.history + state.cursor;
        self.is_counted(now)
            .then(|| sum(now).saturating_sub(sum(&self.state)))
    }

    /// New rows behind those that were read last. All that are remembered are compared, as far as
    /// they are still there; among several places the one with the fewest new rows is taken.
    fn find(&self, rows: &[String]) -> Option<usize> {
        if self.last.is_empty() {
            return None;
        }
        (0..rows.len()).find(|new| {
            let old = rows.get(..rows.len() - new).unwrap_or_default();
            let same = self.last.len().min(old.len());
            old.iter()
                .rev()
                .take(same)
                .eq(self.last.iter().rev().take(same))
        })
    }

    fn remember(&mut self, rows: &[String]) {
        let from = rows.len().saturating_sub(REMEMBERED);
        self.last = rows.get(from..).unwrap_or_default().to_vec();
    }

    fn join(&mut self, rows: &[String], width: usize) -> Vec<String> {
        let mut lines = Vec::new();
        for row in rows {
            self.open.push_str(row);
            if row.chars().count() < width {
                lines.push(std::mem::take(&mut self.open));
            }
        }
        lines
    }
}

/// Whether tmux may have dropped rows since it was last looked at.
fn is_nearly_full(state: &State) -> bool {
    state.history * 10 >= state.limit * 9
}

#[cfg(test)]
mod tests;
