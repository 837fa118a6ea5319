//! A session that lives in a service.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use boom_service::{DisconnectReason, Endpoint, EndpointWithContext, Lent, Traffic};
use boom_stream::{ConnectionInfo, ConnectionInfoProvider, Layer};

use super::endpoint::{FixEndpoint, FixEndpointWithContext};
use super::line::{Line, stand_by};
use super::stream::FixStream;
use crate::encoder::MessageWriter;
use crate::session::{Clock, Event, Inbox, Now, Session, SessionError, Store, SystemClock};

/// Makes an [`Endpoint`] of a [`FixEndpoint`] and a [`Session`], and an [`EndpointWithContext`] of a
/// [`FixEndpointWithContext`].
///
/// The service connects, to several hosts in turn where there are several; the session logs on once TCP and TLS are up,
/// sends its heartbeats by the service's timers, and goes on after each loss where its store says. How long to wait before the next connection
/// is the service's [`ReconnectPolicy`](boom_service::ReconnectPolicy); each logon that is tried uses a sequence number.
///
/// - [`EndpointOptions::with_handshake`](boom_service::Timeouts::with_handshake) bounds the time to log on, as
///   [`with_logon_timeout`](crate::session::SessionConfig::with_logon_timeout) does.
/// - Outside of the hours of its schedule (`SessionConfig::with_schedule`) the endpoint is
///   [`Idle`](boom_service::State::Idle): the service asks it again
///   [now and then](boom_service::EndpointOptions::with_idle_retry), and makes no connection before the session opens.
/// - After [`pause`](boom_service::IOService::pause), call [`give_up`](Self::give_up): the service tells the endpoint nothing.
/// - Where the service is to end the connection from time to time, the session logs out of it first, with the next message
///   or heartbeat.
/// - Connections do not overlap in FIX: one session has one connection. With
///   [`with_overlap`](boom_service::EndpointOptions::with_overlap) the new one logs on once the old one is left, and what was
///   under way on that is asked for again.
///
/// # Examples
///
/// See [`FixEndpoint`].
#[derive(Debug)]
pub struct FixInitiator<E, T, K = SystemClock> {
    endpoint: E,
    line: Line<T, K>,
}

impl<E, T: Store> FixInitiator<E, T> {
    /// Goes by the operating system's clocks, with an [`Inbox::new`].
    pub fn new(endpoint: E, session: Session<T>) -> Self {
        Self::with_clock(endpoint, session, Inbox::new(), SystemClock::default())
    }
}

impl<E, T: Store, K: Clock> FixInitiator<E, T, K> {
    /// Goes by a clock of the caller's, whose monotonic half is that of the service, with an inbox of the caller's.
    pub fn with_clock(endpoint: E, session: Session<T>, inbox: Inbox, clock: K) -> Self {
        Self {
            endpoint,
            line: Line::new(session, inbox, clock),
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

    /// The session.
    pub const fn session(&self) -> &Session<T> {
        &self.line.session
    }

    /// The session, to send while there is no connection, where messages may wait for one, or to set its numbers. While there
    /// is one, see [`with_session`](Self::with_session): what is sent here would wait for the next poll.
    pub const fn session_mut(&mut self) -> &mut Session<T> {
        &mut self.line.session
    }

    /// The time of its clock, as [`Session::send`] wants it.
    pub fn now(&self) -> Now {
        self.line.clock.now()
    }

    fn is_in_session(&self) -> bool {
        self.line.session.is_in_session(self.now())
    }

    /// Takes both apart, once the service has handed the endpoint back.
    ///
    /// # Errors
    ///
    /// The store failed.
    pub fn into_parts(mut self) -> Result<(E, Session<T>), SessionError> {
        let now = self.line.clock.now();
        self.line.session.disconnected(now)?;
        Ok((self.endpoint, self.line.session))
    }

    /// Sends a message from outside of events, inside of [`IOService::dispatch`](boom_service::IOService::dispatch), which
    /// lends both, and gives its number. It is on the wire when this returns, as far as the socket has taken it.
    ///
    /// # Errors
    ///
    /// As [`Session::send`]. Those of the store where messages are sent again. Where the stream has failed, the message has
    /// its number, and goes out after the next logon; the endpoint is told with the next polls.
    pub fn send<S: Read + Write + Layer>(
        &mut self,
        stream: &mut FixStream<S>,
        msg_type: &str,
        fields: impl FnOnce(&mut MessageWriter<'_>),
    ) -> Result<u64, SessionError> {
        self.with_session(stream, |session, now| session.send(msg_type, now, fields))?
    }

    /// Logs out, as [`Session::logout`]. When the peer has answered, or takes too long for it, the service hands the endpoint
    /// back.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn logout<S: Read + Write + Layer>(
        &mut self,
        stream: &mut FixStream<S>,
        text: Option<&str>,
    ) -> Result<(), SessionError> {
        self.with_session(stream, |session, now| session.logout(text, now))?
    }

    /// Lends the session, for several sends at once, say, inside of [`IOService::dispatch`](boom_service::IOService::dispatch),
    /// and sends what was written.
    ///
    /// # Errors
    ///
    /// Those of the store where messages are sent again.
    pub fn with_session<S: Read + Write + Layer, R>(
        &mut self,
        stream: &mut FixStream<S>,
        work: impl FnOnce(&mut Session<T>, Now) -> R,
    ) -> Result<R, SessionError> {
        self.line.lend(stream, work)
    }
}

impl<E: FixEndpoint, K: Clock> FixInitiator<E, E::Store, K> {
    /// Takes the session off a connection that is gone and of which nobody has said so: of an endpoint that was
    /// [paused](boom_service::IOService::pause), or taken out of its service. The events of the end are told.
    ///
    /// Without it the session learns of that with the next connection, and would take messages until then.
    pub fn give_up(&mut self) {
        let Self { endpoint, line } = self;
        line.end(&mut |session: &mut Session<_>, event: Event<'_>, now| {
            endpoint.event(session, event, now)
        });
    }
}

impl<E, T: Store, K: Clock> FixInitiator<E, T, K> {
    /// As [`give_up`](Self::give_up), of an endpoint that is lent a context.
    pub fn give_up_with<C>(&mut self, ctx: &mut C)
    where
        E: FixEndpointWithContext<C, Store = T>,
    {
        let Self { endpoint, line } = self;
        line.end(&mut |session: &mut Session<_>, event: Event<'_>, now| {
            endpoint.event(session, event, now, ctx)
        });
    }
}

impl<E: ConnectionInfoProvider, T, K> ConnectionInfoProvider for FixInitiator<E, T, K> {
    fn connection_info(&self) -> &ConnectionInfo {
        self.endpoint.connection_info()
    }
}

impl<E: FixEndpoint, K: Clock> Endpoint for FixInitiator<E, E::Store, K> {
    type Target = FixStream<E::Stream>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        if !self.is_in_session() {
            return Ok(None);
        }
        let stream = self.endpoint.create_stream(addr)?;
        Ok(stream.map(FixStream::new))
    }

    #[inline]
    fn poll(&mut self, target: &mut Self::Target) -> io::Result<()> {
        let Self { endpoint, line } = self;
        line.drive(target, |session, event, now| {
            endpoint.event(session, event, now)
        })
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let Self { endpoint, line } = self;
        let goes_on = line.lose(|session, event, now| endpoint.event(session, event, now));
        goes_on && endpoint.can_recreate(reason)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        self.line.may_end()
    }

    fn next_host(&mut self) -> bool {
        self.endpoint.next_host()
    }

    fn poll_replacement(&mut self, target: &mut Self::Target) -> io::Result<()> {
        stand_by(target)
    }

    fn poll_retired(&mut self, _: &mut Self::Target) -> io::Result<()> {
        Err(ErrorKind::ConnectionAborted.into())
    }

    fn traffic(&self, target: &Self::Target) -> Traffic {
        self.line.traffic(target)
    }
}

impl<E: FixEndpointWithContext<C>, K: Clock, C> EndpointWithContext<Lent<C>>
    for FixInitiator<E, E::Store, K>
{
    type Target = FixStream<E::Stream>;

    fn create_target(
        &mut self,
        addr: SocketAddr,
        ctx: &mut Lent<C>,
    ) -> io::Result<Option<Self::Target>> {
        if !self.is_in_session() {
            return Ok(None);
        }
        let stream = self.endpoint.create_stream(addr, &mut ctx.0)?;
        Ok(stream.map(FixStream::new))
    }

    #[inline]
    fn poll(&mut self, target: &mut Self::Target, ctx: &mut Lent<C>) -> io::Result<()> {
        let Self { endpoint, line } = self;
        line.drive(target, |session, event, now| {
            endpoint.event(session, event, now, &mut ctx.0)
        })
    }

    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut Lent<C>) -> bool {
        let Self { endpoint, line } = self;
        let goes_on =
            line.lose(|session, event, now| endpoint.event(session, event, now, &mut ctx.0));
        goes_on && endpoint.can_recreate(reason, &mut ctx.0)
    }

    fn can_auto_disconnect(&mut self, _: &mut Lent<C>) -> bool {
        self.line.may_end()
    }

    fn next_host(&mut self, ctx: &mut Lent<C>) -> bool {
        self.endpoint.next_host(&mut ctx.0)
    }

    fn poll_replacement(&mut self, target: &mut Self::Target, _: &mut Lent<C>) -> io::Result<()> {
        stand_by(target)
    }

    fn poll_retired(&mut self, _: &mut Self::Target, _: &mut Lent<C>) -> io::Result<()> {
        Err(ErrorKind::ConnectionAborted.into())
    }

    fn traffic(&self, target: &Self::Target) -> Traffic {
        self.line.traffic(target)
    }
}
