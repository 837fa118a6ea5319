//! How many connections may be opened in a time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::options::nanoseconds;

/// Allows so many connects in each period, wherever the period is laid.
#[derive(Debug)]
pub(crate) struct RateLimit {
    count: usize,
    period_ns: u64,
    /// When connects were made, the oldest first; those of the last period, and no more than `count`.
    made_ns: VecDeque<u64>,
}

impl RateLimit {
    /// Allows `count` (at least one) in each `period`.
    pub(crate) fn new(count: u32, period: Duration) -> Self {
        Self {
            count: count.max(1) as usize,
            period_ns: nanoseconds(period),
            made_ns: VecDeque::new(),
        }
    }

    /// When the next connect may be made; a time that has passed where it may be made now.
    pub(crate) fn next_ns(&self) -> u64 {
        match self.made_ns.front() {
            Some(oldest_ns) if self.made_ns.len() >= self.count => {
                oldest_ns.saturating_add(self.period_ns)
            }
            _ => 0,
        }
    }

    /// Notes a connect made at `now_ns`, which is not before [`next_ns`](Self::next_ns).
    pub(crate) fn take(&mut self, now_ns: u64) {
        while self
            .made_ns
            .front()
            .is_some_and(|oldest_ns| oldest_ns.saturating_add(self.period_ns) <= now_ns)
        {
            self.made_ns.pop_front();
        }
        self.made_ns.push_back(now_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When `number` connects are made by one who always wants to connect, from `now_ns` on.
    fn made(limit: &mut RateLimit, now_ns: u64, number: usize) -> Vec<u64> {
        let mut now_ns = now_ns;
        let next = std::iter::repeat_with(|| {
            now_ns = now_ns.max(limit.next_ns());
            limit.take(now_ns);
            now_ns
        });
        next.take(number).collect()
    }

    #[test]
    fn no_period_has_more_than_the_count() {
        let mut limit = RateLimit::new(3, Duration::from_nanos(300));
        assert_eq!(
            made(&mut limit, 1000, 7),
            [1000, 1000, 1000, 1300, 1300, 1300, 1600]
        );
        assert_eq!(made(&mut limit, 1850, 4), [1850, 1850, 1900, 2150]);
    }

    #[test]
    fn a_pause_saves_nothing_up() {
        let mut limit = RateLimit::new(3, Duration::from_nanos(300));
        made(&mut limit, 1000, 3);
        assert_eq!(made(&mut limit, 9000, 4), [9000, 9000, 9000, 9300]);
        assert_eq!(limit.made_ns.len(), 1);
    }

    #[test]
    fn extremes_do_not_overflow() {
        let mut limit = RateLimit::new(0, Duration::MAX);
        assert_eq!(made(&mut limit, 5, 2), [5, u64::MAX]);
        let mut limit = RateLimit::new(u32::MAX, Duration::ZERO);
        assert_eq!(made(&mut limit, 5, 3), [5, 5, 5]);
        assert_eq!(limit.made_ns.len(), 1);
    }
}
