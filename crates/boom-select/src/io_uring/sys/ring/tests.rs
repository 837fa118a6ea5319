//! When the memory of the buffers goes: not before the kernel has let go of it.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Weak;
use std::thread;

use super::*;

/// More than the kernel has completions for, and than it does at a time.
const SOCKETS: u64 = 100;

/// A ring that receives from many sockets, most of which have something to be received.
fn receiving(config: IoUringConfig) -> Option<(Ring, Vec<[TcpStream; 2]>)> {
    let mut ring = Ring::new(&config.with_completions(16)).ok()?;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut sockets = Vec::new();
    for name in 0..SOCKETS {
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut peer = listener.accept().unwrap().0;
        ring.receive(socket.as_fd(), name).unwrap();
        if name % 4 > 0 {
            peer.write_all(b"never taken").unwrap();
        }
        if name % 8 > 0 {
            ring.submit().unwrap();
        }
        sockets.push([socket, peer]);
    }
    Some((ring, sockets))
}

fn is_freed(pool: &Weak<Pool>) -> bool {
    pool.strong_count() == 0
}

/// The three answers to who receives.
fn modes() -> [IoUringConfig; 3] {
    let config = IoUringConfig::default();
    [
        config,
        config.with_cooperative_receive(),
        config.with_sqpoll(Duration::from_millis(1)),
    ]
}

#[test]
fn the_end_of_a_ring_waits_for_the_end_of_what_runs_and_frees_the_buffers() {
    for config in modes() {
        let Some((mut ring, _sockets)) = receiving(config) else {
            return;
        };
        assert!(ring.running > 0);
        assert!(ring.let_go(), "{config:?}");
        assert_eq!(ring.running, 0, "{config:?}");

        let (ring, _sockets) = receiving(config).unwrap();
        let pool = Arc::downgrade(&ring.pool);
        drop(ring);
        assert!(is_freed(&pool), "{config:?}");
    }
}

#[test]
fn it_ends_however_many_run() {
    for config in modes() {
        let Ok(mut ring) = Ring::new(&config) else {
            return;
        };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        for name in 0..5000 {
            ring.receive(socket.as_fd(), name).unwrap();
        }
        assert_eq!(ring.running, 5000);
        assert!(ring.let_go(), "{} run, {config:?}", ring.running);
    }
}

#[test]
fn what_was_received_keeps_its_buffer_when_the_ring_is_gone() {
    for config in [
        IoUringConfig::default(),
        IoUringConfig::default().with_cooperative_receive(),
    ] {
        let Some((mut ring, _sockets)) = receiving(config) else {
            return;
        };
        let received = loop {
            ring.wait(None).unwrap();
            if let Some(received) = ring.next().and_then(|completion| completion.received) {
                break received;
            }
        };
        let pool = Arc::downgrade(&ring.pool);
        drop(ring);
        assert_eq!(received.bytes(), b"never taken");
        assert!(!is_freed(&pool));
        drop(received);
        assert!(is_freed(&pool), "{config:?}");
    }
}

#[test]
fn where_the_kernel_cannot_be_asked_the_buffers_are_kept_for_good() {
    let config = IoUringConfig::default().with_cooperative_receive();
    let Some((ring, _sockets)) = receiving(config) else {
        return;
    };
    let pool = Arc::downgrade(&ring.pool);
    thread::spawn(move || drop(ring)).join().unwrap();
    assert!(!is_freed(&pool));
    // One that is bound to no thread can be dropped by any.
    let ring = Ring::new(&config).unwrap();
    let pool = Arc::downgrade(&ring.pool);
    thread::spawn(move || drop(ring)).join().unwrap();
    assert!(is_freed(&pool));
}
