//! Prints how fast a file is read: times and levels, fields, all in one pass, which lines belong together;
//! beside a peer that only validates each line as JSON:
//! `reading FILE [ROUNDS]`. Time on the CPU is counted, so that a busy machine does not blur it.
#![expect(clippy::print_stdout, reason = "the figures are the program's purpose")]

use std::hint::black_box;
use std::time::Instant;

use crosscut_model::{Level, UnixNanos};
use crosscut_parse::{Joiner, Reader, walk_fields};
use jiff::tz::TimeZone;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: reading FILE [ROUNDS]")?;
    let rounds: usize = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let bytes = std::fs::read(path)?;
    let now = UnixNanos(1_772_600_000_000_000_000);
    let mut seconds = [f64::MAX; 6];
    let (mut lines, mut times, mut levels, mut broken) = (0u64, 0u64, 0u64, 0u64);
    for _ in 0..rounds {
        for (zone, best) in ["UTC", "Europe/Berlin"].into_iter().zip(&mut seconds) {
            let mut reader = Reader::new(TimeZone::get(zone)?);
            (lines, times, levels, broken) = (0, 0, 0, 0);
            let spent = each_line(&bytes, |line| {
                let meta = reader.meta(line, now);
                lines += 1;
                times += u64::from(meta.time.is_some());
                levels += u64::from(meta.level != Level::None);
                broken += u64::from(meta.broken);
            });
            *best = best.min(spent);
        }
        let mut reader = Reader::new(TimeZone::UTC);
        let spent = each_line(&bytes, |line| {
            let record = reader.whole(line, now, |name, leaf, inside| {
                black_box((name, leaf, inside));
            });
            black_box(record);
        });
        let [.., whole, _, _, _] = &mut seconds;
        *whole = whole.min(spent);
        let mut name = String::new();
        let spent = each_line(&bytes, |line| {
            let told = walk_fields(line, &mut name, |name, leaf, inside| {
                black_box((name, leaf, inside));
            });
            black_box(told).ok();
        });
        let [.., walked, _, _] = &mut seconds;
        *walked = walked.min(spent);
        let mut joiner = Joiner::new();
        let spent = each_line(&bytes, |line| {
            black_box(joiner.goes_on(line));
        });
        let [.., joined, _] = &mut seconds;
        *joined = joined.min(spent);
        let spent = each_line(&bytes, |line| {
            black_box(serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok());
        });
        let [.., best] = &mut seconds;
        *best = best.min(spent);
    }
    println!("{lines} lines, {times} with time, {levels} with level, {broken} broken");
    let names = [
        "meta, UTC",
        "meta, Europe/Berlin",
        "meta, message, fields",
        "fields alone",
        "joining",
        "serde_json validates",
    ];
    for (name, best) in names.iter().zip(seconds) {
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let (rate, each) = (bytes.len() as f64 / best / 1e6, best * 1e9 / lines as f64);
        println!("{name:22} {rate:6.0} MB/s {each:6.0} ns/line");
    }
    Ok(())
}

/// Shows every line to `visit`; gives the seconds that took.
fn each_line(bytes: &[u8], mut visit: impl FnMut(&[u8])) -> f64 {
    let start = Instant::now();
    let before = on_cpu();
    let mut from = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        visit(bytes.get(from..end).unwrap_or_default());
        from = end + 1;
    }
    match (before, on_cpu()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed().as_secs_f64(),
    }
}

/// Seconds this process has spent on the CPU, where the system tells.
fn on_cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanos: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanos / 1e9)
}
