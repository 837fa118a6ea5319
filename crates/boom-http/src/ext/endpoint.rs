//! What a user writes for connections that live in a service, with a context and without.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boom_service::DisconnectReason;
use boom_stream::{ConnectionInfoProvider, Layer, Socket};

use crate::error::Error;
use crate::ext::tls::TlsHttpConnection;
use crate::response::Response;
use crate::ticket::Ticket;

/// What a user writes for connections over TLS that a service resolves, makes, keeps warm and makes again.
///
/// [`HttpEndpoint`](crate::HttpEndpoint) makes an endpoint of it, and [`HttpSlots`](crate::HttpSlots) a pool of several.
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

    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target).
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target).
    fn create_http(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsHttpConnection<Self::Stream>>>;

    /// A request is over. It is told once for each ticket that was not cancelled.
    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>);

    /// As [`Endpoint::can_recreate`](boom_service::Endpoint::can_recreate).
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// As [`Endpoint::next_host`](boom_service::Endpoint::next_host).
    fn next_host(&mut self) -> bool {
        false
    }
}

/// A [`TlsHttpEndpoint`] whose methods are lent a context, which the service's `poll` was given.
///
/// The service is lent a [`Lent`](boom_service::Lent) of it.
///
/// # Examples
///
/// ```
/// use boom_http::{
///     Error, HttpSlots, IntoTlsHttp, Method, Response, Ticket, TlsHttpConnection, TlsHttpEndpointWithContext,
/// };
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::{IntoIOServiceWithContext, Lent};
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider, MonotonicClock, TimeSource, tcp::TcpStream};
/// use std::io;
/// use std::net::SocketAddr;
///
/// #[derive(Default)]
/// struct Book {
///     accepted: u64,
/// }
///
/// struct Orders(ConnectionInfo);
///
/// impl ConnectionInfoProvider for Orders {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.0
///     }
/// }
///
/// impl TlsHttpEndpointWithContext<Book> for Orders {
///     type Stream = MioStream;
///
///     fn create_http(&mut self, addr: SocketAddr, _: &mut Book) -> io::Result<Option<TlsHttpConnection<MioStream>>> {
///         let stream = TcpStream::try_from((&self.0, addr))?.into_mio_stream();
///         Ok(Some(stream.into_tls_http()))
///     }
///
///     fn outcome(&mut self, _: Ticket, outcome: Result<Response<'_>, Error>, book: &mut Book) {
///         book.accepted += u64::from(outcome.is_ok_and(|response| response.status().is_success()));
///     }
/// }
///
/// fn main() -> io::Result<()> {
///     let clock = MonotonicClock::default();
///     let mut book = Lent(Book::default());
///     let mut service = MioSelector::new()?.into_io_service_with_context(&mut book);
///     let mut orders = HttpSlots::register(&mut service, 2, || {
///         Orders(ConnectionInfo::new("api.example.com", 443))
///     });
/// #   return Ok(());
///     loop {
///         service.poll(&mut book)?;
///         let ticket = orders.submit(&mut service, |http| {
///             http.request(Method::POST, "/order").body(r#"{"qty":1}"#).submit(clock.now_ns())
///         });
///         println!("{} accepted", book.accepted);
///     }
/// }
/// ```
pub trait TlsHttpEndpointWithContext<C>: ConnectionInfoProvider {
    /// The stream below TLS, such as `MioStream` or `TcpStream`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target).
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target).
    fn create_http(
        &mut self,
        addr: SocketAddr,
        ctx: &mut C,
    ) -> io::Result<Option<TlsHttpConnection<Self::Stream>>>;

    /// A request is over. It is told once for each ticket that was not cancelled.
    fn outcome(&mut self, ticket: Ticket, outcome: Result<Response<'_>, Error>, ctx: &mut C);

    /// As [`Endpoint::can_recreate`](boom_service::Endpoint::can_recreate).
    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        let _ = (reason, ctx);
        true
    }

    /// As [`Endpoint::next_host`](boom_service::Endpoint::next_host).
    fn next_host(&mut self, ctx: &mut C) -> bool {
        let _ = ctx;
        false
    }
}
