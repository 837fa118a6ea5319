//! What the service keeps for one endpoint.

use std::net::SocketAddr;
use std::time::Duration;

use boom_select::Token;
use boom_stream::Phase;

use crate::EndpointOptions;

/// What an endpoint is doing, by [`IOService::state`](crate::IOService::state).
///
/// ```text
///   Resolving --> Connecting --> Handshaking --> Active
///       ^  |         |  ^            |             |
///       |  |         v  |            |             |
///       |  |        Idle             |             |
///       |  v         v               v             |
///       +---------------- Backoff <----------------+
/// ```
///
/// # Examples
///
/// ```
/// use boom_service::State;
///
/// assert_eq!(format!("{:?}", State::Active), "Active");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// The host name is being resolved, or soon will be.
    Resolving,
    /// TCP is connecting.
    Connecting,
    /// TCP is connected; TLS or the protocol above it is being negotiated.
    Handshaking,
    /// Data can pass.
    Active,
    /// Waits for the time to connect again, or for its turn where connections are rate-limited.
    Backoff,
    /// `create_target` returned `None` and is to be asked again.
    Idle,
}

/// An endpoint and all that is known about it.
#[derive(Debug)]
pub(crate) struct Entry<E, T> {
    pub(crate) endpoint: E,
    pub(crate) options: EndpointOptions,
    pub(crate) link: Link<T>,
    /// The last answer of the resolver.
    pub(crate) addresses: Vec<SocketAddr>,
    /// When that answer came.
    pub(crate) resolved_at_ns: u64,
    /// The first of `addresses` that was not tried.
    pub(crate) next_address: usize,
    /// The last address where the connection did not get past a handshake or did not last; the next round begins behind
    /// it.
    pub(crate) failed_address: Option<SocketAddr>,
    /// Rounds of attempts and short connections that failed in a row.
    pub(crate) failures: u32,
    /// The delay after the last of them.
    pub(crate) last_delay: Duration,
    /// Waits among those of the same host and port.
    pub(crate) waits_with_others: bool,
    /// Has cut its backoff short once since it last was active for long.
    pub(crate) has_followed: bool,
}

impl<E, T> Entry<E, T> {
    pub(crate) const fn new(endpoint: E, options: EndpointOptions) -> Self {
        Self {
            endpoint,
            options,
            link: Link::Resolving { lookup: None },
            addresses: Vec::new(),
            resolved_at_ns: 0,
            next_address: 0,
            failed_address: None,
            failures: 0,
            last_delay: Duration::ZERO,
            waits_with_others: false,
            has_followed: false,
        }
    }

    pub(crate) const fn state(&self) -> State {
        match &self.link {
            Link::Resolving { .. } => State::Resolving,
            Link::Backoff | Link::Queued => State::Backoff,
            Link::Idle => State::Idle,
            Link::Open(open) => match open.progress {
                Progress::Connecting => State::Connecting,
                Progress::Handshaking(_) => State::Handshaking,
                Progress::Active => State::Active,
            },
        }
    }
}

/// The connection of an endpoint, or what stands in its place.
#[derive(Debug)]
pub(crate) enum Link<T> {
    /// The resolver was asked, or, without a lookup, is to be asked at the next poll.
    Resolving {
        lookup: Option<u64>,
    },
    /// Waits for its timer, then resolves.
    Backoff,
    /// Has addresses and waits in the queue, then connects to the next one.
    Queued,
    /// Wanted no connection; waits for its timer, then is queued again.
    Idle,
    Open(Open<T>),
}

/// A connection made or in the making.
#[derive(Debug)]
pub(crate) struct Open<T> {
    pub(crate) target: T,
    pub(crate) address: SocketAddr,
    pub(crate) token: Token,
    pub(crate) progress: Progress,
    /// When it became active.
    pub(crate) active_since_ns: u64,
    /// The turn of the service that polled the endpoint last.
    pub(crate) polled_in: u64,
    /// The turn for which the endpoint is noted as to be polled without a report.
    pub(crate) carried_to: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Connecting,
    Handshaking(Phase),
    Active,
}
