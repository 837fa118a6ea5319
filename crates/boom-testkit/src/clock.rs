//! A clock that stands still until the test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use boom_stream::TimeSource;

/// A clock that moves only when told to. Clones show the same time.
///
/// # Examples
///
/// ```
/// use boom_stream::TimeSource;
/// use boom_testkit::clock::ManualClock;
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let held_by_the_code_under_test = clock.clone();
/// clock.advance(Duration::from_secs(5));
/// clock.advance_ns(1);
/// assert_eq!(held_by_the_code_under_test.now_ns(), 5_000_000_001);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ManualClock {
    now_ns: Arc<AtomicU64>,
}

impl ManualClock {
    /// Starts at zero.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts at `now_ns`, for what goes wrong far from zero.
    pub fn starting_at(now_ns: u64) -> Self {
        Self {
            now_ns: Arc::new(AtomicU64::new(now_ns)),
        }
    }

    /// Moves forward by `nanoseconds`; stops at the largest time there is.
    pub fn advance_ns(&self, nanoseconds: u64) {
        let now_ns = self.now_ns().saturating_add(nanoseconds);
        self.now_ns.store(now_ns, Ordering::SeqCst);
    }

    /// Moves forward by `duration`; stops at the largest time there is.
    pub fn advance(&self, duration: Duration) {
        self.advance_ns(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX));
    }
}

impl TimeSource for ManualClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.load(Ordering::SeqCst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_share_the_time() {
        let clock = ManualClock::starting_at(7);
        let clone = clock.clone();
        clone.advance_ns(3);
        assert_eq!((clock.now_ns(), clone.now_ns()), (10, 10));
    }

    #[test]
    fn the_end_of_time_is_not_passed() {
        let clock = ManualClock::starting_at(u64::MAX - 1);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now_ns(), u64::MAX);
    }
}
