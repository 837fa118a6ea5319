//! `IoUringSelector` and `IoUringStream`: the suite, with a thread of the kernel's and without; and what only a ring can
//! get wrong.

use std::fs;
use std::io::{self, ErrorKind, IoSliceMut, Read, Write};
use std::net::{Shutdown, TcpStream as Peer};
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;
use std::time::Duration;

use boom_select::{IoUringConfig, IoUringError, IoUringSelector, IoUringStream, Selector};
use boom_stream::Layer;

use crate::suite::reset;
use crate::support::{
    Deadline, Kind, Many, Pair, TOKEN, closed_port, connect, connect_pair, kind, poll,
    read_available, token,
};

mod polled;
mod stress;

pub(crate) struct IoUring;

impl Kind for IoUring {
    type Selector = IoUringSelector;
    type Stream = IoUringStream;

    const IS_EDGE: bool = true;

    fn selector() -> Option<IoUringSelector> {
        selector(IoUringConfig::default())
    }
}

suite!(io_uring_stream, super::IoUring);

struct Cooperative;

impl Kind for Cooperative {
    type Selector = IoUringSelector;
    type Stream = IoUringStream;

    const IS_EDGE: bool = true;

    fn selector() -> Option<IoUringSelector> {
        selector(IoUringConfig::default().with_cooperative_receive())
    }
}

suite!(cooperative, super::Cooperative);

struct Sqpoll;

impl Kind for Sqpoll {
    type Selector = IoUringSelector;
    type Stream = IoUringStream;

    const IS_EDGE: bool = true;

    fn selector() -> Option<IoUringSelector> {
        // It sleeps and is woken often.
        selector(IoUringConfig::default().with_sqpoll(Duration::from_millis(1)))
    }
}

suite!(sqpoll, super::Sqpoll);

/// A selector, or nothing where the system has no io_uring; that is said past the capture of the test's output.
fn selector(config: IoUringConfig) -> Option<IoUringSelector> {
    match IoUringSelector::with_config(config) {
        Ok(selector) => Some(selector),
        Err(error) if reason(&error).is_some() => {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            let mut uncaptured = io::stderr();
            writeln!(uncaptured, "{name} is SKIPPED: {error}").unwrap();
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn reason(error: &io::Error) -> Option<&IoUringError> {
    error.get_ref()?.downcast_ref()
}

fn pair(config: IoUringConfig) -> Option<Pair<IoUring>> {
    selector(config).map(Pair::with_selector)
}

fn many(config: IoUringConfig, count: usize) -> Option<Many<IoUring>> {
    selector(config).map(|selector| Many::connected(selector, count))
}

/// The three answers to who receives.
fn modes(config: IoUringConfig) -> [IoUringConfig; 3] {
    [
        config,
        config.with_cooperative_receive(),
        config.with_sqpoll(Duration::from_millis(1)),
    ]
}

fn small(buffers: u16) -> IoUringConfig {
    IoUringConfig::default()
        .with_buffers(buffers)
        .with_buffer_size(64)
}

mod construction {
    use super::*;

    #[test]
    fn a_refusal_says_why() {
        if let Err(error) = IoUringSelector::new() {
            assert!(
                matches!(
                    reason(&error),
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
    fn a_core_that_is_not_there_is_named() {
        or_skip!(selector(IoUringConfig::default()));
        let config = IoUringConfig::default()
            .with_sqpoll(Duration::from_millis(1))
            .with_sqpoll_cpu(100_000);
        let error = IoUringSelector::with_config(config).unwrap_err();
        assert_eq!(reason(&error), Some(&IoUringError::NoSuchCpu(100_000)));
        // Without the thread there is nothing to keep on it.
        let config = IoUringConfig::default().with_sqpoll_cpu(100_000);
        assert!(IoUringSelector::with_config(config).is_ok());
    }

    #[test]
    fn busy_polling_is_had_or_refused_by_name() {
        or_skip!(selector(IoUringConfig::default()));
        let config = IoUringConfig::default().with_busy_poll(Duration::from_micros(50));
        for config in modes(config) {
            match IoUringSelector::with_config(config) {
                Ok(selector) => {
                    let mut pair = Pair::<IoUring>::with_selector(selector);
                    pair.peer.write_all(b"polled").unwrap();
                    assert_eq!(pair.receive(6), b"polled", "{config:?}");
                }
                Err(error) => assert_eq!(reason(&error), Some(&IoUringError::NoBusyPoll)),
            }
        }
    }
}

mod buffers {
    use super::*;

    #[test]
    fn a_read_goes_on_across_those_of_the_kernel_and_of_the_caller() {
        let mut pair = or_skip!(pair(IoUringConfig::default().with_buffer_size(64)));
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
    }

    #[test]
    fn thousands_of_messages_pass_through_four_of_them_and_few_completions() {
        const MESSAGES: u32 = 5000;
        let config = small(4).with_completions(2);
        for config in modes(config) {
            let mut pair = or_skip!(pair(config));
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
    }

    #[test]
    fn two_operations_at_a_time_are_enough_to_register_many() {
        let config = small(16).with_completions(2);
        for config in modes(config) {
            let mut many = or_skip!(many(config, 50));
            for peer in &mut many.peers {
                peer.write_all(b"through").unwrap();
            }
            many.receive_until(
                |_| true,
                |received| received.iter().all(|received| received == b"through"),
            );
            // Fifty are dropped at once, each with two operations to be cancelled.
            many.streams.clear();
            for peer in &mut many.peers {
                assert_eq!(peer.read(&mut [0; 8]).unwrap(), 0);
            }
            assert_eq!(poll::<IoUring>(&mut many.selector, Duration::ZERO), []);
        }
    }

    #[test]
    fn fewer_of_them_and_of_completions_than_connections_are_enough() {
        const CONNECTIONS: usize = 300;
        let config = IoUringConfig::default()
            .with_buffers(64)
            .with_completions(64);
        let mut many = or_skip!(many(config, CONNECTIONS));
        many.each_receives_its_number(10);
    }

    #[test]
    fn those_who_do_not_read_leave_some_to_the_others() {
        // One flood, and more floods than a quarter each would leave anything of.
        for floods in [1, 7] {
            let mut many = or_skip!(many(small(16), floods + 1));
            let flood: Vec<_> = (0..100_000_u32).map(|number| number as u8).collect();
            for peer in &mut many.peers[..floods] {
                peer.write_all(&flood).unwrap();
            }
            for number in 0..1000_u32 {
                many.peers[floods].write_all(&number.to_be_bytes()).unwrap();
                many.receive_until(
                    |index| index == floods,
                    |received| received[floods].len() == 4 * (number as usize + 1),
                );
            }
            let sent: Vec<_> = (0..1000).flat_map(u32::to_be_bytes).collect();
            assert_eq!(many.received[floods], sent);
            // And lose nothing when they read after all.
            many.receive_until(
                |_| true,
                |received| {
                    received[..floods]
                        .iter()
                        .all(|one| one.len() == flood.len())
                },
            );
            assert!(many.received[..floods].iter().all(|one| *one == flood));
        }
    }

    #[test]
    fn a_flood_without_end_that_is_not_read_is_not_taken_in() {
        for config in [small(16), IoUringConfig::default()] {
            let mut many = or_skip!(many(config, 2));
            many.peers[0].set_nonblocking(true).unwrap();
            let chunk = [7; 64 * 1024];
            let (mut sent, mut refused_in_a_row, mut number) = (0, 0, 0_u32);
            // Until the flood finds no room any more, however long the other goes on.
            while refused_in_a_row < 200 {
                match many.peers[0].write(&chunk) {
                    Ok(count) => {
                        sent += count;
                        refused_in_a_row = 0;
                    }
                    Err(error) => {
                        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                        refused_in_a_row += 1;
                    }
                }
                // What the two sockets and the buffers hold is a few megabytes.
                assert!(sent < 64 << 20, "{sent} bytes were taken in");
                number += 1;
                many.peers[1].write_all(&number.to_be_bytes()).unwrap();
                many.receive_until(
                    |index| index == 1,
                    |received| received[1].len() == 4 * number as usize,
                );
            }
            // And all of it is there to be read.
            many.receive_until(|_| true, |received| received[0].len() == sent);
            assert!(many.received[0].iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn one_that_waited_for_a_buffer_and_went_takes_nobodys_turn() {
        // Each receives in turn, by the one buffer there is.
        let mut many = or_skip!(many(small(1), 4));
        for peer in &mut many.peers {
            peer.write_all(b"first").unwrap();
        }
        many.receive_until(|index| index == 0, |received| received[0].len() == 5);
        for _ in 0..10 {
            for report in poll::<IoUring>(&mut many.selector, Duration::ZERO) {
                let stream = &mut many.streams[report.token.index as usize];
                many.selector.deliver(stream, report.readiness);
            }
        }
        // One has the buffer now and two wait for it. The first of these goes.
        let holder = (1..4).find(|&index| many.selector.may_read(&many.streams[index]));
        let holder = holder.unwrap();
        let gone = (1..4).find(|&index| index != holder).unwrap();
        many.selector
            .deregister(&mut many.streams[gone], token(gone as u32, 0))
            .unwrap();
        many.receive_until(
            |index| index != gone,
            |received| {
                (1..4)
                    .filter(|&index| index != gone)
                    .all(|index| received[index].len() == 5)
            },
        );
    }

    #[test]
    fn what_is_unread_at_a_deregistration_occupies_none() {
        let mut many = or_skip!(many(small(4), 9));
        for (index, peer) in many.peers.iter_mut().enumerate() {
            peer.write_all(&[index as u8; 40]).unwrap();
        }
        // Eight go, with more bytes unread than the buffers hold.
        for index in 0..8 {
            let stream = &mut many.streams[index];
            many.selector
                .deregister(stream, token(index as u32, 0))
                .unwrap();
        }
        many.receive_until(|index| index == 8, |received| received[8].len() == 40);
        for index in 0..8 {
            let deadline = Deadline::new();
            while many.received[index].len() < 40 {
                deadline.check();
                read_available(&mut many.streams[index], &mut many.received[index]);
            }
            assert_eq!(many.received[index], [index as u8; 40]);
        }
    }
}

mod registration {
    use super::*;

    #[test]
    fn what_was_received_before_its_end_is_not_lost() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
        let (mut received, mut expected) = (Vec::new(), Vec::new());
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
    fn it_is_with_one_selector_at_a_time() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
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
    fn ten_thousand_of_them_leave_nothing_behind() {
        let mut pair = or_skip!(pair(IoUringConfig::default().with_buffers(8)));
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
        // The report of the last one, and then nothing.
        pair.forget_reports();
        for _ in 0..10 {
            assert_eq!(poll::<IoUring>(&mut pair.selector, Duration::ZERO), []);
        }
    }

    #[test]
    fn a_stream_can_be_read_on_another_thread_than_the_selector() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
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
    fn it_goes_on_when_the_thread_has_ended_that_made_it() {
        let made = std::thread::spawn(|| pair(IoUringConfig::default()));
        let mut pair = or_skip!(made.join().unwrap());
        pair.peer.write_all(b"still here").unwrap();
        assert_eq!(pair.receive(10), b"still here");
        let whole = std::thread::spawn(move || {
            pair.peer.write_all(b"moved").unwrap();
            pair.receive(5)
        });
        assert_eq!(whole.join().unwrap(), b"moved");
    }
}

/// A ring that the kernel does not interrupt for belongs to one thread.
mod cooperation {
    use super::*;

    fn config() -> IoUringConfig {
        IoUringConfig::default().with_cooperative_receive()
    }

    #[test]
    fn a_poll_that_does_not_wait_enters_the_kernel_for_what_has_arrived() {
        let mut pair = or_skip!(pair(config()));
        pair.forget_reports();
        pair.peer.write_all(b"noted").unwrap();
        let deadline = Deadline::new();
        let mut received = Vec::new();
        while received.len() < 5 {
            deadline.check();
            for report in poll::<IoUring>(&mut pair.selector, Duration::ZERO) {
                pair.selector.deliver(&mut pair.stream, report.readiness);
            }
            read_available(&mut pair.stream, &mut received);
        }
        assert_eq!(received, b"noted");
    }

    #[test]
    fn it_may_be_made_on_another_thread_than_it_is_used_on() {
        let made = std::thread::spawn(|| selector(config()));
        let mut pair = Pair::<IoUring>::with_selector(or_skip!(made.join().unwrap()));
        pair.peer.write_all(b"here").unwrap();
        assert_eq!(pair.receive(4), b"here");
    }

    #[test]
    fn a_second_thread_is_refused_and_costs_the_first_nothing() {
        let mut pair = or_skip!(pair(config()));
        let other = std::thread::spawn(move || {
            let error = pair
                .selector
                .poll(&mut Vec::new(), Some(Duration::from_secs(10)))
                .unwrap_err();
            assert_eq!(reason(&error), Some(&IoUringError::OtherThread));
            let (mut stream, _peer) = connect_pair::<IoUring>();
            let error = pair
                .selector
                .register(&mut stream, token(1, 1))
                .unwrap_err();
            assert_eq!(reason(&error), Some(&IoUringError::OtherThread));
            let error = pair
                .selector
                .deregister(&mut pair.stream, TOKEN)
                .unwrap_err();
            assert_eq!(reason(&error), Some(&IoUringError::OtherThread));
            pair.peer.write_all(b"meanwhile").unwrap();
            pair
        });
        let mut pair = other.join().unwrap();
        assert_eq!(pair.receive(9), b"meanwhile");
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
    }

    #[test]
    fn it_may_be_dropped_anywhere() {
        let mut pair = or_skip!(pair(config()));
        let (selector, mut peer) = (pair.selector, pair.peer);
        std::thread::spawn(move || drop(selector)).join().unwrap();
        let mut buffer = [0; 8];
        let error = pair.stream.read(&mut buffer).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotConnected);
        drop(pair.stream);
        assert_eq!(peer.read(&mut buffer).unwrap(), 0);
        // One that was never used, too.
        drop(super::selector(config()));
    }
}

mod drops {
    use super::*;

    #[test]
    fn a_registered_stream_is_closed_at_once() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
        pair.peer.write_all(b"never read").unwrap();
        drop(pair.stream);
        // Nobody has polled: the end is there all the same.
        assert_eq!(pair.peer.read(&mut [0; 8]).unwrap(), 0);
        // Its place is used again and nothing of it is reported.
        for _ in 0..10 {
            assert_eq!(poll::<IoUring>(&mut pair.selector, Duration::ZERO), []);
        }
        (pair.stream, pair.peer) = connect_pair::<IoUring>();
        pair.selector.register(&mut pair.stream, TOKEN).unwrap();
        pair.peer.write_all(b"next").unwrap();
        assert_eq!(pair.receive(4), b"next");
    }

    /// The socket behind a descriptor, which no other will ever be.
    fn socket(stream: &IoUringStream) -> PathBuf {
        let descriptor = stream.as_fd().as_raw_fd();
        fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap()
    }

    fn is_open(socket: &PathBuf) -> bool {
        let descriptors = fs::read_dir("/proc/self/fd").unwrap();
        let mut links = descriptors.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
        links.any(|link| link == *socket)
    }

    /// Polls until the socket is closed.
    fn wait_closed(selector: &mut IoUringSelector, socket: &PathBuf) {
        let deadline = Deadline::new();
        while is_open(socket) {
            deadline.check();
            assert_eq!(poll::<IoUring>(selector, Duration::ZERO), []);
        }
    }

    #[test]
    fn a_stream_that_has_failed_leaves_no_descriptor() {
        // The kernel has told all that it ever will of these: nothing but the drop itself ends them.
        let mut selector = or_skip!(selector(IoUringConfig::default()));
        let mut refused = connect::<IoUring>(closed_port());
        selector.register(&mut refused, TOKEN).unwrap();
        let deadline = Deadline::new();
        while kind(boom_stream::Socket::connected(&mut refused)).is_none() {
            deadline.check();
            for report in poll::<IoUring>(&mut selector, Duration::from_secs(10)) {
                selector.deliver(&mut refused, report.readiness);
            }
        }
        let refused_socket = socket(&refused);
        drop(refused);
        wait_closed(&mut selector, &refused_socket);

        let mut pair = Pair::<IoUring>::with_selector(selector);
        assert_eq!(reset(&mut pair), ErrorKind::ConnectionReset);
        let reset_socket = socket(&pair.stream);
        drop(pair.stream);
        wait_closed(&mut pair.selector, &reset_socket);
    }

    #[test]
    fn streams_dropped_on_other_threads_are_closed_by_the_next_polls() {
        let config = IoUringConfig::default().with_buffers(4);
        let mut many = or_skip!(many(config, 64));
        for peer in &mut many.peers {
            peer.write_all(b"never read").unwrap();
        }
        let sockets: Vec<_> = many.streams.iter().map(socket).collect();
        let mut threads = Vec::new();
        while let Some(stream) = many.streams.pop() {
            threads.push(std::thread::spawn(move || drop(stream)));
        }
        // Some are still being dropped now.
        let mut ready = Vec::new();
        many.selector
            .poll(&mut ready, Some(Duration::ZERO))
            .unwrap();
        for thread in threads {
            thread.join().unwrap();
        }
        let deadline = Deadline::new();
        while sockets.iter().any(is_open) {
            deadline.check();
            many.selector
                .poll(&mut ready, Some(Duration::ZERO))
                .unwrap();
        }
    }

    #[test]
    fn a_stream_that_is_deregistered_is_closed() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
        pair.selector.deregister(&mut pair.stream, TOKEN).unwrap();
        drop(pair.stream);
        assert_eq!(pair.peer.read(&mut [0; 8]).unwrap(), 0);
    }

    #[test]
    fn a_selector_that_goes_first_leaves_an_error_and_never_a_gap() {
        let mut pair = or_skip!(pair(IoUringConfig::default()));
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
        assert_eq!(pair.peer.read(&mut buffer).unwrap(), 0);
    }

    #[test]
    fn a_selector_with_a_thousand_operations_and_completions_ends_them_all() {
        let config = IoUringConfig::default().with_completions(64);
        ends_them_all(config);
        ends_them_all(config.with_cooperative_receive());
    }

    #[test]
    fn the_kernel_receives_nothing_once_the_selector_is_gone() {
        for config in modes(IoUringConfig::default().with_completions(64)) {
            let mut many = or_skip!(many(config, 100));
            let sockets = many.streams.iter().map(IoUringStream::as_fd);
            let sockets = sockets.map(|socket| socket.try_clone_to_owned().unwrap());
            let sockets: Vec<_> = sockets.map(Peer::from).collect();
            drop(many.selector);
            for peer in &mut many.peers {
                peer.write_all(b"to the socket itself").unwrap();
            }
            for mut socket in sockets {
                socket.set_nonblocking(false).unwrap();
                socket
                    .set_read_timeout(Some(Duration::from_secs(10)))
                    .unwrap();
                let mut received = [0; 20];
                socket.read_exact(&mut received).unwrap();
                assert_eq!(received, *b"to the socket itself", "{config:?}");
            }
        }
    }

    fn ends_them_all(config: IoUringConfig) {
        let mut many = or_skip!(many(config, 300));
        for peer in &mut many.peers {
            peer.write_all(b"never polled for").unwrap();
        }
        drop(many.selector);
        // No operation keeps a socket open any more.
        for (stream, peer) in many.streams.into_iter().zip(&mut many.peers) {
            let inode = socket(&stream);
            drop(stream);
            assert!(!is_open(&inode), "{config:?}");
            // The end, or a reset for what was not read.
            assert!(matches!(peer.read(&mut [0; 8]), Ok(0) | Err(_)));
        }
    }
}

#[test]
fn a_graceful_end_is_not_seen_before_what_the_ring_holds_is_read() {
    let mut pair = or_skip!(pair(IoUringConfig::default()));
    assert!(!pair.stream.poll_close().unwrap());
    pair.peer.write_all(b"held").unwrap();
    pair.peer.shutdown(Shutdown::Write).unwrap();
    // The socket itself is empty and at its end as soon as the ring has received.
    for _ in 0..10 {
        assert!(!pair.stream.poll_close().unwrap());
        let reports = poll::<IoUring>(&mut pair.selector, Duration::ZERO);
        for report in reports {
            pair.selector.deliver(&mut pair.stream, report.readiness);
        }
    }
    assert_eq!(pair.receive(4), b"held");
    pair.turn_until(|pair| pair.stream.poll_close().unwrap());
}
