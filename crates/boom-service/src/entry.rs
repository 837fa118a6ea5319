//! What the service keeps for one endpoint.

use std::mem;
use std::net::SocketAddr;
use std::ops::Add;
use std::time::Duration;

use boom_select::{Readiness, Token};
use boom_stream::{Layer, Phase};

use crate::{AnyEndpoint, DisconnectReason, EndpointOptions, EndpointStats, Traffic};

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
/// `pause` leads from each of them to `Paused`, and `resume` back to `Resolving`; `deregister_gracefully` leads from
/// `Active` to `Closing`. While a connection that stands is being replaced, the endpoint is `Active`.
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
    /// Has no connection and wants none until [`resume`](crate::IOService::resume) is called.
    Paused,
    /// Says goodbye to the peer, and is removed when that is done.
    Closing,
}

/// An endpoint and all that is known about it.
#[derive(Debug)]
pub(crate) struct Entry<E, T> {
    pub(crate) endpoint: E,
    pub(crate) options: EndpointOptions,
    pub(crate) link: Link<T>,
    /// Connections beside that of `link`. What each is there for follows from its progress: `Connecting` to another address
    /// of the host, `Active` while `link` is on the way to a connection that is to take its place, or on its way out since one
    /// has.
    pub(crate) beside: Vec<Open<T>>,
    /// When the service has something to do with `link`, where that is no connection; `NEVER` for never.
    pub(crate) deadline_ns: u64,
    /// When the addresses that are being connected to have had their head start; `NEVER` where no other is to be tried.
    pub(crate) head_start_ns: u64,
    /// Waits for its turn to connect to the next address as well.
    pub(crate) wants_next_address: bool,
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
    /// Has a place in the queue of those that wait to connect, which it may want no more.
    pub(crate) in_queue: bool,
    /// Rounds of attempts that failed and short connections, since a connection last was active for long.
    pub(crate) failed_rounds: u32,
    /// How often the endpoint has switched to another host in this round.
    pub(crate) hosts_tried: u32,
    /// When the round has lasted too long.
    pub(crate) round_until_ns: u64,
    /// When it last joined the queue of those that wait to connect.
    pub(crate) queued_ns: u64,
    /// Its turn among those that connect to the same host, once it has taken one.
    pub(crate) host_turn_ns: Option<u64>,
    /// When it began to be in its state.
    pub(crate) since_ns: u64,
    pub(crate) counts: Counts,
}

/// What has happened to one endpoint so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) attempts: u64,
    pub(crate) failed_attempts: u64,
    pub(crate) connected: u64,
    pub(crate) disconnected: u64,
    pub(crate) last_reason: Option<DisconnectReason>,
    /// What has passed over the connections that have ended.
    pub(crate) traffic: Traffic,
}

impl<E, T> Entry<E, T> {
    pub(crate) const fn new(endpoint: E, options: EndpointOptions) -> Self {
        Self {
            endpoint,
            options,
            link: Link::Resolving { lookup: None },
            beside: Vec::new(),
            deadline_ns: 0,
            head_start_ns: NEVER,
            wants_next_address: false,
            addresses: Vec::new(),
            resolved_at_ns: 0,
            next_address: 0,
            failed_address: None,
            failures: 0,
            last_delay: Duration::ZERO,
            waits_with_others: false,
            has_followed: false,
            in_queue: false,
            failed_rounds: 0,
            hosts_tried: 0,
            round_until_ns: u64::MAX,
            queued_ns: 0,
            host_turn_ns: None,
            since_ns: 0,
            counts: Counts {
                attempts: 0,
                failed_attempts: 0,
                connected: 0,
                disconnected: 0,
                last_reason: None,
                traffic: Traffic::NONE,
            },
        }
    }

    /// Puts `link` in place of what is there, and returns that.
    pub(crate) fn enter(&mut self, link: Link<T>, now_ns: u64) -> Link<T> {
        let before = self.state();
        let old = mem::replace(&mut self.link, link);
        (self.head_start_ns, self.wants_next_address) = (NEVER, false);
        if self.state() != before {
            self.since_ns = now_ns;
        }
        old
    }

    pub(crate) fn state(&self) -> State {
        if self.standing().is_some() {
            return State::Active;
        }
        match &self.link {
            Link::Resolving { .. } => State::Resolving,
            Link::Backoff | Link::Queued => State::Backoff,
            Link::Idle => State::Idle,
            Link::Paused => State::Paused,
            Link::Open(open) => match open.progress {
                Progress::Connecting => State::Connecting,
                Progress::Handshaking(_) => State::Handshaking,
                Progress::Active => State::Active,
                Progress::Closing | Progress::Draining { .. } => State::Closing,
            },
        }
    }

    /// Starts to count the time in its state anew.
    pub(crate) fn restart_state(&mut self, now_ns: u64) {
        if self.standing().is_none() {
            self.since_ns = now_ns;
        }
    }

    /// The connection that a replacement is being made for.
    pub(crate) fn standing(&self) -> Option<&Open<T>> {
        self.beside
            .iter()
            .find(|open| open.progress == Progress::Active)
    }

    /// The endpoint with the connection that is used: the one that stands, or else the one that is being made.
    #[inline]
    pub(crate) fn current_mut(&mut self) -> Option<(&mut E, &mut Open<T>)> {
        let mut beside = self.beside.iter_mut();
        let open = match beside.find(|open| open.progress == Progress::Active) {
            Some(open) => open,
            None => self.link.open_mut()?,
        };
        Some((&mut self.endpoint, open))
    }

    /// Says whether TCP is connecting, and the connection that is made is the endpoint's main one.
    pub(crate) const fn is_connecting(&self) -> bool {
        matches!(&self.link, Link::Open(open) if matches!(open.progress, Progress::Connecting))
    }

    pub(crate) const fn has_next_address(&self) -> bool {
        self.next_address < self.addresses.len()
    }

    pub(crate) fn beside_mut(&mut self, token: Token) -> Option<&mut Open<T>> {
        self.beside.iter_mut().find(|open| open.token == token)
    }

    /// Takes out the first connection beside the main one of which `is_wanted` says so.
    pub(crate) fn take_beside(&mut self, is_wanted: impl Fn(&Open<T>) -> bool) -> Option<Open<T>> {
        let place = self.beside.iter().position(is_wanted)?;
        Some(self.beside.remove(place))
    }

    /// Says whether a connection of the endpoint is watched at its own place.
    pub(crate) fn is_at(&self, place: u32) -> bool {
        let mut opens = self.beside.iter().chain(self.link.open());
        opens.any(|open| open.token.index == place)
    }

    /// When there is something to do with any of its connections, or in their stead.
    pub(crate) fn due_ns(&self) -> u64 {
        let main_ns = self.main_due_ns().min(self.head_start_ns);
        let beside = self.beside.iter().map(Open::due_ns);
        beside.fold(main_ns, u64::min)
    }

    /// When there is something to do with `link`.
    pub(crate) fn main_due_ns(&self) -> u64 {
        match &self.link {
            Link::Open(open) => open.due_ns(),
            _ => self.deadline_ns,
        }
    }
}

impl<E, T> Entry<E, T> {
    pub(crate) fn stats<C>(&self, now_ns: u64) -> EndpointStats
    where
        E: AnyEndpoint<C, Target = T>,
    {
        let counts = &self.counts;
        let opens = self.beside.iter().chain(self.link.open());
        // Those on their way up have brought nothing yet that is counted when they fail.
        let traffic = opens
            .filter(|open| open.has_been_active())
            .map(|open| self.endpoint.traffic_of(&open.target))
            .fold(counts.traffic, Traffic::add);
        EndpointStats {
            state: self.state(),
            in_state: Duration::from_nanos(now_ns.saturating_sub(self.since_ns)),
            attempts: counts.attempts,
            failed_attempts: counts.failed_attempts,
            connected: counts.connected,
            disconnected: counts.disconnected,
            failed_rounds: self.failed_rounds,
            last_reason: counts.last_reason.clone(),
            traffic,
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
    /// Waits to be told to go on.
    Paused,
    Open(Open<T>),
}

impl<T> Link<T> {
    /// Returns true if the answer to this question is waited for.
    pub(crate) const fn waits_for(&self, lookup: u64) -> bool {
        matches!(self, Self::Resolving { lookup: Some(waits_for) } if *waits_for == lookup)
    }

    pub(crate) const fn open(&self) -> Option<&Open<T>> {
        match self {
            Self::Open(open) => Some(open),
            _ => None,
        }
    }

    #[inline]
    pub(crate) const fn open_mut(&mut self) -> Option<&mut Open<T>> {
        match self {
            Self::Open(open) => Some(open),
            _ => None,
        }
    }
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
    /// For how long it may be active.
    pub(crate) ttl: Duration,
    /// When it is to end: its time is over, or the time that its end may take.
    pub(crate) ends_ns: u64,
    /// When the selector last reported something to be read.
    pub(crate) heard_ns: u64,
    /// It has been silent for too long, unless a report that is still in the selector says otherwise.
    pub(crate) is_doubted: bool,
    /// When the service has something to do with it; `u64::MAX` for never.
    pub(crate) deadline_ns: u64,
    /// When the target wants to be told the time; `u64::MAX` for never.
    pub(crate) wake_ns: u64,
    /// When the target was last told the time.
    pub(crate) told_ns: u64,
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
    /// Ends in an orderly way.
    Closing,
    /// The end is over, and what has arrived is still to be read.
    Draining {
        is_clean: bool,
    },
}

impl<T> Open<T> {
    pub(crate) const fn new(target: T, address: SocketAddr, token: Token) -> Self {
        Self {
            target,
            address,
            token,
            progress: Progress::Connecting,
            active_since_ns: 0,
            ttl: Duration::MAX,
            ends_ns: NEVER,
            heard_ns: 0,
            is_doubted: false,
            deadline_ns: NEVER,
            wake_ns: NEVER,
            told_ns: 0,
            polled_in: 0,
            carried_to: 0,
        }
    }

    /// Says whether it is or was active.
    pub(crate) const fn has_been_active(&self) -> bool {
        !matches!(
            self.progress,
            Progress::Connecting | Progress::Handshaking(_)
        )
    }

    /// For how long it has been active.
    pub(crate) const fn active_for(&self, now_ns: u64) -> Duration {
        Duration::from_nanos(now_ns.saturating_sub(self.active_since_ns))
    }

    /// Notes that the selector has reported something.
    #[inline]
    pub(crate) const fn hear(&mut self, readiness: Readiness, now_ns: u64) {
        if readiness.readable {
            self.heard_ns = now_ns;
        }
    }

    /// Says whether it was to end in good order and has not, or not well.
    pub(crate) const fn is_unclean(&self) -> bool {
        matches!(
            self.progress,
            Progress::Closing | Progress::Draining { is_clean: false }
        )
    }

    /// When there is something to do with it.
    pub(crate) fn due_ns(&self) -> u64 {
        self.deadline_ns.min(self.wake_ns)
    }
}

impl<T: Layer> Open<T> {
    /// Asks the target when it wants to be told the time, and returns true if that is another time than before.
    #[inline]
    pub(crate) fn ask_for_wake(&mut self) -> bool {
        let Some(asked_ns) = self.target.poll_timeout() else {
            return mem::replace(&mut self.wake_ns, NEVER) != NEVER;
        };
        // One that asks for the time it has just been told must not keep the others from being told.
        let wake_ns = asked_ns.max(self.told_ns.saturating_add(1));
        mem::replace(&mut self.wake_ns, wake_ns) != wake_ns
    }
}

/// The time of a deadline that there is not.
pub(crate) const NEVER: u64 = u64::MAX;
