//! Why a connection ended or was not made.

use std::error;
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
///
/// It is an error itself. Its text has that of the [`io_error`](Self::io_error) in it, so its source is what is behind
/// that one: a program that prints the whole chain prints nothing twice.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The connection was active for as long as it may be, and `can_auto_disconnect` agreed.
    AutoDisconnect(Duration),
    /// [`renew`](crate::IOService::renew) was called, and another connection has taken its place.
    Renewed,
    /// The endpoint's `poll` returned an error: the stream's, the protocol's or the endpoint's own.
    Error(Arc<io::Error>),
    /// The host name could not be resolved.
    Resolve(Arc<io::Error>),
    /// No address could be connected to, or `create_target` failed; the last of the errors.
    Connect(Arc<io::Error>),
    /// A step to the connection took longer than it may.
    Timeout(Stage),
    /// Nothing was received for as long as [`with_idle_timeout`](crate::EndpointOptions::with_idle_timeout) allows.
    Idle(Duration),
    /// [`IOService::pause`](crate::IOService::pause) was called.
    Paused,
}

impl DisconnectReason {
    /// The error behind it, where there is one.
    pub fn io_error(&self) -> Option<&io::Error> {
        match self {
            Self::Error(error) | Self::Resolve(error) | Self::Connect(error) => Some(error),
            Self::AutoDisconnect(_)
            | Self::Renewed
            | Self::Timeout(_)
            | Self::Idle(_)
            | Self::Paused => None,
        }
    }

    /// Says whether the connection ended because this side wanted it to.
    pub(crate) const fn is_wanted(&self) -> bool {
        matches!(self, Self::AutoDisconnect(_) | Self::Renewed | Self::Paused)
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renewed => f.write_str("renewed as asked for"),
            Self::AutoDisconnect(ttl) => write!(f, "disconnected as configured, after {ttl:?}"),
            Self::Error(error) => error.fmt(f),
            Self::Resolve(error) => write!(f, "not resolved: {error}"),
            Self::Connect(error) => write!(f, "not connected: {error}"),
            Self::Timeout(stage) => write!(f, "timed out: {stage}"),
            Self::Idle(timeout) => write!(f, "nothing received for {timeout:?}"),
            Self::Paused => f.write_str("paused"),
        }
    }
}

impl error::Error for DisconnectReason {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.io_error().and_then(error::Error::source)
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
    /// All of them together.
    Total,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "name resolution",
            Self::Connect => "connect",
            Self::Tls => "TLS handshake",
            Self::Handshake => "protocol handshake",
            Self::Total => "all steps together",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use std::error::Error as _;

    #[test]
    fn the_chain_of_sources_says_nothing_twice() {
        let error = Error::ResolverThread(io::ErrorKind::OutOfMemory.into());
        let reason = DisconnectReason::Resolve(Arc::new(error.into()));
        let mut texts = vec![reason.to_string()];
        let mut next = reason.source();
        while let Some(error) = next {
            texts.push(error.to_string());
            next = error.source();
        }
        assert_eq!(texts[1..], ["out of memory"]);
        assert!(texts[0].starts_with("not resolved: "), "{texts:?}");
        assert!(DisconnectReason::Timeout(Stage::Tls).source().is_none());
    }
}
