use super::{Idle, IdleStrategy};

/// Spins for a number of empty turns, then lets the other threads of the core run between the turns: for a core that is
/// shared now and then.
///
/// # Examples
///
/// ```
/// use boom_select::{Idle, IdleStrategy, SpinThenYield};
///
/// let mut idle = SpinThenYield::new(1000);
/// assert_eq!(idle.after(true), Idle::Spin);
/// for _ in 0..1000 {
///     assert_eq!(idle.after(false), Idle::Spin);
/// }
/// assert_eq!(idle.after(false), Idle::Yield);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpinThenYield {
    spins: u32,
    /// Empty turns since the last work.
    empty: u32,
}

impl SpinThenYield {
    /// Yields from the `spins + 1`st empty turn on.
    pub const fn new(spins: u32) -> Self {
        Self { spins, empty: 0 }
    }

    #[cfg(test)]
    pub(super) const fn set_empty(&mut self, empty: u32) {
        self.empty = empty;
    }
}

impl IdleStrategy for SpinThenYield {
    #[inline]
    fn after(&mut self, has_worked: bool) -> Idle {
        if has_worked {
            self.empty = 0;
            return Idle::Spin;
        }
        if self.empty >= self.spins {
            return Idle::Yield;
        }
        self.empty += 1;
        Idle::Spin
    }
}
