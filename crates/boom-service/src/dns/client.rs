//! A client of name servers.

mod ask;
mod message;
mod order;
mod server;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use resolv_conf::Config;

use super::{Lookup, numeric};
use crate::Error;
use ask::Asked;
use order::{has_route, in_order};

/// Asks name servers for the addresses of a name, as a stub resolver does (RFC 1034 section 5.3.1).
///
/// It blocks, so it is for [`ThreadResolver::with_client`](super::ThreadResolver::with_client); around that
/// [`CachingResolver`](super::CachingResolver) keeps the answers for the time that the servers say.
///
/// - Both IPv4 and IPv6 addresses are asked for at once, by UDP with EDNS (RFC 6891), by TCP where the answer is
///   truncated, and without EDNS where a server does not know it.
/// - A server that is silent for the [timeout](Self::with_timeout), fails or refuses is followed by the next; all are
///   asked so many [times](Self::with_attempts). If one of the two kinds of addresses is there by then and the machine
///   has a route to it, it is the answer for thirty seconds at most; the other kind is not waited for any longer.
/// - An answer counts only if it came from the server asked, to the port asked from, with the number and the question of
///   ours: the system chooses the port and a keyed hash the number, each anew for every attempt.
/// - Aliases are followed. An answer holds as long as the shortest-lived of its records, and "no such name" as long as
///   its SOA record says (RFC 2308).
/// - Addresses alternate between the two kinds (RFC 8305 section 4), IPv6 first; those of a kind that the machine has no
///   route to come last. Within a kind they are in the server's order.
/// - `localhost` and the names below it are the loopback addresses (RFC 6761 section 6.3).
///
/// Not done: DNSSEC validation, DNS over TLS or HTTPS, names with other characters than ASCII (give them in their
/// `xn--` form), and `/etc/nsswitch.conf`.
///
/// # Examples
///
/// ```no_run
/// use boom_service::dns::{CachingResolver, DnsClient, ThreadResolver};
/// use std::time::Duration;
///
/// // Two servers, and a second for each.
/// let servers = [([10, 0, 0, 53], 53).into(), ([10, 0, 1, 53], 53).into()];
/// let client = DnsClient::new(servers).with_timeout(Duration::from_secs(1));
/// let resolver = CachingResolver::new(ThreadResolver::with_client(client));
///
/// // Or those of the machine.
/// let resolver = CachingResolver::new(ThreadResolver::with_client(DnsClient::system()?));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DnsClient {
    servers: Vec<SocketAddr>,
    timeout: Duration,
    attempts: u32,
    /// Domains that are appended to a name with fewer dots than `dots_min`.
    search: Vec<String>,
    dots_min: usize,
    ipv6: bool,
}

/// `/etc/resolv.conf` may say more.
const ATTEMPTS_MAX: u32 = 10;

const TIMEOUT_MAX: Duration = Duration::from_secs(30);

/// As many as glibc takes of `/etc/resolv.conf`.
const SERVERS_MAX: usize = 3;

impl DnsClient {
    /// Asks these servers, in this order. Each has two seconds to answer, and is asked twice if none does.
    pub fn new(servers: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self {
            servers: servers.into_iter().collect(),
            timeout: Duration::from_secs(2),
            attempts: 2,
            search: Vec::new(),
            dots_min: 1,
            ipv6: true,
        }
    }

    /// Does as `/etc/resolv.conf` says, which is read now and not again.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or names no server.
    ///
    /// # Examples
    ///
    /// A client lives as long as a lookup where changes of the file are to be followed; the file is read on the threads:
    ///
    /// ```
    /// use boom_service::dns::{DnsClient, HostsFile, Lookup, ThreadResolver};
    ///
    /// let resolver = ThreadResolver::with_timed_lookup(|host, port| match DnsClient::system() {
    ///     Ok(client) => client.lookup(host, port),
    ///     Err(error) => Lookup { addresses: Err(error), ttl: None },
    /// })
    /// .with_hosts_file(Some(HostsFile::system()));
    /// ```
    pub fn system() -> std::io::Result<Self> {
        let text = std::fs::read("/etc/resolv.conf")?;
        Ok(Self::from_resolv_conf(&text)?)
    }

    /// Does as the text of an `/etc/resolv.conf` says: `nameserver`, `search`, `domain`, and of the options `timeout`,
    /// `attempts`, `ndots` and `no-aaaa`. Lines that make no sense are passed over.
    ///
    /// # Errors
    ///
    /// [`Error::NoNameServer`] if there is none in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_service::Error;
    /// use boom_service::dns::DnsClient;
    ///
    /// let client = DnsClient::from_resolv_conf(b"nameserver 10.0.0.53\noptions timeout:1 attempts:3\n")?;
    /// let error = DnsClient::from_resolv_conf(b"search rack.example\n");
    /// assert!(matches!(error, Err(Error::NoNameServer)));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_resolv_conf(text: &[u8]) -> Result<Self, Error> {
        let (mut config, _errors) = Config::parse_with_errors(text);
        config.glibc_normalize();
        let servers: Vec<_> = config
            .nameservers
            .iter()
            .take(SERVERS_MAX)
            .map(|server| SocketAddr::new(IpAddr::from(server), 53))
            .collect();
        if servers.is_empty() {
            return Err(Error::NoNameServer);
        }
        let mut client = Self::new(servers)
            .with_timeout(Duration::from_secs(config.timeout.into()))
            .with_attempts(config.attempts);
        client.search = config.get_last_search_or_domain().map(Into::into).collect();
        client.dots_min = config.ndots as usize;
        client.ipv6 = !config.no_aaaa;
        Ok(client)
    }

    /// Sets how long one server has to answer one attempt: a millisecond at least, thirty seconds at most.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.clamp(Duration::from_millis(1), TIMEOUT_MAX);
        self
    }

    /// Sets how often every server is asked if none answers: once at least, ten times at most.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.clamp(1, ATTEMPTS_MAX);
        self
    }

    /// Sets the domains that are tried behind a name: after the name itself if that has a dot, before it if not. A name
    /// that ends with a dot is tried as it is.
    #[must_use]
    pub fn with_search(mut self, domains: impl IntoIterator<Item = String>) -> Self {
        self.search = domains.into_iter().collect();
        self
    }

    /// Looks a name up. It takes the timeout, times the attempts, times the servers, at most for each name that is tried.
    pub fn lookup(&self, host: &str, port: u16) -> Lookup {
        if let Some(address) = numeric(host, port) {
            return Lookup {
                addresses: Ok(vec![address]),
                ttl: Some(Duration::MAX),
            };
        }
        let asked = match loopback(host) {
            Some(addresses) => Asked {
                addresses: Ok(addresses),
                ttl: Some(Duration::MAX),
            },
            None => self.search(host),
        };
        let addresses = asked.addresses.map(|addresses| {
            in_order(addresses, has_route)
                .into_iter()
                .map(|address| SocketAddr::new(address, port))
                .collect()
        });
        Lookup {
            addresses: addresses.map_err(Into::into),
            ttl: asked.ttl,
        }
    }

    /// The first of the names that `host` may stand for that has addresses. If none has, that holds as long as all say.
    fn search(&self, host: &str) -> Asked {
        let mut last: Option<Asked> = None;
        for name in self.names(host) {
            let mut asked = self.ask(&name);
            match &asked.addresses {
                Err(Error::NoSuchName | Error::NoAddress) => {}
                // Where a server fails, it is unknown whether an earlier name would do.
                _ => return asked,
            }
            if let Some(earlier) = last {
                asked.ttl = earlier
                    .ttl
                    .zip(asked.ttl)
                    .map(|(one, other)| one.min(other));
                // It exists, whether as this name or that.
                if matches!(earlier.addresses, Err(Error::NoAddress)) {
                    asked.addresses = earlier.addresses;
                }
            }
            last = Some(asked);
        }
        last.unwrap_or(Asked {
            addresses: Err(Error::NotAName),
            ttl: None,
        })
    }

    fn names(&self, host: &str) -> Vec<String> {
        if host.ends_with('.') || self.search.is_empty() {
            return vec![host.to_owned()];
        }
        let below = self.search.iter();
        let mut names: Vec<_> = below
            .map(|domain| format!("{host}.{}", domain.trim_start_matches('.')))
            .collect();
        let dots = host.bytes().filter(|&byte| byte == b'.').count();
        let place = if dots >= self.dots_min {
            0
        } else {
            names.len()
        };
        names.insert(place, host.to_owned());
        names
    }
}

fn loopback(host: &str) -> Option<Vec<IpAddr>> {
    let host = host.strip_suffix('.').unwrap_or(host);
    let last = host.rsplit('.').next()?;
    let addresses = || vec![[127, 0, 0, 1].into(), std::net::Ipv6Addr::LOCALHOST.into()];
    last.eq_ignore_ascii_case("localhost").then(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(text: &str) -> DnsClient {
        DnsClient::from_resolv_conf(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_resolv_conf_says() {
        let client = client(
            "# comment\nnameserver 10.0.0.53\nnonsense\nnameserver ::1\nsearch a.example b.example\n\
             options timeout:3 attempts:4 ndots:2 no-aaaa unknown\n",
        );
        assert_eq!(
            client.servers,
            ["10.0.0.53:53".parse().unwrap(), "[::1]:53".parse().unwrap()]
        );
        assert_eq!(
            (client.timeout, client.attempts),
            (Duration::from_secs(3), 4)
        );
        assert_eq!((client.dots_min, client.ipv6), (2, false));
        assert_eq!(client.search, ["a.example", "b.example"]);
    }

    #[test]
    fn what_it_says_is_bounded() {
        let client = client(
            "nameserver 10.0.0.1\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nnameserver 10.0.0.4\n\
             options timeout:4000000 attempts:4000000\n",
        );
        assert_eq!(client.servers.len(), 3);
        assert_eq!(
            (client.timeout, client.attempts),
            (TIMEOUT_MAX, ATTEMPTS_MAX)
        );
    }

    #[test]
    fn the_order_of_the_names_depends_on_the_dots() {
        let client = DnsClient::new([]).with_search(["b.example".to_owned(), ".".to_owned()]);
        assert_eq!(client.names("a"), ["a.b.example", "a.", "a"]);
        assert_eq!(client.names("a.c"), ["a.c", "a.c.b.example", "a.c."]);
        assert_eq!(client.names("a."), ["a."]);
    }

    #[test]
    fn numbers_and_localhost_need_no_server() {
        let client = DnsClient::new([]);
        let addresses = |host| client.lookup(host, 1).addresses.unwrap();
        assert_eq!(addresses("10.0.0.1"), ["10.0.0.1:1".parse().unwrap()]);
        for host in ["localhost", "LocalHost.", "a.localhost"] {
            let mut found = addresses(host);
            found.sort();
            assert_eq!(
                found,
                ["127.0.0.1:1".parse().unwrap(), "[::1]:1".parse().unwrap()]
            );
        }
    }

    #[test]
    fn without_servers_there_is_an_error() {
        let error = DnsClient::new([])
            .lookup("a.example", 1)
            .addresses
            .unwrap_err();
        assert!(matches!(error.downcast(), Ok(Error::NoNameServer)));
    }
}
