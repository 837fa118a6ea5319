//! Sessions over TLS.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boom_service::DisconnectReason;
use boom_stream::{ConnectionInfoProvider, Layer, Socket};
use boom_tls::TlsStream;

use super::endpoint::{FixEndpoint, FixEndpointWithContext};
use crate::session::{Event, Now, Session, Store};

/// A [`FixEndpoint`] over TLS, with a name of the server and a certificate of the client's own where the venue wants them.
///
/// # Examples
///
/// ```
/// use boom_fix::TlsFixEndpoint;
/// use boom_fix::session::{Event, MemoryStore, Now, Session};
/// use boom_select::{IntoMioStream, MioStream};
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider, tcp::TcpStream};
/// use boom_tls::{IntoTlsStream, TlsConfig, TlsStream};
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct Orders {
///     info: ConnectionInfo,
///     /// With roots, `with_client_cert_pem`, `with_server_name`; made once, so that connections resume.
///     tls: TlsConfig,
/// }
///
/// impl ConnectionInfoProvider for Orders {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.info
///     }
/// }
///
/// impl TlsFixEndpoint for Orders {
///     type Stream = MioStream;
///     type Store = MemoryStore;
///
///     fn create_tls(&mut self, addr: SocketAddr) -> io::Result<Option<TlsStream<MioStream>>> {
///         let stream = TcpStream::try_from((&self.info, addr))?.into_mio_stream();
///         stream.into_tls_stream_with_config(|config| *config = self.tls.clone()).map(Some)
///     }
///
///     fn event(&mut self, _: &mut Session<MemoryStore>, event: Event<'_>, _: Now) -> io::Result<()> {
///         println!("{event:?}");
///         Ok(())
///     }
/// }
/// ```
pub trait TlsFixEndpoint: ConnectionInfoProvider {
    /// The stream below TLS, such as `MioStream` or `TcpStream`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`FixEndpoint::Store`].
    type Store: Store;

    /// As [`FixEndpoint::create_stream`].
    ///
    /// # Errors
    ///
    /// As [`FixEndpoint::create_stream`].
    fn create_tls(&mut self, addr: SocketAddr) -> io::Result<Option<TlsStream<Self::Stream>>>;

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
    ) -> io::Result<()>;

    /// As [`FixEndpoint::can_recreate`].
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// As [`FixEndpoint::next_host`].
    fn next_host(&mut self) -> bool {
        false
    }
}

impl<E: TlsFixEndpoint> FixEndpoint for E {
    type Stream = TlsStream<E::Stream>;
    type Store = E::Store;

    fn create_stream(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Stream>> {
        self.create_tls(addr)
    }

    fn event(
        &mut self,
        session: &mut Session<Self::Store>,
        event: Event<'_>,
        now: Now,
    ) -> io::Result<()> {
        TlsFixEndpoint::event(self, session, event, now)
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        TlsFixEndpoint::can_recreate(self, reason)
    }

    fn next_host(&mut self) -> bool {
        TlsFixEndpoint::next_host(self)
    }
}

/// A [`TlsFixEndpoint`] whose methods are lent a context, as those of a [`FixEndpointWithContext`] are.
///
/// # Examples
///
/// See [`FixEndpointWithContext`]; `create_tls` is that of [`TlsFixEndpoint`].
pub trait TlsFixEndpointWithContext<C>: ConnectionInfoProvider {
    /// As [`TlsFixEndpoint::Stream`].
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`FixEndpoint::Store`].
    type Store: Store;

    /// As [`FixEndpoint::create_stream`].
    ///
    /// # Errors
    ///
    /// As [`FixEndpoint::create_stream`].
    fn create_tls(
        &mut self,
        addr: SocketAddr,
        ctx: &mut C,
    ) -> io::Result<Option<TlsStream<Self::Stream>>>;

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

impl<E: TlsFixEndpointWithContext<C>, C> FixEndpointWithContext<C> for E {
    type Stream = TlsStream<E::Stream>;
    type Store = E::Store;

    fn create_stream(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Stream>> {
        self.create_tls(addr, ctx)
    }

    fn event(
        &mut self,
        session: &mut Session<Self::Store>,
        event: Event<'_>,
        now: Now,
        ctx: &mut C,
    ) -> io::Result<()> {
        TlsFixEndpointWithContext::event(self, session, event, now, ctx)
    }

    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        TlsFixEndpointWithContext::can_recreate(self, reason, ctx)
    }

    fn next_host(&mut self, ctx: &mut C) -> bool {
        TlsFixEndpointWithContext::next_host(self, ctx)
    }
}
