//! The simulated network, without a program on it.
// The helpers are part of the tests: what they cannot do is a failure.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "sim")]

use std::cell::RefCell;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use boom_select::{Ready, Selector as _, Token};
use boom_stream::{ConnectionInfo, Socket, TimeSource};
use boom_testkit::sim::{Faults, Network, Peer, Selector, Stream, Wire};

const SECOND: Duration = Duration::from_secs(1);

fn address() -> SocketAddr {
    ([10, 0, 0, 1], 80).into()
}

fn connect(network: &Network) -> Stream {
    let info = ConnectionInfo::new("10.0.0.1", 80);
    network.connect(&info, address()).unwrap()
}

/// Sends a kibibyte at once, ends where it is told to, and keeps what it receives.
#[derive(Clone, Default)]
struct Server {
    received: Rc<RefCell<Vec<u8>>>,
    has_ended: Rc<RefCell<bool>>,
    finishes: bool,
}

impl Server {
    fn listen(&self, network: &Network) {
        let server = self.clone();
        network.listen(address(), move |_| Box::new(server.clone()));
    }
}

impl Peer for Server {
    fn opened(&mut self, wire: &mut Wire<'_>) {
        wire.send(&kibibyte());
        if self.finishes {
            wire.finish();
        }
    }

    fn received(&mut self, bytes: &[u8], _: &mut Wire<'_>) {
        self.received.borrow_mut().extend_from_slice(bytes);
    }

    fn ended(&mut self) {
        *self.has_ended.borrow_mut() = true;
    }
}

fn kibibyte() -> Vec<u8> {
    (0..1024u32).map(|number| number as u8).collect()
}

fn token() -> Token {
    Token {
        index: 3,
        generation: 9,
    }
}

fn poll(selector: &mut Selector, timeout: Duration) -> Vec<Ready> {
    let mut ready = Vec::new();
    selector.poll(&mut ready, Some(timeout)).unwrap();
    ready
}

/// Reads until there is nothing more; the kind of the last answer where that was an error.
fn drain(stream: &mut Stream) -> (Vec<u8>, Option<ErrorKind>) {
    let (mut all, mut buffer) = (Vec::new(), [0; 64]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return (all, None),
            Ok(count) => all.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (all, Some(error.kind())),
        }
    }
}

#[test]
fn short_reads_and_the_end_lose_nothing() {
    for seed in 0..50 {
        let network = Network::new(seed);
        network.set_faults(Faults {
            short_reads: 700,
            interruptions: 100,
            ..Faults::none()
        });
        let server = Server {
            finishes: true,
            ..Server::default()
        };
        server.listen(&network);
        let mut stream = connect(&network);
        network.advance(SECOND);
        assert!(stream.connected().unwrap());
        assert_eq!(drain(&mut stream), (kibibyte(), None), "seed {seed}");
    }
}

#[test]
fn short_and_blocked_writes_arrive_in_order_and_behind_them_the_end() {
    for seed in 0..50 {
        let network = Network::new(seed);
        network.set_faults(Faults {
            short_writes: 500,
            blocked_writes: 300,
            ..Faults::none()
        });
        let server = Server::default();
        server.listen(&network);
        let mut stream = connect(&network);
        network.advance(SECOND);
        let (all, mut sent) = (kibibyte(), 0);
        while sent < all.len() {
            match stream.write(&all[sent..]) {
                Ok(count) => sent += count,
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
            network.advance(Duration::from_millis(2));
        }
        drop(stream);
        assert!(!*server.has_ended.borrow());
        network.advance(SECOND);
        assert_eq!(*server.received.borrow(), all, "seed {seed}");
        assert!(*server.has_ended.borrow());
    }
}

#[test]
fn readiness_is_told_once_and_is_what_a_read_goes_by() {
    let network = Network::new(1);
    Server::default().listen(&network);
    let (mut selector, mut stream) = (network.selector(), connect(&network));
    selector.register(&mut stream, token()).unwrap();
    let ready = poll(&mut selector, SECOND);
    assert_eq!(ready.len(), 1);
    assert_eq!(ready[0].token, token());
    assert!(ready[0].readiness.writable && !ready[0].readiness.readable);
    network.advance(SECOND);
    // The bytes are there, and nobody has said so.
    assert_eq!(
        drain(&mut stream),
        (Vec::new(), Some(ErrorKind::WouldBlock))
    );
    let ready = poll(&mut selector, Duration::ZERO);
    assert!(ready[0].readiness.readable);
    selector.deliver(&mut stream, ready[0].readiness);
    assert!(selector.may_read(&stream));
    assert_eq!(
        drain(&mut stream),
        (kibibyte(), Some(ErrorKind::WouldBlock))
    );
    assert!(!selector.may_read(&stream));
    assert_eq!(poll(&mut selector, SECOND), []);
    assert_eq!(network.misled(), None);
}

#[test]
fn waiting_lets_the_time_pass_to_the_next_report_and_no_further() {
    let network = Network::new(1);
    let (clock, start_ns) = (network.clock(), network.clock().now_ns());
    let (mut selector, mut stream) = (network.selector(), connect(&network));
    selector.register(&mut stream, token()).unwrap();
    assert_eq!(poll(&mut selector, SECOND).len(), 1);
    assert!((100_000..=1_000_000).contains(&(clock.now_ns() - start_ns)));
    let start_ns = clock.now_ns();
    assert_eq!(poll(&mut selector, SECOND), []);
    assert_eq!(clock.now_ns() - start_ns, 1_000_000_000);
}

#[test]
fn who_does_not_read_what_is_there_is_found_out() {
    let network = Network::new(1);
    Server::default().listen(&network);
    let (mut selector, mut stream) = (network.selector(), connect(&network));
    selector.register(&mut stream, token()).unwrap();
    network.advance(SECOND);
    assert_eq!(network.neglected(2 * SECOND), None);
    // Nobody can be blamed for a time in which the machine stood still.
    network.jump(10 * SECOND);
    assert_eq!(network.neglected(2 * SECOND), None);
    network.advance(2 * SECOND);
    assert_eq!(network.neglected(2 * SECOND), Some(stream.id()));
}

#[test]
fn a_report_of_another_is_found_out() {
    let network = Network::new(1);
    let mut selector = network.selector();
    let (mut one, mut other) = (connect(&network), connect(&network));
    selector.register(&mut one, token()).unwrap();
    let ready = poll(&mut selector, SECOND);
    selector.deliver(&mut other, ready[0].readiness);
    assert_eq!(network.misled(), Some(other.id()));
}

#[test]
fn what_the_selector_has_told_of_a_socket_is_known() {
    let network = Network::new(1);
    Server::default().listen(&network);
    let (mut selector, mut stream) = (network.selector(), connect(&network));
    let id = stream.id();
    assert_eq!((network.watched(), network.heard_ns(id)), (0, None));
    selector.register(&mut stream, token()).unwrap();
    assert_eq!(network.watched(), 1);
    network.advance(SECOND);
    let ready = poll(&mut selector, Duration::ZERO);
    selector.deliver(&mut stream, ready[0].readiness);
    assert_eq!(network.heard_ns(id), Some(network.clock().now_ns()));
    selector.deregister(&mut stream, token()).unwrap();
    assert_eq!((network.watched(), network.cut_short_ns(id)), (0, None));

    // One that is dropped before the report.
    let (mut stream, start_ns) = (connect(&network), network.clock().now_ns());
    selector.register(&mut stream, token()).unwrap();
    network.advance(SECOND);
    selector.deregister(&mut stream, token()).unwrap();
    let came_ns = network.cut_short_ns(stream.id()).unwrap();
    assert!((start_ns..start_ns + 10_000_000).contains(&came_ns));
}

#[test]
fn a_socket_dropped_while_it_is_watched_is_found_out() {
    let network = Network::new(1);
    let (mut selector, mut stream) = (network.selector(), connect(&network));
    selector.register(&mut stream, token()).unwrap();
    selector.deregister(&mut stream, token()).unwrap();
    drop(stream);
    assert_eq!(network.abandoned(), None);
    let mut stream = connect(&network);
    selector.register(&mut stream, token()).unwrap();
    let id = stream.id();
    drop(stream);
    assert_eq!(network.abandoned(), Some(id));
}

#[test]
fn a_restart_resets_and_refuses_until_it_is_over() {
    let network = Network::new(1);
    Server::default().listen(&network);
    let mut stream = connect(&network);
    network.advance(SECOND);
    network.restart(address(), 5 * SECOND);
    network.advance(SECOND);
    let (_, kind) = drain(&mut stream);
    assert_eq!(kind, Some(ErrorKind::ConnectionReset));
    assert_eq!(
        stream.write(b"more").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    let mut refused = connect(&network);
    network.advance(SECOND);
    assert_eq!(
        refused.connected().unwrap_err().kind(),
        ErrorKind::ConnectionRefused
    );
    network.advance(4 * SECOND);
    let mut stream = connect(&network);
    network.advance(SECOND);
    assert!(stream.connected().unwrap());
}

#[test]
fn a_black_hole_and_a_silence_tell_nothing() {
    let network = Network::new(1);
    Server::default().listen(&network);
    network.set_faults(Faults {
        black_holes: 1000,
        ..Faults::none()
    });
    let mut never = connect(&network);
    network.set_faults(Faults {
        silences: 1000,
        ..Faults::none()
    });
    let mut silent = connect(&network);
    network.advance(3600 * SECOND);
    assert!(!never.connected().unwrap());
    assert!(silent.connected().unwrap());
    for _ in 0..40 {
        // Until both sides together have sent ten thousand bytes, at the latest.
        let _ = silent.write(&[0; 512]);
        network.advance(SECOND);
    }
    let (received, kind) = drain(&mut silent);
    assert!(kibibyte().starts_with(&received));
    assert_eq!(kind, Some(ErrorKind::WouldBlock));
}

#[test]
fn names_are_found_refused_or_lost() {
    let network = Network::new(1);
    network.add_host("a.test", [address()]);
    let ask = |host: &str| {
        let mut lookup = network.lookup(host, 443);
        network.advance(60 * SECOND);
        lookup
            .poll()
            .map(|answer| answer.map_err(|error| error.kind()))
    };
    let found = SocketAddr::new(address().ip(), 443);
    assert_eq!(ask("a.test"), Some(Ok(vec![found])));
    assert_eq!(
        ask("::1"),
        Some(Ok(vec![([0, 0, 0, 0, 0, 0, 0, 1], 443).into()]))
    );
    assert_eq!(ask("b.test"), Some(Err(ErrorKind::NotFound)));
    network.set_faults(Faults {
        lost_lookups: 1000,
        ..Faults::none()
    });
    assert_eq!(ask("a.test"), None);
    network.calm_down();
    assert_eq!(ask("a.test"), Some(Ok(vec![found])));
}

#[test]
fn the_trace_follows_from_the_seed() {
    let run = |seed| {
        let network = Network::new(seed);
        Server::default().listen(&network);
        let mut stream = connect(&network);
        network.advance(SECOND);
        drain(&mut stream);
        network.trace_hash()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}
