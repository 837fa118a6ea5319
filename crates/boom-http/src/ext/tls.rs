//! HTTP over TLS.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use boom_stream::tcp::TcpStream;
use boom_stream::{ConnectionInfo, Layer, Socket};
use boom_tls::{IntoTlsStream, TlsConfig, TlsStream};

use crate::client::HttpClient;
use crate::config::HttpConfig;
use crate::origin::Origin;
use crate::stream::{HttpConnection, IntoHttp};

/// A connection over TLS.
///
/// # Examples
///
/// ```no_run
/// use boom_http::{IntoTlsHttp, TlsHttpConnection};
/// use boom_stream::tcp::TcpStream;
///
/// let stream = TcpStream::try_from(("api.example.com", 443))?;
/// let http: TlsHttpConnection<TcpStream> = stream.into_tls_http();
/// # let _ = http;
/// # Ok::<(), std::io::Error>(())
/// ```
pub type TlsHttpConnection<S> = HttpConnection<TlsStream<S>>;

/// A pool of connections over TLS.
///
/// # Examples
///
/// ```no_run
/// use boom_http::{Method, TlsHttpClient, TlsHttpConfig};
///
/// let mut client = TlsHttpClient::https("api.example.com", 443, &TlsHttpConfig::default());
/// let time = client.request(Method::GET, "/v3/time").send()?;
/// println!("{}", String::from_utf8_lossy(&time.body));
/// # Ok::<(), boom_http::Error>(())
/// ```
pub type TlsHttpClient = HttpClient<TlsStream<TcpStream>>;

/// Options of both layers.
///
/// # Examples
///
/// ```
/// use boom_http::{HttpConfig, TlsHttpConfig};
///
/// let config = TlsHttpConfig {
///     http: HttpConfig::new().with_header("User-Agent", "desk-7"),
///     ..Default::default()
/// };
/// # let _ = config;
/// ```
#[derive(Clone, Debug, Default)]
pub struct TlsHttpConfig {
    /// Options of TLS. A clone shares trusted roots and the session cache, so make it once and keep it.
    pub tls: TlsConfig,
    /// Options of HTTP.
    pub http: HttpConfig,
}

/// Puts HTTP over TLS over a stream that knows its peer.
///
/// # Examples
///
/// See [`TlsHttpConnection`].
pub trait IntoTlsHttp: Sized {
    /// Speaks to the host that the stream names. A host that is no server name is reported by the first request.
    fn into_tls_http(self) -> TlsHttpConnection<Self>;

    /// The same with options.
    ///
    /// # Errors
    ///
    /// The host is no server name, or the options of TLS contradict each other.
    fn into_tls_http_with_config(
        self,
        configure: impl FnOnce(&mut TlsHttpConfig),
    ) -> io::Result<TlsHttpConnection<Self>>;
}

impl<S: Read + Write + Layer<Base: Socket>> IntoTlsHttp for S {
    fn into_tls_http(self) -> TlsHttpConnection<Self> {
        self.into_tls_stream().into_http()
    }

    fn into_tls_http_with_config(
        self,
        configure: impl FnOnce(&mut TlsHttpConfig),
    ) -> io::Result<TlsHttpConnection<Self>> {
        let mut config = TlsHttpConfig::default();
        configure(&mut config);
        let stream = self.into_tls_stream_with_config(|tls| *tls = config.tls)?;
        Ok(stream.into_http_with_config(&config.http))
    }
}

impl TlsHttpClient {
    /// A pool of connections over TCP and TLS. The host's addresses are resolved before the first connect, which waits for
    /// the system's resolver, and taken in turn.
    ///
    /// Where nothing may wait, give [`HttpClient::new`] a way to connect of your own, or let the connections live in a
    /// service.
    pub fn https(host: impl Into<String>, port: u16, config: &TlsHttpConfig) -> Self {
        let info = ConnectionInfo::new(host, port);
        let tls = config.tls.clone();
        let mut addresses: Vec<SocketAddr> = Vec::new();
        let mut turn = 0_usize;
        let origin = Origin::from_info(&info, true);
        Self::new(&origin, &config.http, move || {
            if addresses.is_empty() {
                addresses = info.resolve()?;
            }
            let address = turn
                .checked_rem(addresses.len())
                .and_then(|index| addresses.get(index));
            turn = turn.wrapping_add(1);
            let address = address.ok_or(io::ErrorKind::NotFound)?;
            let stream = TcpStream::try_from((&info, *address))?;
            stream.into_tls_stream_with_config(|config| *config = tls.clone())
        })
    }
}
