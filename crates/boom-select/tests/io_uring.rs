//! `IoUringSelector` and `IoUringStream` over loopback: what the tests of mio ask for, and what only a ring can get wrong.
#![cfg(all(feature = "io-uring", target_os = "linux"))]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

use std::io::{self, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream as Peer};
use std::time::Duration;

use boom_select::{
    DirectSelector, IntoIoUringStream, IoUringConfig, IoUringError, IoUringSelector, IoUringStream,
    Ready, Selector, Token,
};
use boom_stream::Socket;
use boom_stream::tcp::TcpStream;

const TOKEN: Token = token(3, 9);

const fn token(index: u32, generation: u32) -> Token {
    Token { index, generation }
}

/// A selector, or nothing where the system has no io_uring; that is said past the capture of the test's output.
fn selector(config: IoUringConfig) -> Option<IoUringSelector> {
    match IoUringSelector::with_config(config) {
        Ok(selector) => Some(selector),
        Err(error)
            if error
                .get_ref()
                .is_some_and(|source| source.is::<IoUringError>()) =>
        {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            let mut uncaptured = io::stderr();
            writeln!(uncaptured, "{name} is SKIPPED: {error}").unwrap();
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Ends the test where there is no io_uring.
macro_rules! or_skip {
    ($option:expr) => {
        match $option {
            Some(value) => value,
            None => return,
        }
    };
}

/// A registered stream and its peer.
struct Pair {
    selector: IoUringSelector,
    stream: IoUringStream,
    peer: Peer,
}

impl Pair {
    fn connected() -> Option<Self> {
        Self::with_config(IoUringConfig::default())
    }

    fn with_config(config: IoUringConfig) -> Option<Self> {
        let selector = selector(config)?;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut pair = Self {
            selector,
            stream: connect(listener.local_addr().unwrap().port()),
            peer: listener.accept().unwrap().0,
        };
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        pair.turn_until(|pair| pair.stream.connected().unwrap());
        Some(pair)
    }

    /// Waits for reports and delivers them until `done`.
    fn turn_until(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..100_000 {
            if done(self) {
                return;
            }
            for report in poll(&mut self.selector, Duration::from_secs(10)) {
                assert_eq!(report.token, TOKEN);
                self.selector.deliver(&mut self.stream, report.readiness);
            }
        }
        panic!("what was waited for did not happen");
    }

    /// Reads until so many bytes have come.
    fn receive(&mut self, count: usize) -> Vec<u8> {
        let mut received = Vec::new();
        let mut buffer = [0; 4096];
        self.turn_until(|pair| {
            while pair.selector.may_read(&pair.stream) {
                match pair.stream.read(&mut buffer).unwrap() {
                    0 => return true,
                    read => received.extend_from_slice(&buffer[..read]),
                }
            }
            received.len() >= count
        });
        received
    }
}

fn connect(port: u16) -> IoUringStream {
    TcpStream::try_from(("127.0.0.1", port))
        .unwrap()
        .into_io_uring_stream()
}

fn poll(selector: &mut IoUringSelector, timeout: Duration) -> Vec<Ready> {
    let mut ready = Vec::new();
    selector.poll(&mut ready, Some(timeout)).unwrap();
    ready
}

/// The kind of the error, or nothing.
fn kind<T>(result: std::io::Result<T>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// A port that nobody listens at.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[test]
fn nothing_is_ready_before_the_first_report() {
    let mut pair = or_skip!(Pair::connected());
    assert!(!pair.selector.may_read(&pair.stream));
    assert!(pair.selector.may_write(&pair.stream));
    assert_eq!(pair.stream.connection_info().host(), "127.0.0.1");
    assert_eq!(
        kind(pair.stream.read(&mut [0; 8])),
        Some(ErrorKind::WouldBlock)
    );
}

#[test]
fn an_end_that_arrives_with_the_data_is_not_lost() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"last words").unwrap();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    let mut saw_end = false;
    while !saw_end {
        for report in poll(&mut pair.selector, Duration::from_secs(10)) {
            saw_end |= report.readiness.read_closed;
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
    }
    // No report will follow, so the short read must not be taken for an empty socket.
    let mut buffer = [0; 64];
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 10);
    assert_eq!(&buffer[..10], b"last words");
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 0);
    assert!(
        !pair.selector.may_read(&pair.stream),
        "the end is no reason to come back"
    );
    assert_eq!(
        pair.stream.read(&mut buffer).unwrap(),
        0,
        "the end can be read again"
    );
}

#[test]
fn a_drained_stream_makes_no_system_call() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"one").unwrap();
    let mut buffer = [0; 64];
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert!(!pair.selector.may_read(&pair.stream));

    // Without a report the stream does not look, whatever has arrived.
    pair.peer.write_all(b"two").unwrap();
    assert_eq!(
        kind(pair.stream.read(&mut buffer)),
        Some(ErrorKind::WouldBlock)
    );

    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer[..3], b"two");
}

#[test]
fn a_full_read_leaves_the_rest_readable() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"abcdef").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut buffer = [0; 3];
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut buffer).unwrap(), 3);
    assert_eq!(&buffer, b"def");
    assert_eq!(
        kind(pair.stream.read(&mut buffer)),
        Some(ErrorKind::WouldBlock)
    );
    assert!(!pair.selector.may_read(&pair.stream));
}

#[test]
fn an_empty_buffer_is_not_taken_for_the_end() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"x").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut []).unwrap(), 0);
    assert!(pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut [0; 8]).unwrap(), 1);
}

#[test]
fn a_refused_connect_is_told_by_connected() {
    let mut selector = or_skip!(selector(IoUringConfig::default()));
    let mut stream = connect(closed_port());
    selector.register(&mut stream, TOKEN).unwrap();
    let error = loop {
        for report in poll(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        match stream.connected() {
            Ok(connected) => assert!(!connected),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_refused_connect_is_told_by_the_first_read() {
    let mut selector = or_skip!(selector(IoUringConfig::default()));
    let mut stream = connect(closed_port());
    selector.register(&mut stream, TOKEN).unwrap();
    let kind = loop {
        for report in poll(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        match kind(stream.read(&mut [0; 8])) {
            Some(ErrorKind::WouldBlock) => {}
            other => break other,
        }
    };
    assert_eq!(kind, Some(ErrorKind::ConnectionRefused));
}

#[test]
fn a_partial_write_waits_for_the_writable_report() {
    let mut pair = or_skip!(Pair::connected());
    let block = vec![7_u8; 1 << 20];
    let mut sent = 0;
    let taken = loop {
        match pair.stream.write(&block) {
            Ok(count) if count == block.len() => sent += count,
            Ok(count) => break count,
            Err(error) => panic!("the first refusal is a partial write, not {error}"),
        }
    };
    sent += taken;
    assert!(!pair.selector.may_write(&pair.stream));

    // The peer makes room for a part; without a report the stream does not try.
    let mut received = vec![0; sent];
    pair.peer.read_exact(&mut received).unwrap();
    assert_eq!(kind(pair.stream.write(&block)), Some(ErrorKind::WouldBlock));
    assert_eq!(
        kind(pair.stream.write_vectored(&[IoSlice::new(&block)])),
        Some(ErrorKind::WouldBlock)
    );

    pair.turn_until(|pair| pair.selector.may_write(&pair.stream));
    assert!(pair.stream.write(&block).unwrap() > 0);
}

#[test]
fn a_report_names_the_generation_it_was_registered_with() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut selector = or_skip!(selector(IoUringConfig::default()));
    let mut old = connect(port);
    let mut old_peer = listener.accept().unwrap().0;
    selector.register(&mut old, token(0, 1)).unwrap();
    old_peer.write_all(b"stale").unwrap();
    selector.deregister(&mut old, token(0, 1)).unwrap();

    let mut new = connect(port);
    let _new_peer = listener.accept().unwrap();
    selector.register(&mut new, token(0, 2)).unwrap();
    let reports = poll(&mut selector, Duration::from_secs(10));
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].token, token(0, 2));

    // The old one is an ordinary stream again.
    let mut buffer = [0; 8];
    assert_eq!(old.read(&mut buffer).unwrap(), 5);
}

#[test]
fn registering_again_reports_what_is_there() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"kept").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    assert!(
        poll(&mut pair.selector, Duration::from_secs(10))[0]
            .readiness
            .readable
    );
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    assert_eq!(pair.stream.read(&mut [0; 8]).unwrap(), 4);
}

#[test]
fn without_a_selector_it_is_an_ordinary_stream() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connect(listener.local_addr().unwrap().port());
    let (mut peer, _) = listener.accept().unwrap();
    while !stream.connected().unwrap() {}
    assert_eq!(kind(stream.read(&mut [0; 8])), Some(ErrorKind::WouldBlock));
    stream.write_all(b"question").unwrap();
    let mut question = [0; 8];
    peer.read_exact(&mut question).unwrap();
    peer.write_all(b"answer").unwrap();
    drop(peer);
    let mut answer = Vec::new();
    while kind(stream.read_to_end(&mut answer)) == Some(ErrorKind::WouldBlock) {}
    assert_eq!(answer, b"answer");
}

#[test]
fn a_write_of_more_buffers_than_the_kernel_takes_has_not_filled_the_socket() {
    let mut pair = or_skip!(Pair::connected());
    let buffers = vec![IoSlice::new(b"x"); 2000];
    let count = pair.stream.write_vectored(&buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for a socket that was writable all the time.
    assert!(pair.selector.may_write(&pair.stream));
    assert_eq!(pair.stream.write(b"y").unwrap(), 1);
}

#[test]
fn a_read_goes_on_across_buffers_of_the_kernel_and_of_the_caller() {
    let config = IoUringConfig::default().with_buffer_size(64);
    let mut pair = or_skip!(Pair::with_config(config));
    let bytes: Vec<_> = (0..3000_u32).map(|number| number as u8).collect();
    pair.peer.write_all(&bytes).unwrap();
    let mut received = vec![0; 3000];
    let mut filled = 0;
    pair.turn_until(|pair| {
        while pair.selector.may_read(&pair.stream) {
            let mut parts: Vec<_> = received[filled..]
                .chunks_mut(7)
                .map(IoSliceMut::new)
                .collect();
            filled += pair.stream.read_vectored(&mut parts).unwrap();
        }
        filled == 3000
    });
    assert_eq!(received, bytes);
    assert_eq!(pair.stream.read_vectored(&mut []).unwrap(), 0);
}

#[test]
fn a_refused_construction_says_why() {
    if let Err(error) = IoUringSelector::new() {
        let source = error.get_ref().and_then(|source| source.downcast_ref());
        assert!(
            matches!(
                source,
                Some(
                    IoUringError::Missing
                        | IoUringError::TooOld(_)
                        | IoUringError::Disabled(_)
                        | IoUringError::Forbidden
                )
            ),
            "{error}"
        );
    }
}

#[test]
fn thousands_of_messages_pass_through_four_buffers_and_few_completions() {
    const MESSAGES: u32 = 5000;
    let config = IoUringConfig::default()
        .with_buffers(4)
        .with_buffer_size(64)
        .with_completions(2);
    let mut pair = or_skip!(Pair::with_config(config));
    let mut peer = pair.peer.try_clone().unwrap();
    let sender = std::thread::spawn(move || {
        for number in 0..MESSAGES {
            peer.write_all(&number.to_be_bytes()).unwrap();
        }
    });
    let received = pair.receive(4 * MESSAGES as usize);
    sender.join().unwrap();
    let sent: Vec<_> = (0..MESSAGES).flat_map(u32::to_be_bytes).collect();
    assert_eq!(received, sent);
}

#[test]
fn one_who_does_not_read_leaves_buffers_to_the_others() {
    let config = IoUringConfig::default()
        .with_buffers(16)
        .with_buffer_size(64);
    let mut selector = or_skip!(selector(config));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut streams: Vec<_> = (0..2).map(|_| connect(port)).collect();
    let mut peers: Vec<_> = (0..2).map(|_| listener.accept().unwrap().0).collect();
    for (index, stream) in streams.iter_mut().enumerate() {
        selector.register(stream, token(index as u32, 0)).unwrap();
    }
    // The first has more than all buffers hold, and is not read.
    let flood: Vec<_> = (0..100_000_u32).map(|number| number as u8).collect();
    peers[0].write_all(&flood).unwrap();
    let mut received = [Vec::new(), Vec::new()];
    for number in 0..1000_u32 {
        peers[1].write_all(&number.to_be_bytes()).unwrap();
        turn_many_until(&mut selector, &mut streams, |selector, streams| {
            read_available(selector, &mut streams[1], &mut received[1]);
            received[1].len() == 4 * (number as usize + 1)
        });
    }
    let sent: Vec<_> = (0..1000).flat_map(u32::to_be_bytes).collect();
    assert_eq!(received[1], sent);
    // And loses nothing when it reads after all.
    turn_many_until(&mut selector, &mut streams, |selector, streams| {
        read_available(selector, &mut streams[0], &mut received[0]);
        received[0].len() == flood.len()
    });
    assert_eq!(received[0], flood);
}

#[test]
fn more_than_64_connections_all_receive() {
    const CONNECTIONS: usize = 300;
    // Fewer completions and buffers than there are connections.
    let config = IoUringConfig::default()
        .with_buffers(64)
        .with_completions(64);
    let mut selector = or_skip!(selector(config));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mut streams, mut peers) = (Vec::new(), Vec::new());
    for index in 0..CONNECTIONS {
        let mut stream = connect(port);
        selector
            .register(&mut stream, token(index as u32, 0))
            .unwrap();
        streams.push(stream);
        peers.push(listener.accept().unwrap().0);
    }
    let mut received = vec![Vec::new(); CONNECTIONS];
    for round in 1..=10_usize {
        for (index, peer) in peers.iter_mut().enumerate() {
            peer.write_all(&(index as u32).to_be_bytes()).unwrap();
        }
        turn_many_until(&mut selector, &mut streams, |selector, streams| {
            for (stream, received) in streams.iter_mut().zip(&mut received) {
                read_available(selector, stream, received);
            }
            received.iter().all(|received| received.len() == 4 * round)
        });
    }
    for (index, received) in received.iter().enumerate() {
        assert_eq!(*received, (index as u32).to_be_bytes().repeat(10));
    }
}

#[test]
fn what_was_received_before_a_deregistration_is_not_lost() {
    let mut pair = or_skip!(Pair::connected());
    let mut received = Vec::new();
    let mut expected = Vec::new();
    for round in 0..100_u8 {
        let bytes = [round; 100];
        pair.peer.write_all(&bytes).unwrap();
        expected.extend_from_slice(&bytes);
        // In the completions, in the kernel, or on the way between.
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
        let mut buffer = [0; 60];
        while received.len() < expected.len() - 50 {
            match pair.stream.read(&mut buffer) {
                Ok(count) => received.extend_from_slice(&buffer[..count]),
                Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
            }
        }
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    }
    received.extend(pair.receive(expected.len() - received.len()));
    assert_eq!(received, expected);
}

#[test]
fn a_stream_belongs_to_the_selector_that_it_was_registered_with() {
    let mut pair = or_skip!(Pair::connected());
    let mut other = or_skip!(selector(IoUringConfig::default()));
    let again = pair.selector.register(&mut pair.stream, TOKEN);
    assert_eq!(kind(again), Some(ErrorKind::AlreadyExists));
    let elsewhere = other.deregister(&mut pair.stream, TOKEN);
    assert_eq!(kind(elsewhere), Some(ErrorKind::NotFound));
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    let twice = pair.selector.deregister(&mut pair.stream, TOKEN);
    assert_eq!(kind(twice), Some(ErrorKind::NotFound));

    other.register(&mut pair.stream, TOKEN).unwrap();
    drop(std::mem::replace(&mut pair.selector, other));
    pair.peer.write_all(b"moved").unwrap();
    assert_eq!(pair.receive(5), b"moved");
}

#[test]
fn a_stream_that_is_dropped_registered_is_closed_at_once() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"never read").unwrap();
    drop(pair.stream);
    // Nobody has polled: the end is there all the same.
    assert_eq!(pair.peer.read(&mut [0; 8]).unwrap(), 0);
    // Its place is used again and nothing of it is reported.
    for _ in 0..10 {
        assert_eq!(poll(&mut pair.selector, Duration::ZERO), []);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    pair.stream = connect(listener.local_addr().unwrap().port());
    pair.peer = listener.accept().unwrap().0;
    pair.selector.register(&mut pair.stream, TOKEN).unwrap();
    pair.peer.write_all(b"next").unwrap();
    assert_eq!(pair.receive(4), b"next");
}

#[test]
fn a_stream_that_is_deregistered_and_dropped_is_closed() {
    let mut pair = or_skip!(Pair::connected());
    pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    drop(pair.stream);
    assert_eq!(pair.peer.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn a_selector_that_is_dropped_first_leaves_an_error_and_never_a_gap() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"delivered").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    pair.peer.write_all(b"in flight").unwrap();
    drop(pair.selector);
    // The buffer outlives the selector.
    let mut buffer = [0; 64];
    let mut received = Vec::new();
    let error = loop {
        match pair.stream.read(&mut buffer) {
            Ok(count) => received.extend_from_slice(&buffer[..count]),
            Err(error) => break error,
        }
    };
    assert_eq!(received, b"delivered");
    assert_eq!(error.kind(), ErrorKind::NotConnected);
    assert!(error.to_string().contains("selector"), "{error}");
    drop(pair.stream);
}

#[test]
fn any_order_of_drops_with_data_in_flight_is_sound() {
    for order in 0..100_u32 {
        let mut pair = or_skip!(Pair::connected());
        let mut peer = pair.peer.try_clone().unwrap();
        let sender = std::thread::spawn(move || while peer.write_all(&[1; 1000]).is_ok() {});
        pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
        assert!(pair.stream.read(&mut [0; 10]).unwrap() > 0);
        let Pair {
            selector,
            stream,
            peer,
        } = pair;
        if order % 2 == 0 {
            drop(selector);
            drop(stream);
        } else {
            drop(stream);
            drop(selector);
        }
        peer.shutdown(Shutdown::Both).ok();
        sender.join().unwrap();
    }
}

#[test]
fn a_stream_can_be_read_on_another_thread_than_the_selector() {
    let mut pair = or_skip!(Pair::connected());
    pair.peer.write_all(b"across").unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut stream = pair.stream;
    let reader = std::thread::spawn(move || {
        let mut buffer = [0; 64];
        let count = stream.read(&mut buffer).unwrap();
        (stream, buffer[..count].to_vec())
    });
    let (stream, bytes) = reader.join().unwrap();
    assert_eq!(bytes, b"across");
    pair.stream = stream;
    pair.peer.write_all(b"back").unwrap();
    assert_eq!(pair.receive(4), b"back");
}

#[test]
fn a_selector_goes_on_when_the_thread_has_ended_that_registered() {
    let Some(mut pair) = std::thread::spawn(Pair::connected).join().unwrap() else {
        return;
    };
    pair.peer.write_all(b"still here").unwrap();
    assert_eq!(pair.receive(10), b"still here");
    let whole = std::thread::spawn(move || {
        pair.peer.write_all(b"moved").unwrap();
        pair.receive(5)
    });
    assert_eq!(whole.join().unwrap(), b"moved");
}

#[test]
fn ten_thousand_registrations_leave_nothing_behind() {
    let mut pair = or_skip!(Pair::with_config(IoUringConfig::default().with_buffers(8)));
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let _ = descriptors();
    let mut received = 0;
    for round in 0..10_000_u32 {
        pair.peer.write_all(b"x").unwrap();
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        if round % 16 == 0 {
            received += pair.receive(1).len();
        }
    }
    received += pair.receive(10_000 - received).len();
    assert_eq!(received, 10_000);
    assert_eq!(poll(&mut pair.selector, Duration::ZERO), []);
}

#[test]
fn a_reset_is_told_after_the_bytes_before_it() {
    let mut pair = or_skip!(Pair::connected());
    pair.stream.write_all(b"unread by the peer").unwrap();
    pair.peer.write_all(b"before").unwrap();
    assert_eq!(pair.receive(6), b"before");
    while pair.peer.peek(&mut [0; 64]).unwrap() < 18 {}
    // Closing with unread bytes resets.
    let Pair {
        mut selector,
        mut stream,
        peer,
    } = pair;
    drop(peer);
    let error = loop {
        for report in poll(&mut selector, Duration::from_secs(10)) {
            selector.deliver(&mut stream, report.readiness);
        }
        match stream.read(&mut [0; 8]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            other => break other.unwrap_err(),
        }
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert!(selector.deregister(&mut stream, TOKEN).is_ok());
}

#[test]
fn waiting_ends_with_the_time_given() {
    let mut pair = or_skip!(Pair::connected());
    while !poll(&mut pair.selector, Duration::ZERO).is_empty() {}
    assert_eq!(poll(&mut pair.selector, Duration::from_millis(1)), []);
    pair.peer.write_all(b"wakes").unwrap();
    let mut ready = Vec::new();
    pair.selector.poll(&mut ready, None).unwrap();
    assert!(ready[0].readiness.readable);
}

#[test]
fn under_the_direct_selector_it_is_an_ordinary_stream() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = connect(listener.local_addr().unwrap().port());
    let mut peer = listener.accept().unwrap().0;
    let mut selector = DirectSelector::new();
    selector.register(&mut stream, TOKEN).unwrap();
    peer.write_all(b"direct").unwrap();
    let mut buffer = [0; 8];
    let count = loop {
        match stream.read(&mut buffer) {
            Ok(count) => break count,
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    };
    assert_eq!(&buffer[..count], b"direct");
}

/// Waits for reports of any stream and delivers them until `done`.
fn turn_many_until(
    selector: &mut IoUringSelector,
    streams: &mut [IoUringStream],
    mut done: impl FnMut(&IoUringSelector, &mut [IoUringStream]) -> bool,
) {
    for _ in 0..100_000 {
        if done(selector, streams) {
            return;
        }
        for report in poll(selector, Duration::from_secs(10)) {
            let stream = &mut streams[report.token.index as usize];
            selector.deliver(stream, report.readiness);
        }
    }
    panic!("what was waited for did not happen");
}

fn read_available(selector: &IoUringSelector, stream: &mut IoUringStream, to: &mut Vec<u8>) {
    let mut buffer = [0; 512];
    while selector.may_read(stream) {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "no stream has ended");
        to.extend_from_slice(&buffer[..count]);
    }
}
