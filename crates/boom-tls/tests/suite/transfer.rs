//! Bytes in are bytes out, both ways, whatever the stream below does.

use std::io::{BufRead, ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::TlsVersion;
use proptest::prelude::*;

use super::support::{VERSIONS, connected, connected_by, only, read_all, read_error, trusting};

#[test]
fn one_read_takes_all_records_that_are_there() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut bytes = Vec::new();
        for message in 0..50u8 {
            bytes.extend(server.encrypt(&[message; 20]));
        }
        client.base_mut().push_read(bytes);
        let before = client.get_ref().reads();
        let mut buffer = [0; 650];
        assert_eq!(client.read(&mut buffer).unwrap(), 650);
        assert!(client.has_buffered());
        let mut rest = [0; 1000];
        assert_eq!(client.read(&mut rest).unwrap(), 350);
        assert!(!client.has_buffered());
        assert_eq!(client.get_ref().reads() - before, 1);
        let expected: Vec<u8> = (0..50u8).flat_map(|message| [message; 20]).collect();
        assert_eq!([&buffer[..], &rest[..350]].concat(), expected);
    }
}

#[test]
fn a_record_that_is_not_whole_is_not_buffered() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    let mut bytes = server.encrypt(&[1; 20]);
    let record = server.encrypt(&[2; 20]);
    bytes.extend(&record[..record.len() - 1]);
    client.base_mut().push_read(bytes);
    // The caller's buffer is full, and the records behind have not been looked at.
    assert_eq!(client.read(&mut [0; 20]).unwrap(), 20);
    assert!(!client.has_buffered());
    client.base_mut().push_read(&record[record.len() - 1..]);
    assert_eq!(read_all(&mut client, 64), [2; 20]);
}

#[test]
fn an_empty_buffer_reads_nothing() {
    let (mut client, _) = connected_by(TlsVersion::Tls13);
    let before = client.get_ref().reads();
    assert_eq!(client.read(&mut []).unwrap(), 0);
    assert_eq!(client.get_ref().reads(), before);
}

#[test]
fn plaintext_can_be_used_where_it_lies() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut bytes = server.encrypt(b"line one\nline ");
        bytes.extend(server.encrypt(b"two\n"));
        client.base_mut().push_read(bytes);
        assert_eq!(client.fill_buf().unwrap(), b"line one\nline two\n");
        client.consume(9);
        assert!(client.has_buffered());
        // Mixed with plain reads.
        let mut start = [0; 4];
        client.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"line");
        assert_eq!(client.fill_buf().unwrap(), b" two\n");
        client.consume(usize::MAX);
        assert_eq!(client.fill_buf().unwrap_err().kind(), ErrorKind::WouldBlock);
        server.tls.send_close_notify();
        client.base_mut().push_read(server.give());
        assert_eq!(client.fill_buf().unwrap(), b"");
    }
}

#[test]
fn a_burst_costs_one_read_for_16_kib() {
    for (version, size) in VERSIONS
        .into_iter()
        .flat_map(|version| [(version, 150), (version, 3000), (version, 16384)])
    {
        let (mut client, mut server) = connected_by(version);
        let mut bytes = Vec::new();
        for _ in 0..600_000 / size {
            bytes.extend(server.encrypt(&vec![5; size]));
        }
        client.base_mut().push_read(&bytes);
        let before = client.get_ref().reads();
        let plaintext = read_all(&mut client, 16 * 1024);
        assert_eq!(plaintext.len(), 600_000 / size * size);
        // The last read is the one that would block.
        let reads = client.get_ref().reads() - before - 1;
        assert!(
            reads <= bytes.len() / (16 * 1024) + 1,
            "{version} {size}: {reads} reads for {} bytes",
            bytes.len()
        );
    }
}

#[test]
fn what_the_socket_does_not_take_goes_out_with_any_later_call() {
    let calls: [fn(&mut super::support::Client); 3] = [
        |client| client.flush().unwrap(),
        |client| assert_eq!(read_error(client), ErrorKind::WouldBlock),
        |client| assert_eq!(client.write(b"!").unwrap(), 1),
    ];
    for call in calls {
        let (mut client, mut server) = connected_by(TlsVersion::Tls13);
        client.base_mut().push_write_limit(3);
        client.base_mut().push_write_would_block();
        assert_eq!(client.write(b"whole").unwrap(), 5);
        assert!(client.wants_write());
        client.base_mut().push_write_would_block();
        assert_eq!(client.flush().unwrap_err().kind(), ErrorKind::WouldBlock);
        call(&mut client);
        assert!(!client.wants_write());
        server.take_in(&client.base_mut().take_written());
        assert!(server.received.starts_with(b"whole"));
    }
}

#[test]
fn the_outbound_buffer_is_bounded() {
    for limit in [1024, 5000, 100_000] {
        for version in VERSIONS {
            let authority = Authority::new();
            let config = only(trusting(&authority), version).with_outbound_limit(limit);
            let (mut client, mut server) =
                connected(&config, authority.server_config(&["localhost"]));
            let data: Vec<u8> = (0..300_000u32).map(|n| n as u8).collect();
            let mut accepted = 0;
            let mut rounds = 0;
            loop {
                client.base_mut().push_write_would_block();
                client.base_mut().push_write_would_block();
                match client.write(&data[accepted..]) {
                    Ok(count) => accepted += count,
                    Err(error) => break assert_eq!(error.kind(), ErrorKind::WouldBlock),
                }
                rounds += 1;
                assert!(rounds < 1000);
            }
            assert!(
                accepted <= limit && accepted + 1024 > limit,
                "{accepted} of {limit}"
            );
            assert!(client.wants_write());
            while client.wants_write() {
                let _ = client.flush();
            }
            // Nothing in the way now: all of it goes.
            while accepted < data.len() {
                accepted += client.write(&data[accepted..]).unwrap();
            }
            while client.wants_write() {
                let _ = client.flush();
            }
            server.take_in(&client.base_mut().take_written());
            assert_eq!(server.received, data);
        }
    }
}

/// What the stream below does at the next step.
#[derive(Clone, Debug)]
enum Act {
    /// The client writes this much.
    Write(usize),
    /// The server writes this much, as one record or more.
    Answer(usize),
    /// The wire carries this many bytes to the client.
    Carry(usize),
    /// The client reads with a buffer of this size.
    Read(usize),
    /// The next write of the client's socket takes this much.
    Limit(usize),
    /// The next write of the client's socket would block.
    Block,
    Flush,
    Lend,
    KeyUpdate,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (1usize..3000).prop_map(Act::Write),
        (1usize..40_000).prop_map(Act::Write),
        (1usize..3000).prop_map(Act::Answer),
        (1usize..40_000).prop_map(Act::Answer),
        (1usize..100).prop_map(Act::Carry),
        (1usize..50_000).prop_map(Act::Carry),
        (1usize..300).prop_map(Act::Read),
        (1usize..40_000).prop_map(Act::Read),
        (1usize..2000).prop_map(Act::Limit),
        Just(Act::Block),
        Just(Act::Flush),
        Just(Act::Lend),
        Just(Act::KeyUpdate),
    ];
    proptest::collection::vec(act, 1..60)
}

/// Bytes that differ at each place, so that a loss or a swap shows.
fn pattern(from: usize, count: usize) -> Vec<u8> {
    (from..from + count)
        .map(|place| (place ^ (place >> 8) ^ (place >> 16)) as u8)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn bytes_in_are_bytes_out(acts in acts(), tls12 in any::<bool>()) {
        let (mut client, mut server) = connected_by(if tls12 { TlsVersion::Tls12 } else { TlsVersion::Tls13 });
        let (mut sent, mut answered) = (0, 0);
        let mut received = Vec::new();
        let mut wire = Vec::new();
        for act in acts {
            match act {
                Act::Write(count) => match client.write(&pattern(sent, count)) {
                    Ok(count) => sent += count,
                    Err(error) => prop_assert_eq!(error.kind(), ErrorKind::WouldBlock),
                },
                Act::Answer(count) => {
                    wire.extend(server.encrypt(&pattern(answered, count)));
                    answered += count;
                }
                Act::Carry(count) => {
                    let count = count.min(wire.len());
                    client.base_mut().push_read(wire.drain(..count).collect::<Vec<_>>());
                }
                Act::Read(size) => {
                    let mut buffer = vec![0; size];
                    match client.read(&mut buffer) {
                        Ok(count) => received.extend_from_slice(&buffer[..count]),
                        Err(error) => prop_assert_eq!(error.kind(), ErrorKind::WouldBlock),
                    }
                }
                Act::Limit(count) => client.base_mut().push_write_limit(count),
                Act::Block => client.base_mut().push_write_would_block(),
                Act::Flush => if let Err(error) = client.flush() {
                    prop_assert_eq!(error.kind(), ErrorKind::WouldBlock);
                    prop_assert!(client.wants_write());
                },
                Act::Lend => {
                    let count = match client.fill_buf() {
                        Ok(lent) => {
                            let count = lent.len().div_ceil(2);
                            received.extend_from_slice(&lent[..count]);
                            count
                        }
                        Err(error) => { prop_assert_eq!(error.kind(), ErrorKind::WouldBlock); 0 }
                    };
                    client.consume(count);
                }
                Act::KeyUpdate => if !tls12 {
                    server.tls.refresh_traffic_keys().unwrap();
                    wire.extend(server.give());
                },
            }
            server.take_in(&client.base_mut().take_written());
            prop_assert!(server.failure.is_none(), "{:?}", server.failure);
        }
        client.base_mut().push_read(wire);
        loop {
            received.extend(read_all(&mut client, 5000));
            let _ = client.flush();
            server.take_in(&client.base_mut().take_written());
            if client.get_ref().is_read_out() && !client.wants_write() && !client.has_buffered() {
                break;
            }
        }
        prop_assert_eq!(received, pattern(0, answered));
        prop_assert_eq!(&server.received, &pattern(0, sent));
    }
}
