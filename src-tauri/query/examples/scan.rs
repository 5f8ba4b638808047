//! How fast a buffer of log lines is searched: by the prefilter with the matcher behind it, and by
//! the matcher alone, line by line.
//!
//! `cargo run --release -p crosscut-query --example scan [MEGABYTES]`

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Instant;

use crosscut_model::{Level, Seq, Stream, UnixNanos};
use crosscut_query::{Context, Matcher, Path, Record, Temper, Value, parse};

/// A line of text with nothing else known about it.
#[derive(Debug)]
struct Line<'a>(&'a str);

impl Record for Line<'_> {
    fn text(&self) -> &str {
        self.0
    }
    fn raw(&self) -> &[u8] {
        self.0.as_bytes()
    }
    fn level(&self) -> Level {
        Level::Info
    }
    fn time(&self) -> UnixNanos {
        UnixNanos(0)
    }
    fn seq(&self) -> Seq {
        Seq(1)
    }
    fn stream(&self) -> Stream {
        Stream::Stdout
    }
    fn source(&self) -> &'static str {
        "scan"
    }
    fn broken(&self) -> bool {
        false
    }
    fn field(&self, _: &Path, _: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {}
}

/// About `megabytes` of JSON lines; one in 500 tells of a refused connection.
fn lines(megabytes: usize) -> (String, Vec<u32>) {
    let (mut text, mut ends, mut random) = (String::new(), Vec::new(), 0x2545_f491_4f6c_dd1d_u64);
    let messages = [
        "request completed",
        "user logged in",
        "cache miss",
        "query took long",
    ];
    while text.len() < megabytes * 1_000_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let pick = usize::try_from(random >> 33).unwrap_or_default();
        let message = match pick % 500 {
            0 => "connection refused to db",
            other => messages.get(other % 4).copied().unwrap_or_default(),
        };
        text.push_str(&format!(
            "{{\"ts\":\"2026-11-21T10:15:00.{:06}Z\",\"level\":\"info\",\"service\":\"svc-{}\",\
             \"msg\":\"{message}\",\"span\":\"{random:016x}\",\"http\":{{\"status\":{},\"path\":\
             \"/api/v1/orders/{}\",\"ms\":{}}}}}\n",
            pick % 1_000_000,
            pick % 12,
            if pick % 50 == 0 { 503 } else { 200 },
            pick % 10_000,
            pick % 900,
        ));
        ends.push(u32::try_from(text.len() - 1).unwrap_or(u32::MAX));
    }
    (text, ends)
}

fn main() -> std::io::Result<()> {
    let megabytes = std::env::args()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .unwrap_or(100);
    let (text, ends) = lines(megabytes);
    let context = Context {
        now: UnixNanos(0),
        zone: jiff::tz::TimeZone::UTC,
        run: String::new(),
    };
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<34}{:>9}{:>12}{:>14}{:>13}",
        "query", "rows", "candidates", "frame MB/s", "line MB/s"
    )?;
    for typed in [
        "refused",
        "connection refused",
        "\"connection refused to\"",
        "user",
        "REQUEST",
        "e",
        "\"status\\\":503\"",
        "/status\\W+5[0-9][0-9]/",
        "/status\\W+5[0-9][0-9]/c",
        "/timeout|exception|refused/",
        "/took.*long/",
        "msg:refused",
        "ζωή",
        "absent_needle",
    ] {
        let Ok(parsed) = parse(typed, Temper::Strict) else {
            continue;
        };
        let Ok(matcher) = Matcher::new(&parsed.query, &context) else {
            continue;
        };
        let line = |row: u32| {
            let row = row as usize;
            let start = row
                .checked_sub(1)
                .and_then(|row| ends.get(row))
                .map_or(0, |&end| end + 1);
            let end = ends.get(row).copied().unwrap_or_default();
            text.get(start as usize..end as usize).unwrap_or_default()
        };
        let all = 0..u32::try_from(ends.len()).unwrap_or(u32::MAX);
        let rate = |start: Instant| text.len() as f64 / start.elapsed().as_secs_f64() / 1e6;
        let mut rates = [0.0_f64; 2];
        let (mut rows, mut found) = (Vec::new(), 0);
        for _ in 0..3 {
            let start = Instant::now();
            rows.clear();
            match matcher.prefilter() {
                Some(prefilter) => prefilter.candidates(text.as_bytes(), &ends, &mut rows),
                None => rows.extend(all.clone()),
            }
            found = rows
                .iter()
                .filter(|&&row| matcher.matches(&Line(line(row))))
                .count();
            rates[0] = rates[0].max(rate(start));
            let start = Instant::now();
            let alone = all
                .clone()
                .filter(|&row| matcher.matches(&Line(line(row))))
                .count();
            rates[1] = rates[1].max(rate(start));
            assert_eq!(alone, found, "{typed}");
        }
        writeln!(
            out,
            "{typed:<34}{found:>9}{:>12}{:>14.0}{:>13.0}",
            rows.len(),
            rates[0],
            rates[1]
        )?;
    }
    Ok(())
}
