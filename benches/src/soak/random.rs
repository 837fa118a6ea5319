//! Chance that can be repeated.

/// A generator that is fast and good enough to cut bytes by: wyrand, of one word.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0xa076_1d64_78bd_642f);
        let product = u128::from(self.0) * u128::from(self.0 ^ 0xe703_7ed1_a0b4_28db);
        (product >> 64) as u64 ^ product as u64
    }

    /// One of `0..bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// One of `from..=to`.
    pub(super) fn between(&mut self, from: usize, to: usize) -> usize {
        from + self.below(to - from + 1)
    }

    /// True once in `times`.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Bytes of a message: mostly 16 to 512, some fewer, some up to 64 KiB.
    pub(super) fn message_len(&mut self) -> usize {
        match self.below(1024) {
            0 => self.between(4097, 65_536),
            1..=32 => self.between(513, 4096),
            33..=96 => self.below(16),
            _ => self.between(16, 512),
        }
    }
}
