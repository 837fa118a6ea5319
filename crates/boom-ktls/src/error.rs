//! What can go wrong, as facts.

use std::io;

use boom_tls::{CipherSuite, TlsVersion};

/// Why the kernel does not do what it should, or what a connection failed with.
///
/// As an [`io::Error`] it keeps the kind of failure and this value; what TLS itself failed with is a [`boom_tls::Error`] there, as
/// with a `TlsStream`.
///
/// # Examples
///
/// ```
/// use boom_ktls::{Error, IntoKtlsStream, KtlsPolicy, Offload};
/// use boom_stream::tcp::TcpStream;
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::try_from(("127.0.0.1", listener.local_addr()?.port()))?;
/// match stream.into_ktls_stream_with_config(|config| config.policy = KtlsPolicy::Require) {
///     Ok(_) => assert!(Offload::probe().is_there()),
///     Err(error) => {
///         let error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
///         assert!(matches!(error, Some(Error::KernelUnsupported(_))));
///     }
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The kernel has no TLS, or does not let this process have it. The connection was not begun, or is lost.
    #[error("the kernel has no TLS for this process: {0}")]
    KernelUnsupported(io::ErrorKind),
    /// The kernel, or the TLS library with it, does not have this cipher suite in this version: the one agreed on, and then the
    /// connection is lost, or the first of those offered where it has none of them, and then it was not begun.
    #[error("the kernel does not have {1} of {0}")]
    CipherUnsupported(TlsVersion, CipherSuite),
    /// What is sent would be the kernel's, and what is received not. The connection is lost, or was not begun.
    #[error("the kernel does not receive for this connection")]
    ReceiveNotOffloaded,
    /// The socket receives before it is asked to, so bytes that the kernel had to decrypt would pass it. The connection was
    /// not begun.
    #[error("the socket receives ahead of its reader")]
    ReceivesAhead,
    /// The configuration of rustls that was given as it is has `enable_secret_extraction` off, so that the kernel cannot be
    /// given the keys. The connection was not begun.
    #[error("the configuration does not let the keys out")]
    KeysWithheld,
    /// The keys cannot be renewed amid a connection: the kernel is older than 6.14, or the OpenSSL than 3.2. Where the
    /// peer has renewed its own the connection is lost; connect again.
    #[error("the keys of this connection cannot be renewed")]
    KeyUpdateUnsupported,
    /// The kernel did not take the keys although it has them for other connections. The connection is lost.
    #[error("the kernel does not take the keys: {0}")]
    KeysRefused(io::ErrorKind),
    /// TLS itself has failed.
    #[error(transparent)]
    Tls(#[from] boom_tls::Error),
}

const _: () = assert!(size_of::<Error>() <= 32);

impl Error {
    /// The kind that this has as an [`io::Error`].
    pub const fn kind(&self) -> io::ErrorKind {
        match self {
            Self::KernelUnsupported(_)
            | Self::CipherUnsupported(..)
            | Self::ReceiveNotOffloaded
            | Self::ReceivesAhead
            | Self::KeysWithheld
            | Self::KeyUpdateUnsupported => io::ErrorKind::Unsupported,
            // The keys are gone by then: nobody shall take it for something that a second call gets over.
            Self::KeysRefused(io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                io::ErrorKind::Other
            }
            Self::KeysRefused(kind) => *kind,
            Self::Tls(error) => error.kind(),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Tls(error) => error.into(),
            error => Self::new(error.kind(), error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn keys_that_are_refused_are_nothing_to_wait_for() {
        for kind in [ErrorKind::WouldBlock, ErrorKind::Interrupted] {
            let error = io::Error::from(Error::KeysRefused(kind));
            assert_eq!(error.kind(), ErrorKind::Other);
            let inner = error.get_ref().and_then(|error| error.downcast_ref());
            assert!(matches!(inner, Some(Error::KeysRefused(one)) if *one == kind));
        }
        let busy = Error::KeysRefused(ErrorKind::ResourceBusy);
        assert_eq!(io::Error::from(busy).kind(), ErrorKind::ResourceBusy);
    }
}
