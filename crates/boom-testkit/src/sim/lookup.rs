//! Names of simulated hosts.

use std::io;
use std::net::SocketAddr;

use boom_stream::TimeSource;

use super::Clock;

/// A question for the addresses of a host, by [`Network::lookup`](super::Network::lookup).
///
/// It is what a resolver of a service needs, and knows no trait of it: a test implements that in a few lines.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::Network;
/// use std::time::Duration;
///
/// let network = Network::new(1);
/// network.add_host("feed.test", [([10, 0, 0, 1], 0).into()]);
/// let mut lookup = network.lookup("feed.test", 443);
/// network.advance(Duration::from_secs(1));
/// let addresses = lookup.poll().expect("a second is enough")?;
/// assert_eq!(addresses, [([10, 0, 0, 1], 443).into()]);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Lookup {
    pub(super) clock: Clock,
    /// `u64::MAX` where the answer is lost.
    pub(super) due_ns: u64,
    pub(super) answer: Option<io::Result<Vec<SocketAddr>>>,
}

impl Lookup {
    /// The answer, once, when it is there.
    pub fn poll(&mut self) -> Option<io::Result<Vec<SocketAddr>>> {
        if self.due_ns == u64::MAX || self.clock.now_ns() < self.due_ns {
            return None;
        }
        self.answer.take()
    }
}
