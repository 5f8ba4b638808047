//! Going along a line, piece by piece.

/// What is left of a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(super) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Passes so many bytes, and gives them.
    pub(super) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    pub(super) fn eat(&mut self, bytes: &[u8]) -> bool {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Passes blanks and tabs; says whether there were any.
    pub(super) fn blanks(&mut self) -> bool {
        !self
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .is_empty()
    }

    pub(super) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.rest.iter().position(|&byte| !fits(byte));
        self.take(length.unwrap_or(self.rest.len()))
    }

    /// What stands before the next blank.
    pub(super) fn token(&mut self) -> Option<&'a [u8]> {
        // A word is short: a loop is done with it before a search has begun.
        let token = self.take_while(|byte| !matches!(byte, b' ' | b'\t'));
        (!token.is_empty()).then_some(token)
    }

    pub(super) fn digits(&mut self) -> Option<&'a [u8]> {
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        (!digits.is_empty()).then_some(digits)
    }

    /// What stands before the next `end`, which is passed too.
    pub(super) fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let length = memchr::memchr(end, self.rest)?;
        let before = self.take(length);
        self.take(1);
        Some(before)
    }

    /// What stands between brackets that begin here; pairs of them may stand inside.
    pub(super) fn bracketed(&mut self) -> Option<&'a [u8]> {
        let mut rest = *self;
        if !rest.eat(b"[") {
            return None;
        }
        let mut depth = 0_usize;
        let length = rest.rest.iter().position(|&byte| {
            match byte {
                b'[' => depth += 1,
                b']' if depth == 0 => return true,
                b']' => depth -= 1,
                _ => {}
            }
            false
        })?;
        let inside = rest.take(length);
        rest.take(1);
        *self = rest;
        Some(inside)
    }

    /// What stands between the quotes that begin here; a backslash keeps a quote from ending it.
    pub(super) fn quoted(&mut self) -> Option<&'a [u8]> {
        let mut rest = *self;
        if !rest.eat(b"\"") {
            return None;
        }
        let mut at = 0;
        loop {
            at += memchr::memchr2(b'"', b'\\', rest.rest.get(at..)?)?;
            if rest.rest.get(at) == Some(&b'"') {
                break;
            }
            at += 2;
        }
        let inside = rest.take(at);
        rest.take(1);
        *self = rest;
        Some(inside)
    }
}

/// Whether all of it is digits, and there are some.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// `main.go:42`, `src/app.py:7`: a file's name with an extension, and a line.
pub(super) fn is_file_line(text: &[u8]) -> bool {
    let Some(colon) = memchr::memrchr(b':', text) else {
        return false;
    };
    let (file, line) = text.split_at_checked(colon).unwrap_or_default();
    let Some(dot) = memchr::memrchr(b'.', file) else {
        return false;
    };
    let extension = file.get(dot + 1..).unwrap_or_default();
    is_number(line.get(1..).unwrap_or_default())
        && dot > 0
        && (1..=5).contains(&extension.len())
        && extension.iter().all(u8::is_ascii_alphanumeric)
        && extension.iter().any(u8::is_ascii_alphabetic)
        && !file
            .iter()
            .any(|byte| matches!(byte, b' ' | b'"' | b'=' | b','))
}
