//! A server that feeds its clients, and writes down what it has sent and received.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::codec::{Codec, Incoming};
use super::numbers::{NumberChecker, Numbers};
use super::peer::{Peer, Wire};
use super::{ConnectionId, Network};

/// The server's end of a feed: numbered messages at random times, which are what [`Numbers`] of the connection makes.
///
/// The client's messages are to be those of [`Feed::client_numbers`].
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::{Feed, FeedOptions, Framed, Ledger, Network};
/// use boom_stream::ConnectionInfo;
/// use std::io::Write;
/// use std::time::Duration;
///
/// let (network, ledger) = (Network::new(1), Ledger::default());
/// let address = ([10, 0, 0, 1], 80).into();
/// Feed::<Framed>::listen(&network, address, &ledger, FeedOptions::default());
///
/// let mut stream = network.connect(&ConnectionInfo::new("10.0.0.1", 80), address)?;
/// network.advance(Duration::from_secs(1));
/// stream.write_all(&Framed::frame(Framed::HELLO, b""))?;
/// network.advance(Duration::from_secs(1));
/// assert!(ledger.record(stream.id()).sent > 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Feed<C> {
    codec: C,
    numbers: Numbers,
    checker: NumberChecker,
    ledger: Ledger,
    options: FeedOptions,
    is_open: bool,
    is_done: bool,
    /// Has said goodbye, and ends the stream when it is woken.
    ends_later: bool,
}

/// How a [`Feed`] sends.
///
/// # Examples
///
/// ```
/// use boom_testkit::sim::FeedOptions;
///
/// let options = FeedOptions { hang_ups: 20, ..FeedOptions::default() };
/// assert_eq!(options.period_us, 100_000);
/// ```
#[derive(Clone, Debug)]
pub struct FeedOptions {
    /// The longest time between two bursts, in microseconds.
    pub period_us: u64,
    /// The most messages of one burst.
    pub burst: u64,
    /// Of a thousand bursts, those behind which the server says goodbye and closes.
    pub hang_ups: u32,
    /// The longest message.
    pub length: u64,
}

impl Default for FeedOptions {
    /// Up to four messages of up to 300 bytes, every tenth of a second at the latest, for as long as the client stays.
    fn default() -> Self {
        Self {
            period_us: 100_000,
            burst: 4,
            hang_ups: 0,
            length: 300,
        }
    }
}

impl Feed<()> {
    /// The payloads of the server on `connection`.
    pub const fn server_numbers(connection: ConnectionId) -> u64 {
        connection.number() * 2
    }

    /// The payloads of the client on `connection`.
    pub const fn client_numbers(connection: ConnectionId) -> u64 {
        connection.number() * 2 + 1
    }
}

impl<C: Codec + Default + 'static> Feed<C> {
    /// Serves `address` of `network`, and keeps the books in `ledger`.
    pub fn listen(
        network: &Network,
        address: std::net::SocketAddr,
        ledger: &Ledger,
        options: FeedOptions,
    ) {
        let ledger = ledger.clone();
        network.listen(address, move |connection| {
            Box::new(Self {
                codec: C::default(),
                numbers: Numbers::new(Feed::server_numbers(connection)),
                checker: NumberChecker::new(Feed::client_numbers(connection)),
                ledger: ledger.clone(),
                options: options.clone(),
                is_open: false,
                is_done: false,
                ends_later: false,
            })
        });
    }

    fn incoming(&mut self, incoming: Incoming, wire: &mut Wire<'_>) {
        let connection = wire.connection();
        match incoming {
            Incoming::Opened(mut answer) => {
                self.is_open = true;
                // Some messages may come with the answer.
                if wire.random().chance(500) {
                    answer.extend(self.burst(wire));
                }
                wire.send(&answer);
                self.wake(wire);
            }
            Incoming::Message(payload) => match self.checker.check(&payload) {
                Ok(_) => self
                    .ledger
                    .update(connection, |record| record.received += 1),
                Err(mismatch) => self.ledger.complain(connection, mismatch.to_string()),
            },
            Incoming::Pong(_) => self.ledger.update(connection, |record| record.pongs += 1),
            Incoming::Pinged(answer) => wire.send(&answer),
            Incoming::Goodbye => {
                self.ledger
                    .update(connection, |record| record.has_client_left = true);
                self.finish(wire, Vec::new());
            }
            Incoming::Nonsense(nonsense) => self.ledger.complain(connection, nonsense),
        }
    }

    /// A few messages in bytes, and perhaps a ping among them.
    fn burst(&mut self, wire: &mut Wire<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..wire.random().between(1, self.options.burst) {
            let length = wire.random().below(self.options.length) as usize;
            let parts = wire.random().pick(&[1, 1, 1, 2, 3]);
            let payload = self.numbers.next(wire.now_ns(), length);
            bytes.extend(self.codec.message(&payload, parts));
            if wire.random().chance(50) {
                bytes.extend(self.codec.ping(&payload[..16]));
            }
        }
        let sent = self.numbers.count();
        self.ledger
            .update(wire.connection(), |record| record.sent = sent);
        bytes
    }

    /// Says goodbye behind `bytes`, once.
    fn finish(&mut self, wire: &mut Wire<'_>, mut bytes: Vec<u8>) {
        if std::mem::replace(&mut self.is_done, true) {
            return;
        }
        bytes.extend(self.codec.goodbye());
        wire.send(&bytes);
        // Some servers wait for the client to close.
        self.ends_later = wire.random().chance(300);
        if self.ends_later {
            let at_ns = wire.now_ns() + PATIENCE_NS;
            wire.wake_at(at_ns);
        } else {
            wire.finish();
        }
        self.ledger
            .update(wire.connection(), |record| record.has_finished = true);
    }

    fn wake(&self, wire: &mut Wire<'_>) {
        let period_ns = self.options.period_us * 1000;
        let at_ns = wire.now_ns() + wire.random().between(period_ns / 10, period_ns);
        wire.wake_at(at_ns);
    }
}

/// How long a server may leave the stream open after it has said goodbye.
const PATIENCE_NS: u64 = 20_000_000_000;

impl<C: Codec + Default + 'static> Peer for Feed<C> {
    fn received(&mut self, bytes: &[u8], wire: &mut Wire<'_>) {
        self.codec.receive(bytes);
        while let Some(incoming) = self.codec.next() {
            let is_nonsense = matches!(incoming, Incoming::Nonsense(_));
            self.incoming(incoming, wire);
            if is_nonsense {
                return;
            }
        }
    }

    fn woken(&mut self, wire: &mut Wire<'_>) {
        if self.ends_later {
            return wire.finish();
        }
        if !self.is_open || self.is_done {
            return;
        }
        let bytes = self.burst(wire);
        let hang_ups = self.ledger.hang_ups(self.options.hang_ups);
        if wire.random().chance(hang_ups) {
            self.finish(wire, bytes);
        } else {
            wire.send(&bytes);
            self.wake(wire);
        }
    }
}

/// What servers have written down, by connection. Clones are the same.
///
/// # Examples
///
/// [`Feed`] shows it.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Rc<RefCell<Books>>);

#[derive(Debug, Default)]
struct Books {
    records: BTreeMap<ConnectionId, Record>,
    complaint: Option<(ConnectionId, String)>,
    is_calm: bool,
}

/// What a server knows of one connection.
///
/// # Examples
///
/// ```
/// assert_eq!(boom_testkit::sim::Record::default().sent, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Messages that were sent.
    pub sent: u64,
    /// Messages that were received, each the right one.
    pub received: u64,
    /// Answers to pings.
    pub pongs: u64,
    /// The server has said goodbye behind all that it has sent.
    pub has_finished: bool,
    /// The client has said goodbye.
    pub has_client_left: bool,
}

impl Ledger {
    /// The record of `connection`; empty where nothing has happened.
    pub fn record(&self, connection: ConnectionId) -> Record {
        let books = self.0.borrow();
        books.records.get(&connection).copied().unwrap_or_default()
    }

    /// The first thing that a server had to complain about.
    pub fn complaint(&self) -> Option<(ConnectionId, String)> {
        self.0.borrow().complaint.clone()
    }

    /// Lets no server hang up from now on.
    pub fn calm_down(&self) {
        self.0.borrow_mut().is_calm = true;
    }

    fn hang_ups(&self, per_mille: u32) -> u32 {
        if self.0.borrow().is_calm {
            0
        } else {
            per_mille
        }
    }

    fn update(&self, connection: ConnectionId, change: impl FnOnce(&mut Record)) {
        change(self.0.borrow_mut().records.entry(connection).or_default());
    }

    fn complain(&self, connection: ConnectionId, complaint: String) {
        let complaint = (connection, complaint);
        self.0.borrow_mut().complaint.get_or_insert(complaint);
    }
}
