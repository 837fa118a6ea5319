//! Several hosts for one endpoint.

use boom_stream::{ConnectionInfo, ConnectionInfoProvider};

/// The hosts of an endpoint, in the order in which to try them, and the one that is its turn.
///
/// An endpoint holds one, lends it as its `connection_info`, and hands [`next_host`](crate::Endpoint::next_host) on to
/// [`advance`](Self::advance). A host that was connected to stays the one until a connection to it is not made;
/// a new round begins with the first.
///
/// # Examples
///
/// ```
/// use boom_service::{Endpoint, Hosts};
/// use boom_stream::tcp::TcpStream;
/// use boom_stream::{ConnectionInfo, ConnectionInfoProvider};
/// use std::io;
/// use std::net::SocketAddr;
///
/// struct Quotes {
///     hosts: Hosts,
/// }
///
/// impl ConnectionInfoProvider for Quotes {
///     fn connection_info(&self) -> &ConnectionInfo {
///         self.hosts.connection_info()
///     }
/// }
///
/// impl Endpoint for Quotes {
///     type Target = TcpStream;
///
///     fn create_target(&mut self, addr: SocketAddr) -> io::Result<Option<TcpStream>> {
///         // The name of the host whose turn it is goes into TLS and the `Host` header as well.
///         TcpStream::try_from((self.connection_info(), addr)).map(Some)
///     }
///
///     fn poll(&mut self, _stream: &mut TcpStream) -> io::Result<()> {
///         Ok(())
///     }
///
///     fn next_host(&mut self) -> bool {
///         self.hosts.advance()
///     }
/// }
///
/// let hosts = Hosts::new(ConnectionInfo::new("stream.example.com", 443))
///     .with(ConnectionInfo::new("stream-2.example.com", 443));
/// let mut quotes = Quotes { hosts };
/// assert!(quotes.next_host());
/// assert_eq!(quotes.connection_info().host(), "stream-2.example.com");
/// assert!(!quotes.next_host());
/// assert_eq!(quotes.connection_info().host(), "stream.example.com");
/// ```
#[derive(Clone, Debug)]
pub struct Hosts {
    current: ConnectionInfo,
    /// Those that come before it in a round, the nearest last.
    before: Vec<ConnectionInfo>,
    /// Those that come behind it, the nearest last.
    behind: Vec<ConnectionInfo>,
}

impl Hosts {
    /// Starts with one host.
    pub const fn new(first: ConnectionInfo) -> Self {
        Self {
            current: first,
            before: Vec::new(),
            behind: Vec::new(),
        }
    }

    /// Adds a host to be tried after the others.
    #[must_use]
    pub fn with(mut self, host: ConnectionInfo) -> Self {
        self.behind.insert(0, host);
        self
    }

    /// Goes on to the next host, or after the last to the first; that returns false, since it ends a round.
    pub fn advance(&mut self) -> bool {
        if let Some(next) = self.behind.pop() {
            self.before.push(std::mem::replace(&mut self.current, next));
            return true;
        }
        while let Some(earlier) = self.before.pop() {
            self.behind
                .push(std::mem::replace(&mut self.current, earlier));
        }
        false
    }
}

impl ConnectionInfoProvider for Hosts {
    /// The host whose turn it is.
    fn connection_info(&self) -> &ConnectionInfo {
        &self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_repeat_in_the_order_given() {
        let host = |name| ConnectionInfo::new(name, 443);
        let mut hosts = Hosts::new(host("a")).with(host("b")).with(host("c"));
        let mut seen = Vec::new();
        for _ in 0..7 {
            seen.push((hosts.connection_info().host().to_owned(), hosts.advance()));
        }
        let seen: Vec<_> = seen
            .iter()
            .map(|(name, more)| (name.as_str(), *more))
            .collect();
        let round = [("a", true), ("b", true), ("c", false)];
        assert_eq!(seen, [round.as_slice(), &round, &round[..1]].concat());
    }

    #[test]
    fn one_host_ends_its_round_each_time() {
        let mut hosts = Hosts::new(ConnectionInfo::new("a", 443));
        assert!(!hosts.advance());
        assert!(!hosts.advance());
        assert_eq!(hosts.connection_info().host(), "a");
    }
}
