//! One token of a line's head, and whether it names a level.

use crosscut_model::Level;

use crate::level::{Scale, by_letter, by_name, in_text};

/// Words that a colon does not make a level: `http: Server closed`, `config: loaded`.
const ORDINARY: [&[u8]; 8] = [
    b"http", b"config", b"default", b"log", b"success", b"failure", b"fine", b"spam",
];

/// Bytes behind an error's name within which its code ends.
const BEHIND_NAME: usize = 64;

/// Where in the head a token stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Only the time (or nothing) came before.
    pub(super) first: bool,
    /// The time has been read.
    pub(super) timed: bool,
    /// How many numbers stand between the last other token and this one.
    pub(super) numbers: usize,
    /// How many plain words stand directly before.
    pub(super) prose: usize,
}

/// A run of bytes without blanks, with what stands around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// What separates it from what came before.
    gap: &'a [u8],
    /// The line before it.
    before: &'a [u8],
    /// From its first byte to the line's end.
    rest: &'a [u8],
    /// Letters at its start.
    letters: usize,
    /// Bytes to the next blank or closing bracket.
    length: usize,
}

impl<'a> Token<'a> {
    /// The token at `at`; the one before it ended at `end`.
    pub(super) fn read(line: &'a [u8], end: usize, at: usize) -> Self {
        let rest = line.get(at..).unwrap_or_default();
        let letters = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        let behind = rest.get(letters..).unwrap_or_default();
        let more = behind
            .iter()
            .position(|&byte| matches!(byte, b' ' | b'\t' | b']' | b')' | b'>' | b'|'));
        Self {
            gap: line.get(end..at).unwrap_or_default(),
            before: line.get(..at).unwrap_or_default(),
            rest,
            letters,
            length: letters + more.unwrap_or(behind.len()),
        }
    }

    fn word(&self) -> &'a [u8] {
        self.rest.get(..self.letters).unwrap_or_default()
    }

    fn next(&self) -> Option<u8> {
        self.rest.get(self.letters).copied()
    }

    fn previous(&self) -> Option<u8> {
        self.before.last().copied()
    }

    /// Bytes to the next blank or closing bracket.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    fn whole(&self) -> &'a [u8] {
        self.rest.get(..self.length).unwrap_or_default()
    }

    pub(super) fn is_dash(&self) -> bool {
        self.whole() == b"-"
    }

    pub(super) fn is_number(&self) -> bool {
        self.whole().iter().all(u8::is_ascii_digit)
    }

    /// A word as sentences have them: letters only, not all of them capitals.
    pub(super) fn is_prose(&self) -> bool {
        let word = self.whole();
        let word = word
            .strip_suffix(b",")
            .or(word.strip_suffix(b":"))
            .unwrap_or(word);
        word.len() == self.letters && word.iter().any(u8::is_ascii_lowercase)
    }

    /// Only one blank separates it from the token before.
    pub(super) fn follows_directly(&self) -> bool {
        self.gap == b" "
    }

    /// The level this token names, and the bytes it takes to do so.
    pub(super) fn level(&self, place: Place) -> Option<(Level, usize)> {
        let word = self.word();
        if let [letter] = *word {
            return self.letter(letter, place);
        }
        if self.next() == Some(b'=') {
            return self.assigned(word);
        }
        if self.letters > 16 && !place.first && self.next() != Some(b':') {
            return None;
        }
        let Some(level) = by_name(word) else {
            return self
                .with_module()
                .or_else(|| self.exception(place))
                .or_else(|| self.of_database(place))
                .or_else(|| self.with_channel(place))
                .or_else(|| self.php());
        };
        // PostgreSQL's DEBUG1 to DEBUG5.
        if let (b"DEBUG", Some([b'1'..=b'5', b':', ..])) = (word, self.rest.get(self.letters..)) {
            return Some((level, self.letters + 1));
        }
        if word.iter().all(u8::is_ascii_uppercase) {
            return self
                .in_capitals(word)
                .then_some((level, self.letters + self.suffix()));
        }
        let ordinary = ORDINARY.iter().any(|name| word.eq_ignore_ascii_case(name));
        // In brackets these are parts of a program: `[http] GET /`.
        let part = matches!(word, b"http" | b"config" | b"default");
        let fits = (self.in_brackets() && !part)
            || (!ordinary && (self.with_colon(place) || self.set_off(place)))
            || self.in_column(place);
        fits.then_some((level, self.letters))
    }

    /// Bytes of what belongs to a level in capitals: slog's `ERROR+2` and `DEBUG-4`, logrus'
    /// `INFO[0012]`.
    fn suffix(&self) -> usize {
        let behind = self.rest.get(self.letters..).unwrap_or_default();
        let number = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match behind {
            [b'+' | b'-', rest @ ..] => {
                let digits = number(rest);
                let closed = matches!(rest.get(digits), None | Some(b' ' | b'\t'));
                if (1..=2).contains(&digits) && closed {
                    1 + digits
                } else {
                    0
                }
            }
            [b'[', rest @ ..] => match number(rest) {
                0 => 0,
                digits if rest.get(digits) == Some(&b']') => digits + 2,
                _ => 0,
            },
            _ => 0,
        }
    }

    /// `warn  - text` at the start of the line, as Next.js has it; `error [app] text` right behind the
    /// time.
    fn set_off(&self, place: Place) -> bool {
        let rest = self.rest.get(self.letters..).unwrap_or_default();
        (self.before.is_empty() && (rest.starts_with(b" - ") || rest.starts_with(b"  - ")))
            || (place.first && place.timed && rest.starts_with(b" ["))
    }

    /// `ERROR`, wherever in the head it stands alone.
    fn in_capitals(&self, word: &[u8]) -> bool {
        let next = self.next();
        match word {
            // Words that capitals do not make a level.
            b"LOG" => next == Some(b':') || self.gap.len() > 2,
            b"HTTP" | b"CONFIG" | b"DEFAULT" | b"FAILURE" | b"FAIL" | b"SUCCESS" => {
                self.in_brackets() || next == Some(b':')
            }
            _ if next == Some(b'+') => self.suffix() > 0,
            _ => matches!(
                next,
                None | Some(
                    b' ' | b'\t'
                        | b']'
                        | b')'
                        | b'>'
                        | b'}'
                        | b':'
                        | b','
                        | b'|'
                        | b'-'
                        | b'['
                        | b'/'
                        | b';'
                )
            ),
        }
    }

    /// `[warn]`, `<error>`, `(info)`, `[ warn ]`, `|info|`.
    fn in_brackets(&self) -> bool {
        let opened = self.gap.iter().rev().find(|&&byte| byte != b' ');
        let rest = self.rest.get(self.letters..).unwrap_or_default();
        let closed = rest.iter().find(|&&byte| byte != b' ');
        matches!(opened, Some(b'[' | b'<' | b'(' | b'|' | b'{'))
            && matches!(closed, Some(b']' | b'>' | b')' | b'|' | b'}'))
    }

    /// `[core:error]`: Apache's module and level.
    fn with_module(&self) -> Option<(Level, usize)> {
        let token = self.whole();
        let (_, name) = token.split_at_checked(token.iter().position(|&byte| byte == b':')? + 1)?;
        let bracketed = self.previous() == Some(b'[') && self.rest.get(token.len()) == Some(&b']');
        Some((by_name(name).filter(|_| bracketed)?, token.len()))
    }

    /// Whether nothing is said before it: the line begins here, but for marks, or something ends that
    /// tells whose line it is: `x.c:3: `, `[app] `, `(node:12) `.
    fn begins_words(&self, place: Place) -> bool {
        let before = self.before.trim_ascii_end();
        place.first
            || matches!(before.last(), Some(b':' | b']' | b')'))
            || !before.iter().any(u8::is_ascii_alphanumeric)
    }

    /// `error: …` where words begin; `error[E0308]: …`, `fatal error: …`.
    fn with_colon(&self, place: Place) -> bool {
        let starts = self.begins_words(place);
        let colon = match self.next() {
            Some(b' ') if self.rest.starts_with(b"fatal error: ") => true,
            Some(b' ') => self.before.ends_with(b": ") && self.is_coded(),
            Some(b':') => !matches!(self.rest.get(self.letters + 1), Some(b':' | b'/')),
            Some(b'[') => self
                .rest
                .get(self.letters + 1)
                .is_some_and(u8::is_ascii_alphanumeric),
            _ => false,
        };
        starts && colon
    }

    /// `error TS2304: …`: a compiler's number behind the name.
    fn is_coded(&self) -> bool {
        let rest = self.rest.get(self.letters + 1..).unwrap_or_default();
        let letters = rest
            .iter()
            .take_while(|byte| byte.is_ascii_uppercase())
            .count();
        let rest = rest.get(letters..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        letters > 0 && digits > 0 && rest.get(digits) == Some(&b':')
    }

    /// `MySQL`'s `[Note]` and `[System]`.
    fn of_database(&self, place: Place) -> Option<(Level, usize)> {
        let word = self.word();
        let fits = place.timed && self.in_brackets();
        let known = word == b"Note" || (word == b"System" && place.numbers > 0);
        (fits && known).then_some((Level::Info, self.letters))
    }

    /// `local.ERROR: …`: Monolog's channel and level.
    fn with_channel(&self, place: Place) -> Option<(Level, usize)> {
        if !place.first || !place.timed {
            return None;
        }
        let token = self.whole().strip_suffix(b":")?;
        let dot = memchr::memrchr(b'.', token)?;
        let name = token.get(dot + 1..)?;
        let capitals = name.iter().all(u8::is_ascii_uppercase);
        Some((by_name(name).filter(|_| capitals)?, token.len()))
    }

    /// `PHP Fatal error:  …`.
    fn php(&self) -> Option<(Level, usize)> {
        let kind = self.rest.strip_prefix(b"PHP ")?;
        let kind = kind.split_at_checked(memchr::memchr(b':', kind)?)?.0;
        let level = match kind {
            b"Fatal error" | b"Parse error" | b"Core error" | b"Compile error" => Level::Fatal,
            b"Recoverable fatal error" | b"User error" => Level::Error,
            b"Warning" | b"Core Warning" | b"User warning" | b"Deprecated" => Level::Warn,
            b"Notice" | b"User notice" | b"Strict Standards" => Level::Info,
            _ => return None,
        };
        // Not taken out of the message.
        Some((level, 0))
    }

    /// `info` in a column of its own: between tabs, dashes or bars, or padded with blanks.
    fn in_column(&self, place: Place) -> bool {
        let rest = self.rest.get(self.letters..).unwrap_or_default();
        let behind = rest.starts_with(b"\t")
            || rest.starts_with(b"  ")
            || rest.starts_with(b" - ")
            || rest.trim_ascii_start().starts_with(b"|");
        let apart = self.gap.iter().any(|&byte| byte != b' ') || self.gap.len() > 1;
        behind && (apart || (place.timed && place.first)) && place.prose < 2
    }

    /// `level=warn`, `severity=ERROR`.
    fn assigned(&self, name: &[u8]) -> Option<(Level, usize)> {
        let names: [&[u8]; 5] = [b"level", b"lvl", b"severity", b"loglevel", b"levelname"];
        if !names.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            return None;
        }
        let rest = self.rest.get(self.letters + 1..)?;
        let quoted = usize::from(rest.first() == Some(&b'"'));
        let rest = rest.get(quoted..)?;
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let level = in_text(rest.get(..length)?, Scale::Level)?;
        Some((level, self.letters + 1 + length + 2 * quoted))
    }

    /// `TypeError: …`, `java.lang.IllegalStateException: …`, `AssertionError [ERR_X]: …`,
    /// `NoMethodError (…):` at the start of the words; `DeprecationWarning: …` where words begin.
    fn exception(&self, place: Place) -> Option<(Level, usize)> {
        let whole = self.whole();
        let name = whole.strip_suffix(b":").unwrap_or(whole);
        let level = if name.ends_with(b"Error") || name.ends_with(b"Exception") {
            Some(Level::Error).filter(|_| place.first)
        } else if name == b"UnhandledPromiseRejectionWarning" {
            Some(Level::Error)
        } else if name.ends_with(b"Warning") {
            Some(Level::Warn).filter(|_| self.begins_words(place))
        } else {
            None
        };
        let level = level.filter(|_| !place.timed)?;
        let class = name
            .iter()
            .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b':'));
        if !class {
            return None;
        }
        let behind = self.rest.get(whole.len()..).unwrap_or_default();
        let closed = if name.len() < whole.len() {
            true
        } else if behind.starts_with(b" [") {
            let window = behind.get(..BEHIND_NAME).unwrap_or(behind);
            memchr::memmem::find(window, b"]: ").is_some()
        } else {
            let end = behind.trim_ascii_end();
            behind.starts_with(b" (") && (end.ends_with(b")") || end.ends_with(b"):"))
        };
        // Not taken out of the message: the kind of an error is what matters most in it.
        closed.then_some((level, 0))
    }

    /// A letter that stands for a level.
    fn letter(&self, letter: u8, place: Place) -> Option<(Level, usize)> {
        let level = by_letter(letter)?;
        let rest = self.rest.get(1..).unwrap_or_default();
        let fits = match rest {
            // `E/ActivityManager( 1234): `, at the start.
            [b'/', next, ..] => place.first && next.is_ascii_alphabetic(),
            // `[E] `, but not `(C) 2026`, nor Lua's `[C]: in function 'error'`.
            [b']', behind @ ..] => self.previous() == Some(b'[') && !behind.starts_with(b": in "),
            // Ruby: `E, [2026-03-01T08:00:00 #1] ERROR -- : `.
            [b',', b' ', b'[', ..] => self.before.is_empty(),
            // Jupyter: `[E 08:00:00.123 App] `; Android: `03-17 16:13:38.811  1702  2395 D Tag: `;
            // MongoDB: `2026-03-01T08:00:00.123+0000 I NETWORK `.
            [b' ', next, ..] => {
                (self.before == b"[" && next.is_ascii_digit())
                    || (place.timed && place.numbers > 0)
                    || (place.timed && place.first && next.is_ascii_uppercase())
            }
            _ => false,
        };
        fits.then_some((level, 1))
    }
}
