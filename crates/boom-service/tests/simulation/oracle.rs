//! What the service says of its endpoints, held against what it said before and what it was told.

use std::net::SocketAddr;
use std::time::Duration;

use boom_service::{DisconnectReason, EndpointStats, Event, Handle, ReconnectPolicy, Stage, State};
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
    /// One that was replaced was not done then.
    pub(crate) closes_two: bool,
    pub(crate) connected_ns: u64,
    /// Its connection is being replaced, since then.
    pub(crate) renewing_ns: Option<u64>,
    /// What was replaced and has not ended.
    pub(crate) retiring: Option<Retiring>,
    /// How long it may wait at most for a step of a replacement to begin.
    pub(crate) waits_for: Duration,
    /// Steps in a row, with time between, in which it was silent for longer than it may be.
    pub(crate) silent_steps: u32,
    /// Steps in a row in which something took longer than it may.
    pub(crate) late_steps: u32,
    /// What has been told in this step.
    pub(crate) told: Told,
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

/// A connection that was replaced.
#[derive(Clone, Copy)]
pub(crate) struct Retiring {
    pub(crate) connection: ConnectionId,
    /// When its end has to be over.
    pub(crate) until_ns: u64,
    /// Nothing can keep it from ending in good order.
    pub(crate) is_sound: bool,
}

/// What the events of a step have told of the attempts of an endpoint.
#[derive(Default)]
pub(crate) struct Told {
    /// Addresses that have failed.
    pub(crate) failed: Vec<SocketAddr>,
    /// All attempts that were under way were given up.
    pub(crate) is_total: bool,
    /// A connection that stood has ended.
    pub(crate) has_disconnected: bool,
}

/// Counts of what the events have told.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) connected: u64,
    pub(crate) disconnected: u64,
    pub(crate) failed_attempts: u64,
    pub(crate) gave_up: u64,
    pub(crate) switched: u64,
    /// Connections that were replaced and ended in good order.
    pub(crate) retired: u64,
    /// Connections that were ended for their silence.
    pub(crate) idle: u64,
}

/// What a step of the service may be late by: several slow connects in one turn.
pub(crate) const SLACK: Duration = Duration::from_secs(2);

impl Entry {
    pub(crate) fn new(handle: Handle, id: u64, plan: EndpointPlan) -> Self {
        Self {
            handle,
            id,
            plan,
            is_connected: false,
            is_paused: false,
            closing_until_ns: None,
            closing_connection: None,
            closes_in_calm: false,
            closes_two: false,
            connected_ns: 0,
            renewing_ns: None,
            retiring: None,
            waits_for: Duration::ZERO,
            silent_steps: 0,
            late_steps: 0,
            told: Told::default(),
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

    /// A replacement is wanted, since `now_ns`.
    pub(crate) fn renewed(&mut self, now_ns: u64) {
        assert!(self.is_connected, "replaced without being connected");
        assert!(self.renewing_ns.is_none(), "replaced twice");
        self.renewing_ns = Some(now_ns);
        self.waits_for = Duration::ZERO;
        self.forget_failures(now_ns);
    }

    /// The replacement has taken the place.
    pub(crate) fn switched(&mut self, retiring: Retiring, now_ns: u64) {
        assert!(self.is_connected, "switched without being connected");
        assert!(self.renewing_ns.is_some(), "switched, and nobody wanted it");
        assert!(self.has_retried, "switched without saying when");
        self.renewing_ns = None;
        self.forget_failures(now_ns);
        self.connected_ns = now_ns;
        self.retiring = Some(retiring);
    }

    /// A connection that was active for long lets the delays begin anew.
    fn forget_failures(&mut self, now_ns: u64) {
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
    }

    pub(crate) fn disconnected(&mut self, reason: DisconnectReason, now_ns: u64) {
        assert!(self.is_connected, "disconnected without being connected");
        self.is_connected = false;
        // A replacement that is on its way goes on.
        self.has_retried = self.renewing_ns.take().is_some();
        self.forget_failures(now_ns);
        self.told.has_disconnected = true;
        self.last_reason = Some(reason);
    }

    pub(crate) fn attempt_failed(&mut self, addr: Option<SocketAddr>, reason: DisconnectReason) {
        assert!(!self.is_paused, "attempted while paused");
        assert!(
            !self.is_connected || self.renewing_ns.is_some(),
            "attempted while it is connected"
        );
        self.told.failed.extend(addr);
        self.told.is_total |= matches!(reason, DisconnectReason::Timeout(Stage::Total));
        self.waits_until_ns = None;
        self.last_reason = Some(reason);
    }

    /// `turn_ns` is when the turn began.
    pub(crate) fn retry_in(&mut self, delay: Duration, turn_ns: u64) {
        let is_renewing = self.renewing_ns.is_some();
        assert!(!self.is_connected || is_renewing, "waits while connected");
        let cap = self.plan.backoff.cap;
        assert!(delay <= cap, "waits {delay:?}, beyond the cap of {cap:?}");
        self.not_before_ns = turn_ns + delay.as_nanos() as u64;
        self.has_retried = true;
        self.waits_for = delay;
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

    /// What takes longer than it may. The service may be late by `slack`.
    pub(crate) fn overdue(
        &mut self,
        stats: &EndpointStats,
        now_ns: u64,
        slack: Duration,
    ) -> Option<String> {
        let timeouts = self.plan.options.timeouts();
        let limit = match stats.state {
            State::Resolving => timeouts.resolve(),
            // Of each address by itself: see `Look::late`.
            State::Connecting => Duration::MAX,
            State::Handshaking => timeouts.handshake(),
            _ => Duration::MAX,
        };
        let (state, in_state) = (stats.state, stats.in_state);
        let is_late = in_state.saturating_sub(slack) > limit;
        if is_late {
            return Some(format!("{state:?} for {in_state:?}"));
        }
        if state != State::Backoff {
            self.waits_until_ns = None;
        }
        let is_late = self
            .waits_until_ns
            .is_some_and(|until_ns| until_ns < now_ns);
        is_late.then(|| format!("waits for {in_state:?}"))
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

/// The endpoint that an event is of.
pub(crate) fn handle_of(event: &Event<Client>) -> Handle {
    match event {
        Event::Connected { handle, .. }
        | Event::Disconnected { handle, .. }
        | Event::Switched { handle, .. }
        | Event::Retired { handle, .. }
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
