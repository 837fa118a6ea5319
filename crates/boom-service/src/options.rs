//! What may be set for each endpoint.

use std::time::Duration;

use boom_stream::Phase;

use crate::{ReconnectPolicy, Stage};

/// How one endpoint is kept connected.
///
/// # Examples
///
/// ```
/// use boom_service::{EndpointOptions, ReconnectPolicy, Timeouts};
/// use std::time::Duration;
///
/// let options = EndpointOptions::default()
///     .with_timeouts(Timeouts::default().with_connect(Duration::from_secs(1)))
///     .with_reconnect(ReconnectPolicy::default().with_cap(Duration::from_secs(30)))
///     // The exchange cuts connections after 24 hours; go before it does.
///     .with_auto_disconnect(Duration::from_secs(23 * 3600));
/// assert_eq!(options.timeouts().connect(), Duration::from_secs(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EndpointOptions {
    reconnect: ReconnectPolicy,
    timeouts: Timeouts,
    auto_disconnect: Option<Duration>,
    idle_retry: Duration,
    max_attempts: Option<u32>,
}

impl Default for EndpointOptions {
    /// The defaults of [`ReconnectPolicy`] and [`Timeouts`], no auto-disconnect, any number of attempts, and 100 ms
    /// between questions to an endpoint that is [`Idle`](crate::State::Idle).
    fn default() -> Self {
        Self {
            reconnect: ReconnectPolicy::default(),
            timeouts: Timeouts::default(),
            auto_disconnect: None,
            idle_retry: Duration::from_millis(100),
            max_attempts: None,
        }
    }
}

impl EndpointOptions {
    /// Sets when to connect again.
    #[must_use]
    pub const fn with_reconnect(mut self, reconnect: ReconnectPolicy) -> Self {
        self.reconnect = reconnect;
        self
    }

    /// Sets how long each step to a connection may take.
    #[must_use]
    pub const fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Ends each connection after it was active for `ttl`, when `can_auto_disconnect` agrees, and connects again.
    #[must_use]
    pub const fn with_auto_disconnect(mut self, ttl: Duration) -> Self {
        self.auto_disconnect = Some(ttl);
        self
    }

    /// Sets how long to wait before an endpoint whose `create_target` returned `None` is asked again.
    #[must_use]
    pub const fn with_idle_retry(mut self, delay: Duration) -> Self {
        self.idle_retry = delay;
        self
    }

    /// Gives up after `rounds` (at least one) of attempts in a row that failed, whatever `can_recreate` says.
    ///
    /// A round tries each address of the host, and each host where [`next_host`](crate::Endpoint::next_host) tells of
    /// others. A connection that ends too soon to reset the backoff counts as a round that failed.
    #[must_use]
    pub const fn with_max_attempts(mut self, rounds: u32) -> Self {
        self.max_attempts = Some(if rounds == 0 { 1 } else { rounds });
        self
    }

    /// When to connect again.
    pub const fn reconnect(&self) -> &ReconnectPolicy {
        &self.reconnect
    }

    /// How long each step to a connection may take.
    pub const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// How long a connection may be active.
    pub const fn auto_disconnect(&self) -> Option<Duration> {
        self.auto_disconnect
    }

    /// After how many rounds of attempts to give up.
    pub const fn max_attempts(&self) -> Option<u32> {
        self.max_attempts
    }

    /// How long to wait before an idle endpoint is asked again.
    pub const fn idle_retry(&self) -> Duration {
        self.idle_retry
    }
}

/// How long each step to a connection may take, five seconds unless set, and all together, which has no limit unless
/// set.
///
/// Each handshake has its own time, counted from the end of the step before it.
///
/// # Examples
///
/// ```
/// use boom_service::Timeouts;
/// use std::time::Duration;
///
/// let timeouts = Timeouts::default().with_tls(Duration::from_secs(2));
/// assert_eq!(timeouts.tls(), Duration::from_secs(2));
/// assert_eq!(timeouts.handshake(), Duration::from_secs(5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    resolve: Duration,
    connect: Duration,
    tls: Duration,
    handshake: Duration,
    total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let each = Duration::from_secs(5);
        Self {
            resolve: each,
            connect: each,
            tls: each,
            handshake: each,
            total: Duration::MAX,
        }
    }
}

impl Timeouts {
    /// Sets how long the host name may take to resolve.
    #[must_use]
    pub const fn with_resolve(mut self, timeout: Duration) -> Self {
        self.resolve = timeout;
        self
    }

    /// Sets how long the TCP connect to one address may take.
    #[must_use]
    pub const fn with_connect(mut self, timeout: Duration) -> Self {
        self.connect = timeout;
        self
    }

    /// Sets how long the TLS handshake may take.
    #[must_use]
    pub const fn with_tls(mut self, timeout: Duration) -> Self {
        self.tls = timeout;
        self
    }

    /// Sets how long the handshake of the protocol above TLS may take.
    #[must_use]
    pub const fn with_handshake(mut self, timeout: Duration) -> Self {
        self.handshake = timeout;
        self
    }

    /// Sets how long a round may take from the start of the name's resolution until the connection is active, over all
    /// addresses and hosts that are tried. Waiting for the connect rate does not count.
    #[must_use]
    pub const fn with_total(mut self, timeout: Duration) -> Self {
        self.total = timeout;
        self
    }

    /// How long the host name may take to resolve.
    pub const fn resolve(&self) -> Duration {
        self.resolve
    }

    /// How long the TCP connect to one address may take.
    pub const fn connect(&self) -> Duration {
        self.connect
    }

    /// How long the TLS handshake may take.
    pub const fn tls(&self) -> Duration {
        self.tls
    }

    /// How long the handshake of the protocol above TLS may take.
    pub const fn handshake(&self) -> Duration {
        self.handshake
    }

    /// How long a round of attempts may take.
    pub const fn total(&self) -> Duration {
        self.total
    }

    /// The time for the handshake `phase`, and what it is called when it has run out.
    pub(crate) const fn of_phase(&self, phase: Phase) -> (Duration, Stage) {
        match phase {
            Phase::TlsHandshake => (self.tls, Stage::Tls),
            _ => (self.handshake, Stage::Handshake),
        }
    }
}

/// The whole of `duration`, or all that fits.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
