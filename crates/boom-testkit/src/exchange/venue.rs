use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustls::ServerConfig;

use super::session::Sessions;
use crate::server::AcceptorState;

/// What all connections share: the instruments, the clock that trades happen by, the record of who got what.
#[derive(Debug)]
pub(super) struct Venue {
    pub(super) instruments: Vec<String>,
    pub(super) path: String,
    pub(super) tls: Option<Arc<ServerConfig>>,
    pub(super) sessions: Sessions,
    pub(super) acceptor: Arc<AcceptorState>,
    trades_per_second: u32,
    opened_at: Instant,
    opened_at_unix: Duration,
    halted: AtomicBool,
}

impl Venue {
    pub(super) fn new(
        instruments: Vec<String>,
        trades_per_second: u32,
        path: String,
        tls: Option<Arc<ServerConfig>>,
        acceptor: Arc<AcceptorState>,
    ) -> Self {
        Self {
            instruments,
            path,
            tls,
            sessions: Sessions::default(),
            acceptor,
            trades_per_second,
            opened_at: Instant::now(),
            opened_at_unix: unix_time(),
            halted: AtomicBool::new(false),
        }
    }

    pub(super) fn halt(&self) {
        self.halted.store(true, Ordering::Release);
    }

    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Acquire)
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.acceptor.is_stopping()
    }

    /// The id of the newest trade of each instrument; the first trade has id 1.
    pub(super) fn newest_id(&self) -> u64 {
        let elapsed_ns = self.opened_at.elapsed().as_nanos();
        (elapsed_ns * u128::from(self.trades_per_second) / self.nanoseconds_for_one_each()) as u64
    }

    /// When trade `id` happened, in Unix milliseconds.
    pub(super) fn happened_at_ms(&self, id: u64) -> u64 {
        let since_opening_ns = u128::from(id) * self.nanoseconds_for_one_each()
            / u128::from(self.trades_per_second.max(1));
        ((self.opened_at_unix.as_nanos() + since_opening_ns) / 1_000_000) as u64
    }

    /// How long each instrument waits for its trade where there is one trade a second over all.
    fn nanoseconds_for_one_each(&self) -> u128 {
        1_000_000_000 * self.instruments.len().max(1) as u128
    }
}

pub(super) fn unix_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}
