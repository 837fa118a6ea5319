//! From host names to addresses, without stopping the polling thread.
//!
//! | resolver | asks | waits on | knows how long an answer holds |
//! |---|---|---|---|
//! | [`ThreadResolver::default`] | the system (`getaddrinfo`) | a few threads of its own | no |
//! | `ThreadResolver::with_client` (feature `dns-client`) | name servers, by `DnsClient` | a few threads of its own | yes |
//! | [`BlockingResolver`] | the system | the polling thread | no |
//! | [`CachingResolver`] around any of them | what it wraps, less often | | |
//!
//! # Why the system's resolver unless told otherwise
//!
//! Only `getaddrinfo` does what every other program of the machine does: the order of `/etc/nsswitch.conf`, LDAP or
//! mDNS names, containers' and VPNs' own arrangements, the order of addresses of RFC 6724. It blocks, which is what the
//! threads are for, it tells no lifetimes, and its timeouts are those of `/etc/resolv.conf`. Who wants lifetimes,
//! timeouts or name servers of his own takes the feature `dns-client`, which brings no runtime: reconnecting needs a name
//! or two a minute, and a thread that waits in `recv` is all that takes.

mod blocking;
mod cache;
#[cfg(feature = "dns-client")]
mod client;
mod cpus;
mod hosts_file;
mod lookup;
mod thread;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub use blocking::BlockingResolver;
pub use cache::{CachedQuery, CachingResolver};
#[cfg(feature = "dns-client")]
pub use client::DnsClient;
pub use hosts_file::HostsFile;
pub use lookup::Lookup;
pub use thread::{ThreadQuery, ThreadResolver};

/// Starts to resolve host names.
///
/// # Examples
///
/// A resolver that knows one name:
///
/// ```
/// use boom_service::dns::{Answered, DnsQuery, DnsResolver};
/// use std::io::ErrorKind;
///
/// struct HostsFile;
///
/// impl DnsResolver for HostsFile {
///     type Query = Answered;
///
///     fn resolve(&mut self, host: &str, port: u16) -> Answered {
///         Answered::new(match host {
///             "exchange" => Ok(vec![([10, 0, 0, 7], port).into(), ([10, 0, 0, 8], port).into()]),
///             _ => Err(ErrorKind::NotFound.into()),
///         })
///     }
/// }
///
/// let addresses = HostsFile.resolve("exchange", 443).poll().expect("it never takes time")?;
/// assert_eq!(addresses.len(), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait DnsResolver {
    /// A question under way.
    type Query: DnsQuery;

    /// Asks for the addresses of `host`, a name or a numeric address. It should not block.
    fn resolve(&mut self, host: &str, port: u16) -> Self::Query;
}

/// A question under way. Dropping it withdraws the question.
///
/// # Examples
///
/// A question that takes a second look to answer:
///
/// ```
/// use boom_service::dns::DnsQuery;
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct Late(bool);
///
/// impl DnsQuery for Late {
///     fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
///         let is_there = std::mem::replace(&mut self.0, true);
///         is_there.then(|| Ok(vec![([10, 0, 0, 7], 443).into()]))
///     }
/// }
///
/// let mut query = Late(false);
/// assert!(query.poll().is_none());
/// assert!(query.poll().is_some());
/// ```
pub trait DnsQuery {
    /// Returns the answer once it is there, in the order in which to try the addresses; it never blocks.
    ///
    /// It is not called again after that. An error is the answer that the name could not be resolved.
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>>;

    /// How long the answer that [`poll`](Self::poll) has returned holds, an error included, where that was told.
    ///
    /// [`CachingResolver`] keeps it for as long.
    fn ttl(&self) -> Option<Duration> {
        None
    }
}

/// A question that was answered at once.
///
/// # Examples
///
/// ```
/// use boom_service::dns::{Answered, DnsQuery};
///
/// let mut query = Answered::new(Ok(vec![([10, 0, 0, 7], 443).into()]));
/// assert_eq!(query.poll().expect("it was answered")?.len(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Answered(Option<io::Result<Vec<SocketAddr>>>);

impl Answered {
    /// Holds the answer ready.
    pub const fn new(answer: io::Result<Vec<SocketAddr>>) -> Self {
        Self(Some(answer))
    }
}

impl DnsQuery for Answered {
    fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        self.0.take()
    }
}

/// The address that `host` spells, if it is not a name.
fn numeric(host: &str, port: u16) -> Option<SocketAddr> {
    host.parse::<IpAddr>()
        .ok()
        .map(|address| SocketAddr::new(address, port))
}
