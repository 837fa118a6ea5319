//! A connection that lives in a service.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use boom_service::{DisconnectReason, Endpoint, EndpointWithContext, Lent};
use boom_stream::{
    ConnectionInfo, ConnectionInfoProvider, Layer, MonotonicClock, Phase, Socket, TimeSource,
};

use crate::error::Error;
use crate::ext::endpoint::{TlsHttpEndpoint, TlsHttpEndpointWithContext};
use crate::ext::tls::TlsHttpConnection;
use crate::ext::under_way::UnderWay;
use crate::response::Response;
use crate::ticket::Ticket;

/// Makes an [`Endpoint`] of a [`TlsHttpEndpoint`], and an [`EndpointWithContext`] of a [`TlsHttpEndpointWithContext`].
///
/// When the service ends a connection, the requests that were under way end with it: their outcomes are told, with
/// what was sent of them, when the service says so, or once there is another connection. After
/// [`pause`](boom_service::IOService::pause) and after the endpoint was handed back ask for them by
/// [`give_up`](Self::give_up) or [`give_up_with`](Self::give_up_with).
/// Requests that were under way on a connection that is renewed are answered by that.
///
/// # Examples
///
/// See [`TlsHttpEndpoint`].
#[derive(Debug)]
pub struct HttpEndpoint<E, K = MonotonicClock> {
    endpoint: E,
    clock: K,
    under_way: UnderWay,
}

impl<E> HttpEndpoint<E> {
    /// Goes by the operating system's clock.
    pub fn new(endpoint: E) -> Self {
        Self::with_clock(endpoint, MonotonicClock::default())
    }
}

impl<E, K> HttpEndpoint<E, K> {
    /// Goes by a clock of the caller's: that of the service, by which requests are to be submitted, too.
    pub const fn with_clock(endpoint: E, clock: K) -> Self {
        Self {
            endpoint,
            clock,
            under_way: UnderWay::new(),
        }
    }

    /// Lends what it was made of.
    pub const fn get(&self) -> &E {
        &self.endpoint
    }

    /// Lends what it was made of for changes.
    pub const fn get_mut(&mut self) -> &mut E {
        &mut self.endpoint
    }

    /// Lets `submit` send a request where the connection is up and carries none; `None` where it is not so. Inside of
    /// [`IOService::dispatch`](boom_service::IOService::dispatch), which lends both.
    ///
    /// A request that is submitted to the connection itself is known here only after the next poll.
    pub fn submit<S: Read + Write + Layer<Base: Socket>>(
        &mut self,
        http: &mut TlsHttpConnection<S>,
        submit: impl FnOnce(&mut TlsHttpConnection<S>) -> Result<Ticket, Error>,
    ) -> Option<Result<Ticket, Error>> {
        let is_up =
            http.phase() == Phase::Established && http.base_mut().connected().unwrap_or(false);
        if !is_up || !http.is_idle() {
            return None;
        }
        let result = submit(http);
        self.under_way.note(http.connection());
        Some(result)
    }

    fn drive<S: Read + Write>(
        &mut self,
        http: &mut TlsHttpConnection<S>,
        mut tell: impl FnMut(&mut E, Ticket, Result<Response<'_>, Error>),
    ) -> io::Result<()>
    where
        K: TimeSource,
    {
        let Self {
            endpoint,
            under_way,
            clock,
        } = self;
        let is_alive = http.poll(clock.now_ns(), |ticket, outcome| {
            under_way.settle(ticket);
            tell(endpoint, ticket, outcome);
        });
        under_way.note(http.connection());
        // An idle connection that its server ends is made again like any other.
        is_alive
            .then_some(())
            .ok_or_else(|| ErrorKind::ConnectionAborted.into())
    }
}

impl<E: TlsHttpEndpoint, K> HttpEndpoint<E, K> {
    /// Tells the outcomes of all requests that were under way, where the connection is gone and nobody has said so: of an
    /// endpoint that is paused, or was taken out of its service.
    pub fn give_up(&mut self) {
        self.lose(None);
    }

    fn lose(&mut self, reason: Option<&DisconnectReason>) {
        for (ticket, error) in self.under_way.take_all(reason) {
            self.endpoint.outcome(ticket, Err(error));
        }
    }
}

impl<E, K> HttpEndpoint<E, K> {
    /// As [`give_up`](Self::give_up), of an endpoint that is lent a context.
    pub fn give_up_with<C>(&mut self, ctx: &mut C)
    where
        E: TlsHttpEndpointWithContext<C>,
    {
        self.lose_with(None, ctx);
    }

    fn lose_with<C>(&mut self, reason: Option<&DisconnectReason>, ctx: &mut C)
    where
        E: TlsHttpEndpointWithContext<C>,
    {
        for (ticket, error) in self.under_way.take_all(reason) {
            self.endpoint.outcome(ticket, Err(error), ctx);
        }
    }

    fn drive_with<C>(
        &mut self,
        http: &mut TlsHttpConnection<E::Stream>,
        ctx: &mut C,
    ) -> io::Result<()>
    where
        E: TlsHttpEndpointWithContext<C>,
        K: TimeSource,
    {
        self.drive(http, |endpoint, ticket, outcome| {
            endpoint.outcome(ticket, outcome, ctx);
        })
    }
}

impl<E: ConnectionInfoProvider, K> ConnectionInfoProvider for HttpEndpoint<E, K> {
    fn connection_info(&self) -> &ConnectionInfo {
        self.endpoint.connection_info()
    }
}

impl<E: TlsHttpEndpoint, K: TimeSource> Endpoint for HttpEndpoint<E, K> {
    type Target = TlsHttpConnection<E::Stream>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        self.endpoint.create_http(addr)
    }

    fn poll(&mut self, target: &mut Self::Target) -> io::Result<()> {
        for (ticket, error) in self.under_way.take_lost(target.connection()) {
            self.endpoint.outcome(ticket, Err(error));
        }
        self.drive(target, E::outcome)
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        self.lose(Some(&reason));
        self.endpoint.can_recreate(reason)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        self.under_way.is_empty()
    }

    fn next_host(&mut self) -> bool {
        self.endpoint.next_host()
    }

    fn poll_replacement(&mut self, target: &mut Self::Target) -> io::Result<()> {
        self.drive(target, E::outcome)
    }

    fn switched(&mut self, old: &mut Self::Target, _new: &mut Self::Target) {
        let alive = old.retire();
        self.under_way.retire(old.connection(), &alive);
    }

    fn poll_retired(&mut self, target: &mut Self::Target) -> io::Result<()> {
        self.drive(target, E::outcome)
    }
}

impl<E: TlsHttpEndpointWithContext<C>, K: TimeSource, C> EndpointWithContext<Lent<C>>
    for HttpEndpoint<E, K>
{
    type Target = TlsHttpConnection<E::Stream>;

    fn create_target(
        &mut self,
        addr: SocketAddr,
        ctx: &mut Lent<C>,
    ) -> io::Result<Option<Self::Target>> {
        self.endpoint.create_http(addr, &mut ctx.0)
    }

    fn poll(&mut self, target: &mut Self::Target, ctx: &mut Lent<C>) -> io::Result<()> {
        for (ticket, error) in self.under_way.take_lost(target.connection()) {
            self.endpoint.outcome(ticket, Err(error), &mut ctx.0);
        }
        self.drive_with(target, &mut ctx.0)
    }

    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut Lent<C>) -> bool {
        self.lose_with(Some(&reason), &mut ctx.0);
        self.endpoint.can_recreate(reason, &mut ctx.0)
    }

    fn can_auto_disconnect(&mut self, _: &mut Lent<C>) -> bool {
        self.under_way.is_empty()
    }

    fn next_host(&mut self, ctx: &mut Lent<C>) -> bool {
        self.endpoint.next_host(&mut ctx.0)
    }

    fn poll_replacement(&mut self, target: &mut Self::Target, ctx: &mut Lent<C>) -> io::Result<()> {
        self.drive_with(target, &mut ctx.0)
    }

    fn switched(&mut self, old: &mut Self::Target, _new: &mut Self::Target, _: &mut Lent<C>) {
        let alive = old.retire();
        self.under_way.retire(old.connection(), &alive);
    }

    fn poll_retired(&mut self, target: &mut Self::Target, ctx: &mut Lent<C>) -> io::Result<()> {
        self.drive_with(target, &mut ctx.0)
    }
}
