//! Where and how to connect.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use crate::options::SharedOptions;

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

/// Host and port of a peer, and how the socket that connects to it is set up.
///
/// The host is a name or a numeric address; an IPv6 address stands without brackets, and brackets are taken off. The
/// address of a link may name its interface: `fe80::1%eth0`.
///
/// The `with_` methods set what the socket is given before it connects; what is not set stays as the system has it,
/// except `TCP_NODELAY`, which is on. A value that the system refuses fails the connect with a
/// [`SocketError`](crate::SocketError) that names the option. Clones share one set of options.
///
/// Two of them are equal if they name the same peer and set the same options; a function given to
/// [`with_socket_config`](Self::with_socket_config) is equal only to itself and so to that of a clone.
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
///
/// A socket as those set it who count microseconds:
///
/// ```
/// use boom_stream::{ConnectionInfo, tcp::TcpStream};
/// use std::net::{Ipv4Addr, TcpListener};
/// use std::time::Duration;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let info = ConnectionInfo::new("127.0.0.1", listener.local_addr()?.port())
///     .with_local_address(Ipv4Addr::LOCALHOST)
///     .with_receive_buffer(1 << 18)
///     .with_keepalive_idle(Duration::from_secs(10))
///     .with_keepalive_interval(Duration::from_secs(2))
///     .with_keepalive_count(3);
/// # #[cfg(target_os = "linux")]
/// let info = info.with_user_timeout(Duration::from_secs(15)).with_incoming_cpu(1);
/// let stream = TcpStream::try_from(info)?;
/// assert!(stream.local_addr()?.ip().is_loopback());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionInfo {
    host: String,
    port: u16,
    pub(crate) options: SharedOptions,
}

impl ConnectionInfo {
    /// Names the peer. Nothing is resolved or checked yet.
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        let mut host = host.into();
        if host.starts_with('[') && host.ends_with(']') {
            host.pop();
            host.remove(0);
        }
        Self {
            host,
            port,
            options: SharedOptions::default(),
        }
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
    /// After [`with_local_address`](Self::with_local_address) only addresses of the same family are answers.
    ///
    /// # Errors
    ///
    /// The resolver's error; `NotFound` where the answer holds no address.
    pub fn resolve(&self) -> io::Result<Vec<SocketAddr>> {
        let local = self.options.get().local_address;
        let addresses: Vec<_> = (self.host.as_str(), self.port)
            .to_socket_addrs()?
            .filter(|address| local.is_none_or(|local| local.is_ipv4() == address.is_ipv4()))
            .collect();
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

/// As a URL's authority and the `Host` header spell it. The interface of a link's address is left out: it means nothing
/// to another machine.
impl fmt::Display for ConnectionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            let address = self.host.split('%').next().unwrap_or(&self.host);
            write!(f, "[{address}]:{}", self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}
