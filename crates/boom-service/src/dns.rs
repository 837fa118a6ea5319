//! From host names to addresses, without stopping the polling thread.

mod blocking;
mod thread;

use std::io;
use std::net::{IpAddr, SocketAddr};

pub use blocking::BlockingResolver;
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
