//! Why a connection ended or was not made.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Why a connection ended, or why an attempt at one failed.
///
/// # Examples
///
/// ```
/// use boom_service::DisconnectReason;
/// use std::io::{Error, ErrorKind};
/// use std::sync::Arc;
///
/// let reason = DisconnectReason::Error(Arc::new(Error::from(ErrorKind::UnexpectedEof)));
/// assert_eq!(reason.to_string(), "unexpected end of file");
/// assert_eq!(reason.io_error().map(Error::kind), Some(ErrorKind::UnexpectedEof));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The connection was active for as long as it may be, and `can_auto_disconnect` agreed.
    #[error("disconnected as configured, after {0:?}")]
    AutoDisconnect(Duration),
    /// The endpoint's `poll` returned an error: the stream's, the protocol's or the endpoint's own.
    #[error("{0}")]
    Error(#[source] Arc<io::Error>),
    /// The host name could not be resolved.
    #[error("not resolved: {0}")]
    Resolve(#[source] Arc<io::Error>),
    /// No address could be connected to, or `create_target` failed; the last of the errors.
    #[error("not connected: {0}")]
    Connect(#[source] Arc<io::Error>),
    /// A step to the connection took longer than it may.
    #[error("timed out: {0}")]
    Timeout(Stage),
}

impl DisconnectReason {
    /// The error behind it, where there is one.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self {
            Self::Error(error) | Self::Resolve(error) | Self::Connect(error) => Some(error),
            Self::AutoDisconnect(_) | Self::Timeout(_) => None,
        }
    }
}

/// A step to a connection that has a timeout of its own.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_service::Stage::Tls.to_string(), "TLS handshake");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Resolving the host name.
    Resolve,
    /// The TCP connect to one address.
    Connect,
    /// The TLS handshake.
    Tls,
    /// The handshake of the protocol above.
    Handshake,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "name resolution",
            Self::Connect => "connect",
            Self::Tls => "TLS handshake",
            Self::Handshake => "protocol handshake",
        })
    }
}
