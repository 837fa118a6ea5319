//! The system's resolver, asked on the polling thread.

use std::net::ToSocketAddrs;

use super::{Answered, DnsResolver};

/// Asks the system's resolver and waits for it.
///
/// Every connection of the service waits meanwhile: for programs that start no thread and whose hosts are numeric or in
/// `/etc/hosts`.
///
/// # Examples
///
/// ```
/// use boom_service::dns::{BlockingResolver, DnsQuery, DnsResolver};
///
/// let addresses = BlockingResolver.resolve("127.0.0.1", 443).poll().expect("it has waited")?;
/// assert_eq!(addresses, [([127, 0, 0, 1], 443).into()]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockingResolver;

impl DnsResolver for BlockingResolver {
    type Query = Answered;

    fn resolve(&mut self, host: &str, port: u16) -> Answered {
        Answered::new((host, port).to_socket_addrs().map(Iterator::collect))
    }
}
