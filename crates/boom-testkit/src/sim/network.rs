//! The network: hosts, servers, connections, and the time.

mod agenda;
mod client;
mod watch;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_stream::TimeSource;

use super::connection::Connection;
use super::trace::Trace;
use super::{Clock, ConnectionId, Faults, Lookup, Peer, Random, Selector};
use agenda::Agenda;
use watch::Watch;

/// A network in memory, its servers, and its time. Clones are the same network.
///
/// All that is random follows from the seed, and nothing is taken from the machine: not its clock, not the order of a hash
/// table. So a run that failed fails again under the same seed, and [`trace_hash`](Self::trace_hash) is the same for the
/// same seed and the same program.
///
/// # Examples
///
/// ```
/// use boom_stream::ConnectionInfo;
/// use boom_testkit::sim::{Network, Peer, Wire};
/// use std::io::Read;
/// use std::time::Duration;
///
/// struct Greeter;
///
/// impl Peer for Greeter {
///     fn opened(&mut self, wire: &mut Wire<'_>) {
///         wire.send(b"hello");
///     }
///
///     fn received(&mut self, _: &[u8], _: &mut Wire<'_>) {}
/// }
///
/// let network = Network::new(42);
/// let address = ([10, 0, 0, 1], 80).into();
/// network.listen(address, |_| Box::new(Greeter));
/// let mut stream = network.connect(&ConnectionInfo::new("10.0.0.1", 80), address)?;
/// network.advance(Duration::from_secs(1));
/// let mut greeting = [0; 5];
/// stream.read_exact(&mut greeting)?;
/// assert_eq!(&greeting, b"hello");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Network(Rc<RefCell<State>>);

pub(super) struct State {
    clock: Clock,
    random: Random,
    faults: Faults,
    agenda: Agenda,
    connections: BTreeMap<ConnectionId, Connection>,
    next_connection: u64,
    servers: BTreeMap<SocketAddr, Server>,
    hosts: BTreeMap<String, Vec<SocketAddr>>,
    watch: Watch,
    trace: Trace,
    counts: Counts,
    /// When what happens now was due.
    happening_ns: u64,
}

/// What listens at an address.
struct Server {
    accept: Box<dyn FnMut(ConnectionId) -> Box<dyn Peer>>,
    /// Refuses until then.
    down_until_ns: u64,
}

/// How much has happened in a [`Network`].
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Counts, Network};
///
/// assert_eq!(Network::new(1).counts(), Counts::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Things that came due: arrivals, answers to connects, wake-ups of servers.
    pub happenings: u64,
    /// Reports of the selector.
    pub reports: u64,
    /// Reads that returned bytes.
    pub reads: u64,
    /// Writes that took bytes.
    pub writes: u64,
    /// Connects that were asked for.
    pub connects: u64,
}

/// Making it.
impl Network {
    /// An empty network where nothing goes wrong yet.
    pub fn new(seed: u64) -> Self {
        let state = State {
            clock: Clock::new(),
            random: Random::new(seed),
            faults: Faults::none(),
            agenda: Agenda::default(),
            connections: BTreeMap::new(),
            next_connection: 1,
            servers: BTreeMap::new(),
            hosts: BTreeMap::new(),
            watch: Watch::default(),
            trace: Trace::new(),
            counts: Counts::default(),
            happening_ns: 0,
        };
        Self(Rc::new(RefCell::new(state)))
    }

    /// Sets what goes wrong from now on. Connections that were made before keep the fate they were given.
    pub fn set_faults(&self, faults: Faults) {
        self.0.borrow_mut().faults = faults;
    }

    /// Lets nothing be lost from now on: the faults of [`Faults::without_losses`] stay, connections are spared the fate
    /// they were given, and servers that are down come up. What has fallen silent stays silent.
    pub fn calm_down(&self) {
        let state = &mut *self.0.borrow_mut();
        state.faults = state.faults.without_losses();
        for connection in state.connections.values_mut() {
            connection.fate = None;
        }
        for server in state.servers.values_mut() {
            server.down_until_ns = 0;
        }
        state.note("calm", 0, 0);
    }

    /// Lets `accept` make the server's end of each connection to `address`. It is called when the connection stands.
    pub fn listen(
        &self,
        address: SocketAddr,
        accept: impl FnMut(ConnectionId) -> Box<dyn Peer> + 'static,
    ) {
        let server = Server {
            accept: Box::new(accept),
            down_until_ns: 0,
        };
        self.0.borrow_mut().servers.insert(address, server);
    }

    /// Resets all connections to `address`, and refuses others for as long as `down`.
    pub fn restart(&self, address: SocketAddr, down: Duration) {
        self.0.borrow_mut().restart(address, down);
    }

    /// Gives `host` addresses; their ports are those of whoever asks.
    pub fn add_host(&self, host: &str, addresses: impl IntoIterator<Item = SocketAddr>) {
        let addresses = addresses.into_iter().collect();
        self.0.borrow_mut().hosts.insert(host.to_owned(), addresses);
    }

    /// Asks for the addresses of `host`.
    pub fn lookup(&self, host: &str, port: u16) -> Lookup {
        self.0.borrow_mut().lookup(host, port)
    }

    /// A selector for the streams of this network. There is one of use: a report goes to whoever polls first.
    pub fn selector(&self) -> Selector {
        Selector::new(self.clone())
    }

    /// Shows the time.
    pub fn clock(&self) -> Clock {
        self.0.borrow().clock.clone()
    }
}

/// The time.
impl Network {
    /// Lets `duration` pass, and what is due in it happen, each at its time.
    pub fn advance(&self, duration: Duration) {
        let state = &mut *self.0.borrow_mut();
        let until_ns = state.later(duration);
        while state
            .agenda
            .next_ns()
            .is_some_and(|next_ns| next_ns <= until_ns)
        {
            state.step();
        }
        state.clock.move_to(until_ns);
    }

    /// Moves the clock by `duration` without letting anything happen, as a machine does that was suspended: what is due in
    /// it happens late.
    pub fn jump(&self, duration: Duration) {
        let state = &mut *self.0.borrow_mut();
        state.note("jump", 0, duration.as_micros() as u64);
        let (now_ns, until_ns) = (state.now_ns(), state.later(duration));
        for connection in state.connections.values_mut() {
            // Nobody could have read or written meanwhile.
            for since_ns in [
                &mut connection.readable_since_ns,
                &mut connection.writable_since_ns,
            ] {
                *since_ns = since_ns.map(|since_ns| since_ns + (until_ns - now_ns));
            }
        }
        state.clock.move_to(until_ns);
    }
}

/// Looking at it.
impl Network {
    /// A source of randomness that follows from the seed.
    pub fn random(&self) -> Random {
        self.0.borrow_mut().random.fork()
    }

    /// How much has happened.
    pub fn counts(&self) -> Counts {
        self.0.borrow().counts
    }

    /// A connection under a selector that has been ready for longer than `longest` and was not served: there are bytes, or
    /// the end, to read, or room that a write had asked for.
    pub fn neglected(&self, longest: Duration) -> Option<ConnectionId> {
        let state = self.0.borrow();
        let longest_ns = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
        let since_ns = state.now_ns().saturating_sub(longest_ns);
        let mut watched = state.connections.iter();
        watched
            .find(|(id, connection)| {
                let since = [connection.readable_since_ns, connection.writable_since_ns];
                state.watch.is_watched(**id)
                    && since.into_iter().flatten().any(|own_ns| own_ns < since_ns)
            })
            .map(|(id, _)| *id)
    }

    /// The first connection whose socket was handed a report that was not of it.
    pub fn misled(&self) -> Option<ConnectionId> {
        self.0.borrow().watch.misled
    }

    /// The first connection that was dropped while the selector watched it. Where the kernel writes into memory of the
    /// selector's, as with io_uring, somebody has to tell it before.
    pub fn abandoned(&self) -> Option<ConnectionId> {
        self.0.borrow().watch.abandoned
    }

    /// How many sockets the selector watches.
    pub fn watched(&self) -> usize {
        self.0.borrow().watch.len()
    }

    /// When the socket of `connection` last was handed a report that there is something to read, if it ever was.
    pub fn heard_ns(&self, connection: ConnectionId) -> Option<u64> {
        self.0.borrow().watch.heard_ns(connection)
    }

    /// Since when there was something to read on `connection`, where it was dropped before a report could say so: no poll
    /// of the selector, or one and no more, has kept the report for the next.
    pub fn cut_short_ns(&self, connection: ConnectionId) -> Option<u64> {
        self.0.borrow().watch.cut_short_ns(connection)
    }

    /// Adds a line of the caller's to the trace.
    pub fn note(&self, what: &'static str, who: u64, detail: u64) {
        self.0.borrow_mut().note(what, who, detail);
    }

    /// A number that two runs share only if all that has happened was the same.
    pub fn trace_hash(&self) -> u64 {
        self.0.borrow().trace.hash()
    }

    /// The newest `lines` of what has happened: number, seconds, connection, what, how much.
    pub fn trace(&self, lines: usize) -> String {
        self.0.borrow().trace.tail(lines)
    }
}

impl State {
    fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    fn later(&self, duration: Duration) -> u64 {
        let duration_ns = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.now_ns().saturating_add(duration_ns)
    }

    fn note(&mut self, what: &'static str, who: u64, detail: u64) {
        self.trace.note(self.clock.now_ns(), what, who, detail);
    }

    /// A time on the way.
    fn latency_ns(&mut self) -> u64 {
        let most_ns = self.faults.latency_us * 1000;
        self.random.between(most_ns / 10, most_ns)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}
