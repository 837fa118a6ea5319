//! At most so many messages in any such time.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::clock::Now;

/// The times of the last sends, as many as are permitted at once.
#[derive(Debug)]
pub(super) struct Throttle {
    sends: VecDeque<u64>,
    max: usize,
    each_ns: u64,
}

/// For so many there is room from the start.
const READY: usize = 1 << 16;

impl Throttle {
    pub(super) fn new((messages, each): (u32, Duration)) -> Self {
        let max = messages as usize;
        Self {
            sends: VecDeque::with_capacity(max.min(READY)),
            max,
            each_ns: u64::try_from(each.as_nanos()).unwrap_or(u64::MAX),
        }
    }

    /// How long the next send has to wait.
    pub(super) fn wait_ns(&self, now: Now) -> u64 {
        if self.sends.len() < self.max {
            return 0;
        }
        let oldest = self.sends.front().copied().unwrap_or(0);
        oldest
            .saturating_add(self.each_ns)
            .saturating_sub(now.monotonic_ns)
    }

    pub(super) fn count(&mut self, now: Now) {
        if self.sends.len() >= self.max {
            self.sends.pop_front();
        }
        self.sends.push_back(now.monotonic_ns);
    }
}
