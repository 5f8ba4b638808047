//! How fast a buffer of log lines is searched: by the prefilter with the matcher behind it, and by
//! the matcher alone, line by line.
//!
//! `cargo run --release -p crosscut-query --example scan [MEGABYTES]`

#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::io::Write;
use std::ops::ControlFlow;
use std::time::Instant;

use crosscut_model::limits::FRAME_TEXT_BYTES;
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

/// Records joined by newlines, and where each ends.
#[derive(Debug, Default)]
struct Frame {
    text: String,
    ends: Vec<u32>,
}

impl Frame {
    fn rows(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.ends.len()).unwrap_or(u32::MAX)
    }

    fn line(&self, row: u32) -> &str {
        let end = |row: u32| self.ends.get(row as usize).copied().unwrap_or_default() as usize;
        let start = row.checked_sub(1).map_or(0, |before| end(before) + 1);
        self.text.get(start..end(row)).unwrap_or_default()
    }
}

/// About `megabytes` of JSON lines in frames; one line in 500 tells of a refused connection.
fn frames(megabytes: usize) -> Vec<Frame> {
    let (mut frames, mut frame) = (Vec::new(), Frame::default());
    let (mut size, mut random) = (0, 0x2545_f491_4f6c_dd1d_u64);
    let messages = [
        "request completed",
        "user logged in",
        "cache miss",
        "query took long",
    ];
    while size < megabytes * 1_000_000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let pick = usize::try_from(random >> 33).unwrap_or_default();
        let message = match pick % 500 {
            0 => "connection refused to db",
            other => messages.get(other % 4).copied().unwrap_or_default(),
        };
        let line = format!(
            "{{\"ts\":\"2026-11-21T10:15:00.{:06}Z\",\"level\":\"info\",\"service\":\"svc-{}\",\
             \"msg\":\"{message}\",\"span\":\"{random:016x}\",\"http\":{{\"status\":{},\"path\":\
             \"/api/v1/orders/{}\",\"ms\":{}}}}}",
            pick % 1_000_000,
            pick % 12,
            if pick % 50 == 0 { 503 } else { 200 },
            pick % 10_000,
            pick % 900,
        );
        frame.text += &line;
        frame
            .ends
            .push(u32::try_from(frame.text.len()).unwrap_or(u32::MAX));
        frame.text.push('\n');
        if frame.text.len() >= FRAME_TEXT_BYTES {
            size += frame.text.len();
            frames.push(std::mem::take(&mut frame));
        }
    }
    frames
}

fn main() -> std::io::Result<()> {
    let megabytes = std::env::args()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .unwrap_or(100);
    let frames = frames(megabytes);
    let bytes: usize = frames.iter().map(|frame| frame.text.len()).sum();
    let context = Context {
        now: UnixNanos(0),
        zone: jiff::tz::TimeZone::UTC,
        run: String::new(),
    };
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<34}{:>9}{:>12}{:>12}{:>12}{:>12}",
        "query", "rows", "candidates", "prefilter", "+ matcher", "lines MB/s"
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
        "http.status:>=500",
        "http.ms:>800",
        "has:http.path",
        "service=svc-3",
        "logger=svc-3",
        "status=5",
        "/status.:5\\d\\d/",
    ] {
        let Ok(parsed) = parse(typed, Temper::Strict) else {
            continue;
        };
        let Ok(matcher) = Matcher::new(&parsed.query, &context) else {
            continue;
        };
        let Some(prefilter) = matcher.prefilter() else {
            continue;
        };
        let mut seconds = [f64::MAX; 3];
        let (mut candidates, mut found) = (0, 0);
        for _ in 0..5 {
            let start = Instant::now();
            let mut rows = Vec::new();
            candidates = 0;
            for frame in &frames {
                rows.clear();
                prefilter.candidates(frame.text.as_bytes(), &frame.ends, &mut rows);
                candidates += rows.len();
            }
            seconds[0] = seconds[0].min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            found = 0;
            for frame in &frames {
                rows.clear();
                prefilter.candidates(frame.text.as_bytes(), &frame.ends, &mut rows);
                found += rows
                    .iter()
                    .filter(|&&row| matcher.matches(&Line(frame.line(row))))
                    .count();
            }
            seconds[1] = seconds[1].min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            let alone = |frame: &Frame| {
                frame
                    .rows()
                    .filter(|&row| matcher.matches(&Line(frame.line(row))))
                    .count()
            };
            assert_eq!(frames.iter().map(alone).sum::<usize>(), found, "{typed}");
            seconds[2] = seconds[2].min(start.elapsed().as_secs_f64());
        }
        let [prefilter, both, lines] = seconds.map(|seconds| bytes as f64 / seconds / 1e6);
        writeln!(
            out,
            "{typed:<34}{found:>9}{candidates:>12}{prefilter:>12.0}{both:>12.0}{lines:>12.0}"
        )?;
    }
    Ok(())
}
