use std::io;
use std::net::IpAddr;

/// Why a socket could not be set up as a [`ConnectionInfo`](crate::ConnectionInfo) says.
///
/// It is found inside the `io::Error` of the builder or of the connect, whose kind is that of the cause.
///
/// # Examples
///
/// ```
/// use boom_stream::{ConnectionInfo, SocketError, tcp::TcpStream};
/// use std::time::Duration;
///
/// // More than the kernel accepts.
/// let info = ConnectionInfo::new("127.0.0.1", 4001).with_keepalive_idle(Duration::from_secs(1 << 20));
/// let error = TcpStream::try_from(info).unwrap_err().downcast::<SocketError>()?;
/// assert!(matches!(error, SocketError::Option { option: "SO_KEEPALIVE", .. }));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// No network interface has the name.
    #[error("no network interface {name:?}; there are: {}", known.join(", "))]
    UnknownInterface {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The interface has no address of the peer's family.
    #[error("interface {name} has no address to reach {peer} from")]
    NoInterfaceAddress {
        /// The interface.
        name: String,
        /// The peer.
        peer: IpAddr,
    },
    /// The local address is of one family, the peer's of the other.
    #[error("{peer} cannot be reached from {local}: one is IPv4, one IPv6")]
    Family {
        /// The address to connect from.
        local: IpAddr,
        /// The address to connect to.
        peer: IpAddr,
    },
    /// The system refused an option, or to bind the socket.
    #[error("{option}: {source}")]
    Option {
        /// The system's name of the option, or `bind`.
        option: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl From<SocketError> for io::Error {
    fn from(error: SocketError) -> Self {
        let kind = match &error {
            SocketError::UnknownInterface { .. } => io::ErrorKind::NotFound,
            SocketError::NoInterfaceAddress { .. } => io::ErrorKind::AddrNotAvailable,
            SocketError::Family { .. } => io::ErrorKind::InvalidInput,
            SocketError::Option { source, .. } => source.kind(),
        };
        Self::new(kind, error)
    }
}
