//! What a user writes: how to make a connection and what to do with it.

use std::io;
use std::net::SocketAddr;

use boom_stream::{ConnectionInfoProvider, Layer, Socket};

use crate::{DisconnectReason, Traffic};

/// One connection that the service keeps up: it says how to make it and what to do when there is something to do.
///
/// The host and port of its [`ConnectionInfo`](boom_stream::ConnectionInfo) are resolved by the service.
///
/// # Examples
///
/// ```
/// use boom_select::DirectSelector;
/// use boom_service::{Endpoint, IntoIOService};
/// use boom_stream::tcp::TcpStream;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// use std::io::{self, ErrorKind, Read, Write};
/// use std::net::{SocketAddr, TcpListener};
///
/// struct Quotes {
///     connection_info: ConnectionInfo,
///     received: Vec<u8>,
/// }
///
/// impl ConnectionInfoProvider for Quotes {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.connection_info
///     }
/// }
///
/// impl Endpoint for Quotes {
///     type Target = TcpStream;
///
///     fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<TcpStream>> {
///         TcpStream::try_from((&self.connection_info, addr)).map(Some)
///     }
///
///     fn poll(&mut self, stream: &mut TcpStream) -> io::Result<()> {
///         let mut buffer = [0; 4096];
///         // `WouldBlock` is no failure: the service polls again when there is more.
///         match stream.read(&mut buffer)? {
///             0 => return Err(ErrorKind::UnexpectedEof.into()),
///             count => self.received.extend_from_slice(&buffer[..count]),
///         }
///         Ok(())
///     }
/// }
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let connection_info = ConnectionInfo::new("127.0.0.1", server.local_addr()?.port());
///
/// let mut service = DirectSelector::new().into_io_service();
/// let handle = service.register(Quotes { connection_info, received: Vec::new() });
/// service.poll()?;
/// server.accept()?.0.write_all(b"EURUSD 1.0845")?;
/// while service.get(handle).is_some_and(|quotes| quotes.received.len() < 13) {
///     service.poll()?;
/// }
/// # Ok::<(), io::Error>(())
/// ```
pub trait Endpoint: ConnectionInfoProvider {
    /// The stack of streams and protocols, down to a socket that the selector accepts.
    type Target: Layer<Base: Socket>;

    /// Starts to connect to `addr`, one of the addresses of the host, and builds the stack on it.
    ///
    /// It must not block. It is called again, for another address, while TCP is still connecting to the one before, where that
    /// has had its [head start](crate::EndpointOptions::with_head_start), and while a connection that stands is being
    /// [replaced](crate::EndpointOptions::with_overlap). `None` means "not now": the endpoint is [`Idle`](crate::State::Idle) and is asked again later.
    ///
    /// # Errors
    ///
    /// The connection cannot be made. The next address is tried, and when there is none left, the endpoint waits as
    /// after any failed connect.
    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>>;

    /// Does what there is to do: reads and handles one batch, sends what is to be sent.
    ///
    /// It is called when the socket is ready, when the target holds bytes that were read before, and when it has bytes
    /// that the socket will take. It is called during the handshakes, too, since reading drives them; a read
    /// returns nothing until they are done. It must not block; one batch a call lets the other endpoints have their turn,
    /// and the service comes back for the rest.
    ///
    /// # Errors
    ///
    /// Any error ends the connection and the service connects again, except `WouldBlock` and `Interrupted`: the first says
    /// that a read has nothing or that a send was refused since too much waits to be sent already, the other that it is to
    /// be tried again, so `?` may pass them on.
    fn poll(&mut self, target: &mut Self::Target) -> io::Result<()>;

    /// Says whether to connect again after a connection has ended or could not be made at any address.
    ///
    /// Where it returns false, the endpoint is removed and handed back by [`Event::GaveUp`](crate::Event::GaveUp).
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// Says whether the connection, which has been active for as long as it may be, can be ended now.
    ///
    /// Where it returns false, it is asked again a tenth of a second later.
    fn can_auto_disconnect(&mut self) -> bool {
        true
    }

    /// Switches the endpoint's `connection_info` to the next host to try, and returns true, or returns false where the
    /// round is over.
    ///
    /// It is asked when the host was not resolved, when none of its addresses could be connected to, and when a handshake
    /// failed. Where it returns true, the new host is tried at once; after false the endpoint waits and begins a new round.
    /// A connection that was active and ends leads back to the same host first. At most 16 hosts are tried in a round.
    /// [`Hosts`](crate::Hosts) does the work.
    fn next_host(&mut self) -> bool {
        false
    }

    /// Does for a connection that is to replace the one that stands what [`poll`](Self::poll) does for that one, until it
    /// has taken the place; unless implemented, it calls `poll`.
    ///
    /// Meanwhile `poll` goes on to be called with the old one. Both may bring the same messages; a protocol that numbers
    /// them lets the endpoint tell.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll). The old connection goes on, and a replacement is tried again after the delay of
    /// [`ReconnectPolicy`](crate::ReconnectPolicy).
    fn poll_replacement(&mut self, target: &mut Self::Target) -> io::Result<()> {
        self.poll(target)
    }

    /// Says whether a replacement whose handshakes are done can take the place of the connection that stands: when what
    /// was subscribed to has begun to come, say, so that there is no gap. Unless implemented, it can at once.
    ///
    /// It is asked when the replacement is up and after each `poll_replacement` from then on. A replacement that is refused for longer than the time of a handshake
    /// ([`Timeouts::with_handshake`](crate::Timeouts::with_handshake)) has failed.
    fn can_switch(&mut self, replacement: &mut Self::Target) -> bool {
        let _ = replacement;
        true
    }

    /// The connection `new` has taken the place of `old`: from now on `poll` is called with `new` and
    /// [`poll_retired`](Self::poll_retired) with `old`, whose end begins when this returns.
    ///
    /// It is the place to send last words to the old connection, or to hand over what the endpoint keeps for it.
    fn switched(&mut self, old: &mut Self::Target, new: &mut Self::Target) {
        let _ = (old, new);
    }

    /// Does for a connection that was replaced and ends now what [`poll`](Self::poll) did for it, so that what it still
    /// receives is not lost; unless implemented, it calls `poll`.
    ///
    /// # Errors
    ///
    /// As [`poll`](Self::poll); an error is the end of that connection and of nothing else.
    fn poll_retired(&mut self, target: &mut Self::Target) -> io::Result<()> {
        self.poll(target)
    }

    /// Tells what has passed over the connection so far, for [`EndpointStats`](crate::EndpointStats); unless implemented,
    /// nothing is known.
    ///
    /// It is asked when the statistics are, and when a connection that was active ends, so counting costs what the target
    /// makes of it: an addition for each message, or nothing where the kernel counts.
    fn traffic(&self, target: &Self::Target) -> Traffic {
        let _ = target;
        Traffic::default()
    }
}

/// An [`Endpoint`] whose methods are lent a context, which the service's `poll` was given.
///
/// # Examples
///
/// ```
/// use boom_select::DirectSelector;
/// use boom_service::{Context, EndpointWithContext, IntoIOServiceWithContext};
/// use boom_stream::tcp::TcpStream;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// use std::io;
/// use std::net::{SocketAddr, TcpListener};
///
/// #[derive(Default)]
/// struct Book {
///     connections: usize,
/// }
///
/// impl Context for Book {}
///
/// struct Quotes(ConnectionInfo);
///
/// impl ConnectionInfoProvider for Quotes {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.0
///     }
/// }
///
/// impl EndpointWithContext<Book> for Quotes {
///     type Target = TcpStream;
///
///     fn create_target(&mut self, addr: SocketAddr, book: &mut Book) -> io::Result<Option<TcpStream>> {
///         book.connections += 1;
///         TcpStream::try_from((&self.0, addr)).map(Some)
///     }
///
///     fn poll(&mut self, _stream: &mut TcpStream, _book: &mut Book) -> io::Result<()> {
///         Ok(())
///     }
/// }
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let mut book = Book::default();
/// let mut service = DirectSelector::new().into_io_service_with_context(&mut book);
/// service.register(Quotes(ConnectionInfo::new("127.0.0.1", server.local_addr()?.port())));
/// service.poll(&mut book)?;
/// assert_eq!(book.connections, 1);
/// # Ok::<(), io::Error>(())
/// ```
pub trait EndpointWithContext<C>: ConnectionInfoProvider {
    /// As [`Endpoint::Target`].
    type Target: Layer<Base: Socket>;

    /// As [`Endpoint::create_target`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`].
    fn create_target(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Target>>;

    /// As [`Endpoint::poll`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll`].
    fn poll(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()>;

    /// As [`Endpoint::can_recreate`].
    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        let _ = (reason, ctx);
        true
    }

    /// As [`Endpoint::can_auto_disconnect`].
    fn can_auto_disconnect(&mut self, ctx: &mut C) -> bool {
        let _ = ctx;
        true
    }

    /// As [`Endpoint::next_host`].
    fn next_host(&mut self, ctx: &mut C) -> bool {
        let _ = ctx;
        false
    }

    /// As [`Endpoint::poll_replacement`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll_replacement`].
    fn poll_replacement(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        self.poll(target, ctx)
    }

    /// As [`Endpoint::can_switch`].
    fn can_switch(&mut self, replacement: &mut Self::Target, ctx: &mut C) -> bool {
        let _ = (replacement, ctx);
        true
    }

    /// As [`Endpoint::switched`].
    fn switched(&mut self, old: &mut Self::Target, new: &mut Self::Target, ctx: &mut C) {
        let _ = (old, new, ctx);
    }

    /// As [`Endpoint::poll_retired`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll_retired`].
    fn poll_retired(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        self.poll(target, ctx)
    }

    /// As [`Endpoint::traffic`]. It takes no context, since the statistics are asked for without one.
    fn traffic(&self, target: &Self::Target) -> Traffic {
        let _ = target;
        Traffic::default()
    }
}

/// Marks a type that a service lends to its endpoints.
///
/// It is what tells the two forms of [`IOService::poll`](crate::IOService::poll) apart; there is nothing to implement.
///
/// # Examples
///
/// ```
/// struct OrderBooks;
///
/// impl boom_service::Context for OrderBooks {}
/// ```
pub trait Context {}

/// Either kind of endpoint: an [`Endpoint`] where `C` is `()`, else an [`EndpointWithContext`].
///
/// The service is written once, against this trait. It is implemented for every endpoint; implement one of the other
/// two, and use this one as a bound in code that is generic over the kind of service.
///
/// # Examples
///
/// ```
/// use boom_service::{AnyEndpoint, IOService, Stats};
///
/// fn report<S, E: AnyEndpoint<C>, C>(service: &IOService<S, E, C>) -> String {
///     let stats = service.stats();
///     format!("{} of {} connected", stats.active, stats.endpoints)
/// }
/// ```
pub trait AnyEndpoint<C>: ConnectionInfoProvider {
    /// The stack of streams and protocols.
    type Target: Layer<Base: Socket>;

    /// Calls `create_target`.
    ///
    /// # Errors
    ///
    /// The endpoint's.
    fn open(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Target>>;

    /// Calls `poll`.
    ///
    /// # Errors
    ///
    /// The endpoint's.
    fn drive(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()>;

    /// Calls `can_recreate`.
    fn may_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool;

    /// Calls `can_auto_disconnect`.
    fn may_auto_disconnect(&mut self, ctx: &mut C) -> bool;

    /// Calls `next_host`.
    fn fail_over(&mut self, ctx: &mut C) -> bool;

    /// Calls `poll_replacement`.
    ///
    /// # Errors
    ///
    /// The endpoint's.
    fn drive_replacement(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()>;

    /// Calls `can_switch`.
    fn may_switch(&mut self, replacement: &mut Self::Target, ctx: &mut C) -> bool;

    /// Calls `switched`.
    fn on_switch(&mut self, old: &mut Self::Target, new: &mut Self::Target, ctx: &mut C);

    /// Calls `poll_retired`.
    ///
    /// # Errors
    ///
    /// The endpoint's.
    fn drive_retired(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()>;

    /// Calls `traffic`.
    fn traffic_of(&self, target: &Self::Target) -> Traffic;
}

impl<E: Endpoint> AnyEndpoint<()> for E {
    type Target = E::Target;

    fn open(&mut self, addr: SocketAddr, (): &mut ()) -> io::Result<Option<Self::Target>> {
        self.create_target(addr)
    }

    #[inline]
    fn drive(&mut self, target: &mut Self::Target, (): &mut ()) -> io::Result<()> {
        self.poll(target)
    }

    fn may_recreate(&mut self, reason: DisconnectReason, (): &mut ()) -> bool {
        self.can_recreate(reason)
    }

    fn may_auto_disconnect(&mut self, (): &mut ()) -> bool {
        self.can_auto_disconnect()
    }

    fn fail_over(&mut self, (): &mut ()) -> bool {
        self.next_host()
    }

    fn drive_replacement(&mut self, target: &mut Self::Target, (): &mut ()) -> io::Result<()> {
        self.poll_replacement(target)
    }

    fn may_switch(&mut self, replacement: &mut Self::Target, (): &mut ()) -> bool {
        self.can_switch(replacement)
    }

    fn on_switch(&mut self, old: &mut Self::Target, new: &mut Self::Target, (): &mut ()) {
        self.switched(old, new);
    }

    fn drive_retired(&mut self, target: &mut Self::Target, (): &mut ()) -> io::Result<()> {
        self.poll_retired(target)
    }

    fn traffic_of(&self, target: &Self::Target) -> Traffic {
        self.traffic(target)
    }
}

/// Does not overlap with the one above, since `()` is no [`Context`] and nobody else can make it one.
impl<E: EndpointWithContext<C>, C: Context> AnyEndpoint<C> for E {
    type Target = E::Target;

    fn open(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Target>> {
        self.create_target(addr, ctx)
    }

    #[inline]
    fn drive(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        self.poll(target, ctx)
    }

    fn may_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        self.can_recreate(reason, ctx)
    }

    fn may_auto_disconnect(&mut self, ctx: &mut C) -> bool {
        self.can_auto_disconnect(ctx)
    }

    fn fail_over(&mut self, ctx: &mut C) -> bool {
        self.next_host(ctx)
    }

    fn drive_replacement(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        self.poll_replacement(target, ctx)
    }

    fn may_switch(&mut self, replacement: &mut Self::Target, ctx: &mut C) -> bool {
        self.can_switch(replacement, ctx)
    }

    fn on_switch(&mut self, old: &mut Self::Target, new: &mut Self::Target, ctx: &mut C) {
        self.switched(old, new, ctx);
    }

    fn drive_retired(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        self.poll_retired(target, ctx)
    }

    fn traffic_of(&self, target: &Self::Target) -> Traffic {
        self.traffic(target)
    }
}
