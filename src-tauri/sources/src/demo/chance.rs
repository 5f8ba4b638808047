//! Random numbers that are the same for a seed on every machine.

/// `SplitMix64` (Steele, Lea, Flood 2014): small, fast, good enough for a story.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// From a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high.saturating_sub(low))
            .unwrap_or(0)
            .saturating_add(1);
        low.saturating_add(i64::try_from(self.bits() % span).unwrap_or(0))
    }

    /// True `percent` times in a hundred.
    pub(crate) fn percent(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of a few; the first when there are none is the caller's `or`.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T], or: T) -> T {
        let last = i64::try_from(of.len()).unwrap_or(1).saturating_sub(1);
        usize::try_from(self.between(0, last))
            .ok()
            .and_then(|at| of.get(at))
            .copied()
            .unwrap_or(or)
    }
}
