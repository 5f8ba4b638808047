//! The head of a plain text line: what stands before the words.
//!
//! A time is looked for at the start of each token, a level in each token, until the line turns to
//! prose (two plain words in a row), so that neither a date nor the word "error" in a sentence is
//! taken for the record's own.

mod special;
mod status;
mod token;

use std::borrow::Cow;

use crosscut_model::Level;

use crate::join::ruby_frame;
use crate::level;
use crate::text::utf8;
use crate::time::{Day, Stamp, epoch, stamp};
use special::special;
pub(crate) use status::{is_request, of as of_status};
use token::{Place, Token};

/// Tokens and bytes that are looked at, at most.
const TOKENS: usize = 16;
const BYTES: usize = 256;

/// What the head says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Head {
    pub(crate) stamp: Option<Stamp>,
    pub(crate) level: Option<Level>,
    /// Where the words begin when the line begins with its time or level: behind these, and behind
    /// the punctuation that sets them off.
    pub(crate) words: usize,
    /// What the line begins with, as far as that was looked at.
    pub(crate) begins: Begins,
    /// The level is that of a request's status.
    pub(crate) request: bool,
}

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Begins {
    /// It may be a time.
    #[default]
    Unknown,
    /// No time.
    Other,
    /// A time of so many bytes.
    Time(usize),
}

/// Reads a line's head. The line is trimmed.
#[inline]
pub(crate) fn head(line: &[u8]) -> Head {
    let window = line.get(..BYTES).unwrap_or(line);
    if memchr::memchr(0x1b, window).is_some() {
        return Head {
            words: 0,
            begins: Begins::Unknown,
            ..Scan::new(&plain(window)).run()
        };
    }
    of_plain(line)
}

/// The same, of a line without terminal escapes.
#[inline]
pub(crate) fn of_plain(line: &[u8]) -> Head {
    Scan::new(line).run()
}

/// The window without its terminal escapes.
fn plain(window: &[u8]) -> Vec<u8> {
    let text = utf8(window);
    match crate::strip_escapes(&text) {
        Cow::Borrowed(text) => text.trim().as_bytes().to_vec(),
        Cow::Owned(text) => text.trim().as_bytes().to_vec(),
    }
}

/// `app.rb:3:in 'f': text (RuntimeError)`: how Ruby ends.
fn is_raised(line: &[u8]) -> bool {
    (line.ends_with(b"Error)") || line.ends_with(b"Exception)")) && ruby_frame(line)
}

struct Scan<'a> {
    line: &'a [u8],
    at: usize,
    head: Head,
    /// Plain words in a row, up to here.
    prose: usize,
    /// Numbers since the time (process and thread ids), while nothing else has come.
    numbers: Option<usize>,
    /// Whether nothing but the time and the level has come so far.
    leading: bool,
}

impl<'a> Scan<'a> {
    fn new(line: &'a [u8]) -> Self {
        Self {
            line,
            at: 0,
            head: Head::default(),
            prose: 0,
            numbers: None,
            leading: true,
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.line.get(at).copied()
    }

    fn run(mut self) -> Head {
        self.priority();
        if self.special() || self.by_content() {
            return self.head;
        }
        let limit = self.line.len().min(BYTES);
        for index in 0..TOKENS {
            let before = self.at;
            self.pass_separators();
            if self.at >= limit || (self.head.stamp.is_some() && self.head.level.is_some()) {
                break;
            }
            // Behind the time a quote opens what was said or asked for, no level.
            if self.head.stamp.is_some() && self.byte(self.at) == Some(b'"') {
                break;
            }
            if self.head.stamp.is_none() && self.time(index) {
                continue;
            }
            let token = Token::read(self.line, before, self.at);
            if self.head.level.is_none() && self.level(&token) {
                continue;
            }
            if !self.pass(&token) {
                break;
            }
        }
        if self.head.level.is_none() {
            self.head.level = status::by_status(self.line, self.head.words);
            self.head.request = self.head.level.is_some();
        }
        if self.head.level.is_none() && is_raised(self.line) {
            self.head.level = Some(Level::Error);
        }
        self.head
    }

    /// Blanks, and brackets or punctuation that set parts of a head off from each other.
    fn pass_separators(&mut self) {
        while let Some(
            b' ' | b'\t' | b'[' | b']' | b'(' | b')' | b'<' | b'>' | b'|' | b'-' | b',' | b':'
            | b'{' | b'}',
        ) = self.byte(self.at)
        {
            self.at += 1;
        }
    }

    /// The time or the level has been read: if nothing else came before, the words begin here.
    fn taken(&mut self, end: usize) {
        self.at = end;
        self.prose = 0;
        if self.leading {
            self.head.words = self.behind(end);
        }
    }

    /// The place behind what closes a part of the head: `]`, `:`, ` - `, ` | `, blanks.
    fn behind(&self, end: usize) -> usize {
        let mut at = end;
        while let Some(b']' | b')' | b'>' | b':' | b',' | b' ' | b'\t') = self.byte(at) {
            at += 1;
        }
        while let (Some(b'-' | b'|'), Some(b' ')) = (self.byte(at), self.byte(at + 1)) {
            at += 2;
            while let Some(b' ' | b'\t') = self.byte(at) {
                at += 1;
            }
        }
        at
    }

    /// `<34>` at the start: a syslog priority.
    fn priority(&mut self) {
        let Some(rest) = self.line.strip_prefix(b"<") else {
            return;
        };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if !(1..=3).contains(&digits) || rest.get(digits) != Some(&b'>') {
            return;
        }
        let priority = rest.iter().take(digits).fold(0u32, |value, byte| {
            value * 10 + u32::from(byte.wrapping_sub(b'0'))
        });
        if priority > 191 {
            return;
        }
        self.head.level = level::by_severity(priority % 8);
        self.taken(digits + 2);
        // RFC 5424 puts its version, always 1, in between.
        if self.byte(self.at) == Some(b'1') && self.byte(self.at + 1) == Some(b' ') {
            self.taken(self.at + 2);
        }
    }

    /// A head of a kind of its own.
    fn special(&mut self) -> bool {
        let Some(found) = special(self.line) else {
            return false;
        };
        self.head.stamp = Some(found.stamp);
        self.head.level = found.level;
        self.taken(found.end);
        true
    }

    /// First lines that say by their wording what they are.
    fn by_content(&mut self) -> bool {
        const WORDINGS: [(&[u8], Level); 19] = [
            (b"panic: ", Level::Fatal),
            (b"fatal error: ", Level::Fatal),
            (b"Fatal error: ", Level::Fatal),
            (b"Fatal Python error: ", Level::Fatal),
            (b"Segmentation fault", Level::Fatal),
            (b"terminate called after throwing", Level::Fatal),
            (b"Traceback (most recent call last)", Level::Error),
            (b"Exception in ", Level::Error),
            (b"Exception ignored in", Level::Error),
            (b"Task exception was never retrieved", Level::Error),
            (b"thread '", Level::Error),
            (b"Uncaught ", Level::Error),
            (b"Unhandled exception", Level::Error),
            (b"Unhandled rejection", Level::Error),
            (b"** (", Level::Error),
            (b"npm ERR!", Level::Error),
            (b"npm error ", Level::Error),
            (b"npm WARN ", Level::Warn),
            (b"npm warn ", Level::Warn),
        ];
        // The sanitizers': the process stands first.
        let start = self.line.get(..32).unwrap_or(self.line);
        if start.starts_with(b"==") && memchr::memmem::find(start, b"==ERROR: ").is_some() {
            self.head.level = Some(Level::Error);
            return true;
        }
        let Some(b'p' | b'f' | b'F' | b'S' | b'T' | b'E' | b't' | b'U' | b'*' | b'n') =
            self.byte(0)
        else {
            return false;
        };
        let found = WORDINGS
            .iter()
            .find(|(start, _)| self.line.starts_with(start));
        let Some(&(start, level)) = found else {
            return false;
        };
        // GLib's `** (app:12): WARNING **: `.
        if start == b"** (" && memchr::memmem::find(self.line, b" **: ").is_some() {
            return false;
        }
        if start == b"thread '" && memchr::memmem::find(self.line, b"' panicked at").is_none() {
            return false;
        }
        self.head.level = Some(level);
        true
    }

    /// Takes the token for a time, if it is one.
    fn time(&mut self, index: usize) -> bool {
        let rest = self.line.get(self.at..).unwrap_or_default();
        if let Some(found) = stamp(rest) {
            // A time of day alone is the record's own only at the start.
            let own = found.day != Day::Today || self.leading;
            let next = rest.get(found.length);
            if own && !next.is_some_and(u8::is_ascii_alphanumeric) {
                self.head.stamp = Some(found);
                if self.at == 0 {
                    self.head.begins = Begins::Time(found.length);
                }
                self.taken(self.at + found.length);
                self.numbers = Some(0);
                return true;
            }
        } else if self.at == 0 {
            self.head.begins = Begins::Other;
        }
        if index > 1 {
            return false;
        }
        let mut length = rest
            .iter()
            .take_while(|&&byte| byte.is_ascii_digit() || byte == b'.')
            .count();
        // zap prints seconds as a double: `1.7950000001234e+09`.
        let exponent = rest.get(length..).unwrap_or_default();
        let double = matches!(exponent, [b'e', b'+', b'0', b'9', ..]);
        if double {
            length += 4;
        }
        let number = rest.get(..length).unwrap_or_default();
        let whole = number
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let closed = matches!(
            rest.get(length),
            None | Some(b' ' | b'\t' | b']' | b':' | b'|' | b',')
        );
        // Supercomputers' logs have a label before it, and the date behind it: `APPREAD 1117869872
        // 2005.06.04 R04-M1-N4 …`.
        let dated = matches!(
            rest.get(length..),
            Some([
                b' ',
                b'1' | b'2',
                b'0'..=b'9',
                b'0'..=b'9',
                b'0'..=b'9',
                b'.',
                ..
            ])
        );
        let placed = self.leading || dated;
        let sized = if double {
            whole == 1
        } else {
            matches!(whole, 10 | 13 | 16 | 19)
        };
        if !closed || !placed || !sized {
            return false;
        }
        let Some(instant) = std::str::from_utf8(number).ok().and_then(epoch) else {
            return false;
        };
        let day = Day::Instant(instant);
        self.head.stamp = Some(Stamp {
            day,
            second: 0,
            nanos: 0,
            offset: None,
            length,
        });
        self.taken(self.at + length);
        true
    }

    /// Takes the token for a level, if it is one.
    fn level(&mut self, token: &Token<'_>) -> bool {
        let place = Place {
            first: self.leading,
            timed: self.head.stamp.is_some(),
            numbers: self.numbers.unwrap_or_default(),
            prose: self.prose,
        };
        let Some((level, length)) = token.level(place) else {
            return false;
        };
        self.head.level = Some(level);
        self.taken(self.at + length);
        true
    }

    /// Passes a token that is neither; false when the line has turned to prose.
    fn pass(&mut self, token: &Token<'_>) -> bool {
        self.leading = self.leading && token.is_dash();
        self.numbers = self
            .numbers
            .filter(|_| token.is_number())
            .map(|count| count + 1);
        self.prose = if !token.is_prose() {
            0
        } else if token.follows_directly() {
            self.prose + 1
        } else {
            1
        };
        self.at += token.length().max(1);
        self.prose < 2
    }
}
