//! What tmux knows of a pane, and what it is asked to do with it.

use std::process::Command;

/// What [`State`] is made of, in its order.
const STATE: &str = "#{pane_pipe} #{alternate_on} #{pane_dead} #{history_size} #{history_limit} \
                     #{cursor_y} #{pane_width}";

/// A pane.
#[derive(Debug)]
pub(super) struct Pane {
    id: String,
    session: String,
    /// `session:window.pane`.
    pub(super) name: String,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    /// Whether it has a pipe.
    pub(super) piped: bool,
    /// Whether a full-screen program runs.
    pub(super) alternate: bool,
    /// Whether its program has ended.
    pub(super) dead: bool,
    /// Rows above the screen, and how many are kept about at most.
    pub(super) history: usize,
    pub(super) limit: usize,
    /// The row of the cursor, from the screen's top.
    pub(super) cursor: usize,
    /// Columns.
    pub(super) width: usize,
}

impl State {
    /// Reads what [`STATE`] becomes.
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace().map(|word| word.parse().ok());
        let mut number = || words.next().flatten();
        let state = Self {
            piped: number()? > 0,
            alternate: number()? > 0,
            dead: number()? > 0,
            history: number()?,
            limit: number()?,
            cursor: number()?,
            width: number()?,
        };
        Some(state)
    }
}

impl Pane {
    /// The pane that tmux means by a name.
    pub(super) fn find(target: &str) -> Result<Self, String> {
        let format = "#{pane_id} #{session_id} #{session_name}:#{window_index}.#{pane_index}";
        let told = ask(&["display-message", "-p", "-t", target, format])?;
        let mut words = told.trim_end().splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some(id), Some(session), Some(name)) if id.starts_with('%') => Ok(Self {
                id: id.to_owned(),
                session: session.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(format!("tmux knows no pane `{target}`")),
        }
    }

    /// How it stands; `None` once it has closed.
    pub(super) fn state(&self) -> Option<State> {
        // The pane is named, so that one that is gone is not taken for another.
        let format = format!("#{{pane_id}} {STATE}");
        let told = ask(&["display-message", "-p", "-t", &self.id, &format]);
        self.read_state(&told.ok()?)
    }

    fn read_state(&self, told: &str) -> Option<State> {
        State::read(told.trim().strip_prefix(self.id.as_str())?)
    }

    /// The rows above the cursor, and how it stands at that same moment: so many of the history, or
    /// all of it.
    pub(super) fn rows(&self, history: Option<usize>) -> Option<(State, Vec<String>)> {
        let format = format!("#{{pane_id}} {STATE}");
        let start = history.map_or_else(|| "-".to_owned(), |rows| format!("-{rows}"));
        let told = ask(&[
            "display-message",
            "-p",
            "-t",
            &self.id,
            &format,
            ";",
            "capture-pane",
            "-p",
            "-t",
            &self.id,
            "-S",
            &start,
        ]);
        let told = told.ok()?;
        let (state, text) = told.split_once('\n').unwrap_or_default();
        let state = self.read_state(state)?;
        let above = history.map_or(state.history, |rows| rows.min(state.history));
        let rows = text.split('\n').take(above + state.cursor);
        Some((state, rows.map(str::to_owned).collect()))
    }

    /// Has all that it shows from now on go into a command.
    pub(super) fn pipe_into(&self, command: &str) -> Result<(), String> {
        ask(&["pipe-pane", "-o", "-t", &self.id, command]).map(drop)
    }

    /// Ends that.
    pub(super) fn unpipe(&self) {
        if let Err(error) = ask(&["pipe-pane", "-t", &self.id]) {
            tracing::debug!(error, "the pane's pipe is gone");
        }
    }

    /// Whether its session goes on.
    pub(super) fn session_is_there(&self) -> bool {
        ask(&["has-session", "-t", &self.session]).is_ok()
    }
}

/// Asks tmux; what it says, or why not.
fn ask(words: &[&str]) -> Result<String, String> {
    let output = Command::new("tmux").args(words).output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "tmux is not installed".to_owned(),
        _ => format!("tmux: {error}"),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&output.stderr);
    Err(format!("tmux: {}", why.trim()))
}
