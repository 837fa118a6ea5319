//! What joins WebSocket and TLS.

use std::io::{self, Read, Write};

use boom_stream::{Layer, Socket};
use boom_tls::{IntoTlsStream, TlsConfig, TlsStream};

use crate::config::WebsocketConfig;
use crate::websocket::{IntoWebsocket, Websocket};

/// A WebSocket client over TLS.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_ws::{IntoTlsWebsocket, TlsWebsocket};
///
/// let stream = TcpStream::try_from(("stream.example.com", 443))?;
/// let ws: TlsWebsocket<TcpStream> = stream.into_tls_websocket("/ws");
/// # let _ = ws;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type TlsWebsocket<S> = Websocket<TlsStream<S>>;

/// Options of both layers of a [`TlsWebsocket`].
///
/// # Examples
///
/// ```
/// use boom_ws::{TlsWebsocketConfig, WebsocketConfig};
///
/// let config = TlsWebsocketConfig {
///     websocket: WebsocketConfig::new().with_subprotocol("v2.feed"),
///     ..Default::default()
/// };
/// # let _ = config;
/// ```
#[derive(Clone, Debug, Default)]
pub struct TlsWebsocketConfig {
    /// Options of TLS. A clone shares trusted roots and the session cache, so make it once and keep it.
    pub tls: TlsConfig,
    /// Options of WebSocket.
    pub websocket: WebsocketConfig,
}

/// Turns a stream that knows its peer into a WebSocket client over TLS.
///
/// # Examples
///
/// ```no_run
/// use boom_stream::tcp::TcpStream;
/// use boom_ws::IntoTlsWebsocket;
///
/// let mut ws = TcpStream::try_from(("stream.example.com", 443))?.into_tls_websocket("/ws");
/// ws.send_text(true, Some(b"subscribe"))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait IntoTlsWebsocket: Sized {
    /// Opens a secure connection to `path`, which may have a query.
    ///
    /// A host that is no server name and a path that cannot be sent are reported by the first read or write.
    fn into_tls_websocket(self, path: &str) -> TlsWebsocket<Self>;

    /// The same with options.
    ///
    /// # Errors
    ///
    /// The host is no server name, the TLS options contradict each other, or the path, a header or a subprotocol
    /// cannot be sent.
    fn into_tls_websocket_with_config(
        self,
        path: &str,
        configure: impl FnOnce(&mut TlsWebsocketConfig),
    ) -> io::Result<TlsWebsocket<Self>>;
}

impl<S: Read + Write + Layer<Base: Socket>> IntoTlsWebsocket for S {
    fn into_tls_websocket(self, path: &str) -> TlsWebsocket<Self> {
        self.into_tls_stream().into_websocket(path)
    }

    fn into_tls_websocket_with_config(
        self,
        path: &str,
        configure: impl FnOnce(&mut TlsWebsocketConfig),
    ) -> io::Result<TlsWebsocket<Self>> {
        let mut config = TlsWebsocketConfig::default();
        configure(&mut config);
        self.into_tls_stream_with_config(|tls| *tls = config.tls)?
            .into_websocket_with_config(path, |websocket| *websocket = config.websocket)
    }
}
