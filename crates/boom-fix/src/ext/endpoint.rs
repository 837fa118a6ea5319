//! What a user writes for sessions that live in a service, with a context and without.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boom_service::DisconnectReason;
use boom_stream::{ConnectionInfoProvider, Layer, Socket};

use crate::session::{Event, Now, Session, Store};

/// What a user writes for a session, as initiator, that a service connects, keeps up and connects again.
///
/// [`FixInitiator`](crate::FixInitiator) makes an endpoint of it and of a [`Session`].
/// [`TlsFixEndpoint`](crate::TlsFixEndpoint) is the same over TLS.
///
/// # Examples
///
/// ```no_run
/// use boom_fix::session::store::FileStore;
/// use boom_fix::session::{Event, Now, Session, SessionConfig};
/// use boom_fix::{BeginString, FixEndpoint, FixInitiator};
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::{Hosts, IntoIOService};
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider, tcp::TcpStream};
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct Orders {
///     hosts: Hosts,
/// }
///
/// impl ConnectionInfoProvider for Orders {
///     fn connection_info(&self) -> &ConnectionInfo {
///         self.hosts.connection_info()
///     }
/// }
///
/// impl FixEndpoint for Orders {
///     type Stream = MioStream;
///     type Store = FileStore;
///
///     fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<MioStream>> {
///         let stream = TcpStream::try_from((self.connection_info(), addr))?;
///         Ok(Some(stream.into_mio_stream()))
///     }
///
///     fn event(&mut self, session: &mut Session<FileStore>, event: Event<'_>, now: Now) -> io::Result<()> {
///         match event {
///             Event::LoggedOn => {
///                 session.send("D", now, |order| {
///                     order.text(11, "id-1").text(55, "MSFT");
///                 })?;
///             }
///             Event::Message(received) => println!("{:?}", received.message),
///             other => println!("{other:?}"),
///         }
///         Ok(())
///     }
///
///     fn next_host(&mut self) -> bool {
///         self.hosts.advance()
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
///     let store = FileStore::open("orders")?;
///     let hosts = Hosts::new(ConnectionInfo::new("fix.example.com", 9878))
///         .with(ConnectionInfo::new("fix-2.example.com", 9878));
///     let orders = FixInitiator::new(Orders { hosts }, Session::new(config, store)?);
///
///     let mut service = MioSelector::new()?.into_io_service();
///     let handle = service.register(orders);
///     loop {
///         service.poll()?;
///         // From outside of events, too:
///         service.dispatch(handle, |stream, orders| {
///             orders.send(stream, "D", |order| {
///                 order.text(11, "id-2").text(55, "MSFT");
///             })
///         });
///     }
/// }
/// ```
pub trait FixEndpoint: ConnectionInfoProvider {
    /// The stack of streams below FIX, such as `MioStream`, `TlsStream<MioStream>` or `RecordedStream<MioStream>`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// What the session remembers by.
    type Store: Store;

    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target), of what is below FIX.
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`](boom_service::Endpoint::create_target).
    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Stream>>;

    /// Something has happened on the session, which may be answered at once. Messages come once and in order.
    ///
    /// # Errors
    ///
    /// Any error ends the connection, except `WouldBlock` and `Interrupted`, so `?` may pass on a send that was refused
    /// because too much waits or for the throttle. The message counts as received all the same.
    fn event(
        &mut self,
        session: &mut Session<Self::Store>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()>;

    /// As [`Endpoint::can_recreate`](boom_service::Endpoint::can_recreate). Where the session has ended its connection, the
    /// reason is an error of kind `ConnectionAborted` around a [`session::DisconnectReason`](crate::session::DisconnectReason).
    ///
    /// It is not asked after a logout of the application's own: there is no other connection then, and the service hands the
    /// endpoint back.
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// As [`Endpoint::next_host`](boom_service::Endpoint::next_host). It is also asked when a logon was refused.
    fn next_host(&mut self) -> bool {
        false
    }
}

/// A [`FixEndpoint`] whose methods are lent a context, which the service's `poll` was given.
///
/// The service is lent a [`Lent`](boom_service::Lent) of it.
///
/// # Examples
///
/// ```
/// use boom_fix::session::{Event, MemoryStore, Now, Session, SessionConfig};
/// use boom_fix::{BeginString, FixEndpointWithContext, FixInitiator};
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::{IntoIOServiceWithContext, Lent};
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider, tcp::TcpStream};
/// use std::io;
/// use std::net::SocketAddr;
///
/// #[derive(Default)]
/// struct Book {
///     reports: u64,
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
/// impl FixEndpointWithContext<Book> for Orders {
///     type Stream = MioStream;
///     type Store = MemoryStore;
///
///     fn create_stream(&mut self, addr: SocketAddr, _: &mut Book) -> io::Result<Option<MioStream>> {
///         let stream = TcpStream::try_from((&self.0, addr))?;
///         Ok(Some(stream.into_mio_stream()))
///     }
///
///     fn event(&mut self, _: &mut Session<MemoryStore>, event: Event<'_>, _: Now, book: &mut Book) -> io::Result<()> {
///         book.reports += u64::from(matches!(event, Event::Message(_)));
///         Ok(())
///     }
/// }
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let mut book = Lent(Book::default());
///     let mut service = MioSelector::new()?.into_io_service_with_context(&mut book);
///     let config = SessionConfig::initiator(BeginString::Fix44, "BUYER", "VENUE");
///     let session = Session::new(config, MemoryStore::new())?;
///     service.register(FixInitiator::new(Orders(ConnectionInfo::new("fix.example.com", 9878)), session));
/// #   return Ok(());
///     loop {
///         service.poll(&mut book)?;
///         println!("{} reports", book.reports);
///     }
/// }
/// ```
pub trait FixEndpointWithContext<C>: ConnectionInfoProvider {
    /// As [`FixEndpoint::Stream`].
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`FixEndpoint::Store`].
    type Store: Store;

    /// As [`FixEndpoint::create_stream`].
    ///
    /// # Errors
    ///
    /// As [`FixEndpoint::create_stream`].
    fn create_stream(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Stream>>;

    /// As [`FixEndpoint::event`].
    ///
    /// # Errors
    ///
    /// As [`FixEndpoint::event`].
    fn event(
        &mut self,
        session: &mut Session<Self::Store>,
        event: Event<'_>,
        now: Now,
        ctx: &mut C,
    ) -> io::Result<()>;

    /// As [`FixEndpoint::can_recreate`].
    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        let _ = (reason, ctx);
        true
    }

    /// As [`FixEndpoint::next_host`].
    fn next_host(&mut self, ctx: &mut C) -> bool {
        let _ = ctx;
        false
    }
}
