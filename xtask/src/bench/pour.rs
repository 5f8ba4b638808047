//! A program that writes its log at an even pace and remembers when it wrote what.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::command::{Context, Failure, Outcome};

/// How fast, how long, in what pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Lines a second.
    pub(super) rate: u64,
    /// Lines in all.
    pub(super) lines: u64,
    /// Lines in one write: a program that logs a lot has a buffer.
    pub(super) together: u64,
}

/// When each line was written: nanoseconds since 1970, line by line.
pub(super) type Stamps = Vec<u64>;

/// A line as a service writes it, with its number from 1. It is 100 to 200 bytes long. All are of
/// one kind, as most lines of a flood are: two per cent of them errors.
pub(super) fn line(number: u64) -> String {
    let level = match number % 50 {
        0 => "error",
        7 | 19 | 31 => "warn",
        _ => "info",
    };
    let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let width = usize::from(u8::try_from(noise >> 58).unwrap_or(0));
    format!(
        "{{\"level\":\"{level}\",\"service\":\"orders\",\"msg\":\"line {number} took {} ms\",\
         \"span_id\":\"{noise:016x}\",\"note\":\"{:x<width$}\"}}\n",
        noise % 900,
        "",
    )
}

/// Starts to write. The file must be there.
pub(super) fn pour(file: &Path, pace: Pace) -> JoinHandle<Outcome<Stamps>> {
    let path: PathBuf = file.to_owned();
    std::thread::spawn(move || {
        let mut file = File::options()
            .append(true)
            .open(&path)
            .context(path.display())?;
        let mut stamps = Stamps::new();
        let begin = Instant::now();
        let mut written = 0;
        while written < pace.lines {
            let end = (written + pace.together).min(pace.lines);
            let text: String = (written + 1..=end).map(line).collect();
            let due = begin + Duration::from_nanos(written * 1_000_000_000 / pace.rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            // Before it is written: what the writing takes counts too.
            let now = now()?;
            file.write_all(text.as_bytes()).context(path.display())?;
            stamps.extend((written..end).map(|_| now));
            written = end;
        }
        Ok(stamps)
    })
}

/// What a writer has to tell in the end.
pub(super) fn finish(writer: JoinHandle<Outcome<Stamps>>) -> Outcome<Stamps> {
    let ended = writer.join();
    ended.map_err(|_| Failure::new("the writer failed"))?
}

/// The machine's own clock, which the browser on it reads too.
fn now() -> Outcome<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the clock itself is compared with a browser's"
    )]
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock")?;
    u64::try_from(now.as_nanos()).context("the clock")
}
