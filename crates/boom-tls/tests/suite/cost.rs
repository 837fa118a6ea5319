//! What a message costs once the connection is warm: calls of the stream below, and allocations.

use std::io::{ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_testkit::alloc::{self, CountingAllocator};
use boom_tls::TlsVersion;

use super::support::{VERSIONS, connected_by};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

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

#[test]
fn what_is_written_together_is_one_record_and_one_write() {
    for version in VERSIONS {
        // 50 messages, then more than a record holds.
        for (count, records) in [(50, 1), (300, 3)] {
            let (mut client, mut server) = connected_by(version);
            let messages: Vec<u8> = (0..count)
                .flat_map(|message| [message as u8; SIZE])
                .collect();
            let writes = client.get_ref().writes();
            client.write_all(&messages).unwrap();
            assert_eq!(client.get_ref().writes() - writes, 1, "{version}");
            let written = client.base_mut().take_written();
            assert_eq!(application_records(&written), records, "{version}");
            server.take_in(&written);
            assert_eq!(server.received, messages);
        }
    }
}

/// How many records these bytes are, each with application data (RFC 8446, section 5.1).
fn application_records(mut bytes: &[u8]) -> usize {
    let mut count = 0;
    while let [23, 3, 3, high, low, rest @ ..] = bytes {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        bytes = &rest[length..];
        count += 1;
    }
    assert!(bytes.is_empty());
    count
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
