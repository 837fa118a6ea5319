//! Times as sessions want them: one to measure by and one to write down.

use std::time::{SystemTime, UNIX_EPOCH};

use boom_stream::{MonotonicClock, TimeSource};

/// One moment on two clocks.
///
/// # Examples
///
/// ```
/// use boom_fix::session::Now;
///
/// let now = Now { monotonic_ns: 5, unix_ns: 1_714_998_896_789_000_000 };
/// assert_eq!(now.after_ns(10).monotonic_ns, 15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Nanoseconds of a clock that never goes back: deadlines are on it.
    pub monotonic_ns: u64,
    /// Nanoseconds of Unix time: `SendingTime` (52) is from it.
    pub unix_ns: i64,
}

impl Now {
    /// So many nanoseconds later on both.
    #[must_use]
    pub const fn after_ns(self, ns: u64) -> Self {
        Self {
            monotonic_ns: self.monotonic_ns.saturating_add(ns),
            unix_ns: self.unix_ns.saturating_add_unsigned(ns),
        }
    }
}

/// Where a [`FixConnection`](super::FixConnection) has the time from.
///
/// # Examples
///
/// ```
/// use boom_fix::session::{Clock, Now};
///
/// struct Stopped;
///
/// impl Clock for Stopped {
///     fn now(&self) -> Now {
///         Now::default()
///     }
/// }
/// assert_eq!(Stopped.now().unix_ns, 0);
/// ```
pub trait Clock {
    /// The time.
    fn now(&self) -> Now;
}

/// The clocks of the operating system.
///
/// # Examples
///
/// ```
/// use boom_fix::session::{Clock, SystemClock};
///
/// assert!(SystemClock::default().now().unix_ns > 0);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock {
    monotonic: MonotonicClock,
}

impl Clock for SystemClock {
    fn now(&self) -> Now {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Now {
            monotonic_ns: self.monotonic.now_ns(),
            // A clock set before 1970 gives 1970.
            unix_ns: since.map_or(0, |time| i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)),
        }
    }
}
