//! What is in an archive, and how to get at one file of it.
//!
//! Only the directory of an archive is read with the crates `zip` and `tar`; a file's bytes come from
//! where it says they are, through the decoders that are used everywhere else. So one member can be
//! read on its own, and the caps hold for all. Names in it are only names: nothing is ever written.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tar::EntryType;
use zip::CompressionMethod;

use super::decoder::{Caps, Counted, Input, Output, inflate, unpack};
use super::trouble::Trouble;
use crate::file::find::pattern::is_log;
use crate::file::sniff::{self, Codec, Content, SNIFF_BYTES};

/// Files in an archive that are looked at.
const MAX_ENTRIES: usize = 20_000;
/// A long name, or a header that holds one. Bytes.
const MAX_HEADER: u64 = 64 << 10;

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

/// What an archive holds.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The logs, in the archive's order.
    pub(crate) parts: Vec<Part>,
    /// What is no log or cannot be read, with the reason.
    pub(crate) others: Vec<String>,
    /// Why there may be more than was seen.
    pub(crate) trouble: Option<Trouble>,
}

/// Tells what the file at `path` is.
pub(crate) fn shape(path: &Path, caps: Caps) -> Result<Shape, Trouble> {
    match sniff::of_file(path)? {
        Content::Zip => Ok(Shape::Zip),
        Content::Tar => Ok(Shape::Tar(None)),
        Content::Packed(codec) => {
            // What can be read of it is enough to tell; trouble comes up when it is read in earnest.
            let mut head = Vec::new();
            let read = open_stream(path, codec, Arc::default(), caps)
                .and_then(|stream| stream.take(SNIFF_BYTES as u64).read_to_end(&mut head));
            if let Err(cause) = read {
                tracing::debug!(path = %path.display(), %cause, "a packed file's beginning");
            }
            Ok(match sniff::packed(&head) {
                Some(Content::Tar) => Shape::Tar(Some(codec)),
                _ => Shape::Stream(codec),
            })
        }
        Content::Empty | Content::Text | Content::Binary => Ok(Shape::Plain),
    }
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

/// What the archive at `path` holds; `stopped` ends it early.
pub(crate) fn contents(
    path: &Path,
    shape: Shape,
    caps: Caps,
    stopped: &dyn Fn() -> bool,
) -> Result<Contents, Trouble> {
    match shape {
        Shape::Zip => zip_contents(path, caps, stopped),
        Shape::Tar(None) => {
            let mut archive = tar::Archive::new(BufReader::new(File::open(path)?));
            tar_contents(archive.entries_with_seek()?.raw(true), stopped)
        }
        Shape::Tar(Some(codec)) => {
            let stream = open_stream(path, codec, Arc::default(), caps)?;
            let mut archive = tar::Archive::new(BufReader::with_capacity(128 << 10, stream));
            tar_contents(archive.entries()?.raw(true), stopped)
        }
        Shape::Plain | Shape::Stream(_) => Ok(Contents::default()),
    }
}

impl Contents {
    fn other(&mut self, name: &str, why: &str) {
        self.others.push(format!("{name} ({why})"));
    }

    /// Takes a member in when its name and its first bytes are those of a log.
    fn take(&mut self, part: Part, head: &[u8]) {
        match sniff::of_head(head) {
            Content::Text | Content::Packed(_) => self.parts.push(part),
            Content::Empty => self.other(&part.name, "empty"),
            Content::Zip | Content::Tar => self.other(&part.name, "an archive"),
            Content::Binary => self.other(&part.name, "not text"),
        }
    }
}

fn tar_contents<R: Read>(
    entries: tar::Entries<'_, R>,
    stopped: &dyn Fn() -> bool,
) -> Result<Contents, Trouble> {
    let mut contents = Contents::default();
    let mut long_name: Option<Vec<u8>> = None;
    for (number, entry) in entries.enumerate() {
        if stopped() {
            return Err(Trouble::Stopped);
        }
        if number >= MAX_ENTRIES {
            return Err(Trouble::TooMany(MAX_ENTRIES));
        }
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(cause) => {
                contents.trouble = Some(cause.into());
                break;
            }
        };
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                let mut name = header_body(&mut entry)?;
                while name.last() == Some(&0) {
                    name.pop();
                }
                long_name = Some(name);
                continue;
            }
            EntryType::XHeader => {
                let body = header_body(&mut entry)?;
                let fields = tar::PaxExtensions::new(&body).flatten();
                for field in fields {
                    match field.key_bytes() {
                        b"path" => long_name = Some(field.value_bytes().to_vec()),
                        b"size" => {
                            contents.trouble = Some(Trouble::Unknown("pax sizes".to_owned()));
                            return Ok(contents);
                        }
                        _ => {}
                    }
                }
                continue;
            }
            _ => {}
        }
        let name = long_name
            .take()
            .unwrap_or_else(|| entry.path_bytes().into_owned());
        let Ok(name) = String::from_utf8(name) else {
            contents.others.push("a name that is not UTF-8".to_owned());
            continue;
        };
        if !matches!(kind, EntryType::Regular | EntryType::Continuous) {
            if matches!(kind, EntryType::GNUSparse) {
                contents.other(&name, "a sparse file");
            }
            continue;
        }
        if !is_log(&name) {
            contents.other(&name, "no log by its name");
            continue;
        }
        let part = Part {
            name,
            at: entry.raw_file_position(),
            size: entry.size(),
            method: Method::Stored,
            crc: None,
        };
        let mut head = Vec::new();
        if let Err(cause) = (&mut entry).take(SNIFF_BYTES as u64).read_to_end(&mut head) {
            contents.trouble = Some(cause.into());
        }
        contents.take(part, &head);
        if contents.trouble.is_some() {
            break;
        }
    }
    Ok(contents)
}

fn header_body<R: Read>(entry: &mut tar::Entry<'_, R>) -> Result<Vec<u8>, Trouble> {
    if entry.size() > MAX_HEADER {
        return Err(Trouble::Damaged("a name without end".to_owned()));
    }
    let mut body = Vec::new();
    entry.take(MAX_HEADER).read_to_end(&mut body)?;
    Ok(body)
}

fn zip_contents(path: &Path, caps: Caps, stopped: &dyn Fn() -> bool) -> Result<Contents, Trouble> {
    let mut file = File::open(path)?;
    if declared_entries(&mut file)? > MAX_ENTRIES {
        return Err(Trouble::TooMany(MAX_ENTRIES));
    }
    let mut zip = zip::ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        zip::result::ZipError::Io(error) => error.into(),
        error => Trouble::Damaged(error.to_string()),
    })?;
    let mut contents = Contents::default();
    for number in 0..zip.len() {
        if stopped() {
            return Err(Trouble::Stopped);
        }
        let entry = match zip.by_index_raw(number) {
            Ok(entry) => entry,
            Err(error) => {
                contents.other(&format!("file {number}"), &error.to_string());
                continue;
            }
        };
        if entry.is_dir() {
            continue;
        }
        let Ok(name) = entry.name().map(std::borrow::Cow::into_owned) else {
            contents.others.push("a name that is not UTF-8".to_owned());
            continue;
        };
        if !is_log(&name) {
            contents.other(&name, "no log by its name");
            continue;
        }
        let method = match entry.compression() {
            CompressionMethod::Stored => Method::Stored,
            CompressionMethod::Deflated => Method::Deflate,
            CompressionMethod::BZIP2 => Method::Codec(Codec::Bzip2),
            CompressionMethod::ZSTD => Method::Codec(Codec::Zstd),
            CompressionMethod::XZ => Method::Codec(Codec::Xz),
            other => {
                contents.other(&name, &format!("packed in a way not known here: {other}"));
                continue;
            }
        };
        let Some(at) = entry.data_start() else {
            contents.other(&name, "its place is not known");
            continue;
        };
        if entry.encrypted() {
            contents.other(&name, "encrypted");
            continue;
        }
        let part = Part {
            name,
            at,
            size: entry.compressed_size(),
            method,
            crc: Some(entry.crc32()),
        };
        drop(entry);
        let mut head = Vec::new();
        let read = open_part(path, &part, &Arc::default(), caps)
            .and_then(|output| output.take(SNIFF_BYTES as u64).read_to_end(&mut head));
        match read {
            Ok(_) => contents.take(part, &head),
            Err(cause) => contents.other(&part.name, &Trouble::from(cause).to_string()),
        }
    }
    Ok(contents)
}

/// How many files the archive says it has, so that a directory of millions is not read in. Its last
/// record: APPNOTE 4.3.16.
fn declared_entries(file: &mut File) -> Result<usize, Trouble> {
    const RECORD: usize = 22;
    let size = file.metadata()?.len();
    let from = size.saturating_sub(RECORD as u64 + u64::from(u16::MAX));
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(from))?;
    file.by_ref().take(size - from).read_to_end(&mut end)?;
    file.seek(SeekFrom::Start(0))?;
    let at = memchr::memmem::rfind(&end, b"PK\x05\x06").ok_or(Trouble::Truncated)?;
    match end.get(at + 10..at + 12) {
        Some(&[low, high]) => Ok(usize::from(u16::from_le_bytes([low, high]))),
        _ => Err(Trouble::Truncated),
    }
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
