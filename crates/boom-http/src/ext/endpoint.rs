//! A connection that lives in a service.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use boom_service::{DisconnectReason, Endpoint};
use boom_stream::{
    ConnectionInfo, ConnectionInfoProvider, Layer, MonotonicClock, Phase, Socket, TimeSource,
};

use crate::error::{Error, Reason, Sent};
use crate::ext::tls::TlsHttpConnection;
use crate::response::Response;
use crate::ticket::Ticket;

/// What a user writes for connections over TLS that a service resolves, makes, keeps warm and makes again.
///
/// [`HttpEndpoint`] makes an endpoint of it, and [`HttpSlots`](crate::HttpSlots) a pool of several.
///
/// # Examples
///
/// ```
/// use boom_http::{Error, HttpSlots, IntoTlsHttp, Method, Response, Ticket, TlsHttpConnection, TlsHttpEndpoint};
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::IntoIOService;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider, MonotonicClock, TimeSource, tcp::TcpStream};
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct Orders(ConnectionInfo);
///
/// impl ConnectionInfoProvider for Orders {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.0
///     }
/// }
///
/// impl TlsHttpEndpoint for Orders {
///     type Stream = MioStream;
///
///     fn create_http(&mut self, addr: SocketAddr) -> io::Result<Option<TlsHttpConnection<MioStream>>> {
///         let stream = TcpStream::try_from((&self.0, addr))?.into_mio_stream();
///         Ok(Some(stream.into_tls_http()))
///     }
///
///     fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>) {
///         println!("{ticket:?}: {outcome:?}");
///     }
/// }
///
/// fn main() -> io::Result<()> {
///     let clock = MonotonicClock::default();
///     let mut service = MioSelector::new()?.into_io_service();
///     let mut orders = HttpSlots::register(&mut service, 2, || {
///         Orders(ConnectionInfo::new("api.example.com", 443))
///     });
/// #   return Ok(());
///     loop {
///         service.poll()?;
///         let ticket = orders.submit(&mut service, |http| {
///             http.request(Method::POST, "/order").body(r#"{"qty":1}"#).submit(clock.now_ns())
///         });
///     }
/// }
/// ```
pub trait TlsHttpEndpoint: ConnectionInfoProvider {
    /// The stream below TLS, such as `MioStream` or `TcpStream`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`Endpoint::create_target`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`].
    fn create_http(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsHttpConnection<Self::Stream>>>;

    /// A request is over. It is told once for each ticket that was not cancelled.
    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>);

    /// As [`Endpoint::can_recreate`].
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// As [`Endpoint::next_host`].
    fn next_host(&mut self) -> bool {
        false
    }
}

/// Makes an [`Endpoint`] of a [`TlsHttpEndpoint`].
///
/// When the service ends a connection, the requests that were under way end with it: their outcomes are told, with
/// what was sent of them.
///
/// # Examples
///
/// See [`TlsHttpEndpoint`].
#[derive(Debug)]
pub struct HttpEndpoint<E, T = MonotonicClock> {
    endpoint: E,
    clock: T,
    /// What is under way on the connection, as it was when it was looked at last.
    under_way: Vec<(Ticket, Sent)>,
}

impl<E> HttpEndpoint<E> {
    /// Goes by the operating system's clock.
    pub fn new(endpoint: E) -> Self {
        Self::with_clock(endpoint, MonotonicClock::default())
    }
}

impl<E, T> HttpEndpoint<E, T> {
    /// Goes by a clock of the caller's: that of the service, by which requests are to be submitted, too.
    pub const fn with_clock(endpoint: E, clock: T) -> Self {
        Self {
            endpoint,
            clock,
            under_way: Vec::new(),
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
}

impl<E: TlsHttpEndpoint, T: TimeSource> HttpEndpoint<E, T> {
    /// Lets `submit` send a request where the connection is free; `None` where it is not.
    pub(super) fn submit(
        &mut self,
        target: &mut TlsHttpConnection<E::Stream>,
        submit: impl FnOnce(&mut TlsHttpConnection<E::Stream>) -> Result<Ticket, Error>,
    ) -> Option<Result<Ticket, Error>> {
        let is_up =
            target.phase() == Phase::Established && target.base_mut().connected().unwrap_or(false);
        if !is_up || !target.is_idle() {
            return None;
        }
        let result = submit(target);
        if let Ok(ticket) = &result {
            self.under_way.push((*ticket, Sent::Nothing));
            self.note_sent(target);
        }
        Some(result)
    }

    fn note_sent(&mut self, target: &TlsHttpConnection<E::Stream>) {
        for (ticket, sent) in &mut self.under_way {
            *sent = target.connection().sent_of_ticket(*ticket).unwrap_or(*sent);
        }
    }

    /// The connection is gone, whoever ended it.
    fn tell_lost(&mut self, cause: Option<io::ErrorKind>) {
        for (ticket, sent) in self.under_way.drain(..) {
            let reason = cause.map_or(Reason::Closed, |kind| Reason::Io(kind.into()));
            self.endpoint.outcome(ticket, Err(Error { reason, sent }));
        }
    }
}

impl<E: TlsHttpEndpoint, T> ConnectionInfoProvider for HttpEndpoint<E, T> {
    fn connection_info(&self) -> &ConnectionInfo {
        self.endpoint.connection_info()
    }
}

impl<E: TlsHttpEndpoint, T: TimeSource> Endpoint for HttpEndpoint<E, T> {
    type Target = TlsHttpConnection<E::Stream>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        self.tell_lost(None);
        self.endpoint.create_http(addr)
    }

    fn poll(&mut self, target: &mut Self::Target) -> io::Result<()> {
        let Self {
            endpoint,
            under_way,
            clock,
        } = self;
        let is_alive = target.poll(clock.now_ns(), |ticket, outcome| {
            under_way.retain(|(other, _)| *other != ticket);
            endpoint.outcome(ticket, outcome);
        });
        self.note_sent(target);
        // An idle connection that its server ends is made again like any other.
        is_alive
            .then_some(())
            .ok_or_else(|| ErrorKind::ConnectionAborted.into())
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let cause = match &reason {
            DisconnectReason::Error(error) => Some(error.kind()),
            _ => None,
        };
        self.tell_lost(cause);
        self.endpoint.can_recreate(reason)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        self.under_way.is_empty()
    }

    fn next_host(&mut self) -> bool {
        self.endpoint.next_host()
    }
}
