//! What cannot be seen from without: who has the buffers, and who waits for one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream as Peer};

use boom_stream::tcp::TcpStream;

use super::*;
use crate::IntoIoUringStream;

const TOKEN: Token = Token {
    index: 0,
    generation: 0,
};

/// A selector with a registered stream and its peer, or nothing where there is no io_uring: `tests/selectors` says so.
fn pair(config: IoUringConfig) -> Option<(IoUringSelector, IoUringStream, Peer)> {
    let mut selector = IoUringSelector::with_config(config).ok()?;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut stream = IoUringStream::from(TcpStream::try_from(("127.0.0.1", port)).unwrap());
    let peer = listener.accept().unwrap().0;
    selector.register(&mut stream, TOKEN).unwrap();
    Some((selector, stream, peer))
}

/// The same with a stream that reads for itself.
fn polled_pair(config: IoUringConfig) -> Option<(IoUringSelector, IoUringStream, Peer)> {
    let (mut selector, mut stream, _) = pair(config)?;
    selector.deregister(&mut stream, TOKEN).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stream = TcpStream::try_from(("127.0.0.1", port)).unwrap();
    let mut stream = stream.into_polled_io_uring_stream();
    let peer = listener.accept().unwrap().0;
    selector.register(&mut stream, TOKEN).unwrap();
    Some((selector, stream, peer))
}

/// Waits for reports and delivers them until bytes are there to be read.
fn wait_readable(selector: &mut IoUringSelector, stream: &mut IoUringStream) {
    while !stream.may_read() {
        let mut ready = Vec::new();
        selector.poll(&mut ready, None).unwrap();
        for report in ready {
            selector.deliver(stream, report.readiness);
        }
    }
}

#[test]
fn a_stream_that_is_not_registered_has_no_buffer() {
    let Some((mut selector, mut stream, mut peer)) = pair(IoUringConfig::default()) else {
        return;
    };
    peer.write_all(b"unread").unwrap();
    wait_readable(&mut selector, &mut stream);
    assert_eq!(selector.buffers_out, 1);
    selector.deregister(&mut stream, TOKEN).unwrap();
    selector
        .poll(&mut Vec::new(), Some(Duration::ZERO))
        .unwrap();
    assert_eq!(selector.buffers_out, 0);
    let mut buffer = [0; 8];
    assert_eq!(stream.read(&mut buffer).unwrap(), 6);
    assert_eq!(&buffer[..6], b"unread");
}

#[test]
fn one_that_has_gone_takes_nobodys_turn_for_a_buffer() {
    let Some((mut selector, mut stream, mut peer)) = pair(IoUringConfig::default().with_buffers(1))
    else {
        return;
    };
    peer.write_all(b"x").unwrap();
    wait_readable(&mut selector, &mut stream);
    let slot = selector.slot_of(&stream).unwrap();
    let generation = selector.slots[slot as usize].generation;
    // As if its receive had ended for want of a buffer, behind those of streams that went since.
    selector.watch(slot).unwrap().is_awaited = true;
    selector.end(slot).unwrap();
    let watch = selector.watch(slot).unwrap();
    watch.is_closing = false;
    watch.receive = Operation::Starved;
    selector.starved = [
        (slot, generation.wrapping_sub(1)),
        (slot, generation.wrapping_sub(2)),
        (slot, generation),
    ]
    .into();
    selector.feed_starved().unwrap();
    assert!(selector.starved.is_empty());
    assert_eq!(
        selector.watch(slot).unwrap().receive,
        Operation::Active,
        "one buffer is enough for the one that is left"
    );
}

#[test]
fn a_stream_whose_bytes_were_copied_is_counted_until_they_are_read() {
    // The only buffer is never lent.
    let Some((mut selector, mut stream, mut peer)) = pair(IoUringConfig::default().with_buffers(1))
    else {
        return;
    };
    peer.write_all(b"copied").unwrap();
    wait_readable(&mut selector, &mut stream);
    let slot = selector.slot_of(&stream).unwrap();
    assert_eq!(selector.watch(slot).unwrap().parts, 1);
    let mut buffer = [0; 4];
    assert_eq!(stream.read(&mut buffer).unwrap(), 4);
    assert!(selector.ring.is_idle());
    assert_eq!(stream.read(&mut buffer).unwrap(), 2);
    assert!(!selector.ring.is_idle(), "the next poll looks around");
    selector
        .poll(&mut Vec::new(), Some(Duration::ZERO))
        .unwrap();
    assert_eq!(selector.watch(slot).unwrap().parts, 0);
}

#[test]
fn a_stream_that_reads_for_itself_takes_no_buffer_and_no_time() {
    for config in [
        IoUringConfig::default(),
        IoUringConfig::default().with_cooperative_receive(),
    ] {
        let Some((mut selector, mut stream, mut peer)) = polled_pair(config) else {
            return;
        };
        peer.write_all(b"unread").unwrap();
        wait_readable(&mut selector, &mut stream);
        let slot = selector.slot_of(&stream).unwrap();
        assert_eq!(selector.watch(slot).unwrap().receive, Operation::Off);
        assert_eq!(selector.watch(slot).unwrap().writable, Operation::Active);
        // What is not read is not told again: such a poll makes no system call.
        let mut ready = Vec::new();
        for _ in 0..100 {
            assert!(selector.ring.is_idle() && selector.touched.is_empty());
            selector.poll(&mut ready, Some(Duration::ZERO)).unwrap();
        }
        assert_eq!(ready, []);
        let mut buffer = [0; 8];
        assert_eq!(stream.read(&mut buffer).unwrap(), 6);
        assert_eq!(selector.buffers_out, 0);
        assert!(selector.ring.is_idle());
    }
}

#[test]
fn an_operation_that_ended_is_started_again_and_loses_nothing() {
    let Some((mut selector, mut stream, mut peer)) = polled_pair(IoUringConfig::default()) else {
        return;
    };
    peer.write_all(b"one").unwrap();
    wait_readable(&mut selector, &mut stream);
    let mut buffer = [0; 8];
    assert_eq!(stream.read(&mut buffer).unwrap(), 3);
    let slot = selector.slot_of(&stream).unwrap();
    for _ in 0..100 {
        // Ended by the kernel, as it does where a report finds no place or a thread ends; what comes now wakes nobody.
        selector.cancel(slot, Kind::Writable).unwrap();
        selector.ring.submit().unwrap();
        peer.write_all(b"two").unwrap();
        wait_readable(&mut selector, &mut stream);
        assert_eq!(stream.read(&mut buffer).unwrap(), 3);
        assert!(!stream.may_read());
    }
    let watch = selector.watch(slot).unwrap();
    assert_eq!(watch.writable, Operation::Active);
}

#[test]
fn an_operation_that_cannot_be_is_an_error_of_the_stream() {
    const ENOMEM: i32 = 12;
    let Some((mut selector, mut stream, _peer)) = polled_pair(IoUringConfig::default()) else {
        return;
    };
    let slot = selector.slot_of(&stream).unwrap();
    let completion = Completion {
        name: 0,
        result: Err(ENOMEM),
        more: false,
        received: None,
    };
    selector.became_writable(slot, &completion).unwrap();
    wait_readable(&mut selector, &mut stream);
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(ENOMEM));
}
