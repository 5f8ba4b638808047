//! One way through a packed file, or through one file of an archive.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crosscut_engine::source::{Batch, FeedClosed, Lines};
use crosscut_model::Stream as Channel;
use parking_lot::Mutex;

use super::archive::{Part, Shape, open_part, open_stream};
use super::decoder::{Output, unpack};
use super::progress::{End, Progress};
use super::shelf::{Archive, Stream};
use super::trouble::Trouble;
use super::{Attempt, Unpacker};
use crate::file::cut::{Behind, Cutter, Sizes};
use crate::file::decode::Encoding;
use crate::file::identity::Prints;
use crate::file::sniff::{self, Content, SNIFF_BYTES};
use crate::signal::Signal;

/// Bytes unpacked at once.
const STEP: usize = 128 << 10;

/// What was unpacked and could not be handed over when the file broke off.
#[derive(Debug)]
pub(super) struct Rest {
    cutter: Cutter,
    prints: Prints,
    bytes: Vec<u8>,
}

/// An open stream.
struct Opened {
    output: Output,
    /// The archive's own stream, to be put back.
    shared: Option<Arc<Mutex<Stream>>>,
    /// How much was read of how much.
    read: Arc<AtomicU64>,
    total: u64,
}

impl Unpacker {
    /// Hands over what has not been handed over yet.
    pub(super) fn read(
        &mut self,
        part: Option<&Part>,
        shape: Shape,
        archive: &Archive,
        start: &Progress,
        signal: &Signal,
    ) -> Result<Attempt, FeedClosed> {
        self.rest = None;
        let mut at = match self.progress.take() {
            Some(before) => Progress {
                file: start.file,
                size: start.size,
                end: None,
                ..before
            },
            None => start.clone(),
        };
        loop {
            let read = match self.open(part, shape, archive, signal) {
                Ok(mut opened) => {
                    let read = self.pump(&mut opened, &mut at, signal);
                    let fit = matches!(read, Ok(Ok(_)));
                    opened.close(archive, fit);
                    read?
                }
                Err(trouble) => Err(trouble),
            };
            match read {
                Ok(true) => break,
                // It holds something else than what was read of it.
                Ok(false) => {
                    at = start.clone();
                    self.mark(&format!(
                        "{} was rewritten since it was read; it is read from its start",
                        self.name
                    ))?;
                }
                Err(trouble) => {
                    self.progress = Some(at);
                    return Ok(Err(trouble));
                }
            }
        }
        self.progress = Some(at);
        self.end(End::Whole, None)?;
        self.tell_end().map(Ok)
    }

    /// How lines are cut.
    fn sizes(&self) -> Sizes {
        Sizes {
            joins: self.feed.joins(),
            ..self.limits.sizes
        }
    }

    fn open(
        &self,
        part: Option<&Part>,
        shape: Shape,
        archive: &Archive,
        signal: &Signal,
    ) -> Result<Opened, Trouble> {
        let path = &self.target.path;
        let caps = self.limits.caps;
        let read = Arc::new(AtomicU64::new(0));
        let size = std::fs::metadata(path)?.len();
        match (shape, part) {
            (Shape::Stream(codec), _) => Ok(Opened {
                output: open_stream(path, codec, Arc::clone(&read), caps)?,
                shared: None,
                read,
                total: size,
            }),
            (Shape::Tar(Some(codec)), Some(part)) => {
                let stream = archive.take(part.at, &|| signal.stopped())?;
                let opened = self.on_the_way(stream, part, signal, || {
                    let output = open_stream(path, codec, Arc::clone(&read), caps)?;
                    Ok(Stream {
                        output,
                        at: 0,
                        read: Arc::clone(&read),
                    })
                });
                if opened.is_err() {
                    archive.give_back(None);
                }
                opened.map(|opened| Opened {
                    total: size,
                    ..opened
                })
            }
            (_, Some(part)) => Ok(Opened {
                output: self.inner(open_part(path, part, &read, caps)?, &read)?,
                shared: None,
                read,
                total: part.size,
            }),
            (_, None) => Err(Trouble::NoMember),
        }
    }

    /// The part of an archive's stream that is one file.
    fn on_the_way(
        &self,
        stream: Option<Stream>,
        part: &Part,
        signal: &Signal,
        open: impl FnOnce() -> io::Result<Stream>,
    ) -> Result<Opened, Trouble> {
        let mut stream = match stream {
            Some(stream) => stream,
            None => open()?,
        };
        let ahead = part.at.saturating_sub(stream.at);
        pass_over(&mut stream.output, ahead, &mut |_| (), signal)?;
        stream.at = part.at;
        let read = Arc::clone(&stream.read);
        let shared = Arc::new(Mutex::new(stream));
        let bounded = Bounded {
            stream: Arc::clone(&shared),
            left: part.size,
        };
        Ok(Opened {
            output: self.inner(Box::new(bounded), &read)?,
            shared: Some(shared),
            read,
            total: 0,
        })
    }

    /// A file in an archive may itself be compressed.
    fn inner(&self, mut output: Output, read: &Arc<AtomicU64>) -> Result<Output, Trouble> {
        let mut head = Vec::new();
        // Trouble comes up in its place, behind what there is before it.
        let end = output
            .by_ref()
            .take(SNIFF_BYTES as u64)
            .read_to_end(&mut head);
        let output: Output = match end {
            Ok(_) => output,
            Err(cause) => Box::new(Broken(Some(cause))),
        };
        let packed = sniff::packed(&head);
        let whole = Cursor::new(head).chain(output);
        Ok(match packed {
            Some(Content::Packed(codec)) => unpack(
                codec,
                Box::new(BufReader::with_capacity(STEP, whole)),
                Arc::clone(read),
                self.limits.caps,
            )?,
            _ => Box::new(whole),
        })
    }

    /// Hands over lines until the stream ends: `false` when it is not the one that was read before.
    fn pump(
        &mut self,
        opened: &mut Opened,
        at: &mut Progress,
        signal: &Signal,
    ) -> Result<Result<bool, Trouble>, FeedClosed> {
        let sizes = self.sizes();
        let mut prints = Prints::default();
        let over = pass_over(
            &mut opened.output,
            at.at,
            &mut |bytes| prints.advance(bytes),
            signal,
        );
        match over {
            Ok(()) if prints.digest() == at.prints => {}
            Ok(()) | Err(Trouble::Truncated) => return Ok(Ok(false)),
            Err(trouble) => return Ok(Err(trouble)),
        }
        let mut cutter = Cutter::new(at.encoding);
        let mut bytes = Vec::new();
        let mut want = if at.at == 0 { sizes.first } else { 0 };
        let mut end: Option<Result<(), Trouble>> = None;
        loop {
            if signal.stopped() {
                return Ok(Err(Trouble::Stopped));
            }
            let longest = sizes.longest(cutter.encoding);
            let enough = if want == 0 {
                longest
            } else {
                want.min(longest)
            };
            while end.is_none() && bytes.len() < enough {
                match more(&mut opened.output, &mut bytes) {
                    Ok(0) => end = Some(Ok(())),
                    Ok(_) => {}
                    Err(trouble) => end = Some(Err(trouble)),
                }
            }
            if at.at == 0 {
                cutter.encoding = Encoding::of(bytes.get(..longest).unwrap_or(&bytes));
            }
            let behind = match &end {
                Some(Ok(())) if bytes.len() <= longest => Behind::Nothing,
                _ => Behind::More,
            };
            match cutter.cut(bytes.get(..longest).unwrap_or(&bytes), behind, &sizes) {
                Some(cut) => {
                    prints.advance(bytes.get(..cut.taken).unwrap_or(&bytes));
                    bytes.drain(..cut.taken.min(bytes.len()));
                    at.encoding = cutter.encoding;
                    at.prints = prints.digest();
                    if at.at == 0 {
                        self.describe(cutter.encoding.name());
                    }
                    at.at += cut.taken as u64;
                    self.hand_over(cut.lines, at)?;
                    let read = opened.read.load(Ordering::Relaxed);
                    self.tell
                        .loading(read, opened.total.max(read), Instant::now());
                }
                None if end.is_some() => break,
                None => {}
            }
            want = 0;
        }
        match end {
            Some(Err(trouble)) => {
                let shown = bytes.get(..sizes.partial).unwrap_or(&bytes).to_vec();
                self.feed.partial(Some(&cutter.encoding.decode(shown)));
                self.rest = Some(Rest {
                    cutter,
                    prints,
                    bytes,
                });
                Ok(Err(trouble))
            }
            _ => Ok(Ok(true)),
        }
    }

    /// Hands over what was held back in the hope that more would come.
    pub(super) fn take_rest(&mut self) -> Result<(), FeedClosed> {
        let (Some(mut rest), Some(mut at)) = (self.rest.take(), self.progress.take()) else {
            return Ok(());
        };
        let sizes = self.sizes();
        loop {
            let longest = sizes.longest(rest.cutter.encoding);
            let bytes = rest.bytes.get(..longest).unwrap_or(&rest.bytes);
            let Some(cut) = rest.cutter.cut(bytes, Behind::Nothing, &sizes) else {
                break;
            };
            rest.prints
                .advance(rest.bytes.get(..cut.taken).unwrap_or(&rest.bytes));
            rest.bytes.drain(..cut.taken.min(rest.bytes.len()));
            at.at += cut.taken as u64;
            at.prints = rest.prints.digest();
            at.encoding = rest.cutter.encoding;
            self.hand_over(cut.lines, &at)?;
        }
        self.progress = Some(at);
        Ok(())
    }

    fn hand_over(&self, lines: Lines, at: &Progress) -> Result<(), FeedClosed> {
        self.feed.send(Batch {
            lines,
            stream: Channel::Stdout,
            level: None,
            times: Vec::new(),
            checkpoint: at.encode(),
            live: false,
        })
    }
}

impl Opened {
    /// Puts the archive's stream back, unless it broke.
    fn close(self, archive: &Archive, fit: bool) {
        let Some(shared) = self.shared else { return };
        drop(self.output);
        let stream = Arc::into_inner(shared).map(Mutex::into_inner);
        archive.give_back(stream.filter(|_| fit));
    }
}

/// One file in an archive's stream.
struct Bounded {
    stream: Arc<Mutex<Stream>>,
    left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buf.len());
        let mut stream = self.stream.lock();
        let read = stream
            .output
            .read(buf.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        stream.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Fails.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        match self.0.take() {
            Some(cause) => Err(cause),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Unpacks some more; 0 at the end.
fn more(output: &mut Output, bytes: &mut Vec<u8>) -> Result<usize, Trouble> {
    let got = output.by_ref().take(STEP as u64).read_to_end(bytes)?;
    Ok(got)
}

/// Unpacks `count` bytes and shows them to `look`.
fn pass_over(
    output: &mut Output,
    count: u64,
    look: &mut dyn FnMut(&[u8]),
    signal: &Signal,
) -> Result<(), Trouble> {
    let mut left = count;
    let mut bytes = Vec::new();
    while left > 0 {
        if signal.stopped() {
            return Err(Trouble::Stopped);
        }
        bytes.clear();
        let got = output
            .by_ref()
            .take(left.min(STEP as u64))
            .read_to_end(&mut bytes)?;
        if got == 0 {
            return Err(Trouble::Truncated);
        }
        look(&bytes);
        left -= got as u64;
    }
    Ok(())
}
