//! When to connect again.

use std::time::Duration;

use crate::options::nanoseconds;
use crate::random::Random;

/// When to connect again after a failure: the first time at once, then after exponential backoff with full jitter.
///
/// The delay before retry `n` is a random time up to `base * factor^(n - 1)`, never more than the cap. A connection that
/// was active for ten times the delay before it, and for a second at least, makes the next failure the first one again;
/// one that was active for [`reset_after`](Self::reset_after) does so in any case. One that ends sooner does not, so a
/// server that accepts and hangs up is not hammered.
///
/// The delay is cut short where another endpoint of the same host and port gets through before: see
/// [`with_follow`](Self::with_follow).
///
/// # Examples
///
/// ```
/// use boom_service::ReconnectPolicy;
/// use std::time::Duration;
///
/// let policy = ReconnectPolicy::default()
///     .with_base(Duration::from_millis(100))
///     .with_factor(2.0)
///     .with_cap(Duration::from_secs(1));
/// let longest: Vec<_> = (0..6).map(|retry| policy.longest_delay(retry).as_millis()).collect();
/// assert_eq!(longest, [0, 100, 200, 400, 800, 1000]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReconnectPolicy {
    base: Duration,
    factor: f64,
    cap: Duration,
    immediate: bool,
    reset_after: Duration,
    follow: bool,
}

impl Default for ReconnectPolicy {
    /// Base 20 ms, factor 1.5, cap 5 s, first retry at once, reset after 10 s, and following others that get through.
    ///
    /// That is 15 attempts in the first ten seconds of an outage on average, then one every two and a half: about 130 in five
    /// minutes. An exchange that permits fewer, for all connections of an address together, needs a longer
    /// [`with_cap`](ReconnectPolicy::with_cap) or [`with_host_connect_rate`](crate::IOService::with_host_connect_rate). Where several
    /// endpoints wait for one server a long cap costs little: the first to get through brings the others.
    fn default() -> Self {
        Self {
            base: Duration::from_millis(20),
            factor: 1.5,
            cap: Duration::from_secs(5),
            immediate: true,
            reset_after: Duration::from_secs(10),
            follow: true,
        }
    }
}

impl ReconnectPolicy {
    /// Sets the longest delay before the first retry that is delayed.
    #[must_use]
    pub const fn with_base(mut self, base: Duration) -> Self {
        self.base = base;
        self
    }

    /// Sets what the longest delay is multiplied by from one retry to the next; below one counts as one.
    #[must_use]
    pub const fn with_factor(mut self, factor: f64) -> Self {
        self.factor = factor.max(1.0);
        self
    }

    /// Sets the longest delay of all.
    #[must_use]
    pub const fn with_cap(mut self, cap: Duration) -> Self {
        self.cap = cap;
        self
    }

    /// Sets whether the first retry is made at once.
    #[must_use]
    pub const fn with_immediate_retry(mut self, immediate: bool) -> Self {
        self.immediate = immediate;
        self
    }

    /// Sets how long a connection has to be active, at most, for its end to count as the first failure.
    ///
    /// Ten times the delay before the connection is enough, and a second the least. A connection that was active for
    /// less than `active` lets the next one begin at another address, where the host has several.
    #[must_use]
    pub const fn with_reset_after(mut self, active: Duration) -> Self {
        self.reset_after = active;
        self
    }

    /// Sets whether the endpoint, once in an outage, connects soon after another endpoint has got through to the same
    /// host and port, rather than at the end of its own delay.
    ///
    /// With it a long delay costs little: the endpoints that wait for one server are as quick as the luckiest of them. They
    /// connect no faster than [`with_connect_rate`](crate::IOService::with_connect_rate) allows.
    #[must_use]
    pub const fn with_follow(mut self, follow: bool) -> Self {
        self.follow = follow;
        self
    }

    /// The longest delay before retry `retry`, counted from zero since the last connection that was active for long.
    pub fn longest_delay(&self, retry: u32) -> Duration {
        let steps = match (retry, self.immediate) {
            (0, true) => return Duration::ZERO,
            (retry, immediate) => retry - u32::from(immediate),
        };
        if self.base.is_zero() {
            // Zero times a factor that has grown to infinity is no number.
            return Duration::ZERO;
        }
        let factor = self.factor.powi(i32::try_from(steps).unwrap_or(i32::MAX));
        let grown = self.base.as_secs_f64() * factor;
        if grown < self.cap.as_secs_f64() {
            Duration::from_secs_f64(grown)
        } else {
            self.cap
        }
    }

    /// How long a connection has to be active, at most, for its end to count as the first failure.
    pub const fn reset_after(&self) -> Duration {
        self.reset_after
    }

    /// Whether the endpoint connects soon after another has got through.
    pub const fn follow(&self) -> bool {
        self.follow
    }

    /// How long a connection that was made `delay` after a failure has to be active for its end to count as the first
    /// failure.
    pub(crate) fn active_for_reset(&self, delay: Duration) -> Duration {
        let earned = delay.saturating_mul(10).max(Duration::from_secs(1));
        earned.min(self.reset_after)
    }

    /// The delay before retry `retry`: a random time up to the longest.
    pub(crate) fn delay(&self, retry: u32, random: &mut Random) -> Duration {
        let longest_ns = nanoseconds(self.longest_delay(retry));
        Duration::from_nanos(random.below(longest_ns.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_ends_at_the_cap_however_many_failures() {
        let policy = ReconnectPolicy::default();
        assert_eq!(policy.longest_delay(0), Duration::ZERO);
        assert_eq!(policy.longest_delay(1), Duration::from_millis(20));
        assert_eq!(policy.longest_delay(2), Duration::from_millis(30));
        assert_eq!(policy.longest_delay(3), Duration::from_millis(45));
        assert_eq!(policy.longest_delay(15), Duration::from_secs(5));
        assert_eq!(policy.longest_delay(u32::MAX), Duration::from_secs(5));
    }

    #[test]
    fn without_the_immediate_retry_the_first_delay_is_the_base() {
        let policy = ReconnectPolicy::default().with_immediate_retry(false);
        assert_eq!(policy.longest_delay(0), Duration::from_millis(20));
        assert_eq!(policy.longest_delay(1), Duration::from_millis(30));
    }

    #[test]
    fn jitter_takes_the_whole_range() {
        let policy = ReconnectPolicy::default();
        let mut random = Random::new(3);
        let delays: Vec<_> = (0..1000).map(|_| policy.delay(1, &mut random)).collect();
        assert!(
            delays
                .iter()
                .all(|delay| *delay <= Duration::from_millis(20))
        );
        assert!(delays.iter().any(|delay| *delay < Duration::from_millis(1)));
        assert!(
            delays
                .iter()
                .any(|delay| *delay > Duration::from_millis(19))
        );
        assert_eq!(policy.delay(0, &mut random), Duration::ZERO);
    }

    #[test]
    fn nonsense_is_tamed() {
        let policy = ReconnectPolicy::default()
            .with_factor(f64::NAN)
            .with_base(Duration::MAX);
        assert_eq!(policy.longest_delay(9), Duration::from_secs(5));
        let policy = ReconnectPolicy::default().with_factor(0.1);
        assert_eq!(policy.longest_delay(9), Duration::from_millis(20));
        let policy = ReconnectPolicy::default().with_base(Duration::ZERO);
        assert_eq!(policy.longest_delay(u32::MAX), Duration::ZERO);
    }
}
