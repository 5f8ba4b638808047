//! A cursor over the bytes of a JSON text: validates as it skips, builds nothing.
//!
//! Everything that reads JSON records stands on this one scanner, so they agree on what is valid:
//! RFC 8259 by the byte, but for two leniencies. Strings may hold invalid UTF-8 and lone
//! surrogates: a bad byte in one value must not cost the record its time and its fields.
//!
//! Promises: linear time, no recursion (nesting is a bit stack), no allocation below 64 levels.

mod leads;
mod string;

pub(crate) use leads::{Fault, Leads};
pub(crate) use string::RawStr;
pub(crate) use string::{decode_into, lossy};

/// The text is no JSON at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raw<'a> {
    Str(RawStr<'a>),
    Number(&'a str),
    Bool(bool),
    Null,
    /// With its braces.
    Object(&'a [u8]),
    /// With its brackets.
    Array(&'a [u8]),
}

/// A place in a JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What is not passed yet.
    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Passes bytes that are known.
    #[inline]
    fn skip(&mut self, count: usize) {
        self.at += count;
    }

    #[inline]
    pub(crate) fn blanks(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn eat(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    /// Enters a container that begins with `open`; false when it ends with `close` at once.
    #[inline]
    fn enter(&mut self, open: u8, close: u8) -> Result<bool, Malformed> {
        self.eat(open)?;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Enters an object; false when it is empty (and then passed).
    #[inline]
    pub(crate) fn enter_object(&mut self) -> Result<bool, Malformed> {
        self.enter(b'{', b'}')
    }

    /// Enters an array; false when it is empty (and then passed).
    #[inline]
    pub(crate) fn enter_array(&mut self) -> Result<bool, Malformed> {
        self.enter(b'[', b']')
    }

    /// Passes what stands behind a value inside a container: true when another one follows.
    #[inline]
    fn more(&mut self, close: u8) -> Result<bool, Malformed> {
        self.blanks();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.blanks();
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(Malformed),
        }
    }

    /// Whether another member follows in the object; passes its end when none does.
    #[inline]
    pub(crate) fn more_members(&mut self) -> Result<bool, Malformed> {
        self.more(b'}')
    }

    /// Whether another element follows in the array; passes its end when none does.
    #[inline]
    pub(crate) fn more_elements(&mut self) -> Result<bool, Malformed> {
        self.more(b']')
    }

    /// Reads a member's name and the colon behind it.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<RawStr<'a>, Malformed> {
        let key = self.string()?;
        self.blanks();
        self.eat(b':')?;
        self.blanks();
        Ok(key)
    }

    #[inline]
    fn pass_key(&mut self) -> Result<(), Malformed> {
        self.pass_string()?;
        self.blanks();
        self.eat(b':')?;
        self.blanks();
        Ok(())
    }

    #[inline]
    fn string(&mut self) -> Result<RawStr<'a>, Malformed> {
        self.eat(b'"')?;
        let raw = RawStr::read(self.rest())?;
        self.at += raw.bytes.len() + 1;
        Ok(raw)
    }

    #[inline]
    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > start {
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.bytes.get(start..self.at).unwrap_or_default())
    }

    #[inline]
    fn literal<T>(&mut self, word: &[u8], value: T) -> Result<T, Malformed> {
        if self
            .bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            self.at += word.len();
            Ok(value)
        } else {
            Err(Malformed)
        }
    }

    /// Passes one value of any kind.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Raw<'a>, Malformed> {
        match self.peek() {
            Some(b'"') => self.string().map(Raw::Str),
            Some(b'-' | b'0'..=b'9') => {
                let literal = self.number()?;
                std::str::from_utf8(literal)
                    .map(Raw::Number)
                    .map_err(|_| Malformed)
            }
            Some(b't') => self.literal(b"true", Raw::Bool(true)),
            Some(b'f') => self.literal(b"false", Raw::Bool(false)),
            Some(b'n') => self.literal(b"null", Raw::Null),
            Some(b'{') => self.nested().map(Raw::Object),
            Some(b'[') => self.nested().map(Raw::Array),
            _ => Err(Malformed),
        }
    }

    /// Passes one value of any kind without telling what it is.
    #[inline]
    pub(crate) fn pass(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"') => self.pass_string(),
            Some(b'-' | b'0'..=b'9') => self.number().map(|_| ()),
            _ => self.value().map(|_| ()),
        }
    }

    #[inline]
    fn pass_string(&mut self) -> Result<(), Malformed> {
        self.eat(b'"')?;
        self.at += string::length(self.rest(), &mut false)? + 1;
        Ok(())
    }

    /// Passes an object or array with all that is in it.
    fn nested(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        let mut open = Nesting::default();
        loop {
            match self.peek() {
                Some(b'"') => self.pass_string()?,
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                Some(b'{') => {
                    if self.enter_object()? {
                        open.push(true);
                        self.pass_key()?;
                        continue;
                    }
                }
                Some(b'[') => {
                    if self.enter_array()? {
                        open.push(false);
                        continue;
                    }
                }
                Some(b't') => self.literal(b"true", ())?,
                Some(b'f') => self.literal(b"false", ())?,
                Some(b'n') => self.literal(b"null", ())?,
                _ => return Err(Malformed),
            }
            loop {
                match open.top() {
                    None => return Ok(self.bytes.get(start..self.at).unwrap_or_default()),
                    Some(true) => {
                        if self.more_members()? {
                            self.pass_key()?;
                            break;
                        }
                    }
                    Some(false) => {
                        if self.more_elements()? {
                            break;
                        }
                    }
                }
                open.pop();
            }
        }
    }

    /// Passes the end of the text; nothing but blanks may be left.
    pub(crate) fn end(&mut self) -> Result<(), Malformed> {
        self.blanks();
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(Malformed)
        }
    }
}

/// The open containers, innermost last: a bit each, set for objects.
#[derive(Debug, Default)]
struct Nesting {
    bits: u64,
    depth: usize,
    outer: Vec<u64>,
}

impl Nesting {
    #[inline]
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    #[inline]
    fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }

    #[inline]
    fn top(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }
}

/// Shows every member of the object `body` (already trimmed) to `visit`; tells whether all of it is
/// valid. Members before a fault have been shown when the fault is found.
#[inline]
pub(crate) fn members<'a>(body: &'a [u8], mut visit: impl FnMut(RawStr<'a>, Raw<'a>)) -> bool {
    let mut cursor = Cursor::new(body);
    let mut pass = || {
        let mut more = cursor.enter_object()?;
        while more {
            let key = cursor.key()?;
            let value = cursor.value()?;
            visit(key, value);
            more = cursor.more_members()?;
        }
        cursor.end()
    };
    pass().is_ok()
}

/// Shows every element of the array `json` to `visit`, as [`members`] does.
pub(crate) fn elements<'a>(json: &'a [u8], mut visit: impl FnMut(Raw<'a>)) -> bool {
    let mut cursor = Cursor::new(json);
    let mut pass = || {
        let mut more = cursor.enter_array()?;
        while more {
            visit(cursor.value()?);
            more = cursor.more_elements()?;
        }
        cursor.end()
    };
    pass().is_ok()
}

/// Whether the whole of `body` is one valid object.
pub(crate) fn is_object(body: &[u8]) -> bool {
    body.first() == Some(&b'{') && members(body, |_, _| ())
}

#[cfg(test)]
mod tests;
