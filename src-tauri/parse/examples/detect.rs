//! Prints the share of lines in which a time and a level are found: `detect FILE…`. With `-v`, also
//! a few lines without. `detect --lines FILE` prints what was read of each line: format, nanoseconds
//! since 1970 (or `-`), level.
#![expect(clippy::print_stdout, reason = "the table is the program's purpose")]

use std::collections::BTreeMap;
use std::io::Write;

use crosscut_model::{Clock, Level, SystemClock, UnixNanos};
use crosscut_parse::{Reader, format_of, message};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemClock.now();
    let (mut verbose, mut every) = (false, false);
    for path in std::env::args().skip(1) {
        match path.as_str() {
            "-v" => verbose = true,
            "--lines" => every = true,
            _ => {}
        }
        if path.starts_with('-') {
            continue;
        }
        let bytes = std::fs::read(&path)?;
        if every {
            print_lines(&bytes, now)?;
            continue;
        }
        let mut reader = Reader::new(TimeZone::UTC);
        let mut levels: BTreeMap<Level, usize> = BTreeMap::new();
        let (mut lines, mut times, mut first) = (0usize, 0usize, None);
        let mut shown = 0;
        for line in bytes
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            let meta = reader.meta(line, now);
            lines += 1;
            times += usize::from(meta.time.is_some());
            first = first.or(meta.time);
            *levels.entry(meta.level).or_default() += 1;
            if verbose && shown < 5 && (meta.time.is_none() || lines < 3) {
                shown += 1;
                println!("    {:?} {:?} {}", meta.time, meta.level, message(line));
            }
        }
        let found = lines - levels.get(&Level::None).copied().unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let share = |count: usize| 100.0 * count as f64 / lines.max(1) as f64;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let first = first.and_then(|at| Timestamp::from_nanosecond(i128::from(at.0)).ok());
        println!(
            "{name:28} {lines:6} lines, time {:6.2} %, level {:6.2} %  {levels:?}; {first:?}",
            share(times),
            share(found),
        );
    }
    Ok(())
}

fn print_lines(bytes: &[u8], now: UnixNanos) -> std::io::Result<()> {
    let mut reader = Reader::new(TimeZone::UTC);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let meta = reader.meta(line, now);
        let time = meta.time.map_or("-".to_owned(), |at| at.0.to_string());
        writeln!(out, "{}\t{time}\t{}", format_of(line).name(), meta.level)?;
    }
    out.flush()
}
