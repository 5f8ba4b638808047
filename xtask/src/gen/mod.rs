//! Log corpora for benchmarks and soak tests: too large to keep, so made when needed.
//!
//! Promises: the same kind, number of lines and seed give the same bytes on every machine; exactly
//! as many lines as asked for; memory does not grow with their number. The corpora hold what makes
//! logs hard: few templates with many values, unique ids, nested fields, stack traces, several
//! formats in one file, and known needles that queries can look for.

mod jsonl;
mod numbered;
mod random;
mod text;
mod time;
mod words;

use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::command::{Context, Outcome};

use random::Random;
use time::Instants;

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The kind of corpus
    #[arg(value_enum)]
    kind: Kind,
    /// How many lines
    lines: u64,
    /// Another seed gives other lines
    #[arg(long, default_value_t = 20_260_301)]
    seed: u64,
    /// A file; without it, standard output
    #[arg(long, short)]
    out: Option<PathBuf>,
}

/// The kinds of corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Structured: one JSON object a line, twelve services, nested fields, traces
    Jsonl,
    /// What a terminal shows: Spring, Python, nginx, logfmt and syslog lines with stack traces
    Text,
    /// Each line tells its number and a checksum, so that a loss or a double can be found
    Numbered,
}

/// Writes a corpus.
pub(crate) fn write(args: &Args) -> Outcome {
    match &args.out {
        Some(path) => write_file(args.kind, args.lines, args.seed, path),
        None => corpus(args.kind, args.lines, args.seed, io::stdout().lock())
            .or_else(|error| match error.kind() {
                // `| head` has seen enough.
                ErrorKind::BrokenPipe => Ok(()),
                _ => Err(error),
            })
            .context("standard output"),
    }
}

/// Writes a corpus into a file.
pub(crate) fn write_file(kind: Kind, lines: u64, seed: u64, path: &Path) -> Outcome {
    File::create(path)
        .and_then(|file| corpus(kind, lines, seed, file))
        .context(path.display())
}

fn corpus(kind: Kind, lines: u64, seed: u64, to: impl Write) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 18, to);
    let mut random = Random::new(seed);
    let mut writer: Box<dyn Record> = match kind {
        Kind::Jsonl => Box::new(jsonl::Jsonl::new(&mut random, Instants::new(lines))),
        Kind::Text => Box::new(text::Text::new(&mut random, Instants::new(lines))),
        Kind::Numbered => Box::new(numbered::Numbered::default()),
    };
    let mut record = Vec::with_capacity(4096);
    let mut left = lines;
    while left > 0 {
        record.clear();
        writer.append(&mut record, &mut random)?;
        for line in record.split_inclusive(|byte| *byte == b'\n') {
            // A stack trace at the very end is cut where the lines end.
            if left > 0 {
                to.write_all(line)?;
                left -= 1;
            }
        }
    }
    to.flush()
}

/// A corpus being written, record by record.
trait Record {
    /// Appends the next record: one line or several, each with its newline.
    fn append(&mut self, out: &mut Vec<u8>, random: &mut Random) -> io::Result<()>;
}

#[cfg(test)]
mod tests;
