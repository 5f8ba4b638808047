//! How a section is packed.

use std::cell::RefCell;
use std::fmt;

use lz4::block::CompressionMode;

/// What [`Codec::Lz4High`] packs at. Higher levels take much longer and save 3 % more.
const HIGH_LEVEL: i32 = 3;

/// What zstd sections are packed at.
const ZSTD_LEVEL: i32 = 1;

/// How a section's bytes are packed. The discriminants are the values on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Codec {
    /// As is.
    None = 0,
    /// An lz4 block: fast both ways, for frames as they arrive.
    #[default]
    Lz4 = 1,
    /// zstd at level 1: smallest, slower to read.
    Zstd = 2,
    /// An lz4 block packed with more care: smaller, read as fast or faster, for what rests. Since
    /// version 2.
    Lz4High = 3,
}

impl Codec {
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::None),
            1 => Some(Self::Lz4),
            2 => Some(Self::Zstd),
            3 => Some(Self::Lz4High),
            _ => None,
        }
    }
}

thread_local! {
    /// Kept between frames: room for a packed frame costs more page faults than packing it time.
    static PACKER: RefCell<Packer> = RefCell::default();
}

/// `raw` packed with `codec`; `None` where that is no smaller. A compressor that refuses costs
/// space, never the record.
pub(crate) fn pack(codec: Codec, raw: &[u8]) -> Option<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| packer.pack(codec, raw))
}

#[derive(Default)]
struct Packer {
    room: Vec<u8>,
    zstd: Option<zstd::bulk::Compressor<'static>>,
}

impl Packer {
    /// `raw` packed; `None` when that is no smaller.
    fn pack(&mut self, codec: Codec, raw: &[u8]) -> Option<Vec<u8>> {
        // What does not fit into as much room as it took is not packed.
        if self.room.len() < raw.len() {
            self.room = vec![0; raw.len()];
        }
        let room = self.room.get_mut(..raw.len().saturating_sub(1))?;
        let len = match codec {
            Codec::None => return None,
            Codec::Lz4 => lz4::block::compress_to_buffer(raw, None, false, room).ok()?,
            Codec::Lz4High => {
                let mode = CompressionMode::HIGHCOMPRESSION(HIGH_LEVEL);
                lz4::block::compress_to_buffer(raw, Some(mode), false, room).ok()?
            }
            Codec::Zstd => {
                if self.zstd.is_none() {
                    self.zstd = zstd::bulk::Compressor::new(ZSTD_LEVEL).ok();
                }
                self.zstd.as_mut()?.compress_to_buffer(raw, room).ok()?
            }
        };
        Some(room.get(..len)?.to_vec())
    }
}

/// Unpacks sections; keeps the zstd context between them, so that a scan allocates nothing.
#[derive(Default)]
pub(crate) struct Unpacker {
    zstd: Option<zstd::bulk::Decompressor<'static>>,
}

impl fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacker").finish_non_exhaustive()
    }
}

impl Unpacker {
    /// Unpacks `stored` into `out`, which is as long as the raw section. `false` when it does not
    /// unpack to exactly that.
    #[must_use]
    pub(crate) fn unpack(&mut self, codec: Codec, stored: &[u8], out: &mut [u8]) -> bool {
        match codec {
            Codec::None => {
                let fits = stored.len() == out.len();
                if fits {
                    out.copy_from_slice(stored);
                }
                fits
            }
            Codec::Lz4 | Codec::Lz4High => {
                let Ok(size) = i32::try_from(out.len()) else {
                    return false;
                };
                let got = lz4::block::decompress_to_buffer(stored, Some(size), out);
                got.is_ok_and(|n| n == out.len())
            }
            Codec::Zstd => {
                let unpacker = self.zstd.get_or_insert_default();
                let got = unpacker.decompress_to_buffer(stored, out);
                got.is_ok_and(|n| n == out.len())
            }
        }
    }
}
