//! The service: what a program holds and polls.

mod turn;

mod connect;
mod open;

mod beside;
mod overlap;
mod race;

mod close;
mod deadlines;
mod end;

use std::fmt;
use std::io;
use std::mem;
use std::time::Duration;

use boom_select::{IdleStrategy, Ready, Selector};
use boom_stream::{ConnectionInfoProvider, Layer, MonotonicClock, TimeSource};

use crate::dns::{DnsResolver, ThreadResolver};
use crate::entry::{Entry, Link};
use crate::event::EventQueue;
use crate::outages::Outages;
use crate::queue::ConnectQueue;
use crate::random::Random;
use crate::rate::{HostRates, RateLimit};
use crate::slab::Slab;
use crate::timers::Timers;
use crate::{
    AnyEndpoint, Context, Endpoint, EndpointOptions, EndpointStats, Event, Handle, State, Stats,
};

/// Keeps endpoints connected and polls those that have something to do.
///
/// `S` is the selector, `E` the type of the endpoints, `C` the context they are lent, `T` the clock and `D` the resolver
/// of host names. It is made by [`IntoIOService::into_io_service`] or
/// [`IntoIOServiceWithContext::into_io_service_with_context`]; all but the selector is inferred or defaulted.
///
/// Everything happens inside `poll` (or `wait`), on the thread that calls it. One endpoint in trouble goes through its
/// own timeouts and backoff and neither ends nor delays the others.
///
/// # Examples
///
/// A thread that polls one service and says what has happened to its connections:
///
/// ```
/// use boom_select::Selector;
/// use boom_service::{Endpoint, Event, IOService};
/// use boom_stream::Layer;
/// use std::io;
///
/// fn turn<S, E>(service: &mut IOService<S, E>) -> io::Result<()>
/// where
///     E: Endpoint,
///     S: Selector<<E::Target as Layer>::Base>,
/// {
///     service.poll()?;
///     while let Some(event) = service.poll_event() {
///         if let Event::Disconnected { handle, reason } = event {
///             println!("{handle:?} disconnected: {reason}; now {:?}", service.state(handle));
///         }
///     }
///     Ok(())
/// }
/// ```
///
/// [`Endpoint`] and [`EndpointWithContext`](crate::EndpointWithContext) show whole programs.
pub struct IOService<
    S,
    E: AnyEndpoint<C>,
    C = (),
    T = MonotonicClock,
    D: DnsResolver = ThreadResolver,
> {
    selector: S,
    clock: T,
    resolver: D,
    lookups: Vec<Lookup<D::Query>>,
    engine: Engine<E, E::Target>,
}

/// All that does not depend on the selector, the clock and the resolver.
struct Engine<E, G> {
    endpoints: Slab<Entry<E, G>>,
    /// One deadline for each endpoint that has one: what it means follows from the state.
    timers: Timers,
    outages: Outages,
    events: EventQueue<E>,
    defaults: EndpointOptions,
    /// Endpoints that wait for `rate_limit`.
    queue: ConnectQueue,
    rate_limit: RateLimit,
    /// The limit for each host, where one is set.
    host_rates: Option<HostRates>,
    random: Random,
    /// Reports of the selector, of the turn under way.
    ready: Vec<Ready>,
    /// Endpoints to be polled in the next turn without a report.
    carried: Vec<u32>,
    /// The same of the turn under way.
    carried_now: Vec<u32>,
    /// The time: of the start of the turn under way, or of the end of its last slow step.
    now_ns: u64,
    /// Number of the turn under way; the first is 1.
    turn: u64,
    /// Generation of the next connection's token, so that no two connections share a token.
    next_generation: u32,
    next_lookup: u64,
    /// The question to the resolver that is looked at next.
    next_look: usize,
    /// The last turn took answers of the resolver, so there may be more.
    may_have_answers: bool,
    /// The counters of it; the numbers of endpoints are counted when asked for.
    stats: Stats,
}

impl<E: ConnectionInfoProvider, G> Engine<E, G> {
    /// Keeps `event` for the program, and logs it where that is wanted.
    fn tell(&mut self, event: Event<E>) {
        #[cfg(feature = "log")]
        crate::log::tell(&event, &self.endpoints);
        self.events.push(event);
    }
}

/// A question to the resolver, and the endpoint that waits for the answer.
struct Lookup<Q> {
    id: u64,
    index: u32,
    query: Q,
}

/// The type of socket that the selector has to accept.
type BaseOf<E, C> = <<E as AnyEndpoint<C>>::Target as Layer>::Base;

impl<S, E: AnyEndpoint<C>, C> IOService<S, E, C> {
    fn new(selector: S) -> Self {
        let engine = Engine {
            endpoints: Slab::new(),
            timers: Timers::default(),
            outages: Outages::default(),
            events: EventQueue::new(),
            defaults: EndpointOptions::default(),
            queue: ConnectQueue::default(),
            rate_limit: RateLimit::new(CONNECTS, CONNECTS_PERIOD),
            host_rates: None,
            random: Random::from_entropy(),
            ready: Vec::new(),
            carried: Vec::new(),
            carried_now: Vec::new(),
            now_ns: 0,
            turn: 0,
            next_generation: 0,
            next_lookup: 0,
            next_look: 0,
            may_have_answers: false,
            stats: Stats::default(),
        };
        let (clock, resolver) = (MonotonicClock::default(), ThreadResolver::default());
        Self {
            selector,
            clock,
            resolver,
            lookups: Vec::new(),
            engine,
        }
    }
}

/// Connects made in each period, unless set: 64 at once, 5000 a second. A common length of a server's queue of
/// connections is 128, and a connect beyond it is lost without either side noticing for a second or more.
const CONNECTS: u32 = 64;
const CONNECTS_PERIOD: Duration = Duration::from_micros(12_800);

/// Building. Endpoints that are registered already stay registered.
impl<S, E: AnyEndpoint<C>, C, T, D: DnsResolver> IOService<S, E, C, T, D> {
    /// Takes the time from `clock`. To be set before the first poll: the zero point of another clock is another.
    #[must_use]
    pub fn with_time_source<U: TimeSource>(self, clock: U) -> IOService<S, E, C, U, D> {
        let Self {
            selector,
            clock: _,
            resolver,
            lookups,
            engine,
        } = self;
        IOService {
            selector,
            clock,
            resolver,
            lookups,
            engine,
        }
    }

    /// Resolves host names by `resolver`. Questions under way are asked again.
    #[must_use]
    pub fn with_resolver<R: DnsResolver>(self, resolver: R) -> IOService<S, E, C, T, R> {
        let Self {
            selector,
            clock,
            resolver: _,
            lookups,
            mut engine,
        } = self;
        for lookup in lookups {
            if let Some(entry) = engine.endpoints.at_mut(lookup.index) {
                entry.link = Link::Resolving { lookup: None };
                engine.set_deadline(lookup.index, 0);
            }
        }
        IOService {
            selector,
            clock,
            resolver,
            lookups: Vec::new(),
            engine,
        }
    }

    /// Sets the options of endpoints that are [`register`](Self::register)ed from now on.
    #[must_use]
    pub fn with_endpoint_options(mut self, options: EndpointOptions) -> Self {
        self.engine.defaults = options;
        self
    }

    /// Ends each connection of endpoints registered from now on after it was active for `ttl`, and connects again.
    ///
    /// [`can_auto_disconnect`](crate::Endpoint::can_auto_disconnect) is asked first.
    #[must_use]
    pub fn with_auto_disconnect(mut self, ttl: Duration) -> Self {
        let options = mem::take(&mut self.engine.defaults);
        self.engine.defaults = options.with_auto_disconnect(ttl);
        self
    }

    /// The same after a time that `ttl` returns for each connection: see
    /// [`EndpointOptions::with_auto_disconnect_by`].
    #[must_use]
    pub fn with_auto_disconnect_by(
        mut self,
        ttl: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let options = mem::take(&mut self.engine.defaults);
        self.engine.defaults = options.with_auto_disconnect_by(ttl);
        self
    }

    /// Opens at most `connections` (at least one) in each `period`, over all endpoints; the others wait their turn.
    ///
    /// That holds for every stretch of time as long as `period`, wherever it begins. A pause saves nothing up: after it,
    /// `connections` may be opened at once, and no more before a `period` has passed. A `create_target` that fails counts,
    /// one that returns `None` does not. The time of each connect of the last `period` is kept: 8 bytes.
    ///
    /// Unless set, 64 are opened in each 12.8 milliseconds: 5000 a second, which the queue of a server can take.
    #[must_use]
    pub fn with_connect_rate(mut self, connections: u32, period: Duration) -> Self {
        self.engine.rate_limit = RateLimit::new(connections, period);
        self
    }

    /// Opens at most `connections` (at least one) in each `period` to any one host, as the rules of many exchanges ask;
    /// the others wait for their turn, and hold up nobody who connects to another host. There is no such limit unless set.
    ///
    /// It counts by the name of the host, whatever the port, and holds beside [`with_connect_rate`](Self::with_connect_rate).
    /// A turn is given out when the endpoint is the first to connect, so two connects may come closer than that by the time
    /// that the limit over all endpoints holds the first of them up.
    #[must_use]
    pub fn with_host_connect_rate(mut self, connections: u32, period: Duration) -> Self {
        self.engine.host_rates = Some(HostRates::new(connections, period));
        self
    }

    /// Keeps up to `limit` events that were not taken. The oldest are dropped, and counted.
    ///
    /// Unless set, 1024 are kept or, where that is more, four for each endpoint of the most that were registered at a time:
    /// all may fail in one turn, and each failure is two events.
    #[must_use]
    pub fn with_event_limit(mut self, limit: usize) -> Self {
        self.engine.events.set_limit(limit);
        self
    }

    /// Makes jitter repeatable, for tests and simulations.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.engine.random = Random::new(seed);
        self
    }
}

/// The endpoints.
impl<S, E: AnyEndpoint<C>, C, T, D: DnsResolver> IOService<S, E, C, T, D> {
    /// Adds an endpoint. The next poll starts to connect it.
    pub fn register(&mut self, endpoint: E) -> Handle {
        self.register_with(endpoint, self.engine.defaults.clone())
    }

    /// Adds an endpoint with options of its own.
    pub fn register_with(&mut self, endpoint: E, options: EndpointOptions) -> Handle {
        let handle = self.engine.endpoints.insert(Entry::new(endpoint, options));
        self.engine.events.make_room_for(self.len());
        // Due at any time.
        self.engine.set_deadline(handle.index, 0);
        handle
    }

    /// Number of endpoints.
    pub const fn len(&self) -> usize {
        self.engine.endpoints.len()
    }

    /// Returns true if there is no endpoint.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the endpoint is doing; `None` where the handle is stale.
    pub fn state(&self, handle: Handle) -> Option<State> {
        self.engine.endpoints.get(handle).map(Entry::state)
    }

    /// Lends the endpoint.
    pub fn get(&self, handle: Handle) -> Option<&E> {
        self.engine
            .endpoints
            .get(handle)
            .map(|entry| &entry.endpoint)
    }

    /// Lends the endpoint for changes.
    pub fn get_mut(&mut self, handle: Handle) -> Option<&mut E> {
        self.engine
            .endpoints
            .get_mut(handle)
            .map(|entry| &mut entry.endpoint)
    }

    /// All endpoints, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Handle, &E)> {
        self.engine
            .endpoints
            .iter()
            .map(|(handle, entry)| (handle, &entry.endpoint))
    }

    /// All endpoints for changes, in no particular order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Handle, &mut E)> {
        self.engine
            .endpoints
            .iter_mut()
            .map(|(handle, entry)| (handle, &mut entry.endpoint))
    }

    /// Takes the oldest event that was not taken.
    #[inline]
    pub fn poll_event(&mut self) -> Option<Event<E>> {
        self.engine.events.pop()
    }

    /// Counts. The numbers of endpoints are counted now, by going through them.
    pub fn stats(&self) -> Stats {
        let mut stats = self.engine.stats;
        stats.dropped_events = self.engine.events.dropped();
        for (_, entry) in self.engine.endpoints.iter() {
            stats.endpoints += 1;
            *match entry.state() {
                State::Resolving => &mut stats.resolving,
                State::Connecting => &mut stats.connecting,
                State::Handshaking => &mut stats.handshaking,
                State::Active => &mut stats.active,
                State::Backoff => &mut stats.backoff,
                State::Idle => &mut stats.idle,
                State::Paused => &mut stats.paused,
                State::Closing => &mut stats.closing,
            } += 1;
        }
        stats
    }

    /// What has happened to the endpoint so far; `None` where the handle is stale.
    pub fn endpoint_stats(&self, handle: Handle) -> Option<EndpointStats> {
        let entry = self.engine.endpoints.get(handle)?;
        Some(entry.stats::<C>(self.engine.now_ns))
    }

    /// Returns true if the last turn had reports of the selector, or left endpoints with something to do.
    ///
    /// With a `DirectSelector`, which reports every connection in every turn, that is always so.
    #[inline]
    pub const fn has_worked(&self) -> bool {
        !self.engine.ready.is_empty() || !self.engine.carried.is_empty()
    }

    /// Lends the selector.
    pub const fn selector(&self) -> &S {
        &self.selector
    }
}

/// The connections.
impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    D: DnsResolver,
{
    /// Removes an endpoint, ends its connection at once and returns it; `None` where the handle is stale.
    pub fn deregister(&mut self, handle: Handle) -> Option<E> {
        self.engine.endpoints.get(handle)?;
        self.remove(handle.index)
    }

    /// Calls `f` with the endpoint's target and the endpoint, to send an order, say.
    ///
    /// `None` where the handle is stale or there is no target. There is one from the start of a connect; what is
    /// sent during a handshake waits in the target for the end of it. While TCP connects, another address may win, and what
    /// waits in the target goes with it. While a connection that stands is being replaced, its target is the one.
    pub fn dispatch<R>(
        &mut self,
        handle: Handle,
        f: impl FnOnce(&mut E::Target, &mut E) -> R,
    ) -> Option<R> {
        let entry = self.engine.endpoints.get_mut(handle)?;
        let is_alone = entry.beside.is_empty();
        let (endpoint, open) = entry.current_mut()?;
        let token = open.token;
        let result = f(&mut open.target, endpoint);
        self.carry_over(handle.index);
        if !is_alone {
            self.carry_beside(handle.index, token);
        }
        Some(result)
    }
}

/// Polling, where the endpoints take no context.
impl<S, E, T, D> IOService<S, E, (), T, D>
where
    E: Endpoint,
    S: Selector<<E::Target as Layer>::Base>,
    T: TimeSource,
    D: DnsResolver,
{
    /// Polls the endpoints that have something to do, each once, and does what is due; never blocks.
    ///
    /// With a `MioSelector` that is one system call and the work of the endpoints that are
    /// ready, however many are registered.
    ///
    /// # Errors
    ///
    /// The selector has failed. What an endpoint fails with concerns that endpoint alone.
    #[inline]
    pub fn poll(&mut self) -> io::Result<()> {
        self.turn(&mut (), Duration::ZERO)
    }

    /// As [`poll`](Self::poll), after sleeping in the selector until there is something to do, but no longer than
    /// `timeout` and to the millisecond that selectors count in.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    pub fn wait(&mut self, timeout: Duration) -> io::Result<()> {
        self.turn(&mut (), timeout)
    }

    /// As [`poll`](Self::poll) or [`wait`](Self::wait), as `idle` decides by whether the last turn
    /// [brought work](Self::has_worked).
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_select::{Selector, SpinThenYield};
    /// use boom_service::{Endpoint, IOService};
    /// use boom_stream::Layer;
    /// use std::io;
    ///
    /// fn run<S, E>(mut service: IOService<S, E>) -> io::Result<()>
    /// where
    ///     E: Endpoint,
    ///     S: Selector<<E::Target as Layer>::Base>,
    /// {
    ///     let mut idle = SpinThenYield::new(1000);
    ///     while !service.is_empty() {
    ///         service.poll_with(&mut idle)?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[inline]
    pub fn poll_with(&mut self, idle: &mut impl IdleStrategy) -> io::Result<()> {
        let timeout = idle.next_timeout(self.has_worked());
        self.turn(&mut (), timeout)
    }
}

/// Polling, where the endpoints take a context.
impl<S, E, C, T, D> IOService<S, E, C, T, D>
where
    C: Context,
    E: AnyEndpoint<C>,
    S: Selector<BaseOf<E, C>>,
    T: TimeSource,
    D: DnsResolver,
{
    /// Polls the endpoints that have something to do, each once, and does what is due; never blocks.
    ///
    /// With a `MioSelector` that is one system call and the work of the endpoints that are
    /// ready, however many are registered.
    ///
    /// # Errors
    ///
    /// The selector has failed. What an endpoint fails with concerns that endpoint alone.
    #[inline]
    pub fn poll(&mut self, ctx: &mut C) -> io::Result<()> {
        self.turn(ctx, Duration::ZERO)
    }

    /// As [`poll`](Self::poll), after sleeping in the selector until there is something to do, but no longer than
    /// `timeout` and to the millisecond that selectors count in.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    pub fn wait(&mut self, timeout: Duration, ctx: &mut C) -> io::Result<()> {
        self.turn(ctx, timeout)
    }

    /// As [`poll`](Self::poll) or [`wait`](Self::wait), as `idle` decides by whether the last turn
    /// [brought work](Self::has_worked).
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll).
    #[inline]
    pub fn poll_with(&mut self, idle: &mut impl IdleStrategy, ctx: &mut C) -> io::Result<()> {
        let timeout = idle.next_timeout(self.has_worked());
        self.turn(ctx, timeout)
    }
}

impl<S, E: AnyEndpoint<C>, C, T, D: DnsResolver> fmt::Debug for IOService<S, E, C, T, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IOService")
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}

/// Makes a service of a selector.
///
/// # Examples
///
/// ```
/// use boom_select::MioSelector;
/// use boom_service::{Endpoint, IOService, IntoIOService};
/// # use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// # use boom_select::MioStream;
/// # use std::{io, net::SocketAddr};
/// # struct Quotes(ConnectionInfo);
/// # impl ConnectionInfoProvider for Quotes {
/// #     fn connection_info(&self) -> &ConnectionInfo { &self.0 }
/// # }
/// # impl Endpoint for Quotes {
/// #     type Target = MioStream;
/// #     fn create_target(&mut self, _: SocketAddr) -> io::Result<Option<MioStream>> { Ok(None) }
/// #     fn poll(&mut self, _: &mut MioStream) -> io::Result<()> { Ok(()) }
/// # }
///
/// // `Quotes` is an `Endpoint` whose target is a `MioStream`.
/// let service: IOService<MioSelector, Quotes> = MioSelector::new()?.into_io_service();
/// assert!(service.is_empty());
/// # Ok::<(), io::Error>(())
/// ```
pub trait IntoIOService: Sized {
    /// Makes a service whose endpoints take no context. It starts with none.
    fn into_io_service<E>(self) -> IOService<Self, E>
    where
        E: Endpoint,
        Self: Selector<<E::Target as Layer>::Base>;
}

impl<S> IntoIOService for S {
    fn into_io_service<E>(self) -> IOService<Self, E>
    where
        E: Endpoint,
        Self: Selector<<E::Target as Layer>::Base>,
    {
        IOService::new(self)
    }
}

/// Makes a service with a context of a selector.
///
/// # Examples
///
/// ```
/// use boom_select::MioSelector;
/// use boom_service::{Context, EndpointWithContext, IOService, IntoIOServiceWithContext};
/// # use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// # use boom_select::MioStream;
/// # use std::{io, net::SocketAddr};
/// # struct Quotes(ConnectionInfo);
/// # impl ConnectionInfoProvider for Quotes {
/// #     fn connection_info(&self) -> &ConnectionInfo { &self.0 }
/// # }
/// # impl EndpointWithContext<Book> for Quotes {
/// #     type Target = MioStream;
/// #     fn create_target(&mut self, _: SocketAddr, _: &mut Book) -> io::Result<Option<MioStream>> { Ok(None) }
/// #     fn poll(&mut self, _: &mut MioStream, _: &mut Book) -> io::Result<()> { Ok(()) }
/// # }
///
/// struct Book;
///
/// impl Context for Book {}
///
/// // `Quotes` is an `EndpointWithContext<Book>` whose target is a `MioStream`.
/// let mut book = Book;
/// let mut service: IOService<MioSelector, Quotes, Book> =
///     MioSelector::new()?.into_io_service_with_context(&mut book);
/// service.poll(&mut book)?;
/// # Ok::<(), io::Error>(())
/// ```
pub trait IntoIOServiceWithContext: Sized {
    /// Makes a service whose endpoints are lent a context of the type of `ctx`. It starts with none.
    ///
    /// The argument only tells the type; the context itself is given to each `poll`.
    fn into_io_service_with_context<E, C>(self, ctx: &mut C) -> IOService<Self, E, C>
    where
        C: Context,
        E: AnyEndpoint<C>,
        Self: Selector<BaseOf<E, C>>;
}

impl<S> IntoIOServiceWithContext for S {
    fn into_io_service_with_context<E, C>(self, ctx: &mut C) -> IOService<Self, E, C>
    where
        C: Context,
        E: AnyEndpoint<C>,
        Self: Selector<BaseOf<E, C>>,
    {
        let _ = ctx;
        IOService::new(self)
    }
}
