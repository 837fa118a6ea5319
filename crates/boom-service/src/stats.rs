//! What the service has done so far.

/// Counters over all endpoints, by [`IOService::stats`](crate::IOService::stats).
///
/// # Examples
///
/// ```
/// use boom_service::Stats;
///
/// let stats = Stats::default();
/// assert_eq!((stats.endpoints, stats.connected), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Endpoints registered now.
    pub endpoints: usize,
    /// Endpoints in [`State::Resolving`](crate::State::Resolving) now.
    pub resolving: usize,
    /// Endpoints in [`State::Connecting`](crate::State::Connecting) now.
    pub connecting: usize,
    /// Endpoints in [`State::Handshaking`](crate::State::Handshaking) now.
    pub handshaking: usize,
    /// Endpoints in [`State::Active`](crate::State::Active) now.
    pub active: usize,
    /// Endpoints in [`State::Backoff`](crate::State::Backoff) now.
    pub backoff: usize,
    /// Endpoints in [`State::Idle`](crate::State::Idle) now.
    pub idle: usize,
    /// Calls of `create_target` so far.
    pub attempts: u64,
    /// Attempts that failed, those to resolve a name included.
    pub failed_attempts: u64,
    /// Connections that became active so far.
    pub connected: u64,
    /// Active connections that ended so far.
    pub disconnected: u64,
    /// Endpoints that gave up so far.
    pub gave_up: u64,
    /// Calls of the endpoints' `poll` so far.
    pub polls: u64,
    /// Events that were dropped because nobody took them in time.
    pub dropped_events: u64,
}
