//! The service over io_uring, whoever receives; nothing is asked where the kernel has none.

use std::io::{self, ErrorKind, Write};
use std::net::TcpStream as Peer;
use std::time::Duration;

use boom_select::{IntoIoUringStream, IoUringConfig, IoUringSelector, IoUringStream};
use boom_service::{Handle, IntoIOService};
use boom_stream::tcp::TcpStream;

use crate::loopback::{Reader, Service, end_with_data, listen, poll_until, refused, restart};

/// Makes a stream.
type Make = fn(TcpStream) -> IoUringStream;

/// Streams that are received for, and streams that are told when to read.
const KINDS: [Make; 2] = [
    IntoIoUringStream::into_io_uring_stream,
    IntoIoUringStream::into_polled_io_uring_stream,
];

/// A selector for each answer to who receives, with each kind of stream, or none.
fn selectors(config: IoUringConfig) -> Vec<(IoUringSelector, Make)> {
    let kinds = KINDS.into_iter();
    kinds
        .flat_map(|make| each_way(config).into_iter().map(move |one| (one, make)))
        .collect()
}

/// One selector for each answer to who receives, or none.
fn each_way(config: IoUringConfig) -> Vec<IoUringSelector> {
    [
        config,
        config.with_cooperative_receive(),
        config.with_sqpoll(Duration::from_millis(1)),
    ]
    .into_iter()
    .filter_map(|config| match IoUringSelector::with_config(config) {
        Ok(selector) => Some(selector),
        Err(error) => {
            let kinds = [ErrorKind::Unsupported, ErrorKind::PermissionDenied];
            assert!(kinds.contains(&error.kind()), "{error}");
            // Past the capture of the test's output.
            let mut uncaptured = io::stderr();
            writeln!(uncaptured, "SKIPPED over {config:?}: {error}").unwrap();
            None
        }
    })
    .collect()
}

#[test]
fn an_end_that_arrives_with_the_data_is_not_lost() {
    for room in [3, 5, 4096] {
        for (selector, make) in selectors(IoUringConfig::default()) {
            end_with_data(selector, make, room);
        }
    }
}

#[test]
fn a_refused_connect_is_reported_and_retried() {
    for (selector, make) in selectors(IoUringConfig::default()) {
        refused(selector, make);
    }
}

#[test]
fn endpoints_come_back_after_the_server() {
    for (selector, make) in selectors(IoUringConfig::default().with_completions(16)) {
        restart(selector, make, 100);
    }
}

/// Byte `place` of what connection `number` is sent.
fn byte(number: usize, place: usize) -> u8 {
    (number * 31 + place * 7 + place / 251) as u8
}

/// Endpoints come and go while all are sent to: each has the beginning of what was sent, those that stay all of it.
fn churn(selector: IoUringSelector, make: Make) {
    const STAY: usize = 40;
    const ROUNDS: usize = 60;
    let (listener, port) = listen();
    let mut service: Service<_, IoUringStream> = selector
        .into_io_service()
        .with_connect_rate(u32::MAX, Duration::from_secs(1));
    let connect = |service: &mut Service<_, _>| -> (Handle, Peer) {
        let handle = service.register(Reader::new(port, make));
        let attempts = service.stats().attempts;
        poll_until(service, |service| service.stats().attempts > attempts);
        (handle, listener.accept().unwrap().0)
    };
    let mut stay: Vec<_> = (0..STAY).map(|_| connect(&mut service)).collect();
    let mut sent = 0;
    for round in 0..ROUNDS {
        let (goes, mut peer) = connect(&mut service);
        let count = 1 + round * 13 % 150;
        for (number, (_, peer)) in stay.iter_mut().enumerate() {
            let bytes: Vec<_> = (sent..sent + count).map(|at| byte(number, at)).collect();
            peer.write_all(&bytes).unwrap();
        }
        sent += count;
        let bytes: Vec<_> = (0..count).map(|at| byte(round, at)).collect();
        peer.write_all(&bytes).unwrap();
        if round % 2 == 0 {
            poll_until(&mut service, |service| {
                !service.get(goes).unwrap().received.is_empty()
            });
        }
        let gone = service.deregister(goes).unwrap();
        assert_eq!(gone.received, bytes[..gone.received.len()]);
        // The place of the one that went is taken by another in the next round; what was noted for it reaches nobody.
        service.poll().unwrap();
    }
    poll_until(&mut service, |service| {
        service
            .iter()
            .all(|(_, reader)| reader.received.len() == sent)
    });
    for (number, (handle, _)) in stay.iter().enumerate() {
        let bytes: Vec<_> = (0..sent).map(|at| byte(number, at)).collect();
        assert_eq!(service.get(*handle).unwrap().received, bytes);
    }
    let stats = service.stats();
    assert_eq!((stats.active, stats.disconnected), (STAY, 0), "{stats:?}");
}

#[test]
fn those_that_come_and_go_take_nothing_from_those_that_stay() {
    let few = IoUringConfig::default()
        .with_buffers(8)
        .with_buffer_size(64)
        .with_completions(16);
    for config in [few, IoUringConfig::default()] {
        for (selector, make) in selectors(config) {
            churn(selector, make);
        }
    }
}
