//! Compressed streams, one stream after the other, and never more than they may hold.
//!
//! Files of gzip, zstd, bzip2 and xz may consist of several streams in a row (`cat a.gz b.gz`, parallel
//! compressors, loggers that append); all are read. Zeros behind the last one are padding, anything
//! else is garbage and said to be. Promises: what a bomb unpacks to is bounded by a ratio and a size,
//! and memory by what one window needs.

use std::io::{self, BufRead, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::bufread::BzDecoder;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use lzma_rust2::XzReader;
use zstd::stream::read::Decoder as ZstdDecoder;

use super::trouble::Trouble;
use crate::file::sniff::Codec;

/// Packed bytes.
pub(crate) type Input = Box<dyn BufRead + Send>;
/// Unpacked bytes.
pub(crate) type Output = Box<dyn Read + Send>;

/// An xz stream may ask for up to 4 GiB; the usual presets need 65 MiB at most. KiB.
const XZ_MEMORY: u32 = 130 << 10;

/// How much may come out of how little.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caps {
    /// Bytes out for one byte in, at most; logs have 5 to 100.
    pub(crate) ratio: u64,
    /// Bytes out that are always allowed.
    pub(crate) floor: u64,
    /// Bytes out in all.
    pub(crate) bytes: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            ratio: 500,
            floor: 64 << 20,
            bytes: 256 << 30,
        }
    }
}

/// The unpacked bytes of `input`, of which `read` counts what was read.
pub(crate) fn unpack(
    codec: Codec,
    input: Input,
    read: Arc<AtomicU64>,
    caps: Caps,
) -> io::Result<Output> {
    let streams = Streams {
        codec,
        one: Some(One::new(codec, input)?),
    };
    Ok(capped(Box::new(streams), read, caps))
}

/// The unpacked bytes of a raw deflate stream (in a zip archive).
pub(crate) fn inflate(input: Input, read: Arc<AtomicU64>, caps: Caps) -> Output {
    capped(Box::new(DeflateDecoder::new(input)), read, caps)
}

fn capped(output: Output, read: Arc<AtomicU64>, caps: Caps) -> Output {
    Box::new(Capped {
        before: read.load(Ordering::Relaxed),
        output,
        read,
        out: 0,
        caps,
    })
}

/// Counts what is read.
#[derive(Debug)]
pub(crate) struct Counted<R> {
    pub(crate) inner: R,
    pub(crate) count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buf)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// One stream.
enum One {
    Gzip(Box<GzDecoder<Input>>),
    Zstd(ZstdDecoder<'static, Input>),
    Bzip2(BzDecoder<Input>),
    Xz(Box<XzReader<Input>>),
}

impl One {
    fn new(codec: Codec, input: Input) -> io::Result<Self> {
        Ok(match codec {
            Codec::Gzip => Self::Gzip(Box::new(GzDecoder::new(input))),
            Codec::Zstd => Self::Zstd(ZstdDecoder::with_buffer(input)?.single_frame()),
            Codec::Bzip2 => Self::Bzip2(BzDecoder::new(input)),
            Codec::Xz => Self::Xz(Box::new(XzReader::new_mem_limit(input, false, XZ_MEMORY))),
        })
    }

    fn into_inner(self) -> Input {
        match self {
            Self::Gzip(one) => one.into_inner(),
            Self::Zstd(one) => one.finish(),
            Self::Bzip2(one) => one.into_inner(),
            Self::Xz(one) => one.into_inner(),
        }
    }
}

impl Read for One {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(one) => one.read(buf),
            Self::Zstd(one) => one.read(buf),
            Self::Bzip2(one) => one.read(buf),
            Self::Xz(one) => one.read(buf),
        }
    }
}

/// All streams of a file.
struct Streams {
    codec: Codec,
    one: Option<One>,
}

impl Read for Streams {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() {
            return Ok(0);
        }
        while let Some(one) = &mut self.one {
            let read = one.read(buf)?;
            if read > 0 {
                return Ok(read);
            }
            if let Some(ended) = self.one.take() {
                self.one = next(self.codec, ended.into_inner())?;
            }
        }
        Ok(0)
    }
}

/// The stream behind one that ended, if there is any.
fn next(codec: Codec, mut input: Input) -> io::Result<Option<One>> {
    loop {
        let head = input.fill_buf()?;
        if head.is_empty() {
            return Ok(None);
        }
        let zeros = head.iter().take_while(|byte| **byte == 0).count();
        if zeros > 0 {
            input.consume(zeros);
        } else if begins(codec, head) {
            return One::new(codec, input).map(Some);
        } else {
            return Err(Trouble::Garbage.into());
        }
    }
}

/// Whether the bytes, which may be few, are how a stream begins.
fn begins(codec: Codec, head: &[u8]) -> bool {
    let like = |magic: &[u8]| head.iter().zip(magic).all(|(byte, known)| byte == known);
    match codec {
        Codec::Gzip => like(b"\x1f\x8b\x08"),
        Codec::Zstd => like(b"\x28\xb5\x2f\xfd") || matches!(head.first(), Some(0x50..=0x5f)),
        Codec::Bzip2 => like(b"BZh"),
        Codec::Xz => like(b"\xfd7zXZ\0"),
    }
}

/// Ends in an error when more comes out than may.
struct Capped {
    output: Output,
    read: Arc<AtomicU64>,
    /// What had been read when this began.
    before: u64,
    out: u64,
    caps: Caps,
}

impl Read for Capped {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let got = self.output.read(buf)?;
        self.out += got as u64;
        let taken = self
            .read
            .load(Ordering::Relaxed)
            .saturating_sub(self.before);
        let allowed = taken.saturating_mul(self.caps.ratio).max(self.caps.floor);
        if self.out > allowed.min(self.caps.bytes) {
            return Err(Trouble::TooLarge(self.out).into());
        }
        Ok(got)
    }
}
