//! Prints how fast the store takes and gives back text:
//! `cargo run --release -p crosscut-store --example throughput -- FILE [none|lz4|zstd]`.

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use crosscut_model::{Level, RowMeta, RunId, SourceId, SourceKind, SourceSpec, UnixNanos};
use crosscut_store::{
    Codec, DiskStorage, EncodedFrame, FrameBuf, FrameBuilder, RunManifest, RunStore, SourceEntry,
    Standing, StoreOptions,
};

/// Threads that pack frames, and that scan.
const THREADS: usize = 2;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let corpus = args.next().ok_or("name a file of lines")?;
    let codec = match args.next().as_deref() {
        Some("none") => Codec::None,
        Some("zstd") => Codec::Zstd,
        _ => Codec::Lz4,
    };
    let dir = tempfile::tempdir()?;
    let path = dir.path().join("run");
    let mut manifest =
        RunManifest::new(RunId::try_from("bench".to_owned())?, "bench", UnixNanos(0));
    manifest.sources.push(SourceEntry {
        id: SourceId(1),
        spec: SourceSpec {
            kind: SourceKind::File,
            key: corpus.clone(),
            name: corpus.clone(),
        },
        resume: None,
        standing: Standing::default(),
        attributes: std::collections::BTreeMap::new(),
        layouts: Vec::new(),
    });
    let storage = Arc::new(DiskStorage);
    let options = StoreOptions::default();
    let store = RunStore::create(storage.clone(), &path, manifest, options)?;

    let builders = read(&corpus)?;
    let text: usize = builders.iter().map(FrameBuilder::text_bytes).sum();
    let live: Vec<_> = builders.iter().take(200).cloned().collect();

    let start = now();
    append(&store, builders, codec)?;
    report("pack and append", text, start);
    let start = now();
    store.sync()?;
    report("sync", text, start);
    say(&format!("{:?}", store.totals()))?;

    for round in ["scan", "scan again", "scan again"] {
        let start = now();
        let newlines = scan(&store)?;
        report(
            &format!("{round}, {THREADS} threads, {newlines} lines"),
            text,
            start,
        );
    }
    let start = now();
    let errors = count_errors(&store)?;
    report(&format!("level filter, cold, {errors} errors"), text, start);
    let start = now();
    count_errors(&store)?;
    report("level filter, warm", text, start);

    drop(store);
    let start = now();
    let (store, recovery) = RunStore::open(storage, &path, options)?;
    report(&format!("open, found {:?}", recovery.events), text, start);

    // Single frames of a few rows, as they arrive live.
    let start = now();
    let mut frames = 0;
    for builder in live {
        let mut small = FrameBuilder::new();
        small.push(&RowMeta::default(), &vec![b'x'; 2_000])?;
        drop(builder);
        let small = small.encode(codec);
        for _ in 0..100 {
            store.append(std::slice::from_ref(&small))?;
            frames += 1;
        }
    }
    report(&format!("{frames} live appends"), frames * 2_000, start);
    Ok(())
}

fn read(corpus: &str) -> Outcome<Vec<FrameBuilder>> {
    let mut lines = BufReader::with_capacity(1 << 20, File::open(corpus)?);
    let mut builders = vec![FrameBuilder::new()];
    let (mut line, mut n) = (Vec::new(), 0i64);
    while lines.read_until(b'\n', &mut line)? > 0 {
        n += 1;
        let meta = RowMeta {
            time: UnixNanos::from_millis(1_700_000_000_000 + n),
            level: if n % 25 == 0 {
                Level::Error
            } else {
                Level::Info
            },
            source: SourceId(1),
            ..RowMeta::default()
        };
        if builders.last().is_none_or(FrameBuilder::is_full) {
            builders.push(FrameBuilder::new());
        }
        if let Some(builder) = builders.last_mut() {
            builder.push(&meta, line.strip_suffix(b"\n").unwrap_or(&line))?;
        }
        line.clear();
    }
    Ok(builders)
}

/// Packs on all threads but appends in order, as the engine does.
fn append(store: &RunStore, builders: Vec<FrameBuilder>, codec: Codec) -> Outcome<()> {
    let mut lanes: Vec<Vec<FrameBuilder>> = (0..THREADS).map(|_| Vec::new()).collect();
    let frames = builders.len();
    for (i, builder) in builders.into_iter().enumerate() {
        lanes.get_mut(i % THREADS).ok_or("no lane")?.push(builder);
    }
    std::thread::scope(|scope| {
        let packed: Vec<mpsc::Receiver<EncodedFrame>> = lanes
            .into_iter()
            .map(|lane| {
                let (sender, receiver) = mpsc::sync_channel(4);
                scope.spawn(move || {
                    for builder in lane {
                        if sender.send(builder.encode(codec)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        for i in 0..frames {
            let frame = packed.get(i % THREADS).ok_or("no lane")?.recv()?;
            store.append(&[frame])?;
        }
        Ok(())
    })
}

/// Reads all text, newest frame first, and counts lines in it.
fn scan(store: &RunStore) -> Outcome<usize> {
    let snapshot = store.snapshot();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let work = || -> Outcome<usize> {
            let (mut buf, mut lines) = (FrameBuf::new(), 0);
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(frame) = snapshot.frame_count().checked_sub(i + 1) else {
                    return Ok(lines);
                };
                lines += snapshot.read_frame_uncached(frame, &mut buf)?.rows();
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let mut lines = 0;
        for thread in threads {
            lines += thread.join().map_err(|_| "a thread panicked")??;
        }
        Ok(lines)
    })
}

fn count_errors(store: &RunStore) -> Outcome<usize> {
    let snapshot = store.snapshot();
    let mut errors = 0;
    for chunk in 0..snapshot.chunk_count() {
        let levels = snapshot.level_chunk(chunk)?;
        errors += levels
            .iter()
            .filter(|&&level| level >= Level::Error.code())
            .count();
    }
    Ok(errors)
}

fn report(what: &str, bytes: usize, (start, cpu): (Instant, f64)) {
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let megabytes = u32::try_from(bytes / 1_000_000).map_or(0.0, f64::from);
    let rates = format!(
        "{:.0} MB/s, {:.0} MB/cpu-s",
        megabytes / seconds,
        megabytes / cpu
    );
    // Nobody to tell if the terminal is gone.
    say(&format!("{what}: {:.1} ms, {rates}", seconds * 1e3)).unwrap_or_default();
}

fn now() -> (Instant, f64) {
    (Instant::now(), cpu_seconds())
}

/// Seconds that the process's threads, past and present, have run; on Linux, in steps of 10 ms.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
