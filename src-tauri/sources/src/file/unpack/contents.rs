//! What is in an archive.
//!
//! Only the directory of an archive is read with the crates `zip` and `tar`. Names in it are only
//! names: nothing is ever written.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use tar::EntryType;
use zip::CompressionMethod;

use super::archive::{Method, Part, Shape, inside, open_part, open_stream};
use super::decoder::Caps;
use super::trouble::Trouble;
use crate::file::find::pattern::is_log;
use crate::file::sniff::{self, Codec, Content, SNIFF_BYTES};

/// Files in an archive that are looked at.
const MAX_ENTRIES: usize = 20_000;
/// A long name, or a header that holds one. Bytes.
const MAX_HEADER: u64 = 64 << 10;
/// So much of a compressed file is enough for every compressor to give something. Bytes.
const MAX_BLOCK: usize = 1 << 20;

/// What an archive holds.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// The logs, in the archive's order, each of another name.
    pub(crate) parts: Vec<Part>,
    /// What is no log or cannot be read, with the reason.
    pub(crate) others: Vec<String>,
    /// Why there may be more than was seen.
    pub(crate) trouble: Option<Trouble>,
}

/// What the archive at `path` holds; `stopped` ends it early.
pub(crate) fn contents(
    path: &Path,
    shape: Shape,
    caps: Caps,
    stopped: &dyn Fn() -> bool,
) -> Result<Contents, Trouble> {
    let mut contents = match shape {
        Shape::Zip => zip_contents(path, caps, stopped),
        Shape::Tar(None) => {
            let mut archive = tar::Archive::new(BufReader::new(File::open(path)?));
            tar_contents(archive.entries_with_seek()?.raw(true), caps, stopped)
        }
        Shape::Tar(Some(codec)) => {
            let stream = open_stream(path, codec, Arc::default(), caps)?;
            let mut archive = tar::Archive::new(BufReader::with_capacity(128 << 10, stream));
            tar_contents(archive.entries()?.raw(true), caps, stopped)
        }
        Shape::Plain | Shape::Stream(_) => Ok(Contents::default()),
    }?;
    contents.keep_the_last_of_each_name();
    Ok(contents)
}

impl Contents {
    fn other(&mut self, name: &str, why: &str) {
        self.others.push(format!("{name} ({why})"));
    }

    /// Takes a member in when its first bytes are those of a log, compressed or not.
    fn take(&mut self, part: Part, head: Vec<u8>, caps: Caps) {
        let content = match sniff::of_head(&head) {
            // What gives nothing may be damaged: then that is said when it is read.
            Content::Packed(codec) => match inside(codec, Box::new(io::Cursor::new(head)), caps) {
                Content::Empty => Content::Text,
                within => within,
            },
            content => content,
        };
        match content {
            Content::Text => self.parts.push(part),
            Content::Packed(_) => self.other(&part.name, "compressed twice"),
            Content::Empty => self.other(&part.name, "empty"),
            Content::Zip | Content::Tar => self.other(&part.name, "an archive"),
            Content::Binary => self.other(&part.name, "not text"),
        }
    }

    /// A later file of a name takes an earlier one's place, as it does when an archive is unpacked.
    fn keep_the_last_of_each_name(&mut self) {
        let mut last = HashMap::new();
        for (number, part) in self.parts.iter().enumerate() {
            last.insert(part.name.clone(), number);
        }
        let parts = std::mem::take(&mut self.parts);
        for (number, part) in parts.into_iter().enumerate() {
            if last.get(&part.name) == Some(&number) {
                self.parts.push(part);
            } else {
                self.other(&part.name, "replaced by a later one of the same name");
            }
        }
    }
}

/// A name as it stands in a source's key, which is a path: `./logs//app.log` is `logs/app.log`.
fn tidy(name: &str) -> String {
    let parts = name.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.collect::<Vec<_>>().join("/")
}

fn tar_contents<R: Read>(
    entries: tar::Entries<'_, R>,
    caps: Caps,
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
        let name = tidy(&name);
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
        if let Err(cause) = read_head(&mut entry, &mut head) {
            contents.trouble = Some(cause.into());
        }
        contents.take(part, head, caps);
        if contents.trouble.is_some() {
            break;
        }
    }
    Ok(contents)
}

/// Reads a file's first bytes, more of one that is compressed.
fn read_head(mut file: impl Read, head: &mut Vec<u8>) -> io::Result<()> {
    file.by_ref().take(SNIFF_BYTES as u64).read_to_end(head)?;
    if let Some(Content::Packed(_)) = sniff::packed(head) {
        file.take(MAX_BLOCK as u64).read_to_end(head)?;
    }
    Ok(())
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
        let Ok(name) = entry.name().map(|name| tidy(&name)) else {
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
            .and_then(|output| read_head(output, &mut head));
        match read {
            Ok(()) => contents.take(part, head, caps),
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
