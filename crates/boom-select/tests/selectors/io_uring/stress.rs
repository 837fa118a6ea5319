//! Many streams, few buffers and completions, registrations that come and go while bytes flow: each byte arrives once and
//! in order, whoever receives.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream as Peer;
use std::thread;
use std::time::Duration;

use boom_select::{IoUringConfig, IoUringSelector, IoUringStream, Selector};

use super::polled::Polled;
use super::{IoUring, many, modes, selector, small};
use crate::support::{Deadline, Kind, Many, poll, read_available, token};

/// Numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        // Xorshift, of Marsaglia.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// What stream `index` is sent, up to `length`.
fn bytes(index: usize, length: usize) -> Vec<u8> {
    (0..length)
        .map(|place| (place / 251 + place * 7 + index * 31) as u8)
        .collect()
}

/// Sends `length` bytes to each, in pieces and in an order of chance.
fn send(mut peers: Vec<Peer>, length: usize, mut numbers: Numbers) {
    let all: Vec<_> = (0..peers.len()).map(|index| bytes(index, length)).collect();
    let mut sent = vec![0; peers.len()];
    let mut open: Vec<_> = (0..peers.len()).collect();
    while !open.is_empty() {
        let place = numbers.below(open.len());
        let index = open[place];
        let end = (sent[index] + 1 + numbers.below(300)).min(length);
        peers[index]
            .write_all(&all[index][sent[index]..end])
            .unwrap();
        sent[index] = end;
        if end == length {
            open.swap_remove(place);
        }
    }
}

/// Reads what one is minded to, as far as there is any.
fn read_some<K: Kind>(many: &mut Many<K>, index: usize, numbers: &mut Numbers) {
    let mut buffer = [0; 200];
    for _ in 0..numbers.below(4) {
        let room = 1 + numbers.below(buffer.len());
        match many.streams[index].read(&mut buffer[..room]) {
            Ok(0) => panic!("stream {index} has not ended"),
            Ok(count) => many.received[index].extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return,
            Err(error) => panic!("stream {index}: {error}"),
        }
    }
}

/// Takes one out, has it read for itself for a while, and puts it back.
fn register_again<K: Kind>(many: &mut Many<K>, index: usize, numbers: &mut Numbers) {
    let token = token(index as u32, 0);
    many.selector
        .deregister(&mut many.streams[index], token)
        .unwrap();
    read_some(many, index, numbers);
    many.selector
        .register(&mut many.streams[index], token)
        .unwrap();
}

fn nothing_is_lost<K: Kind<Selector = IoUringSelector, Stream = IoUringStream>>(
    config: IoUringConfig,
    seed: u64,
) {
    const STREAMS: usize = 40;
    const LENGTH: usize = 4000;
    let mut many = Many::<K>::connected(or_skip!(selector(config)), STREAMS);
    let peers = many.peers.iter().map(|peer| peer.try_clone().unwrap());
    let peers: Vec<_> = peers.collect();
    let sender = thread::spawn(move || send(peers, LENGTH, Numbers(!seed)));
    let mut numbers = Numbers(seed);
    let deadline = Deadline::new();
    while many.received.iter().any(|one| one.len() < LENGTH) {
        deadline.check();
        let timeout = Duration::from_millis(u64::from(numbers.below(8) == 0));
        for report in poll::<K>(&mut many.selector, timeout) {
            let stream = &mut many.streams[report.token.index as usize];
            many.selector.deliver(stream, report.readiness);
        }
        for index in 0..STREAMS {
            if many.selector.may_read(&many.streams[index]) {
                read_some(&mut many, index, &mut numbers);
            }
        }
        if numbers.below(8) == 0 {
            register_again(&mut many, numbers.below(STREAMS), &mut numbers);
        }
    }
    sender.join().unwrap();
    for (index, received) in many.received.iter().enumerate() {
        assert_eq!(*received, bytes(index, LENGTH), "{config:?}, seed {seed}");
    }
}

#[test]
fn what_flows_past_registrations_that_come_and_go_is_whole() {
    for (seed, config) in modes(small(8).with_completions(16)).into_iter().enumerate() {
        nothing_is_lost::<IoUring>(config, 0x5eed + seed as u64);
        nothing_is_lost::<Polled>(config, 0x7eed + seed as u64);
    }
}

#[test]
fn one_buffer_and_two_completions_are_enough_for_it() {
    for (seed, config) in modes(small(1).with_completions(2)).into_iter().enumerate() {
        nothing_is_lost::<IoUring>(config, 0xfeed + seed as u64);
        nothing_is_lost::<Polled>(config, 0xbeed + seed as u64);
    }
}

#[test]
fn more_than_the_kernel_does_at_a_time_is_done_by_polls_that_do_not_wait() {
    const STREAMS: usize = 200;
    for config in modes(IoUringConfig::default().with_buffers(64)) {
        let mut many = or_skip!(many(config, STREAMS));
        for round in 1..=5 {
            for (index, peer) in many.peers.iter_mut().enumerate() {
                peer.write_all(&[index as u8; 3]).unwrap();
            }
            let deadline = Deadline::new();
            while many.received.iter().any(|one| one.len() < 3 * round) {
                deadline.check();
                for report in poll::<IoUring>(&mut many.selector, Duration::ZERO) {
                    let index = report.token.index as usize;
                    let stream = &mut many.streams[index];
                    many.selector.deliver(stream, report.readiness);
                    read_available(stream, &mut many.received[index]);
                }
            }
        }
        for (index, received) in many.received.iter().enumerate() {
            assert_eq!(*received, [index as u8; 15], "{config:?}");
        }
    }
}

#[test]
fn one_that_goes_while_there_is_work_for_all_takes_its_bytes_along() {
    const STREAMS: usize = 200;
    // More have something to be received than the kernel does at a time, and than it has completions for.
    for config in modes(IoUringConfig::default().with_completions(32)) {
        let mut many = or_skip!(many(config, STREAMS));
        for (index, peer) in many.peers.iter_mut().enumerate() {
            peer.write_all(&[index as u8; 3]).unwrap();
        }
        let last = STREAMS - 1;
        let stream = &mut many.streams[last];
        many.selector
            .deregister(stream, token(last as u32, 0))
            .unwrap();
        let deadline = Deadline::new();
        while many.received[last].len() < 3 {
            deadline.check();
            read_available(&mut many.streams[last], &mut many.received[last]);
        }
        many.receive_until(
            |index| index != last,
            |received| received.iter().all(|one| one.len() == 3),
        );
        for (index, received) in many.received.iter().enumerate() {
            assert_eq!(*received, [index as u8; 3], "{config:?}");
        }
    }
}
