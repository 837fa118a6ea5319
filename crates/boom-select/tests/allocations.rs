//! In steady state a message costs no allocation, over any selector.
#![cfg(unix)]
// The helpers of tests are tests as well.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream as Peer};

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

fn receives_without_allocating<T: From<TcpStream> + Read, S: Selector<T>>(mut selector: S) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut stream = T::from(TcpStream::try_from(("127.0.0.1", port)).unwrap());
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
    receives_without_allocating::<TcpStream, _>(boom_select::DirectSelector::new());
}

#[cfg(feature = "mio")]
#[test]
fn mio() {
    receives_without_allocating::<boom_select::MioStream, _>(
        boom_select::MioSelector::new().unwrap(),
    );
}

#[cfg(all(feature = "io-uring", target_os = "linux"))]
#[test]
fn io_uring() {
    // Where there is none, `tests/selectors` says so.
    if let Ok(selector) = boom_select::IoUringSelector::new() {
        receives_without_allocating::<boom_select::IoUringStream, _>(selector);
    }
}
