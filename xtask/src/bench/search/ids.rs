//! Ids out of the corpus, from places all over it.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use crate::command::{Context, Outcome};

/// One pair of ids for each round.
#[derive(Debug)]
pub(super) struct Ids(Vec<Pair>);

#[derive(Debug, Deserialize)]
struct Pair {
    trace_id: String,
    span_id: String,
}

impl Ids {
    /// Takes them from lines at even distances.
    pub(super) fn sample(file: &Path, size: u64, rounds: usize) -> Outcome<Self> {
        let rounds = u64::try_from(rounds).unwrap_or(1).max(1);
        let open = File::open(file).context(file.display())?;
        let mut reader = BufReader::new(open);
        let pairs = (0..rounds).map(|round| {
            // Never the very end: behind the rest of a line there must be another.
            let place = size / (rounds + 1) * (round + 1);
            let mut line = String::new();
            let place = SeekFrom::Start(place);
            reader.seek(place).context(file.display())?;
            reader.read_line(&mut line).context(file.display())?;
            line.clear();
            reader.read_line(&mut line).context(file.display())?;
            serde_json::from_str(&line).context(file.display())
        });
        Ok(Self(pairs.collect::<Outcome<_>>()?))
    }

    pub(super) fn rounds(&self) -> usize {
        self.0.len()
    }

    /// The text with this round's ids.
    pub(super) fn fill(&self, text: &str, round: usize) -> String {
        let Some(pair) = self.0.get(round) else {
            return text.to_owned();
        };
        text.replace("{trace}", &pair.trace_id)
            .replace("{span}", &pair.span_id)
    }
}
