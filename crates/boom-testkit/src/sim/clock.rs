//! The time of a simulated network.

use std::cell::Cell;
use std::rc::Rc;

use boom_stream::TimeSource;

/// Shows the time of a [`Network`](super::Network), which alone moves it.
///
/// # Examples
///
/// ```
/// use boom_stream::TimeSource;
/// use boom_testkit::sim::Network;
/// use std::time::Duration;
///
/// let network = Network::new(1);
/// let clock = network.clock();
/// let before_ns = clock.now_ns();
/// network.advance(Duration::from_secs(3));
/// assert_eq!(clock.now_ns() - before_ns, 3_000_000_000);
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    now_ns: Rc<Cell<u64>>,
}

impl Clock {
    /// Far from zero, so that a deadline of zero is in the past.
    pub(super) fn new() -> Self {
        Self {
            now_ns: Rc::new(Cell::new(1_000_000_000_000)),
        }
    }

    /// Never goes back.
    pub(super) fn move_to(&self, now_ns: u64) {
        self.now_ns.set(self.now_ns.get().max(now_ns));
    }
}

impl TimeSource for Clock {
    fn now_ns(&self) -> u64 {
        self.now_ns.get()
    }
}
