//! Prints what each way of packing costs and saves, on frames of a file's text:
//! `cargo run --release -p crosscut-store --example codecs -- FILE`.

use std::error::Error;
use std::fs::File;
use std::io::{Read, Write};

use lz4::block::{CompressionMode, compress_to_buffer, decompress_to_buffer};

/// Text in a frame.
const FRAME: usize = 256 << 10;

/// Bytes of the file looked at.
const SAMPLE: u64 = 128 << 20;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Turns bytes into others, in the buffer given; tells how many.
type Step = Box<dyn FnMut(&[u8], &mut [u8]) -> Outcome<usize>>;

/// A way of packing: its name, and the packing and unpacking of a frame.
struct Way {
    name: String,
    pack: Step,
    unpack: Step,
}

fn lz4_way(name: String, mode: CompressionMode) -> Way {
    Way {
        name,
        pack: Box::new(move |raw, out| Ok(compress_to_buffer(raw, Some(mode), false, out)?)),
        unpack: Box::new(|packed, out| {
            let size = i32::try_from(out.len())?;
            Ok(decompress_to_buffer(packed, Some(size), out)?)
        }),
    }
}

fn zstd_way(level: i32) -> Outcome<Way> {
    let mut packer = zstd::bulk::Compressor::new(level)?;
    let mut unpacker = zstd::bulk::Decompressor::new()?;
    Ok(Way {
        name: format!("zstd, level {level}"),
        pack: Box::new(move |raw, out| Ok(packer.compress_to_buffer(raw, out)?)),
        unpack: Box::new(move |packed, out| Ok(unpacker.decompress_to_buffer(packed, out)?)),
    })
}

fn main() -> Outcome<()> {
    let path = std::env::args().nth(1).ok_or("name a file of lines")?;
    let mut bytes = Vec::new();
    File::open(path)?.take(SAMPLE).read_to_end(&mut bytes)?;
    let mut ways = Vec::new();
    for mode in [1, 2, 4, 8, 16] {
        let name = format!("lz4, acceleration {mode}");
        ways.push(lz4_way(name, CompressionMode::FAST(mode)));
    }
    for level in [2, 3, 4, 6, 9] {
        let name = format!("lz4, high, level {level}");
        ways.push(lz4_way(name, CompressionMode::HIGHCOMPRESSION(level)));
    }
    for level in [-5, -3, -1, 1, 2, 3, 5, 7, 9, 12] {
        ways.push(zstd_way(level)?);
    }
    for mut way in ways {
        let mut room = vec![0; 2 * FRAME];
        let before = on_cpu()?;
        let mut packed = Vec::new();
        for frame in bytes.chunks(FRAME) {
            let len = (way.pack)(frame, &mut room)?;
            packed.push(room.get(..len).unwrap_or_default().to_vec());
        }
        let between = on_cpu()?;
        for (frame, packed) in bytes.chunks(FRAME).zip(&packed) {
            let out = room.get_mut(..frame.len()).unwrap_or_default();
            (way.unpack)(packed, out)?;
        }
        let after = on_cpu()?;
        let stored: usize = packed.iter().map(Vec::len).sum();
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (all, stored) = (bytes.len() as f64, stored as f64);
        writeln!(
            std::io::stdout(),
            "{:24} {:5.2} x  in {:6.0} MB/s  out {:6.0} MB/s",
            way.name,
            all / stored,
            all / (between - before) / 1e6,
            all / (after - between) / 1e6,
        )?;
    }
    Ok(())
}

/// Seconds this thread has spent on the processor.
fn on_cpu() -> Outcome<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = text.split_whitespace().next().ok_or("no figure")?;
    Ok(nanos.parse::<f64>()? / 1e9)
}
