//! How a section is packed.

use std::fmt;

/// How a section's bytes are packed. The discriminants are the values on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum Codec {
    /// As is.
    None = 0,
    /// An lz4 block: fast both ways, for frames as they arrive.
    #[default]
    Lz4 = 1,
    /// zstd at level 1: smaller, slower to read, for what rests.
    Zstd = 2,
}

impl Codec {
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::None),
            1 => Some(Self::Lz4),
            2 => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// Packs `raw` with `codec`, or leaves it as it is where that is no larger.
pub(crate) fn pack(codec: Codec, raw: Vec<u8>) -> (Codec, Vec<u8>) {
    let packed = match codec {
        Codec::None => return (Codec::None, raw),
        Codec::Lz4 => lz4::block::compress(&raw, None, false),
        Codec::Zstd => zstd::bulk::compress(&raw, 1),
    };
    match packed {
        Ok(mut packed) if packed.len() < raw.len() => {
            packed.shrink_to_fit();
            (codec, packed)
        }
        // A compressor that refuses costs space, never the record.
        Ok(_) | Err(_) => (Codec::None, raw),
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
            Codec::Lz4 => {
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
