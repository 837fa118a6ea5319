//! A network in memory on which everything goes wrong that can, repeatably.
//!
//! A test of a program that talks to servers wants the bad days: connects that nobody answers, names that do not resolve,
//! reads that return three bytes, writes that take none, servers that fall silent. Here they all follow from one number. The
//! same number gives the same run, byte for byte, so what has failed once can be looked at as often as it takes.
//!
//! | piece | what it stands for |
//! | --- | --- |
//! | [`Network`] | hosts, servers, what is on its way, and the time |
//! | [`Clock`] | the machine's clock; only the network moves it |
//! | [`Stream`] | a socket: `Read`, `Write`, [`Layer`](boom_stream::Layer), [`Socket`](boom_stream::Socket) |
//! | [`Selector`] | epoll: edge-triggered, in any order, at times late, early, or for no reason |
//! | [`Lookup`] | the resolver of names |
//! | [`Faults`] | how often what goes wrong |
//! | [`Disk`] | a file that loses what was not synced |
//! | [`Peer`] | the server's end of a connection: what a test writes, or [`Feed`] |
//! | [`Random`] | where all choices come from |
//!
//! Under them lie the pieces for servers: [`Feed`] sends messages that [`Numbers`] makes and keeps a [`Ledger`], in a
//! protocol that is a [`Codec`]: [`Framed`] or [`WebsocketCodec`].
//!
//! # In a test of your own
//!
//! The program under test connects by [`Network::connect`] in place of a `TcpStream`, waits in [`Network::selector`], and
//! reads the time from [`Network::clock`]. Let it run under many seeds, and check two things: what must hold at all
//! times, here that each byte is the next one, and what must come to pass once the trouble is over.
//!
//! ```
//! use boom_select::{Selector as _, Token};
//! use boom_stream::{ConnectionInfo, Socket, TimeSource};
//! use boom_testkit::sim::{Faults, Network, Peer, Random, Wire};
//! use std::io::{ErrorKind, Read};
//! use std::time::Duration;
//!
//! /// Sends the alphabet, a letter a millisecond, and ends.
//! struct Alphabet(u8);
//!
//! impl Peer for Alphabet {
//!     fn opened(&mut self, wire: &mut Wire<'_>) {
//!         self.woken(wire);
//!     }
//!
//!     fn received(&mut self, _: &[u8], _: &mut Wire<'_>) {}
//!
//!     fn woken(&mut self, wire: &mut Wire<'_>) {
//!         wire.send(&[self.0]);
//!         if self.0 == b'z' {
//!             return wire.finish();
//!         }
//!         self.0 += 1;
//!         let next_ns = wire.now_ns() + 1_000_000;
//!         wire.wake_at(next_ns);
//!     }
//! }
//!
//! /// The program under test: connects until it has seen the whole alphabet. Returns the attempts it took.
//! fn spell(network: &Network) -> usize {
//!     let (info, address) = (ConnectionInfo::new("10.0.0.1", 80), ([10, 0, 0, 1], 80).into());
//!     let (clock, mut selector) = (network.clock(), network.selector());
//!     for attempt in 1.. {
//!         let Ok(mut stream) = network.connect(&info, address) else { continue };
//!         let token = Token { index: 0, generation: attempt };
//!         selector.register(&mut stream, token).unwrap();
//!         let (mut seen, mut until_ns) = (Vec::new(), clock.now_ns() + 100_000_000);
//!         while clock.now_ns() < until_ns {
//!             let mut ready = Vec::new();
//!             selector.poll(&mut ready, Some(Duration::from_millis(10))).unwrap();
//!             for report in ready.iter().filter(|report| report.token == token) {
//!                 selector.deliver(&mut stream, report.readiness);
//!             }
//!             let mut buffer = [0; 5];
//!             while selector.may_read(&stream) {
//!                 match stream.read(&mut buffer) {
//!                     Ok(0) => until_ns = 0,
//!                     Ok(count) => seen.extend_from_slice(&buffer[..count]),
//!                     Err(error) if error.kind() == ErrorKind::Interrupted => {}
//!                     Err(error) if error.kind() == ErrorKind::WouldBlock => break,
//!                     Err(_) => until_ns = 0,
//!                 }
//!                 if until_ns == 0 {
//!                     break;
//!                 }
//!             }
//!             // What must hold at all times.
//!             assert!(b"abcdefghijklmnopqrstuvwxyz".starts_with(&seen));
//!         }
//!         selector.deregister(&mut stream, token).unwrap();
//!         if seen.len() == 26 {
//!             return attempt as usize;
//!         }
//!         if attempt == 5 {
//!             network.calm_down();
//!         }
//!     }
//!     unreachable!()
//! }
//!
//! for seed in 0..20 {
//!     let run = || {
//!         let network = Network::new(seed);
//!         network.set_faults(Faults::drawn(&mut Random::new(seed)));
//!         network.listen(([10, 0, 0, 1], 80).into(), |_| Box::new(Alphabet(b'a')));
//!         // What must come to pass: at the first attempt after the trouble, if not before.
//!         assert!(spell(&network) <= 6, "seed {seed}:\n{}", network.trace(50));
//!         network.trace_hash()
//!     };
//!     assert_eq!(run(), run());
//! }
//! ```
//!
//! A service of endpoints is tested in the same way: `selector().into_io_service()`, `with_time_source(clock())`, a resolver
//! of a few lines around [`Network::lookup`], and `with_seed`. Its `wait` lets the time pass, and a hundred virtual seconds
//! take some milliseconds.
//!
//! # What the network sees of the program
//!
//! Some faults of a program are plain to see from below, whatever it does above, and are best asked for at each step:
//! [`Network::neglected`] finds a socket that is ready and is not served, [`Network::misled`] one that was handed a report of
//! another, [`Network::abandoned`] one that was dropped while it was watched. [`Network::watched`] is to be the number of
//! sockets that the program has, and [`Network::heard_ns`] tells for how long it has not heard of one.
//! [`Network::counts`] tells how much has happened, so that a test can say how many polls there were reasons for.
//!
//! # What a connection does
//!
//! Bytes arrive in order, in pieces, each after a time on the way of its own; the end of the stream may come together with
//! the last of them. A connection may be given a fate: to be reset, or to fall silent, at some byte. A reset may take what
//! had arrived with it, or not. Nothing is ever changed, repeated, or put into another order, as TCP has it.

mod clock;
mod disk;
mod faults;
mod network;
mod random;

mod connection;
mod lookup;
mod peer;
mod selector;
mod stream;
mod trace;

mod codec;
mod feed;
mod numbers;
mod websocket;

pub use clock::Clock;
pub use codec::{Codec, Framed, Incoming};
pub use disk::Disk;
pub use faults::Faults;
pub use feed::{Feed, FeedOptions, Ledger, Record};
pub use lookup::Lookup;
pub use network::{Counts, Network};
pub use numbers::{Mismatch, NumberChecker, Numbers};
pub use peer::{ConnectionId, Peer, Wire};
pub use random::Random;
pub use selector::Selector;
pub use stream::Stream;
pub use websocket::WebsocketCodec;
