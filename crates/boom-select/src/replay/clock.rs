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
    hands: Arc<Hands>,
}

#[derive(Debug)]
struct Hands {
    now_ns: AtomicU64,
    /// The recorded moment that is being played: before `now_ns` where a recording was opened later than it began.
    moment_ns: AtomicU64,
}

impl ReplayClock {
    /// Starts so many nanoseconds after 1970.
    pub fn starting_at(unix_ns: u64) -> Self {
        let hands = Hands {
            now_ns: AtomicU64::new(unix_ns),
            moment_ns: AtomicU64::new(unix_ns),
        };
        Self {
            hands: Arc::new(hands),
        }
    }

    /// Plays a moment: the time moves on to it, unless it is past.
    pub(super) fn move_to(&self, moment_ns: u64) {
        self.hands.now_ns.fetch_max(moment_ns, Ordering::Relaxed);
        self.hands.moment_ns.store(moment_ns, Ordering::Relaxed);
    }

    pub(super) fn moment_ns(&self) -> u64 {
        self.hands.moment_ns.load(Ordering::Relaxed)
    }
}

impl TimeSource for ReplayClock {
    fn now_ns(&self) -> u64 {
        self.hands.now_ns.load(Ordering::Relaxed)
    }
}
