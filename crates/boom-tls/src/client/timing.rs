//! How long the handshake takes, and how long it may.

use std::sync::Arc;

use boom_stream::TimeSource;

/// A clock that configurations share.
pub(crate) type Clock = Arc<dyn TimeSource + Send + Sync>;

/// The times of one handshake.
pub(super) struct Timing {
    clock: Clock,
    started_ns: Option<u64>,
    /// Known once the handshake is done.
    duration_ns: Option<u64>,
    timeout_ns: Option<u64>,
    /// By the clock of whoever tells the stream the time, which need not be `clock`.
    deadline_ns: Option<u64>,
}

impl Timing {
    pub(super) const fn new(clock: Clock, timeout_ns: Option<u64>) -> Self {
        Self {
            clock,
            started_ns: None,
            duration_ns: None,
            timeout_ns,
            deadline_ns: None,
        }
    }

    #[inline]
    pub(super) const fn is_running(&self) -> bool {
        self.duration_ns.is_none()
    }

    /// The first bytes are on their way.
    pub(super) fn start(&mut self) {
        if self.started_ns.is_none() {
            self.started_ns = Some((*self.clock).now_ns());
        }
    }

    /// The handshake is done.
    pub(super) fn finish(&mut self) {
        let now_ns = (*self.clock).now_ns();
        let started_ns = self.started_ns.unwrap_or(now_ns);
        self.duration_ns = Some(now_ns.saturating_sub(started_ns));
    }

    pub(super) const fn duration_ns(&self) -> Option<u64> {
        self.duration_ns
    }

    /// When a handshake that goes on has taken too long; 0 until the time is known.
    pub(super) fn deadline_ns(&self) -> Option<u64> {
        self.timeout_ns?;
        Some(self.deadline_ns.unwrap_or(0))
    }

    /// Returns true if a handshake that goes on has taken too long.
    pub(super) fn is_late(&mut self, now_ns: u64) -> bool {
        let Some(timeout_ns) = self.timeout_ns else {
            return false;
        };
        let deadline_ns = self
            .deadline_ns
            .get_or_insert_with(|| now_ns.saturating_add(timeout_ns));
        now_ns >= *deadline_ns
    }
}
