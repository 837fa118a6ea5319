//! What a message costs once the connection is warm: calls of the stream below, and allocations.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "rustls")]

mod support;

use std::io::{BufRead, ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_testkit::alloc::{self, CountingAllocator};
use boom_tls::TlsVersion;

use support::{VERSIONS, connected_by};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

const MESSAGES: usize = 10_000;
const SIZE: usize = 150;

#[test]
fn a_ping_pong_is_one_read_and_one_write_a_message() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut buffer = [0; 4096];
        for _ in 0..100 {
            let (reads, writes) = (client.get_ref().reads(), client.get_ref().writes());
            client.write_all(&[1; SIZE]).unwrap();
            client.flush().unwrap();
            server.take_in(&client.base_mut().take_written());
            client.base_mut().push_read(server.encrypt(&[2; SIZE]));
            assert_eq!(client.read(&mut buffer).unwrap(), SIZE);
            assert_eq!(
                (
                    client.get_ref().reads() - reads,
                    client.get_ref().writes() - writes
                ),
                (1, 1)
            );
        }
        // An idle poll is one read.
        let (reads, writes) = (client.get_ref().reads(), client.get_ref().writes());
        assert_eq!(
            client.read(&mut buffer).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        assert_eq!(
            (
                client.get_ref().reads() - reads,
                client.get_ref().writes() - writes
            ),
            (1, 0)
        );
    }
}

/// rustls 0.23 allocates once for each record in either direction, and this crate never; see the docs of the
/// module `rustls`.
#[test]
fn a_record_received_is_one_allocation_of_its_size() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut buffer = [0; 4096];
        let mut total = alloc::Allocations::default();
        for round in 0..MESSAGES + 10 {
            client.base_mut().push_read(server.encrypt(&[2; SIZE]));
            let allocations = alloc::count(|| {
                // By turns: copied to the caller, and lent.
                if round % 2 == 0 {
                    assert_eq!(client.read(&mut buffer).unwrap(), SIZE);
                } else {
                    assert_eq!(client.fill_buf().unwrap().len(), SIZE);
                    client.consume(SIZE);
                }
            });
            if round >= 10 {
                total.count += allocations.count;
                total.bytes += allocations.bytes;
            }
        }
        assert_eq!(total.count, MESSAGES as u64);
        assert_eq!(total.bytes, (MESSAGES * SIZE) as u64);
    }
}

#[test]
fn a_record_sent_is_one_allocation() {
    for version in VERSIONS {
        let (mut client, _server) = connected_by(version);
        client
            .base_mut()
            .reserve_written((MESSAGES + 10) * (SIZE + 64));
        for _ in 0..10 {
            client.write_all(&[1; SIZE]).unwrap();
        }
        let allocations = alloc::count(|| {
            for _ in 0..MESSAGES {
                client.write_all(&[1; SIZE]).unwrap();
            }
            client.flush().unwrap();
        });
        assert_eq!(allocations.count, MESSAGES as u64, "{version}");
    }
}

#[test]
fn messages_written_together_share_a_record_and_its_allocation() {
    let (mut client, _server) = connected_by(TlsVersion::Tls13);
    client.base_mut().reserve_written(1 << 20);
    let messages = [7; 100 * SIZE];
    client.write_all(&messages).unwrap();
    let writes = client.get_ref().writes();
    let allocations = alloc::count(|| client.write_all(&messages).unwrap());
    assert_eq!(allocations.count, 1);
    assert_eq!(client.get_ref().writes() - writes, 1);
}

#[test]
fn an_idle_poll_allocates_nothing() {
    let (mut client, _server) = connected_by(TlsVersion::Tls13);
    let mut buffer = [0; 4096];
    let allocations = alloc::count(|| {
        for _ in 0..1000 {
            assert_eq!(
                client.read(&mut buffer).unwrap_err().kind(),
                ErrorKind::WouldBlock
            );
        }
    });
    assert_eq!(allocations.count, 0);
}
