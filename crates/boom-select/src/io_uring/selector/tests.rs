//! What cannot be seen from without: who has the buffers, and who waits for one.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream as Peer};

use boom_stream::tcp::TcpStream;

use super::*;

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
