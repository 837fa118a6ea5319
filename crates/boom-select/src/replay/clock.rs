use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use boom_stream::TimeSource;

/// The time of a replay, in nanoseconds since 1970: that of the event that is being played.
///
/// Clones show the same time.
///
/// # Examples
///
/// ```
/// use boom_select::replay::ReplayClock;
/// use boom_stream::TimeSource;
///
/// let clock = ReplayClock::starting_at(5);
/// assert_eq!(clock.clone().now_ns(), 5);
/// ```
#[derive(Clone, Debug)]
pub struct ReplayClock {
    now_ns: Arc<AtomicU64>,
}

impl ReplayClock {
    /// Starts so many nanoseconds after 1970.
    pub fn starting_at(unix_ns: u64) -> Self {
        Self {
            now_ns: Arc::new(AtomicU64::new(unix_ns)),
        }
    }

    /// Moves on to a time, unless it is past.
    pub(super) fn move_to(&self, time_ns: u64) {
        self.now_ns.fetch_max(time_ns, Ordering::Relaxed);
    }
}

impl TimeSource for ReplayClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.load(Ordering::Relaxed)
    }
}
