//! How many connections may be opened in a time.

use std::time::Duration;

use crate::options::nanoseconds;

/// Grants moments by the generic cell rate algorithm: so many in each period, a full period's worth at once.
#[derive(Debug)]
pub(crate) struct RateLimit {
    /// Between two moments when there is a queue.
    interval_ns: u64,
    /// How far ahead of the even spacing a moment may be.
    tolerance_ns: u64,
    /// When the next moment would be if all were spaced evenly.
    next_ns: u64,
}

impl RateLimit {
    /// Grants `count` (at least one) in each `period`.
    pub(crate) fn new(count: u32, period: Duration) -> Self {
        let count = u64::from(count.max(1));
        let interval_ns = nanoseconds(period) / count;
        Self {
            interval_ns,
            tolerance_ns: interval_ns.saturating_mul(count - 1),
            next_ns: 0,
        }
    }

    /// Takes the next moment, which is `now_ns` or later.
    pub(crate) fn reserve(&mut self, now_ns: u64) -> u64 {
        self.next_ns = self.next_ns.max(now_ns);
        let granted_ns = self.next_ns.saturating_sub(self.tolerance_ns).max(now_ns);
        self.next_ns = self.next_ns.saturating_add(self.interval_ns);
        granted_ns
    }

    /// Gives a moment back that was not used.
    pub(crate) const fn give_back(&mut self) {
        self.next_ns = self.next_ns.saturating_sub(self.interval_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_a_second() -> RateLimit {
        RateLimit::new(3, Duration::from_nanos(300))
    }

    #[test]
    fn a_burst_is_granted_at_once_and_the_rest_spaced() {
        let mut limit = three_a_second();
        let granted: Vec<_> = (0..6).map(|_| limit.reserve(1000)).collect();
        assert_eq!(granted, [1000, 1000, 1000, 1100, 1200, 1300]);
    }

    #[test]
    fn a_pause_fills_the_burst_again_but_not_beyond() {
        let mut limit = three_a_second();
        for _ in 0..3 {
            limit.reserve(1000);
        }
        let granted: Vec<_> = (0..5).map(|_| limit.reserve(9000)).collect();
        assert_eq!(granted, [9000, 9000, 9000, 9100, 9200]);
    }

    #[test]
    fn a_moment_given_back_is_granted_again() {
        let mut limit = RateLimit::new(1, Duration::from_nanos(100));
        assert_eq!(limit.reserve(1000), 1000);
        assert_eq!(limit.reserve(1000), 1100);
        limit.give_back();
        assert_eq!(limit.reserve(1000), 1100);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let mut limit = RateLimit::new(0, Duration::MAX);
        assert_eq!(limit.reserve(5), 5);
        assert_eq!(limit.reserve(5), u64::MAX);
        assert_eq!(limit.reserve(u64::MAX), u64::MAX);
    }
}
