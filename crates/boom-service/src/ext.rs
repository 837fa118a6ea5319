//! Endpoint traits for particular stacks.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boom_stream::{ConnectionInfoProvider, Layer, Socket};
use boom_ws::TlsWebsocket;

use crate::{DisconnectReason, Endpoint, EndpointWithContext, Traffic};

/// An [`Endpoint`] whose target is a WebSocket over TLS: only the kind of stream below is named.
///
/// # Examples
///
/// ```
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::{IntoIOService, TlsWebsocketEndpoint};
/// use boom_stream::tcp::TcpStream;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// use boom_ws::{IntoTlsWebsocket, TlsWebsocket, WebsocketFrame};
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct TradeEndpoint {
///     connection_info: ConnectionInfo,
///     instrument: &'static str,
/// }
///
/// impl ConnectionInfoProvider for TradeEndpoint {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.connection_info
///     }
/// }
///
/// impl TlsWebsocketEndpoint for TradeEndpoint {
///     type Stream = MioStream;
///
///     fn create_websocket(&mut self, addr: SocketAddr) -> io::Result<Option<TlsWebsocket<MioStream>>> {
///         let stream = TcpStream::try_from((&self.connection_info, addr))?.into_mio_stream();
///         let mut ws = stream.into_tls_websocket("/ws");
///         // Queued until the handshakes are done.
///         ws.send_text(true, Some(format!(r#"{{"subscribe":"{}"}}"#, self.instrument).as_bytes()))?;
///         Ok(Some(ws))
///     }
///
///     fn poll(&mut self, ws: &mut TlsWebsocket<MioStream>) -> io::Result<()> {
///         for frame in ws.read_batch()? {
///             if let WebsocketFrame::Text(_, data) = frame? {
///                 println!("{}", String::from_utf8_lossy(data));
///             }
///         }
///         Ok(())
///     }
/// }
///
/// fn main() -> io::Result<()> {
///     let mut service = MioSelector::new()?.into_io_service();
///     for instrument in ["BTC-USD", "ETH-USD"] {
///         let connection_info = ConnectionInfo::new("stream.example.com", 443);
///         service.register(TradeEndpoint { connection_info, instrument });
///     }
/// #   return Ok(());
///     loop {
///         service.poll()?;
///     }
/// }
/// ```
pub trait TlsWebsocketEndpoint: ConnectionInfoProvider {
    /// The stream below TLS, such as `MioStream` or `TcpStream`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`Endpoint::create_target`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`].
    fn create_websocket(
        &mut self,
        addr: SocketAddr,
    ) -> io::Result<Option<TlsWebsocket<Self::Stream>>>;

    /// As [`Endpoint::poll`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll`].
    fn poll(&mut self, websocket: &mut TlsWebsocket<Self::Stream>) -> io::Result<()>;

    /// As [`Endpoint::can_recreate`].
    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        let _ = reason;
        true
    }

    /// As [`Endpoint::can_auto_disconnect`].
    fn can_auto_disconnect(&mut self) -> bool {
        true
    }

    /// As [`Endpoint::next_host`].
    fn next_host(&mut self) -> bool {
        false
    }

    /// As [`Endpoint::poll_replacement`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll_replacement`].
    fn poll_replacement(&mut self, websocket: &mut TlsWebsocket<Self::Stream>) -> io::Result<()> {
        self.poll(websocket)
    }

    /// As [`Endpoint::can_switch`].
    fn can_switch(&mut self, replacement: &mut TlsWebsocket<Self::Stream>) -> bool {
        let _ = replacement;
        true
    }

    /// As [`Endpoint::switched`].
    fn switched(
        &mut self,
        old: &mut TlsWebsocket<Self::Stream>,
        new: &mut TlsWebsocket<Self::Stream>,
    ) {
        let _ = (old, new);
    }

    /// As [`Endpoint::poll_retired`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll_retired`].
    fn poll_retired(&mut self, websocket: &mut TlsWebsocket<Self::Stream>) -> io::Result<()> {
        self.poll(websocket)
    }

    /// As [`Endpoint::traffic`].
    fn traffic(&self, websocket: &TlsWebsocket<Self::Stream>) -> Traffic {
        let _ = websocket;
        Traffic::default()
    }
}

impl<E: TlsWebsocketEndpoint> Endpoint for E {
    type Target = TlsWebsocket<E::Stream>;

    fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<Self::Target>> {
        self.create_websocket(addr)
    }

    #[inline]
    fn poll(&mut self, target: &mut Self::Target) -> io::Result<()> {
        TlsWebsocketEndpoint::poll(self, target)
    }

    fn can_recreate(&mut self, reason: DisconnectReason) -> bool {
        TlsWebsocketEndpoint::can_recreate(self, reason)
    }

    fn can_auto_disconnect(&mut self) -> bool {
        TlsWebsocketEndpoint::can_auto_disconnect(self)
    }

    fn next_host(&mut self) -> bool {
        TlsWebsocketEndpoint::next_host(self)
    }

    fn poll_replacement(&mut self, target: &mut Self::Target) -> io::Result<()> {
        TlsWebsocketEndpoint::poll_replacement(self, target)
    }

    fn can_switch(&mut self, replacement: &mut Self::Target) -> bool {
        TlsWebsocketEndpoint::can_switch(self, replacement)
    }

    fn switched(&mut self, old: &mut Self::Target, new: &mut Self::Target) {
        TlsWebsocketEndpoint::switched(self, old, new);
    }

    fn poll_retired(&mut self, target: &mut Self::Target) -> io::Result<()> {
        TlsWebsocketEndpoint::poll_retired(self, target)
    }

    fn traffic(&self, target: &Self::Target) -> Traffic {
        TlsWebsocketEndpoint::traffic(self, target)
    }
}

/// A [`TlsWebsocketEndpoint`] whose methods are lent a context, which the service's `poll` was given.
///
/// # Examples
///
/// ```
/// use boom_select::{IntoMioStream, MioSelector, MioStream};
/// use boom_service::{Context, IntoIOServiceWithContext, TlsWebsocketEndpointWithContext};
/// use boom_stream::tcp::TcpStream;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// use boom_ws::{IntoTlsWebsocket, TlsWebsocket};
/// use std::io;
/// use std::net::SocketAddr;
///
/// #[derive(Default)]
/// struct Counts {
///     frames: u64,
/// }
///
/// impl Context for Counts {}
///
/// struct TradeEndpoint(ConnectionInfo);
///
/// impl ConnectionInfoProvider for TradeEndpoint {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.0
///     }
/// }
///
/// impl TlsWebsocketEndpointWithContext<Counts> for TradeEndpoint {
///     type Stream = MioStream;
///
///     fn create_websocket(
///         &mut self,
///         addr: SocketAddr,
///         _counts: &mut Counts,
///     ) -> io::Result<Option<TlsWebsocket<MioStream>>> {
///         let stream = TcpStream::try_from((&self.0, addr))?.into_mio_stream();
///         Ok(Some(stream.into_tls_websocket("/ws")))
///     }
///
///     fn poll(&mut self, ws: &mut TlsWebsocket<MioStream>, counts: &mut Counts) -> io::Result<()> {
///         for frame in ws.read_batch()? {
///             frame?;
///             counts.frames += 1;
///         }
///         Ok(())
///     }
/// }
///
/// fn main() -> io::Result<()> {
///     let mut counts = Counts::default();
///     let mut service = MioSelector::new()?.into_io_service_with_context(&mut counts);
///     service.register(TradeEndpoint(ConnectionInfo::new("stream.example.com", 443)));
/// #   return Ok(());
///     loop {
///         service.poll(&mut counts)?;
///     }
/// }
/// ```
pub trait TlsWebsocketEndpointWithContext<C>: ConnectionInfoProvider {
    /// The stream below TLS, such as `MioStream` or `TcpStream`.
    type Stream: Read + Write + Layer<Base: Socket>;

    /// As [`Endpoint::create_target`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::create_target`].
    fn create_websocket(
        &mut self,
        addr: SocketAddr,
        ctx: &mut C,
    ) -> io::Result<Option<TlsWebsocket<Self::Stream>>>;

    /// As [`Endpoint::poll`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll`].
    fn poll(&mut self, websocket: &mut TlsWebsocket<Self::Stream>, ctx: &mut C) -> io::Result<()>;

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
    fn poll_replacement(
        &mut self,
        websocket: &mut TlsWebsocket<Self::Stream>,
        ctx: &mut C,
    ) -> io::Result<()> {
        self.poll(websocket, ctx)
    }

    /// As [`Endpoint::can_switch`].
    fn can_switch(&mut self, replacement: &mut TlsWebsocket<Self::Stream>, ctx: &mut C) -> bool {
        let _ = (replacement, ctx);
        true
    }

    /// As [`Endpoint::switched`].
    fn switched(
        &mut self,
        old: &mut TlsWebsocket<Self::Stream>,
        new: &mut TlsWebsocket<Self::Stream>,
        ctx: &mut C,
    ) {
        let _ = (old, new, ctx);
    }

    /// As [`Endpoint::poll_retired`].
    ///
    /// # Errors
    ///
    /// As [`Endpoint::poll_retired`].
    fn poll_retired(
        &mut self,
        websocket: &mut TlsWebsocket<Self::Stream>,
        ctx: &mut C,
    ) -> io::Result<()> {
        self.poll(websocket, ctx)
    }

    /// As [`Endpoint::traffic`].
    fn traffic(&self, websocket: &TlsWebsocket<Self::Stream>) -> Traffic {
        let _ = websocket;
        Traffic::default()
    }
}

// An adapter of another crate that were an endpoint for every context would conflict with this: whoever has a context of his
// own could make that adapter a WebSocket endpoint, too. One that is an endpoint for a context of its own type, in which the
// user's is wrapped, does not: so does boom-http.
impl<E: TlsWebsocketEndpointWithContext<C>, C> EndpointWithContext<C> for E {
    type Target = TlsWebsocket<E::Stream>;

    fn create_target(&mut self, addr: SocketAddr, ctx: &mut C) -> io::Result<Option<Self::Target>> {
        self.create_websocket(addr, ctx)
    }

    #[inline]
    fn poll(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        TlsWebsocketEndpointWithContext::poll(self, target, ctx)
    }

    fn can_recreate(&mut self, reason: DisconnectReason, ctx: &mut C) -> bool {
        TlsWebsocketEndpointWithContext::can_recreate(self, reason, ctx)
    }

    fn can_auto_disconnect(&mut self, ctx: &mut C) -> bool {
        TlsWebsocketEndpointWithContext::can_auto_disconnect(self, ctx)
    }

    fn next_host(&mut self, ctx: &mut C) -> bool {
        TlsWebsocketEndpointWithContext::next_host(self, ctx)
    }

    fn poll_replacement(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        TlsWebsocketEndpointWithContext::poll_replacement(self, target, ctx)
    }

    fn can_switch(&mut self, replacement: &mut Self::Target, ctx: &mut C) -> bool {
        TlsWebsocketEndpointWithContext::can_switch(self, replacement, ctx)
    }

    fn switched(&mut self, old: &mut Self::Target, new: &mut Self::Target, ctx: &mut C) {
        TlsWebsocketEndpointWithContext::switched(self, old, new, ctx);
    }

    fn poll_retired(&mut self, target: &mut Self::Target, ctx: &mut C) -> io::Result<()> {
        TlsWebsocketEndpointWithContext::poll_retired(self, target, ctx)
    }

    fn traffic(&self, target: &Self::Target) -> Traffic {
        TlsWebsocketEndpointWithContext::traffic(self, target)
    }
}
