//! What a lookup found.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::Error;

/// What a lookup found, and how long it holds.
///
/// # Examples
///
/// ```
/// use boom_service::dns::{DnsQuery, DnsResolver, Lookup, ThreadResolver};
/// use std::time::Duration;
///
/// let mut resolver = ThreadResolver::with_timed_lookup(|_host, port| Lookup {
///     addresses: Ok(vec![([10, 0, 0, 7], port).into()]),
///     ttl: Some(Duration::from_secs(60)),
/// });
/// let mut query = resolver.resolve("exchange", 443);
/// while query.poll().is_none() {}
/// assert_eq!(query.ttl(), Some(Duration::from_secs(60)));
/// ```
#[derive(Debug)]
pub struct Lookup {
    /// In the order in which to try them.
    pub addresses: io::Result<Vec<SocketAddr>>,
    /// How long that holds, be it an error, where it was told.
    pub ttl: Option<Duration>,
}

/// The same in a form that many may take.
#[derive(Clone, Debug)]
pub(super) struct SharedLookup {
    addresses: Result<Vec<SocketAddr>, Arc<io::Error>>,
    pub(super) ttl: Option<Duration>,
}

impl From<Lookup> for SharedLookup {
    fn from(lookup: Lookup) -> Self {
        Self {
            addresses: lookup.addresses.map_err(Arc::new),
            ttl: lookup.ttl,
        }
    }
}

impl SharedLookup {
    pub(super) const fn is_ok(&self) -> bool {
        self.addresses.is_ok()
    }

    /// What one of the many gets.
    pub(super) fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        match &self.addresses {
            Ok(addresses) => Ok(addresses.clone()),
            Err(error) => Err(same_error(error)),
        }
    }
}

/// Another error that tells the same. What the crate failed with can be found in it as in the first.
fn same_error(error: &Arc<io::Error>) -> io::Error {
    if let Some(code) = error.raw_os_error() {
        return io::Error::from_raw_os_error(code);
    }
    let Some(source) = error.get_ref() else {
        return error.kind().into();
    };
    match source.downcast_ref::<Error>().and_then(same) {
        Some(error) => error.into(),
        // Each gets an error with the same source.
        None => io::Error::new(error.kind(), Arc::clone(error)),
    }
}

/// An error without a source is as good as another of its kind.
const fn same(error: &Error) -> Option<Error> {
    Some(match *error {
        Error::NoAddress => Error::NoAddress,
        Error::NoSuchName => Error::NoSuchName,
        Error::NotAName => Error::NotAName,
        Error::NameServersSilent => Error::NameServersSilent,
        Error::NameServerFailed { code } => Error::NameServerFailed { code },
        Error::MalformedAnswer => Error::MalformedAnswer,
        Error::TooManyAliases { limit } => Error::TooManyAliases { limit },
        Error::NoNameServer => Error::NoNameServer,
        Error::ResolverFull { limit } => Error::ResolverFull { limit },
        Error::LookupPanicked => Error::LookupPanicked,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    fn shared(error: io::Error) -> io::Error {
        let lookup = Lookup {
            addresses: Err(error),
            ttl: None,
        };
        SharedLookup::from(lookup).addresses().unwrap_err()
    }

    #[test]
    fn a_shared_error_is_what_the_first_was() {
        assert_eq!(
            shared(io::Error::from_raw_os_error(5)).raw_os_error(),
            Some(5)
        );
        assert_eq!(
            shared(ErrorKind::TimedOut.into()).to_string(),
            io::Error::from(ErrorKind::TimedOut).to_string()
        );
        let own = shared(Error::NameServerFailed { code: 2 }.into());
        assert!(matches!(
            own.downcast(),
            Ok(Error::NameServerFailed { code: 2 })
        ));
        let other = shared(io::Error::new(ErrorKind::NotFound, "nowhere"));
        assert_eq!(
            (other.kind(), other.to_string()),
            (ErrorKind::NotFound, "nowhere".to_owned())
        );
    }
}
