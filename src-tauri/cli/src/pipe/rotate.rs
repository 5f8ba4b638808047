//! Files that have grown large are renamed and packed.
//!
//! `agent.jsonl` becomes `agent.jsonl.20261121T101500123Z`, then `….gz`, which takes its place once
//! it is whole on the disk: at every moment each line is in one file at least. A crash in between
//! leaves the plain file, which the next start packs. Nothing is ever deleted but a file that has
//! been packed.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use crosscut_model::{Clock, SystemClock};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

/// The end of a packed file's name.
const PACKED: &str = "gz";
/// The end of the name of one being packed.
const UNFINISHED: &str = "gz-part";
/// Text of a packed file that is looked at, at most. Bytes.
const UNPACKED: u64 = 4 << 30;

/// Rotates one file.
#[derive(Debug)]
pub(super) struct Rotation {
    path: PathBuf,
    packing: Option<JoinHandle<Result<(), String>>>,
}

impl Rotation {
    /// Begins by packing what an earlier start left behind.
    pub(super) fn new(path: &Path) -> Self {
        let mut rotation = Self {
            path: path.to_owned(),
            packing: None,
        };
        let left = rotated(path);
        let left: Vec<_> = left.into_iter().filter(|file| !is_packed(file)).collect();
        if !left.is_empty() {
            rotation.pack(left);
        }
        rotation
    }

    /// Renames the file and gives a new one in its place.
    pub(super) fn rotate(&mut self) -> Result<File, String> {
        self.finish()?;
        let wrong = |error: io::Error| format!("{}: {error}", self.path.display());
        let now = i128::from(SystemClock.now().0);
        let now = jiff::Timestamp::from_nanosecond(now).unwrap_or_default();
        let mut stamp = now.strftime("%Y%m%dT%H%M%S%3fZ").to_string();
        while with(&self.path, &stamp).exists()
            || with(&self.path, &stamp)
                .with_added_extension(PACKED)
                .exists()
        {
            stamp.push('_');
        }
        let old = with(&self.path, &stamp);
        rename(&self.path, &old).map_err(wrong)?;
        let new = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(&self.path)
            .map_err(wrong)?;
        self.pack(vec![old]);
        Ok(new)
    }

    /// Waits until everything is packed.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        match self.packing.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(packed)) => packed,
            Some(Err(_)) => Err("packing failed".to_owned()),
        }
    }

    fn pack(&mut self, files: Vec<PathBuf>) {
        let pack = move || files.iter().try_for_each(|file| pack(file));
        let thread = std::thread::Builder::new().name("pack".into()).spawn(pack);
        // Without a thread the file stays plain, and the next start packs it.
        self.packing = thread.ok();
    }
}

/// What `of` finds in the newest file that `path` was rotated into.
pub(super) fn last_rotated(path: &Path, of: &dyn Fn(&[u8]) -> Option<u64>) -> Option<u64> {
    let newest = rotated(path).pop()?;
    let mut text = Vec::new();
    let file = File::open(&newest).ok()?;
    if is_packed(&newest) {
        GzDecoder::new(file)
            .take(UNPACKED)
            .read_to_end(&mut text)
            .ok()?;
    } else {
        file.take(UNPACKED).read_to_end(&mut text).ok()?;
    }
    of(&text)
}

/// The files that `path` was rotated into, oldest first.
fn rotated(path: &Path) -> Vec<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Some(mut prefix) = path
        .file_name()
        .map(|name| name.as_encoded_bytes().to_vec())
    else {
        return Vec::new();
    };
    prefix.push(b'.');
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<_> = names
        .map(|entry| entry.file_name())
        .filter(|name| is_rotated(name.as_encoded_bytes(), &prefix))
        .map(|name| folder.join(name))
        .collect();
    found.sort();
    found
}

/// `20261121T101500123Z`, and perhaps that it is packed.
fn is_rotated(name: &[u8], prefix: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(prefix) else {
        return false;
    };
    let rest = rest.strip_suffix(b".gz").unwrap_or(rest);
    let stamp = rest.strip_suffix(b"_").unwrap_or(rest);
    stamp.len() >= 19
        && stamp.iter().enumerate().all(|(at, byte)| match at {
            8 => *byte == b'T',
            18 => *byte == b'Z',
            19.. => *byte == b'_',
            _ => byte.is_ascii_digit(),
        })
}

fn is_packed(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == PACKED)
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

/// Packs one file and takes the plain one away.
fn pack(plain: &Path) -> Result<(), String> {
    let (unfinished, packed) = (with(plain, UNFINISHED), with(plain, PACKED));
    let done = write_packed(plain, &unfinished)
        .and_then(|()| rename(&unfinished, &packed))
        .and_then(|()| fs::remove_file(plain));
    done.map_err(|error| {
        // On a full disk the half of it is only in the way.
        fs::remove_file(&unfinished).ok();
        format!("{}: {error}", plain.display())
    })
}

fn write_packed(plain: &Path, packed: &Path) -> io::Result<()> {
    let mut from = File::open(plain)?;
    let mut encoder = GzEncoder::new(File::create(packed)?, Compression::default());
    io::copy(&mut from, &mut encoder)?;
    encoder.finish()?.sync_all()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a crash before or after leaves a name under which the next start finds the file; the \
              packed one is synced before"
)]
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)
}
