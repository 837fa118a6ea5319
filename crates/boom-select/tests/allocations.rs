//! In steady state a message costs no allocation, over any selector.
#![cfg(unix)]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream as Peer};

#[cfg(all(feature = "io-uring", target_os = "linux"))]
use boom_select::IntoIoUringStream;
#[cfg(feature = "mio")]
use boom_select::IntoMioStream;
use boom_select::{Ready, Selector, Token};
use boom_stream::tcp::TcpStream;
use boom_testkit::alloc::{CountingAllocator, count};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Sends a message, and polls and reads until it has come.
fn exchange<T: Read, S: Selector<T>>(
    selector: &mut S,
    stream: &mut T,
    peer: &mut Peer,
    ready: &mut Vec<Ready>,
) {
    peer.write_all(&[7; 150]).unwrap();
    let mut buffer = [0; 4096];
    let mut received = 0;
    while received < 150 {
        ready.clear();
        selector.poll(ready, None).unwrap();
        for report in ready.iter() {
            selector.deliver(stream, report.readiness);
            received += stream.read(&mut buffer).unwrap_or(0);
        }
    }
}

fn receives_without_allocating<T: Read, S: Selector<T>>(
    mut selector: S,
    stream: impl FnOnce(TcpStream) -> T,
) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut stream = stream(TcpStream::try_from(("127.0.0.1", port)).unwrap());
    let mut peer = listener.accept().unwrap().0;
    let token = Token {
        index: 0,
        generation: 0,
    };
    selector.register(&mut stream, token).unwrap();
    let mut ready = Vec::new();
    // Every buffer has been used once.
    for _ in 0..2000 {
        exchange(&mut selector, &mut stream, &mut peer, &mut ready);
    }
    let allocations = count(|| {
        for _ in 0..10_000 {
            exchange(&mut selector, &mut stream, &mut peer, &mut ready);
        }
    });
    assert_eq!(allocations.count, 0, "{allocations:?}");
}

#[test]
fn direct() {
    receives_without_allocating(boom_select::DirectSelector::new(), |stream| stream);
}

#[cfg(feature = "mio")]
#[test]
fn mio() {
    let selector = boom_select::MioSelector::new().unwrap();
    receives_without_allocating(selector, IntoMioStream::into_mio_stream);
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
#[test]
fn io_uring() {
    // Where there is none, `tests/selectors` says so.
    if let Ok(selector) = boom_select::IoUringSelector::new() {
        receives_without_allocating(selector, IntoIoUringStream::into_io_uring_stream);
    }
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
#[test]
fn io_uring_polled() {
    if let Ok(selector) = boom_select::IoUringSelector::new() {
        receives_without_allocating(selector, IntoIoUringStream::into_polled_io_uring_stream);
    }
}
