//! Reading bytes from the left.

/// Bytes being read from the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    pub(super) rest: &'a [u8],
}

impl Bytes<'_> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    #[inline]
    pub(super) fn at(&self, ahead: usize) -> Option<u8> {
        self.rest.get(ahead).copied()
    }

    #[inline]
    pub(super) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    #[inline]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.skip(1);
        }
        found
    }

    pub(super) fn eat_blanks(&mut self) -> usize {
        let count = self.rest.iter().take_while(|&&byte| byte == b' ').count();
        self.skip(count);
        count
    }

    pub(super) fn run(&self) -> usize {
        self.rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    }

    /// Reads `least` to `most` digits, all there are.
    #[inline]
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let mut value = 0u32;
        let mut count = 0;
        while let Some(byte @ b'0'..=b'9') = self.peek() {
            count += 1;
            if count > most {
                return None;
            }
            value = value * 10 + u32::from(byte - b'0');
            self.skip(1);
        }
        (count >= least).then_some(value)
    }

    /// Reads exactly `count` digits, whatever follows.
    pub(super) fn exactly(&mut self, count: usize) -> Option<u32> {
        let digits = self.rest.get(..count)?;
        let value = digits.iter().try_fold(0u32, |value, &byte| {
            byte.is_ascii_digit()
                .then(|| value * 10 + u32::from(byte - b'0'))
        })?;
        self.skip(count);
        Some(value)
    }
}
