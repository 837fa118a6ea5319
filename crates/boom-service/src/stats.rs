//! What the service has done so far.

use std::ops::Add;
use std::time::Duration;

use crate::{DisconnectReason, State};

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
    /// Endpoints in [`State::Paused`](crate::State::Paused) now.
    pub paused: usize,
    /// Endpoints in [`State::Closing`](crate::State::Closing) now.
    pub closing: usize,
    /// Calls of `create_target` so far.
    pub attempts: u64,
    /// Attempts that failed, those to resolve a name included.
    pub failed_attempts: u64,
    /// Connections that became active so far.
    pub connected: u64,
    /// Active connections that ended so far, but for those of endpoints that were deregistered at once.
    pub disconnected: u64,
    /// Endpoints that gave up so far.
    pub gave_up: u64,
    /// Calls of the endpoints' `poll` so far.
    pub polls: u64,
    /// Events that were dropped because nobody took them in time.
    pub dropped_events: u64,
}

/// What has happened to one endpoint so far, by [`IOService::endpoint_stats`](crate::IOService::endpoint_stats).
///
/// # Examples
///
/// ```
/// use boom_service::{EndpointStats, State};
///
/// fn report(name: &str, stats: &EndpointStats) -> String {
///     let reason = stats.last_reason.as_ref().map_or("none".into(), ToString::to_string);
///     match stats.state {
///         State::Active => format!("{name} is up for {:?}", stats.in_state),
///         state => format!("{name} is {state:?}, {} rounds failed, last error: {reason}", stats.failed_rounds),
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EndpointStats {
    /// What it is doing.
    pub state: State,
    /// For how long it has been in that state, at the time of the last `poll`.
    pub in_state: Duration,
    /// Calls of `create_target`.
    pub attempts: u64,
    /// Attempts that failed, those to resolve a name included.
    pub failed_attempts: u64,
    /// Connections that became active.
    pub connected: u64,
    /// Active connections that ended.
    pub disconnected: u64,
    /// Rounds of attempts that failed, and connections that did not last, since one last was active for long.
    pub failed_rounds: u32,
    /// Why the last connection ended or was not made.
    pub last_reason: Option<DisconnectReason>,
    /// What has passed over all its connections, as far as [`traffic`](crate::Endpoint::traffic) tells.
    pub traffic: Traffic,
}

/// What has passed over a connection, or over all those of an endpoint; `None` where nobody counts.
///
/// # Examples
///
/// ```
/// use boom_service::Traffic;
///
/// let first = Traffic { received_messages: Some(7), ..Traffic::default() };
/// let second = Traffic { received_messages: Some(3), ..Traffic::default() };
/// assert_eq!((first + second).received_messages, Some(10));
/// assert_eq!((first + second).sent_bytes, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes received.
    pub received_bytes: Option<u64>,
    /// Bytes sent.
    pub sent_bytes: Option<u64>,
    /// Messages received, as the protocol counts them.
    pub received_messages: Option<u64>,
    /// Messages sent, as the protocol counts them.
    pub sent_messages: Option<u64>,
}

impl Traffic {
    pub(crate) const NONE: Self = Self {
        received_bytes: None,
        sent_bytes: None,
        received_messages: None,
        sent_messages: None,
    };
}

impl Add for Traffic {
    type Output = Self;

    /// Adds up what is known of either.
    fn add(self, other: Self) -> Self {
        let sum = |one: Option<u64>, other: Option<u64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        Self {
            received_bytes: sum(self.received_bytes, other.received_bytes),
            sent_bytes: sum(self.sent_bytes, other.sent_bytes),
            received_messages: sum(self.received_messages, other.received_messages),
            sent_messages: sum(self.sent_messages, other.sent_messages),
        }
    }
}
