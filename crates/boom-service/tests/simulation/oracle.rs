//! What the service says of its endpoints, held against what it said before and what it was told.

use std::time::Duration;

use boom_service::{DisconnectReason, EndpointStats, Event, Handle, ReconnectPolicy, State};
use boom_testkit::sim::ConnectionId;

use crate::client::Client;
use crate::plan::EndpointPlan;

/// One endpoint, as the events have told of it.
pub(crate) struct Entry {
    pub(crate) handle: Handle,
    pub(crate) id: u64,
    pub(crate) plan: EndpointPlan,
    pub(crate) is_connected: bool,
    pub(crate) is_paused: bool,
    /// When a graceful end has to be over.
    pub(crate) closing_until_ns: Option<u64>,
    /// It was connected when its end was wanted.
    pub(crate) closing_connection: Option<ConnectionId>,
    /// Its end was wanted after the trouble.
    pub(crate) closes_in_calm: bool,
    connected_ns: u64,
    /// No attempt may be made before.
    pub(crate) not_before_ns: u64,
    /// How long it may wait at most for its turn to connect, by when it has said to try again.
    pub(crate) waits_until_ns: Option<u64>,
    /// It has said that it waits, since it last failed.
    has_retried: bool,
    last_reason: Option<DisconnectReason>,
    /// Delays since a connection last was active for long: no fewer, and no more.
    delays: (u32, u32),
    last_delay: Duration,
}

/// Counts of what the events have told.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) connected: u64,
    pub(crate) disconnected: u64,
    pub(crate) failed_attempts: u64,
    pub(crate) gave_up: u64,
}

/// What a step of the service may be late by: several slow connects in one turn.
pub(crate) const SLACK: Duration = Duration::from_secs(2);

impl Entry {
    pub(crate) const fn new(handle: Handle, id: u64, plan: EndpointPlan) -> Self {
        Self {
            handle,
            id,
            plan,
            is_connected: false,
            is_paused: false,
            closing_until_ns: None,
            closing_connection: None,
            closes_in_calm: false,
            connected_ns: 0,
            not_before_ns: 0,
            waits_until_ns: None,
            has_retried: true,
            last_reason: None,
            delays: (0, 0),
            last_delay: Duration::ZERO,
        }
    }

    const fn policy(&self) -> &ReconnectPolicy {
        self.plan.options.reconnect()
    }

    pub(crate) fn resumed(&mut self) {
        (self.is_paused, self.has_retried) = (false, true);
        (self.not_before_ns, self.delays) = (0, (0, 0));
        self.last_delay = Duration::ZERO;
    }

    pub(crate) fn connected(&mut self, now_ns: u64) {
        assert!(!self.is_connected, "connected twice");
        assert!(!self.is_paused, "connected while paused");
        assert!(self.has_retried, "connected again without saying when");
        self.is_connected = true;
        self.connected_ns = now_ns;
    }

    pub(crate) fn disconnected(&mut self, reason: DisconnectReason, now_ns: u64) {
        assert!(self.is_connected, "disconnected without being connected");
        self.is_connected = false;
        self.has_retried = false;
        let active = Duration::from_nanos(now_ns - self.connected_ns);
        let earned = self.last_delay.saturating_mul(10);
        let needed = earned
            .max(Duration::from_secs(1))
            .min(self.policy().reset_after());
        // The service may have looked at the clock earlier or later in the turn.
        if active >= needed + SLACK {
            self.delays = (0, 0);
        } else if active + SLACK >= needed {
            self.delays.0 = 0;
        }
        self.last_reason = Some(reason);
    }

    pub(crate) fn attempt_failed(&mut self, reason: DisconnectReason) {
        assert!(!self.is_paused, "attempted while paused");
        self.waits_until_ns = None;
        self.last_reason = Some(reason);
    }

    /// `turn_ns` is when the turn began.
    pub(crate) fn retry_in(&mut self, delay: Duration, turn_ns: u64) {
        assert!(!self.is_connected, "waits while it is connected");
        let cap = self.plan.backoff.cap;
        assert!(delay <= cap, "waits {delay:?}, beyond the cap of {cap:?}");
        self.not_before_ns = turn_ns + delay.as_nanos() as u64;
        self.has_retried = true;
        let is_wanted = matches!(
            self.last_reason.take(),
            None | Some(DisconnectReason::AutoDisconnect(_) | DisconnectReason::Paused)
        );
        if is_wanted {
            // No failure, or another endpoint has got through.
            assert!(delay.is_zero(), "waits {delay:?} though nothing has failed");
            return;
        }
        let longest = self.plan.backoff.longest(self.delays.1) + Duration::from_micros(1);
        assert!(delay <= longest, "waits {delay:?}, not {longest:?} at most");
        let must_wait = self.delays.0 > 0 && !self.plan.backoff.longest(self.delays.0).is_zero();
        assert!(
            !(must_wait && delay.is_zero()),
            "retries at once after {} failures",
            self.delays.0
        );
        self.delays = (self.delays.0 + 1, self.delays.1 + 1);
        self.last_delay = delay;
    }

    /// No step takes longer than it may. The service may be late by `slack`.
    pub(crate) fn check_deadlines(&mut self, stats: &EndpointStats, now_ns: u64, slack: Duration) {
        let timeouts = self.plan.options.timeouts();
        let limit = match stats.state {
            State::Resolving => timeouts.resolve(),
            // Several addresses are tried at once, each for so long from its own start on.
            State::Connecting => timeouts.connect() * ADDRESSES_MAX,
            State::Handshaking => timeouts.handshake(),
            _ => Duration::MAX,
        };
        let (state, in_state) = (stats.state, stats.in_state);
        let is_late = in_state.saturating_sub(slack) > limit;
        assert!(
            !is_late,
            "endpoint {} is {state:?} for {in_state:?}",
            self.id
        );
        if state != State::Backoff {
            self.waits_until_ns = None;
        }
        let is_late = self
            .waits_until_ns
            .is_some_and(|until_ns| until_ns < now_ns);
        assert!(!is_late, "endpoint {} waits for {in_state:?}", self.id);
    }

    /// What `state` has to be.
    pub(crate) fn check_state(&self, state: State) {
        let is_active = self.is_connected && self.closing_until_ns.is_none();
        assert_eq!(state == State::Active, is_active, "{state:?}");
        assert_eq!(state == State::Paused, self.is_paused, "{state:?}");
        let is_closing = self.closing_until_ns.is_some();
        assert_eq!(state == State::Closing, is_closing, "{state:?}");
    }
}

/// The most addresses that a server of the plan has.
const ADDRESSES_MAX: u32 = 3;

/// The endpoint that an event is of.
pub(crate) fn handle_of(event: &Event<Client>) -> Handle {
    match event {
        Event::Connected { handle, .. }
        | Event::Disconnected { handle, .. }
        | Event::AttemptFailed { handle, .. }
        | Event::RetryIn { handle, .. }
        | Event::GaveUp { handle, .. }
        | Event::Deregistered { handle, .. } => *handle,
        other => panic!(
            "{other:?} has no handle",
            other = std::mem::discriminant(other)
        ),
    }
}
