//! Streams that the ring only tells when to read: the suite, whoever receives for the others; and what only an operation that
//! reports again and again can get wrong.

use std::io::{ErrorKind, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpStream as Peer};
use std::os::fd::AsFd;
use std::time::Duration;

use boom_select::{IntoIoUringStream, IoUringConfig, IoUringSelector, IoUringStream, Selector};
use boom_stream::tcp::TcpStream;
use boom_stream::{Layer, Socket};

use super::{IoUring, modes, selector};
use crate::support::{
    Deadline, Kind, Many, Pair, TOKEN, connect_pair, kind, poll, read_available, token,
};

macro_rules! polled {
    ($name:ident, $module:ident, $config:expr) => {
        pub(crate) struct $name;

        impl Kind for $name {
            type Selector = IoUringSelector;
            type Stream = IoUringStream;

            const IS_EDGE: bool = true;

            fn selector() -> Option<IoUringSelector> {
                selector($config)
            }

            fn stream(stream: TcpStream) -> IoUringStream {
                stream.into_polled_io_uring_stream()
            }
        }

        suite!($module, super::$name);
    };
}

polled!(Polled, interrupted, IoUringConfig::default());
polled!(
    PolledCooperative,
    cooperative,
    IoUringConfig::default().with_cooperative_receive()
);
polled!(
    PolledSqpoll,
    sqpoll,
    IoUringConfig::default().with_sqpoll(Duration::from_millis(1))
);

fn pair(config: IoUringConfig) -> Option<Pair<Polled>> {
    selector(config).map(Pair::with_selector)
}

fn many(config: IoUringConfig, count: usize) -> Option<Many<Polled>> {
    selector(config).map(|selector| Many::connected(selector, count))
}

/// The socket of a stream once more.
fn same_socket(stream: &IoUringStream) -> Peer {
    Peer::from(stream.as_fd().try_clone_to_owned().unwrap())
}

#[test]
fn nothing_is_received_before_it_is_read() {
    for config in modes(IoUringConfig::default()) {
        let mut pair = or_skip!(pair(config));
        assert!(pair.stream.is_polled());
        assert!(!pair.stream.receives_ahead());
        pair.peer.write_all(b"in the socket").unwrap();
        pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
        let mut buffer = [0; 64];
        let count = same_socket(&pair.stream).peek(&mut buffer).unwrap();
        assert_eq!(&buffer[..count], b"in the socket", "{config:?}");
        assert_eq!(pair.receive(13), b"in the socket");
    }
    let mut pair = or_skip!(selector(IoUringConfig::default()).map(Pair::<IoUring>::with_selector));
    assert!(!pair.stream.is_polled());
    assert!(pair.stream.receives_ahead());
    pair.peer.write_all(b"in the ring").unwrap();
    assert_eq!(pair.receive(11), b"in the ring");
}

#[test]
fn a_drained_stream_makes_no_system_call() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    let same_socket = same_socket(&pair.stream);
    pair.a_drained_stream_makes_no_system_call(&same_socket);
}

#[test]
fn a_read_into_more_buffers_than_the_kernel_takes_has_not_emptied_the_socket() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    pair.peer.write_all(&[1; 3000]).unwrap();
    pair.turn_until(|pair| pair.selector.may_read(&pair.stream));
    let mut bytes = [0; 2000];
    let mut buffers: Vec<_> = bytes.chunks_mut(1).map(IoSliceMut::new).collect();
    let count = pair.stream.read_vectored(&mut buffers).unwrap();
    assert!((1..2000).contains(&count));
    // No report would come for the bytes that are left.
    assert!(pair.selector.may_read(&pair.stream));
}

#[test]
fn each_message_is_told_however_closely_the_reads_follow() {
    const MESSAGES: u32 = 1000;
    for config in modes(IoUringConfig::default()) {
        let mut pair = or_skip!(pair(config));
        let mut peer = pair.peer.try_clone().unwrap();
        // Each is sent when the one before has been read: the sender's writes fall amid the reads that find nothing.
        let sender = std::thread::spawn(move || {
            let mut answer = [0];
            for number in 0..MESSAGES {
                peer.write_all(&number.to_be_bytes()).unwrap();
                peer.read_exact(&mut answer).unwrap();
            }
        });
        let (deadline, mut received) = (Deadline::new(), Vec::new());
        for number in 0..MESSAGES {
            received.clear();
            while received.len() < 4 {
                deadline.check();
                for report in poll::<Polled>(&mut pair.selector, Duration::ZERO) {
                    pair.selector.deliver(&mut pair.stream, report.readiness);
                }
                read_available(&mut pair.stream, &mut received);
                if received.is_empty() {
                    // To the sender, where there is one core.
                    std::thread::yield_now();
                }
            }
            assert_eq!(received, number.to_be_bytes(), "{config:?}");
            pair.stream.write_all(b"!").unwrap();
        }
        sender.join().unwrap();
    }
}

#[test]
fn what_somebody_else_has_read_costs_no_later_report() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    // As kernel TLS does for a record that is no data.
    let mut other = same_socket(&pair.stream);
    let mut buffer = [0; 64];
    for _ in 0..100 {
        pair.peer.write_all(b"theirs").unwrap();
        let deadline = Deadline::new();
        let mut taken = 0;
        while taken < 6 {
            deadline.check();
            taken += other.read(&mut buffer).unwrap_or(0);
        }
        // The report may come all the same, and the read finds nothing.
        for report in poll::<Polled>(&mut pair.selector, Duration::ZERO) {
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
        assert_eq!(
            kind(pair.stream.read(&mut buffer)),
            Some(ErrorKind::WouldBlock)
        );
        pair.peer.write_all(b"ours").unwrap();
        assert_eq!(pair.receive(4), b"ours");
    }
}

#[test]
fn operations_that_found_no_place_for_a_report_are_started_again() {
    const CONNECTIONS: usize = 300;
    for config in modes(IoUringConfig::default().with_completions(2)) {
        let mut many = or_skip!(many(config, CONNECTIONS));
        many.each_receives_its_number(10);
        // All are full, and all are told that there is room again.
        let block = vec![7; 1 << 20];
        for stream in &mut many.streams[..8] {
            while stream.write(&block).is_ok() {}
        }
        for peer in &mut many.peers[..8] {
            peer.set_nonblocking(true).unwrap();
        }
        let deadline = Deadline::new();
        let mut has_room = [false; 8];
        let mut drain = vec![0; 1 << 16];
        while has_room.contains(&false) {
            deadline.check();
            for peer in &mut many.peers[..8] {
                while peer.read(&mut drain).is_ok_and(|count| count > 0) {}
            }
            for report in poll::<Polled>(&mut many.selector, Duration::ZERO) {
                let index = report.token.index as usize;
                many.selector
                    .deliver(&mut many.streams[index], report.readiness);
            }
            for (has_room, stream) in has_room.iter_mut().zip(&mut many.streams) {
                *has_room |= stream.write(b"more").is_ok();
            }
        }
    }
}

#[test]
fn both_kinds_live_in_one_selector() {
    for config in modes(IoUringConfig::default().with_buffers(4)) {
        let mut many = or_skip!(many(config, 20));
        for index in 0..20 {
            let (mut stream, peer) = connect_pair::<IoUring>();
            let token = token(20 + index, 0);
            many.selector.register(&mut stream, token).unwrap();
            many.streams.push(stream);
            many.peers.push(peer);
            many.received.push(Vec::new());
        }
        for round in 1..=20_usize {
            for (index, peer) in many.peers.iter_mut().enumerate() {
                peer.write_all(&[index as u8; 100]).unwrap();
            }
            many.receive_until(
                |_| true,
                |received| received.iter().all(|one| one.len() == 100 * round),
            );
        }
        for (index, received) in many.received.iter().enumerate() {
            assert_eq!(*received, [index as u8; 2000], "{config:?}");
        }
    }
}

#[test]
fn ten_thousand_registrations_leave_nothing_behind() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    for round in 0..10_000_u32 {
        pair.peer.write_all(b"x").unwrap();
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        if round % 100 == 99 {
            assert_eq!(pair.receive(100).len(), 100);
        }
    }
    pair.forget_reports();
    for _ in 0..10 {
        assert_eq!(poll::<Polled>(&mut pair.selector, Duration::ZERO), []);
    }
}

#[test]
fn a_place_that_is_used_again_hears_nothing_of_the_one_before() {
    for config in modes(IoUringConfig::default()) {
        let mut selector = or_skip!(selector(config));
        for generation in 0..200 {
            let (mut stream, mut peer) = connect_pair::<Polled>();
            selector
                .register(&mut stream, token(0, generation))
                .unwrap();
            // Reports of this are under way when the place is given up, one way or the other.
            peer.write_all(b"never read").unwrap();
            if generation % 2 == 0 {
                selector
                    .deregister(&mut stream, token(0, generation))
                    .unwrap();
            }
            drop(stream);
            let (mut next, _next_peer) = connect_pair::<Polled>();
            selector.register(&mut next, token(1, generation)).unwrap();
            let mut reports = Vec::new();
            let deadline = Deadline::new();
            while reports.is_empty() {
                deadline.check();
                reports = poll::<Polled>(&mut selector, Duration::from_secs(10));
            }
            reports.extend(poll::<Polled>(&mut selector, Duration::ZERO));
            for report in reports {
                assert_eq!(report.token, token(1, generation), "{config:?}");
                assert!(report.readiness.writable && !report.readiness.readable);
            }
            selector
                .deregister(&mut next, token(1, generation))
                .unwrap();
        }
    }
}

#[test]
fn it_goes_on_when_the_thread_has_ended_that_registered_it() {
    let made = std::thread::spawn(|| pair(IoUringConfig::default()));
    let mut pair = or_skip!(made.join().unwrap());
    pair.peer.write_all(b"still here").unwrap();
    assert_eq!(pair.receive(10), b"still here");
}

#[test]
fn a_registered_stream_that_is_dropped_is_closed_at_once() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    pair.peer.write_all(b"never read").unwrap();
    drop(pair.stream);
    // A reset, since there was something that was not read.
    assert!(matches!(pair.peer.read(&mut [0; 8]), Ok(0) | Err(_)));
    for _ in 0..10 {
        assert_eq!(poll::<Polled>(&mut pair.selector, Duration::ZERO), []);
    }
}

#[test]
fn a_selector_that_goes_first_leaves_an_ordinary_stream() {
    for config in modes(IoUringConfig::default()) {
        let mut pair = or_skip!(pair(config));
        pair.peer.write_all(b"before").unwrap();
        drop(pair.selector);
        pair.peer.write_all(b" and after").unwrap();
        pair.peer.shutdown(Shutdown::Write).unwrap();
        let (deadline, mut received) = (Deadline::new(), Vec::new());
        while !read_available(&mut pair.stream, &mut received) {
            deadline.check();
        }
        assert_eq!(received, b"before and after", "{config:?}");
        pair.stream.write_all(b"answer").unwrap();
        assert!(pair.stream.poll_close().unwrap());
        let mut answer = Vec::new();
        pair.peer.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"answer");
    }
}
