use std::time::Duration;

use super::{Idle, IdleStrategy};

/// Spins, then yields, then sleeps in the selector for longer and longer: quick while there is work, cheap while there is
/// none.
///
/// What arrives ends a sleep, so its length is not what a message waits; it says how often the thread looks around for
/// what no socket tells.
///
/// # Examples
///
/// ```
/// use boom_select::{Backoff, Idle, IdleStrategy};
/// use std::time::Duration;
///
/// let mut idle = Backoff::new(100, 10, Duration::from_micros(50), Duration::from_millis(1));
/// for _ in 0..110 {
///     assert_eq!(idle.after(false).timeout(), Duration::ZERO);
/// }
/// assert_eq!(idle.after(false), Idle::Wait(Duration::from_micros(50)));
/// assert_eq!(idle.after(false), Idle::Wait(Duration::from_micros(100)));
/// assert_eq!(idle.after(true), Idle::Spin);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    spins: u32,
    yields: u32,
    shortest: Duration,
    longest: Duration,
    /// Empty turns since the last work, while they are spins or yields.
    empty: u32,
    /// The next wait.
    wait: Duration,
}

impl Backoff {
    /// After so many empty turns of spinning and of yielding waits for `shortest` (at least a nanosecond), then for twice
    /// as long each time, up to `longest`.
    pub const fn new(spins: u32, yields: u32, shortest: Duration, longest: Duration) -> Self {
        let shortest = if shortest.is_zero() {
            Duration::from_nanos(1)
        } else {
            shortest
        };
        Self {
            spins,
            yields,
            shortest,
            longest,
            empty: 0,
            wait: shortest,
        }
    }
}

impl Default for Backoff {
    /// 1000 spins, 100 yields, then from 50 microseconds up to a millisecond.
    fn default() -> Self {
        Self::new(
            1000,
            100,
            Duration::from_micros(50),
            Duration::from_millis(1),
        )
    }
}

impl IdleStrategy for Backoff {
    #[inline]
    fn after(&mut self, has_worked: bool) -> Idle {
        if has_worked {
            self.empty = 0;
            self.wait = self.shortest;
            return Idle::Spin;
        }
        if self.empty < self.spins {
            self.empty += 1;
            return Idle::Spin;
        }
        if self.empty - self.spins < self.yields {
            // Saturating: at its end the two counts may not have been reached, and the yields go on.
            self.empty = self.empty.saturating_add(1);
            return Idle::Yield;
        }
        let wait = self.wait.min(self.longest);
        self.wait = wait.saturating_mul(2);
        Idle::Wait(wait)
    }
}
