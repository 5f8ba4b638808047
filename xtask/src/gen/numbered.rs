//! Lines that can be counted: `numbered <number> <crc> <filler>`, the number from 1 without gaps,
//! the checksum the CRC-32C of number and filler as written.
//!
//! Whoever stores them can be asked which are lost, doubled, out of order or damaged.

use std::io::{self, Write};

use super::Record;
use super::random::Random;

/// The count so far.
#[derive(Debug, Default)]
pub(super) struct Numbered(u64);

impl Record for Numbered {
    fn append(&mut self, out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
        self.0 += 1;
        let mut filler = format!("{:016x}", random.next());
        let longer = random.mostly_small(12);
        filler.extend((0..longer).map(|_| " filler"));
        let number = self.0;
        let crc = crc32c::crc32c(format!("{number} {filler}").as_bytes());
        writeln!(out, "numbered {number} {crc:08x} {filler}")
    }
}
