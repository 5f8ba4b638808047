//! Prints how fast `Reader::meta` reads a file: `throughput FILE [ROUNDS]`.
#![expect(clippy::print_stdout, reason = "the figures are the program's purpose")]

use std::time::Instant;

use crosscut_model::UnixNanos;
use crosscut_parse::Reader;
use jiff::tz::TimeZone;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: throughput FILE [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let bytes = std::fs::read(path)?;
    let now = UnixNanos(1_772_600_000_000_000_000);
    for zone in ["UTC", "Europe/Berlin"] {
        let mut best = f64::MAX;
        let (mut lines, mut times, mut levels, mut broken) = (0u64, 0u64, 0u64, 0u64);
        for _ in 0..rounds {
            (lines, times, levels, broken) = (0, 0, 0, 0);
            let mut reader = Reader::new(TimeZone::get(zone)?);
            let start = Instant::now();
            for line in bytes.split(|&byte| byte == b'\n') {
                let meta = reader.meta(line, now);
                lines += 1;
                times += u64::from(meta.time.is_some());
                levels += u64::from(meta.level != crosscut_model::Level::None);
                broken += u64::from(meta.broken);
            }
            best = best.min(start.elapsed().as_secs_f64());
        }
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let (rate, each) = (bytes.len() as f64 / best / 1e6, best * 1e9 / lines as f64);
        println!(
            "{zone:14} {rate:6.0} MB/s {each:5.0} ns/line  lines {lines} time {times} level {levels} broken {broken}"
        );
    }
    Ok(())
}
