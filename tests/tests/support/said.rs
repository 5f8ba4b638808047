//! What a program writes, line by line, while it runs.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// The lines so far, and whether there can be more.
#[derive(Debug, Default)]
struct State {
    lines: Vec<String>,
    ended: bool,
}

/// One output of a program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said(Arc<(Mutex<State>, Condvar)>);

impl Said {
    /// Reads until the program closes it.
    pub(crate) fn read(output: impl Read + Send + 'static) -> Self {
        let said = Self::default();
        let own = said.clone();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).split(b'\n');
            while let Some(Ok(line)) = lines.next() {
                let line = String::from_utf8_lossy(&line).into_owned();
                own.change(|state| state.lines.push(line));
            }
            own.change(|state| state.ended = true);
        });
        said
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }

    /// All lines so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.0.lock().unwrap().lines.clone()
    }

    /// The first line that `look` finds something in, as soon as it is there; nothing when the
    /// program ends or the time does without it.
    pub(crate) fn find<T>(
        &self,
        patience: Duration,
        look: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        self.wait(patience, |state| {
            let found = state.lines.iter().find_map(|line| look(line));
            found.map(Some).or_else(|| state.ended.then_some(None))
        })
        .flatten()
    }

    /// Waits until the program can say no more; whether it did in time.
    pub(crate) fn ends(&self, patience: Duration) -> bool {
        self.wait(patience, |state| state.ended.then_some(()))
            .is_some()
    }

    fn wait<T>(&self, patience: Duration, look: impl Fn(&State) -> Option<T>) -> Option<T> {
        let until = Instant::now() + patience;
        let (lock, changed) = &*self.0;
        let mut state = lock.lock().unwrap();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            let left = until.checked_duration_since(Instant::now())?;
            state = changed.wait_timeout(state, left).unwrap().0;
        }
    }
}
