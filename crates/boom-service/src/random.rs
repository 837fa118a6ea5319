//! Jitter: numbers that need to differ, not to be secret.

use std::hash::{BuildHasher, RandomState};

/// SplitMix64: one addition and a mix, from one seed.
#[derive(Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A seed that differs between processes, so that clients that fail together do not retry together.
    pub(crate) fn from_entropy() -> Self {
        Self::new(RandomState::new().hash_one(0))
    }

    /// A number below `bound`; zero for a bound of zero.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The high half of the product; its bias is at most `bound / 2^64`.
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_sequence() {
        let mut a = Random::new(42);
        let mut b = Random::new(42);
        assert!((0..100).all(|_| a.next() == b.next()));
        assert_ne!(Random::new(1).next(), Random::new(2).next());
    }

    #[test]
    fn numbers_fill_the_range_and_stay_below_the_bound() {
        let mut random = Random::new(0);
        let mut seen = [0; 8];
        for _ in 0..8000 {
            seen[random.below(8) as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (800..1200).contains(count)),
            "{seen:?}"
        );
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
    }
}
