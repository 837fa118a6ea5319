//! Numbers that follow from one seed.

/// SplitMix64: one addition and a mix. The same seed gives the same numbers on every machine.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::Random;
///
/// let (mut a, mut b) = (Random::new(7), Random::new(7));
/// assert_eq!(a.below(1000), b.below(1000));
/// assert!((3..=5).contains(&a.between(3, 5)));
/// assert!(!a.chance(0) && a.chance(1000));
/// ```
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Any number.
    pub const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; zero for a bound of zero.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.number()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `least` to `most`, both possible.
    pub fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least).saturating_add(1))
    }

    /// A length from one to `most`, or zero where `most` is zero.
    pub fn part_of(&mut self, most: usize) -> usize {
        if most == 0 {
            return 0;
        }
        1 + self.below(most as u64) as usize
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        // Certainties draw nothing, so that a fault that is off changes nothing else.
        match per_mille {
            0 => false,
            1000.. => true,
            _ => self.below(1000) < u64::from(per_mille),
        }
    }

    /// One of `values`, which are not none.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }

    /// Puts `values` into another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for place in (1..values.len()).rev() {
            values.swap(place, self.below(place as u64 + 1) as usize);
        }
    }

    /// A source of its own that follows from this one.
    #[must_use]
    pub const fn fork(&mut self) -> Self {
        Self::new(self.number())
    }
}
