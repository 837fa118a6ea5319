//! How often something may be sent.

use std::time::Duration;

use crate::options::nanoseconds;

/// A token bucket: paces orders, subscriptions or requests as an exchange allows.
///
/// It starts full. Each message takes tokens, which come back at an even rate. The arithmetic is exact: no rate loses
/// fractions of a nanosecond. It reads no clock, allocates nothing and takes a few nanoseconds.
///
/// A full bucket followed by the even rate can let up to `burst + count` through in one `period`. Where the exchange
/// counts in fixed or sliding windows, choose `burst` and `count` so that their sum is what it allows.
///
/// # Examples
///
/// Ten requests at once, and 5 a second on average:
///
/// ```
/// use boom_service::TokenBucket;
/// use std::time::Duration;
///
/// const SECOND: u64 = 1_000_000_000;
///
/// let mut requests = TokenBucket::new(5, Duration::from_secs(1)).with_burst(10);
/// // The time of any monotonic clock, such as `MonotonicClock`.
/// let now_ns = 100 * SECOND;
/// assert!((0..10).all(|_| requests.try_take(1, now_ns)));
/// assert!(!requests.try_take(1, now_ns));
/// assert_eq!(requests.next_ns(1), now_ns + SECOND / 5);
/// assert_eq!(requests.available(now_ns + SECOND), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBucket {
    /// Tokens that come back in each period.
    count: u32,
    period_ns: u64,
    burst: u32,
    /// When the bucket is full again, in parts of which each nanosecond has `count`: in these a token takes exactly
    /// `period_ns` to come back.
    full_at: u128,
}

impl TokenBucket {
    /// Gives back `count` tokens (at least one) in each `period`, and holds as many.
    pub fn new(count: u32, period: Duration) -> Self {
        let count = count.max(1);
        Self {
            count,
            period_ns: nanoseconds(period),
            burst: count,
            full_at: 0,
        }
    }

    /// Sets how many tokens (at least one) it holds at most.
    #[must_use]
    pub const fn with_burst(mut self, burst: u32) -> Self {
        self.burst = if burst == 0 { 1 } else { burst };
        self
    }

    /// Takes `tokens`, all or none, and says whether they were there.
    ///
    /// More than the bucket holds are never there.
    #[inline]
    pub fn try_take(&mut self, tokens: u32, now_ns: u64) -> bool {
        let now = self.parts(now_ns);
        let full_at = self.full_at.max(now) + self.cost(tokens);
        let fits = full_at <= now + self.cost(self.burst);
        if fits {
            self.full_at = full_at;
        }
        fits
    }

    /// How many tokens are there.
    pub fn available(&self, now_ns: u64) -> u32 {
        let missing = self.full_at.saturating_sub(self.parts(now_ns));
        let free = self.cost(self.burst).saturating_sub(missing);
        match free.checked_div(u128::from(self.period_ns)) {
            Some(tokens) => u32::try_from(tokens).unwrap_or(self.burst),
            None => self.burst,
        }
    }

    /// When `tokens` will be there, if none is taken before; a time that has passed where they are there already.
    ///
    /// It is `u64::MAX` for more than the bucket holds.
    pub fn next_ns(&self, tokens: u32) -> u64 {
        if tokens > self.burst {
            return u64::MAX;
        }
        let spare = self.cost(self.burst - tokens);
        let there_at = self.full_at.saturating_sub(spare);
        u64::try_from(there_at.div_ceil(u128::from(self.count))).unwrap_or(u64::MAX)
    }

    /// At most `2^96`.
    fn parts(&self, now_ns: u64) -> u128 {
        u128::from(now_ns) * u128::from(self.count)
    }

    /// At most `2^96`.
    fn cost(&self, tokens: u32) -> u128 {
        u128::from(tokens) * u128::from(self.period_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_rate_that_does_not_divide_the_period_loses_nothing() {
        let mut bucket = TokenBucket::new(3, Duration::from_secs(1)).with_burst(2);
        let mut now_ns = 1000 * SECOND;
        assert!(bucket.try_take(2, now_ns));
        for number in 1..=3000 {
            now_ns = bucket.next_ns(1);
            assert_eq!(now_ns, 1000 * SECOND + (number * SECOND).div_ceil(3));
            assert!(!bucket.try_take(1, now_ns - 1));
            assert!(bucket.try_take(1, now_ns));
        }
        assert_eq!(now_ns, 2000 * SECOND);
    }

    #[test]
    fn several_tokens_are_taken_together_or_not_at_all() {
        let mut bucket = TokenBucket::new(10, Duration::from_secs(1));
        assert!(bucket.try_take(7, SECOND));
        assert!(!bucket.try_take(4, SECOND));
        assert_eq!(bucket.available(SECOND), 3);
        assert_eq!(bucket.next_ns(4), SECOND + SECOND / 10);
        assert!(bucket.try_take(4, SECOND + SECOND / 10));
        assert_eq!(bucket.available(SECOND + SECOND / 10), 0);
        assert!(!bucket.try_take(11, 100 * SECOND));
        assert_eq!(bucket.next_ns(11), u64::MAX);
    }

    #[test]
    fn a_pause_fills_it_to_the_burst_and_no_further() {
        let mut bucket = TokenBucket::new(2, Duration::from_secs(1)).with_burst(4);
        assert!(bucket.try_take(4, 0));
        assert_eq!(bucket.available(SECOND), 2);
        assert_eq!(bucket.available(1000 * SECOND), 4);
        let taken = (0..10).filter(|_| bucket.try_take(1, 1000 * SECOND));
        assert_eq!(taken.count(), 4);
    }

    #[test]
    fn no_stretch_as_long_as_the_period_has_more_than_burst_and_count() {
        let mut bucket = TokenBucket::new(7, Duration::from_nanos(1000)).with_burst(3);
        let taken: Vec<u64> = (0..20_000)
            .filter(|now_ns| bucket.try_take(1, *now_ns))
            .collect();
        for (place, start_ns) in taken.iter().enumerate() {
            let within = taken[place..]
                .iter()
                .take_while(|at| **at < start_ns + 1000);
            assert!(within.count() <= 10);
        }
        // All of the burst, and the rate.
        assert_eq!(taken.len(), 3 + 7 * 20 - 1);
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing_away() {
        let mut bucket = TokenBucket::new(1, Duration::from_secs(1));
        assert!(bucket.try_take(1, 10 * SECOND));
        assert!(!bucket.try_take(1, 9 * SECOND));
        assert_eq!(bucket.available(9 * SECOND), 0);
        assert!(bucket.try_take(1, 11 * SECOND));
    }

    #[test]
    fn extremes_do_not_overflow() {
        let mut bucket = TokenBucket::new(u32::MAX, Duration::MAX).with_burst(u32::MAX);
        assert!(bucket.try_take(u32::MAX, u64::MAX));
        assert!(!bucket.try_take(1, u64::MAX));
        assert_eq!(bucket.available(u64::MAX), 0);
        assert_eq!(bucket.next_ns(1), u64::MAX);
        let mut free = TokenBucket::new(0, Duration::ZERO).with_burst(0);
        assert!((0..10).all(|_| free.try_take(1, 5)));
        assert_eq!(free.available(5), 1);
    }
}
