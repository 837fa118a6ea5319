//! How many connections may be opened in a time.

use std::collections::{HashMap, VecDeque};
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

    /// Takes the next turn there is at `now_ns` or later, and returns when it is.
    fn reserve(&mut self, now_ns: u64) -> u64 {
        // Turns are given out in order: one that is still to come is behind those taken.
        let newest_ns = self.made_ns.back().copied().unwrap_or(0);
        let turn_ns = now_ns.max(self.next_ns()).max(newest_ns);
        self.take(turn_ns);
        turn_ns
    }

    /// Says whether nothing that is noted matters any more.
    fn is_spent(&self, now_ns: u64) -> bool {
        let newest_ns = self.made_ns.back().copied();
        newest_ns.is_none_or(|newest_ns| newest_ns.saturating_add(self.period_ns) <= now_ns)
    }
}

/// The same limit for each host by itself.
#[derive(Debug)]
pub(crate) struct HostRates {
    count: u32,
    period: Duration,
    by_host: HashMap<String, RateLimit>,
    /// With how many hosts to look for those that are not needed any more.
    prune_at: usize,
}

impl HostRates {
    pub(crate) fn new(count: u32, period: Duration) -> Self {
        Self {
            count,
            period,
            by_host: HashMap::new(),
            prune_at: PRUNE_AT_MIN,
        }
    }

    /// Takes the next turn to connect to `host`, and returns when it is.
    pub(crate) fn reserve(&mut self, host: &str, now_ns: u64) -> u64 {
        if let Some(limit) = self.by_host.get_mut(host) {
            return limit.reserve(now_ns);
        }
        if self.by_host.len() >= self.prune_at {
            self.by_host.retain(|_, limit| !limit.is_spent(now_ns));
            self.prune_at = PRUNE_AT_MIN.max(self.by_host.len() * 2);
        }
        let limit = RateLimit::new(self.count, self.period);
        self.by_host
            .entry(host.to_owned())
            .or_insert(limit)
            .reserve(now_ns)
    }
}

/// Fewer hosts than this are not worth a look.
const PRUNE_AT_MIN: usize = 64;

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
    fn each_host_has_turns_of_its_own() {
        let mut rates = HostRates::new(2, Duration::from_nanos(100));
        let turns: Vec<_> = (0..5).map(|_| rates.reserve("a", 1000)).collect();
        assert_eq!(turns, [1000, 1000, 1100, 1100, 1200]);
        assert_eq!(rates.reserve("b", 1000), 1000);
        assert_eq!(rates.reserve("a", 1150), 1200);
    }

    #[test]
    fn hosts_of_long_ago_are_forgotten() {
        let mut rates = HostRates::new(1, Duration::from_nanos(100));
        for time_ns in 0..10_000 {
            rates.reserve(&format!("host {time_ns}"), time_ns * 10);
            assert!(rates.by_host.len() <= PRUNE_AT_MIN);
        }
        // One that still holds turns keeps them.
        assert_eq!(rates.reserve("host 9999", 99_990), 100_090);
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
