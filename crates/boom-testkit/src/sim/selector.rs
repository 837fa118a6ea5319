//! Readiness of simulated sockets.

use std::io;
use std::time::Duration;

use boom_select::{Readiness, Ready, Selector as SelectorTrait, Token};

use super::{Network, Stream};

/// A selector for the [`Stream`]s of one [`Network`]: edge-triggered, in an order of the seed's.
///
/// A poll that may wait lets the time of the network pass until there is something to report; one that may not lets happen
/// what is due.
///
/// # Examples
///
/// ```
/// use boom_select::{Selector as _, Token};
/// use boom_stream::{ConnectionInfo, TimeSource};
/// use boom_testkit::sim::Network;
/// use std::time::Duration;
///
/// let network = Network::new(1);
/// let mut selector = network.selector();
/// let mut stream = network.connect(&ConnectionInfo::new("10.0.0.1", 80), ([10, 0, 0, 1], 80).into())?;
/// selector.register(&mut stream, Token { index: 0, generation: 0 })?;
///
/// let start_ns = network.clock().now_ns();
/// let mut ready = Vec::new();
/// selector.poll(&mut ready, Some(Duration::from_secs(60)))?;
/// // Nobody listens, and that is soon known.
/// assert!(ready[0].readiness.error);
/// assert!(network.clock().now_ns() - start_ns < 10_000_000);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Selector {
    network: Network,
}

impl Selector {
    pub(super) const fn new(network: Network) -> Self {
        Self { network }
    }
}

impl SelectorTrait<Stream> for Selector {
    fn register(&mut self, socket: &mut Stream, token: Token) -> io::Result<()> {
        socket.set_watched(true);
        self.network.watch(socket.id(), token);
        Ok(())
    }

    fn deregister(&mut self, socket: &mut Stream, token: Token) -> io::Result<()> {
        socket.set_watched(false);
        self.network.unwatch(socket.id(), token);
        Ok(())
    }

    fn poll(&mut self, ready: &mut Vec<Ready>, timeout: Option<Duration>) -> io::Result<()> {
        let timeout_ns = timeout.map(|timeout| timeout.as_nanos().min(u128::from(u64::MAX)) as u64);
        self.network.wait(timeout_ns);
        self.network.report(ready);
        Ok(())
    }

    fn deliver(&mut self, socket: &mut Stream, readiness: Readiness) {
        self.network.delivered(socket.id(), readiness);
        socket.deliver(readiness);
    }

    fn may_read(&self, socket: &Stream) -> bool {
        socket.may_read()
    }

    fn may_write(&self, socket: &Stream) -> bool {
        socket.may_write()
    }
}
