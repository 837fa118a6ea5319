//! What a server is to the network.

use super::Random;

/// Names a connection of a [`Network`](super::Network). No two have the same, and later ones are greater.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::Network;
/// use boom_stream::ConnectionInfo;
///
/// let network = Network::new(1);
/// let info = ConnectionInfo::new("10.0.0.1", 80);
/// let first = network.connect(&info, ([10, 0, 0, 1], 80).into())?;
/// let second = network.connect(&info, ([10, 0, 0, 1], 80).into())?;
/// assert!(first.id() < second.id());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(super) u64);

impl ConnectionId {
    /// Its number, for traces and payloads.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The server's end of one connection: a script that is told what happens and answers by the [`Wire`].
///
/// It lives as long as the connection, and never hears of another one. It is called from within the network, so it acts by
/// the wire alone: calling a method of the [`Network`](super::Network) there would panic.
///
/// # Examples
///
/// A server that echoes, and hangs up at an empty line:
///
/// ```
/// use boom_testkit::sim::{Network, Peer, Wire};
///
/// struct Echo;
///
/// impl Peer for Echo {
///     fn received(&mut self, bytes: &[u8], wire: &mut Wire<'_>) {
///         wire.send(bytes);
///         if bytes.ends_with(b"\n\n") {
///             wire.finish();
///         }
///     }
/// }
///
/// let network = Network::new(1);
/// network.listen(([10, 0, 0, 1], 7).into(), |_| Box::new(Echo));
/// ```
pub trait Peer {
    /// The connection stands.
    fn opened(&mut self, wire: &mut Wire<'_>) {
        let _ = wire;
    }

    /// Bytes have come, as many as came together.
    fn received(&mut self, bytes: &[u8], wire: &mut Wire<'_>);

    /// The time of [`Wire::wake_at`] has come.
    fn woken(&mut self, wire: &mut Wire<'_>) {
        let _ = wire;
    }

    /// The client has closed, or the connection was reset: nothing comes any more, and nothing can be sent.
    fn ended(&mut self) {}
}

/// How a [`Peer`] acts on its connection.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::Wire;
///
/// fn greet(wire: &mut Wire<'_>) {
///     wire.send(b"220 ready\r\n");
///     let soon_ns = wire.now_ns() + 1_000_000;
///     wire.wake_at(soon_ns);
/// }
/// ```
#[derive(Debug)]
pub struct Wire<'a> {
    pub(super) connection: ConnectionId,
    pub(super) now_ns: u64,
    pub(super) random: &'a mut Random,
    pub(super) actions: Vec<Action>,
}

/// What a peer wants done, in order.
#[derive(Debug)]
pub(super) enum Action {
    Send(Vec<u8>),
    WakeAt(u64),
    Finish,
    Reset,
}

impl Wire<'_> {
    /// The connection.
    pub const fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// The time.
    pub const fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// The randomness of the network.
    pub const fn random(&mut self) -> &mut Random {
        self.random
    }

    /// Sends `bytes`, which arrive in pieces and in order, unless a fault intervenes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.actions.push(Action::Send(bytes.to_vec()));
    }

    /// Asks to be woken once at `at_ns`. Each call stands for itself.
    pub fn wake_at(&mut self, at_ns: u64) {
        self.actions.push(Action::WakeAt(at_ns));
    }

    /// Ends the sending direction behind what was sent, as FIN does. Receiving goes on.
    pub fn finish(&mut self) {
        self.actions.push(Action::Finish);
    }

    /// Breaks the connection, as RST does: what was sent before and has not arrived yet may be lost.
    pub fn reset(&mut self) {
        self.actions.push(Action::Reset);
    }
}
