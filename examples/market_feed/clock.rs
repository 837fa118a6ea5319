use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use boomnet::select::replay::ReplayClock;
use boomnet::stream::TimeSource;

/// The time of a run. A replay has that of its recordings, so that it prints what was measured then.
#[derive(Debug)]
pub(crate) enum Clock {
    System { started_at: Instant },
    Recorded { clock: ReplayClock, start_ns: u64 },
}

impl Clock {
    pub(crate) fn system() -> Self {
        Self::System {
            started_at: Instant::now(),
        }
    }

    pub(crate) fn recorded(clock: ReplayClock) -> Self {
        let start_ns = clock.now_ns();
        Self::Recorded { clock, start_ns }
    }

    /// The time since the run began.
    pub(crate) fn elapsed(&self) -> Duration {
        match self {
            Self::System { started_at } => started_at.elapsed(),
            Self::Recorded { clock, start_ns } => Duration::from_nanos(clock.now_ns() - start_ns),
        }
    }

    /// Nanoseconds since 1970.
    pub(crate) fn unix_ns(&self) -> u64 {
        match self {
            Self::System { .. } => {
                let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
                since_1970.unwrap_or_default().as_nanos() as u64
            }
            Self::Recorded { clock, .. } => clock.now_ns(),
        }
    }
}
