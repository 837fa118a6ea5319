//! When recorded moments are now.

use crate::TimeSource;

/// How fast a recording plays.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::replay::{Pace, ReplayStream};
///
/// let stream = ReplayStream::builder().pace(Pace::Recorded).open("quotes.pcapng")?;
/// # drop(stream);
/// # Ok::<(), boom_stream::replay::ReplayError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pace {
    /// Everything is there at once; the clock is never asked.
    #[default]
    Fast,
    /// As it was recorded, by the clock.
    Recorded,
    /// So many times as fast, infinity included. What is no number above zero counts as 1.
    Times(f64),
}

/// Joins the recording's time with the clock's.
#[derive(Debug)]
pub(super) struct Schedule<C> {
    pace: Pace,
    clock: C,
    /// The clock's time at which it was `start_ns` in the recording.
    begin_ns: u64,
    start_ns: u64,
}

impl<C: TimeSource> Schedule<C> {
    pub(super) fn new(pace: Pace, clock: C, start_ns: u64) -> Self {
        Self {
            pace,
            begin_ns: clock.now_ns(),
            start_ns,
            clock,
        }
    }

    pub(super) fn is_due(&self, time_ns: u64) -> bool {
        let factor = match self.pace {
            Pace::Fast | Pace::Times(f64::INFINITY) => return true,
            Pace::Times(factor) if factor > 0.0 => factor,
            Pace::Times(_) | Pace::Recorded => 1.0,
        };
        let passed_ns = self.clock.now_ns().saturating_sub(self.begin_ns);
        let wanted_ns = time_ns.saturating_sub(self.start_ns);
        if factor == 1.0 {
            return passed_ns >= wanted_ns;
        }
        passed_ns as f64 * factor >= wanted_ns as f64
    }
}
