//! What a packed file is, and how to get at the bytes in it, or at those of one file of an archive.
//!
//! A member's bytes come from where the archive's directory says they are (see `contents`), through
//! the decoders that are used everywhere else. So one member can be read on its own, and the caps hold
//! for all.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::decoder::{Caps, Counted, Input, Output, inflate, unpack};
use super::trouble::Trouble;
use crate::file::sniff::{self, Codec, Content, SNIFF_BYTES};

/// What a file is, by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Not packed at all.
    Plain,
    /// One compressed file.
    Stream(Codec),
    /// A zip archive.
    Zip,
    /// A tar archive, perhaps compressed as a whole.
    Tar(Option<Codec>),
}

/// How a member's bytes are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflate,
    Codec(Codec),
}

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Where its bytes begin: in the file, or in what it unpacks to.
    pub(crate) at: u64,
    /// How many there are.
    pub(crate) size: u64,
    pub(crate) method: Method,
    /// Its CRC-32 once unpacked, where the archive tells.
    pub(crate) crc: Option<u32>,
}

/// Tells what the file at `path` is.
pub(crate) fn shape(path: &Path, caps: Caps) -> Result<Shape, Trouble> {
    match sniff::of_file(path)? {
        Content::Zip => Ok(Shape::Zip),
        Content::Tar => Ok(Shape::Tar(None)),
        Content::Packed(codec) => {
            let input = open_input(path, Arc::default())?;
            Ok(match inside(codec, input, caps) {
                Content::Tar => Shape::Tar(Some(codec)),
                _ => Shape::Stream(codec),
            })
        }
        Content::Empty | Content::Text | Content::Binary => Ok(Shape::Plain),
    }
}

/// What the file at `path` holds, looked at through its compression.
pub(crate) fn within(path: &Path) -> io::Result<Content> {
    match sniff::of_file(path)? {
        Content::Packed(codec) => {
            let input = open_input(path, Arc::default())?;
            Ok(inside(codec, input, Caps::default()))
        }
        other => Ok(other),
    }
}

/// What a compressed stream unpacks to, by its first bytes. What can be read of them is enough to
/// tell; trouble comes up when it is read in earnest.
pub(super) fn inside(codec: Codec, input: Input, caps: Caps) -> Content {
    let mut head = Vec::new();
    let read = unpack(codec, input, Arc::default(), caps)
        .and_then(|stream| stream.take(SNIFF_BYTES as u64).read_to_end(&mut head));
    if let Err(cause) = read {
        tracing::debug!(%cause, "the beginning of something packed");
    }
    sniff::of_head(&head)
}

/// The bytes of a file, counted.
pub(crate) fn open_input(path: &Path, read: Arc<AtomicU64>) -> io::Result<Input> {
    let inner = File::open(path)?;
    Ok(Box::new(BufReader::with_capacity(
        128 << 10,
        Counted { inner, count: read },
    )))
}

/// What a compressed file unpacks to.
pub(crate) fn open_stream(
    path: &Path,
    codec: Codec,
    read: Arc<AtomicU64>,
    caps: Caps,
) -> io::Result<Output> {
    let input = open_input(path, Arc::clone(&read))?;
    unpack(codec, input, read, caps)
}

/// The bytes of a member that has a place in the file itself.
pub(crate) fn open_part(
    path: &Path,
    part: &Part,
    read: &Arc<AtomicU64>,
    caps: Caps,
) -> io::Result<Output> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(part.at))?;
    let input: Input = Box::new(BufReader::with_capacity(
        128 << 10,
        Counted {
            inner: Exact {
                inner: file,
                left: part.size,
            },
            count: Arc::clone(read),
        },
    ));
    let output = match part.method {
        Method::Stored => input,
        Method::Deflate => Box::new(BufReader::new(inflate(input, Arc::clone(read), caps))),
        Method::Codec(codec) => Box::new(BufReader::new(unpack(
            codec,
            input,
            Arc::clone(read),
            caps,
        )?)),
    };
    Ok(match part.crc {
        Some(crc) => Box::new(Checked {
            output,
            sum: flate2::Crc::new(),
            crc,
        }),
        None => output,
    })
}

/// So many bytes, and an error when there are fewer.
struct Exact {
    inner: File,
    left: u64,
}

impl Read for Exact {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buf.len());
        let read = self.inner.read(buf.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// Compares the checksum at the end.
struct Checked<R> {
    output: R,
    sum: flate2::Crc,
    crc: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.output.read(buf)?;
        self.sum.update(buf.get(..read).unwrap_or_default());
        if read == 0 && !buf.is_empty() && self.sum.sum() != self.crc {
            return Err(Trouble::Damaged("its checksum is another".to_owned()).into());
        }
        Ok(read)
    }
}
