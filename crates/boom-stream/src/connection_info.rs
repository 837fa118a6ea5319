//! Where and how to connect.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

/// Something that says where it connects to: a stream, or an endpoint that makes streams.
///
/// # Examples
///
/// ```
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
///
/// struct TradeEndpoint {
///     connection_info: ConnectionInfo,
/// }
///
/// impl ConnectionInfoProvider for TradeEndpoint {
///     fn connection_info(&self) -> &ConnectionInfo {
///         &self.connection_info
///     }
/// }
///
/// let endpoint = TradeEndpoint { connection_info: ConnectionInfo::new("stream.example.com", 443) };
/// assert_eq!(endpoint.connection_info().host(), "stream.example.com");
/// ```
pub trait ConnectionInfoProvider {
    /// Lends the parameters of the connection.
    fn connection_info(&self) -> &ConnectionInfo;
}

/// Host and port of a peer.
///
/// The host is a name or a numeric address; an IPv6 address stands without brackets, and brackets are taken off.
///
/// # Examples
///
/// ```
/// use boom_stream::ConnectionInfo;
///
/// let info = ConnectionInfo::new("[::1]", 9001);
/// assert_eq!(info.host(), "::1");
/// assert_eq!(info.port(), 9001);
/// // As the `Host` header and a URL's authority spell it.
/// assert_eq!(info.to_string(), "[::1]:9001");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionInfo {
    host: String,
    port: u16,
}

impl ConnectionInfo {
    /// Names the peer. Nothing is resolved or checked yet.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        let mut host = host.into();
        if host.starts_with('[') && host.ends_with(']') {
            host.pop();
            host.remove(0);
        }
        Self { host, port }
    }

    /// The host name or numeric address, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Resolves the host by the system's resolver, which may block for seconds.
    ///
    /// # Errors
    ///
    /// The resolver's error; `NotFound` where the answer holds no address.
    pub fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let addresses: Vec<_> = (self.host.as_str(), self.port).to_socket_addrs()?.collect();
        if addresses.is_empty() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "the host name has no address",
            ));
        }
        Ok(addresses)
    }
}

impl ConnectionInfoProvider for ConnectionInfo {
    fn connection_info(&self) -> &ConnectionInfo {
        self
    }
}

impl<H: Into<String>> From<(H, u16)> for ConnectionInfo {
    fn from((host, port): (H, u16)) -> Self {
        Self::new(host, port)
    }
}

impl fmt::Display for ConnectionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}
