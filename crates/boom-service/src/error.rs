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
    /// A name server says that the host name does not exist.
    #[error("the host name does not exist")]
    NoSuchName,
    /// No DNS name has this form.
    #[error("the host is no name that DNS could know")]
    NotAName,
    /// No name server answered, or none in time.
    #[error("no name server answered in time")]
    NameServersSilent,
    /// A name server answered with an error, and no other did better.
    #[error("the name server failed with code {code}")]
    NameServerFailed {
        /// As in the message (RFC 1035 section 4.1.1, RFC 6895 section 2.3): 2 for a failure, 5 for a refusal.
        code: u16,
    },
    /// What a name server answered cannot be read.
    #[error("the name server's answer is malformed")]
    MalformedAnswer,
    /// The host name is an alias of an alias of an alias and so on.
    #[error("the host name has more than {limit} aliases, one after the other")]
    TooManyAliases {
        /// How many are followed.
        limit: u8,
    },
    /// The configuration names no name server.
    #[error("no name server is configured")]
    NoNameServer,
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
            Error::NoAddress | Error::NoSuchName | Error::NoNameServer => ErrorKind::NotFound,
            Error::NotAName => ErrorKind::InvalidInput,
            Error::NameServersSilent => ErrorKind::TimedOut,
            Error::NameServerFailed { .. } => ErrorKind::Other,
            Error::MalformedAnswer | Error::TooManyAliases { .. } => ErrorKind::InvalidData,
            Error::ResolverFull { .. } => ErrorKind::QuotaExceeded,
            Error::LookupPanicked => ErrorKind::Other,
            Error::ResolverThread(source) => source.kind(),
        };
        Self::new(kind, error)
    }
}
