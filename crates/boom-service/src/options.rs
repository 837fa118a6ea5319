//! What may be set for each endpoint.

use std::fmt;
use std::sync::Arc;
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
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointOptions {
    reconnect: ReconnectPolicy,
    timeouts: Timeouts,
    auto_disconnect: Option<Ttl>,
    overlap: Option<Duration>,
    head_start: Option<Duration>,
    idle: Option<Duration>,
    idle_retry: Duration,
    max_attempts: Option<u32>,
}

impl Default for EndpointOptions {
    /// The defaults of [`ReconnectPolicy`] and [`Timeouts`], a head start of 250 ms, no auto-disconnect, no idle timeout, any
    /// number of attempts, and 100 ms between questions to an endpoint that is [`Idle`](crate::State::Idle).
    fn default() -> Self {
        Self {
            reconnect: ReconnectPolicy::default(),
            timeouts: Timeouts::default(),
            auto_disconnect: None,
            overlap: None,
            head_start: Some(Duration::from_millis(250)),
            idle: None,
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

    /// Ends each connection after it was active for `ttl`, when `can_auto_disconnect` agrees, and connects again, at once:
    /// a time of zero is one connection after another.
    #[must_use]
    pub fn with_auto_disconnect(mut self, ttl: Duration) -> Self {
        self.auto_disconnect = Some(Ttl::Fixed(ttl));
        self
    }

    /// Ends each connection after the time that `ttl` returns when it becomes active, when `can_auto_disconnect` agrees, and
    /// connects again. `Duration::MAX` lets a connection be.
    ///
    /// So each connection can be given a time of its own: up to the hour at which the exchange cuts all of them, say, or one
    /// with jitter, so that those made together do not end together.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_service::EndpointOptions;
    /// use std::time::{Duration, SystemTime, UNIX_EPOCH};
    ///
    /// /// The exchange cuts its connections at midnight UTC; go a minute before.
    /// fn until_shortly_before_midnight() -> Duration {
    ///     let day = 24 * 3600;
    ///     let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    ///     Duration::from_secs(day - (now + 60) % day)
    /// }
    ///
    /// let options = EndpointOptions::default().with_auto_disconnect_by(until_shortly_before_midnight);
    /// assert!(options.auto_disconnect() <= Some(Duration::from_secs(24 * 3600)));
    /// ```
    #[must_use]
    pub fn with_auto_disconnect_by(
        mut self,
        ttl: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        self.auto_disconnect = Some(Ttl::By(Arc::new(ttl)));
        self
    }

    /// Makes auto-disconnect connect the replacement first, so that no message is missed: the old connection is ended in
    /// good order when the new one stands, and cut off if that takes longer than `close_timeout`.
    ///
    /// While the replacement is being made, the endpoint's `poll` goes on with the old connection. [`Endpoint`] says what it
    /// is told of the rest: [`poll_replacement`](crate::Endpoint::poll_replacement),
    /// [`can_switch`](crate::Endpoint::can_switch), [`switched`](crate::Endpoint::switched) and
    /// [`poll_retired`](crate::Endpoint::poll_retired). [`Event::Switched`](crate::Event::Switched) and
    /// [`Event::Retired`](crate::Event::Retired) tell the program.
    ///
    /// [`Endpoint`]: crate::Endpoint
    #[must_use]
    pub const fn with_overlap(mut self, close_timeout: Duration) -> Self {
        self.overlap = Some(close_timeout);
        self
    }

    /// Sets how long a connect may take before the next address of the host is tried beside it, 250 ms unless set; `None`
    /// tries each address only when the one before has failed.
    ///
    /// The first connection of TCP that stands is kept, the others are closed: RFC 8305 ("happy eyeballs"). The addresses
    /// of both families take turns. `create_target` is called for each address that is tried, so more than one target may be
    /// there before one of them is polled.
    #[must_use]
    pub const fn with_head_start(mut self, head_start: Option<Duration>) -> Self {
        self.head_start = head_start;
        self
    }

    /// Ends a connection on which nothing was received for `timeout`, and connects again. There is no such limit unless set.
    ///
    /// It goes by what the selector reports, so it costs next to nothing and knows nothing of the protocol: each byte
    /// counts, be it a heartbeat or data. A protocol's own heartbeats find a dead peer sooner, and `TCP_USER_TIMEOUT`
    /// ([`ConnectionInfo`](boom_stream::ConnectionInfo)) one that does not acknowledge what was sent. A selector that reports
    /// every socket in each poll, as `DirectSelector` does, cannot tell silence, and nothing ends there.
    #[must_use]
    pub const fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle = Some(timeout);
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

    /// How long a connection that becomes active now may be so.
    pub fn auto_disconnect(&self) -> Option<Duration> {
        self.auto_disconnect.as_ref().map(Ttl::get)
    }

    /// How long the end of a connection that was replaced may take; `None` where the old one ends first.
    pub const fn overlap(&self) -> Option<Duration> {
        self.overlap
    }

    /// How long a connect may take before the next address is tried beside it.
    pub const fn head_start(&self) -> Option<Duration> {
        self.head_start
    }

    /// How long a connection may receive nothing.
    pub const fn idle_timeout(&self) -> Option<Duration> {
        self.idle
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

/// How long a connection may be active.
#[derive(Clone)]
enum Ttl {
    Fixed(Duration),
    By(Arc<dyn Fn() -> Duration + Send + Sync>),
}

impl Ttl {
    fn get(&self) -> Duration {
        match self {
            Self::Fixed(ttl) => *ttl,
            Self::By(ttl) => ttl(),
        }
    }
}

/// Functions are equal where they are the same one.
impl PartialEq for Ttl {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fixed(one), Self::Fixed(other)) => one == other,
            (Self::By(one), Self::By(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl fmt::Debug for Ttl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(ttl) => ttl.fmt(f),
            Self::By(_) => f.write_str("by a function"),
        }
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
