//! What the crate itself fails with.

use std::io::{self, ErrorKind};

/// An error of a resolver; everything else that goes wrong is the operating system's or the endpoint's error.
///
/// It reaches the user inside the [`io::Error`] of [`DisconnectReason::Resolve`](crate::DisconnectReason::Resolve).
///
/// # Examples
///
/// ```
/// use boom_service::Error;
///
/// let error = std::io::Error::from(Error::NoAddress);
/// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
/// assert!(matches!(error.downcast::<Error>(), Ok(Error::NoAddress)));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The host name exists and has no address.
    #[error("the host name has no address")]
    NoAddress,
    /// So many host names wait to be resolved that no further one is taken.
    #[error("{limit} host names wait to be resolved, no further one is taken")]
    ResolverFull {
        /// How many may wait.
        limit: usize,
    },
    /// The lookup function panicked; the resolver goes on.
    #[error("the lookup panicked")]
    LookupPanicked,
    /// No resolver thread could be started.
    #[error("no resolver thread could be started")]
    ResolverThread(#[source] io::Error),
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::NoAddress => ErrorKind::NotFound,
            Error::ResolverFull { .. } => ErrorKind::QuotaExceeded,
            Error::LookupPanicked => ErrorKind::Other,
            Error::ResolverThread(source) => source.kind(),
        };
        Self::new(kind, error)
    }
}
