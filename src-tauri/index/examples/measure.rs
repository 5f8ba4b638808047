//! What the index costs and what it brings, on a file of log lines, beside ripgrep.
//!
//! `cargo run --release -p crosscut-index --example measure -- FILE [LINES]` loads the lines into a
//! run, indexes it, and prints the time of queries with the index, without it, and of `rg -c`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crosscut_index::{IndexOptions, IndexSnapshot, RunIndex, Searcher};
use crosscut_model::{Clock, RowFlags, RowMeta, SourceId, Stream, SystemClock};
use crosscut_parse::Reader;
use crosscut_query::{Context, Temper};
use crosscut_store::{
    Codec, DiskStorage, EncodedFrame, FrameBuilder, RunManifest, RunStore, Snapshot, StoreOptions,
};

/// Each is tried so often; the median is printed.
const TRIES: usize = 5;

/// A query, and what ripgrep is to be asked instead.
const QUERIES: [(&str, &[&str]); 13] = [
    ("refused", &["-i", "-F", "refused"]),
    ("fuse", &["-i", "-F", "fuse"]),
    ("user", &["-i", "-F", "user"]),
    (
        "\"connection refused to\"",
        &["-i", "-F", "connection refused to"],
    ),
    ("refused -orders", &[]),
    ("level:error", &["-F", "\"level\":\"error\""]),
    ("level:error refused", &[]),
    ("service=orders", &["-F", "\"service\":\"orders\""]),
    ("http.status:>=500", &[]),
    ("/status=5\\d\\d/", &["-i", "status=5\\d\\d"]),
    ("/timeout|exception/", &["-i", "timeout|exception"]),
    ("4bf92f", &["-i", "-F", "4bf92f"]),
    ("500", &["-i", "-F", "500"]),
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("usage: measure FILE [LINES]")?;
    let lines = arguments
        .next()
        .map_or(Ok(usize::MAX), |lines| lines.parse())?;
    let dir = tempfile::tempdir()?;
    let mut out = std::io::stdout().lock();

    let begun = Instant::now();
    let store = Arc::new(load(Path::new(&file), lines, &dir.path().join("run"))?);
    let snapshot = store.snapshot();
    let raw = snapshot.totals().raw_bytes;
    writeln!(
        out,
        "loaded   {:>9} lines, {raw} bytes, {:?}",
        snapshot.rows(),
        begun.elapsed()
    )?;

    let index_dir = dir.path().join("run").join("index");
    let syncing = Arc::clone(&store);
    let (index, _) = RunIndex::open(
        &index_dir,
        snapshot.rows(),
        IndexOptions::default(),
        Box::new(move || Ok(syncing.sync()?)),
    )?;
    let begun = Instant::now();
    index.catch_up(&snapshot, &AtomicBool::new(false))?;
    let took = begun.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let rate = snapshot.rows() as f64 / took.as_secs_f64();
    let now = index.snapshot();
    writeln!(out, "indexed  {rate:>9.0} records/s, {took:?}")?;
    writeln!(
        out,
        "terms    {:>9} in the largest of {}",
        now.dictionary_size(),
        now.segment_count()
    )?;
    writeln!(out, "disk     {:>9} bytes", disk_bytes(&index_dir)?)?;
    let begun = Instant::now();
    drop((index, now));
    let (index, opened) = RunIndex::open(
        &index_dir,
        snapshot.rows(),
        IndexOptions::default(),
        Box::new(|| Ok(u64::MAX)),
    )?;
    writeln!(
        out,
        "reopened {:>9} rows, {:?}",
        opened.rows,
        begun.elapsed()
    )?;

    let index = index.snapshot();
    writeln!(
        out,
        "{:<26}{:>9}{:>12}{:>12}{:>12}{:>10}",
        "query", "hits", "index", "scan", "rg", "rg hits"
    )?;
    for (query, rg) in QUERIES {
        let (hits, indexed) = median(|| search(query, &snapshot, Some(&index)))?;
        let (scanned_hits, scanned) = median(|| search(query, &snapshot, None))?;
        if hits != scanned_hits {
            writeln!(out, "{query}: {hits} by index, {scanned_hits} by scan")?;
        }
        let (rg_hits, rg) = if rg.is_empty() {
            (String::new(), Duration::ZERO)
        } else {
            let (hits, took) = median(|| ripgrep(rg, &file))?;
            (hits.to_string(), took)
        };
        writeln!(
            out,
            "{query:<26}{hits:>9}{:>12}{:>12}{:>12}{rg_hits:>10}",
            ms(indexed),
            ms(scanned),
            ms(rg)
        )?;
    }
    Ok(())
}

fn load(file: &Path, lines: usize, dir: &Path) -> Result<RunStore, Box<dyn Error>> {
    let now = SystemClock.now();
    let manifest = RunManifest::new("measure".parse()?, "measure", now);
    let store = RunStore::create(
        Arc::new(DiskStorage),
        dir,
        manifest,
        StoreOptions::default(),
    )?;
    let mut reader = Reader::new(jiff::tz::TimeZone::UTC);
    let mut input = BufReader::with_capacity(1 << 20, File::open(file)?);
    let (mut line, mut left) = (Vec::new(), lines);
    let (mut frame, mut frames) = (FrameBuilder::new(), Vec::<EncodedFrame>::new());
    while left > 0 && input.read_until(b'\n', &mut line)? > 0 {
        left -= 1;
        let raw = line.strip_suffix(b"\n").unwrap_or(&line);
        let meta = reader.meta(raw, now);
        let meta = RowMeta {
            time: meta.time.unwrap_or(now),
            level: meta.level,
            stream: Stream::Stdout,
            flags: RowFlags::NONE,
            source: SourceId(0),
        };
        frame.push(&meta, raw)?;
        if frame.is_full() {
            frames.push(std::mem::take(&mut frame).encode(Codec::Lz4));
        }
        if frames.len() >= 16 {
            store.append(&frames)?;
            frames.clear();
        }
        line.clear();
    }
    frames.push(frame.encode(Codec::Lz4));
    store.append(&frames)?;
    store.sync()?;
    Ok(store)
}

fn search(
    query: &str,
    snapshot: &Snapshot,
    index: Option<&IndexSnapshot>,
) -> Result<u64, Box<dyn Error>> {
    let context = Context {
        now: SystemClock.now(),
        zone: jiff::tz::TimeZone::UTC,
        run: "measure".into(),
    };
    let query = crosscut_query::parse(query, Temper::Strict)?.query;
    let searcher = Searcher::new(&query, &context)?;
    let names = BTreeMap::from([(SourceId(0), "measure.log".to_owned())]);
    let cancel = AtomicBool::new(false);
    let found = searcher.search(
        snapshot,
        index,
        &names,
        0..snapshot.rows(),
        &cancel,
        &mut |_| (),
    )?;
    Ok(found.rows.len())
}

fn ripgrep(arguments: &[&str], file: &str) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("rg")
        .arg("-c")
        .args(arguments)
        .arg(file)
        .stdin(Stdio::null())
        .output()?;
    Ok(String::from_utf8(output.stdout)?
        .trim()
        .parse()
        .unwrap_or_default())
}

fn median<T>(
    mut run: impl FnMut() -> Result<T, Box<dyn Error>>,
) -> Result<(T, Duration), Box<dyn Error>> {
    let mut times = Vec::with_capacity(TRIES);
    loop {
        let begun = Instant::now();
        let result = run()?;
        times.push(begun.elapsed());
        if times.len() == TRIES {
            times.sort_unstable();
            let middle = times.get(TRIES / 2).copied().unwrap_or_default();
            return Ok((result, middle));
        }
    }
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn disk_bytes(dir: &Path) -> std::io::Result<u64> {
    std::fs::read_dir(dir)?.try_fold(0, |sum, item| Ok(sum + item?.metadata()?.len()))
}
