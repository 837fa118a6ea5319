//! Peers that do not speak TLS, or speak it to do harm: a clear error, bounded memory, no panic.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::{Error, TlsVersion};
use proptest::prelude::*;

use super::sealed::{ALERT, DATA, HANDSHAKE, sealed};
use super::support::{
    Client, Server, VERSIONS, client, connected_by, read_all, read_error, trusting, typed,
};

/// Reads until the client gives up, at most `limit` bytes of garbage later.
fn fails_on(client: &mut Client, bytes: &[u8]) -> std::io::Error {
    client.base_mut().push_read(bytes);
    for _ in 0..bytes.len() + 8 {
        match client.read(&mut [0; 4096]) {
            Ok(count) => panic!("{count} bytes of plaintext"),
            Err(error)
                if error.kind() == ErrorKind::WouldBlock && !client.get_ref().is_read_out() => {}
            Err(error) => return error,
        }
    }
    panic!("no end");
}

#[test]
fn a_plain_http_server() {
    let mut client = client(&trusting(&Authority::new()));
    let error = fails_on(
        &mut client,
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    );
    assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    assert_eq!(error.kind(), ErrorKind::InvalidData);
    // The ClientHello and an alert.
    let written = client.base_mut().take_written();
    // OpenSSL knows an answer of HTTP, which has no use for an alert.
    if crate::IS_RUSTLS {
        assert_eq!(
            written[written.len() - 7..],
            [21, 3, 3, 0, 2, 2, 50],
            "a fatal decode_error"
        );
    }
}

#[test]
fn an_oversized_record() {
    for header in [[23, 3, 3, 0xff, 0xff], [22, 3, 3, 0x48, 0x01]] {
        let mut client = client(&trusting(&Authority::new()));
        let error = fails_on(&mut client, &header);
        assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    }
    for version in VERSIONS {
        let (mut client, _) = connected_by(version);
        let error = fails_on(&mut client, &[23, 3, 3, 0x48, 0x01]);
        assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    }
}

#[test]
fn a_forged_record() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut bytes = server.encrypt(b"genuine");
        let forged = bytes.len() + 20;
        bytes.extend(server.encrypt(b"genuine too"));
        bytes[forged] ^= 1;
        client.base_mut().push_read(bytes);
        let mut buffer = [0; 64];
        assert_eq!(client.read(&mut buffer).unwrap(), 7);
        assert!(client.has_buffered(), "the failure is still to be reported");
        let error = client.read(&mut buffer).unwrap_err();
        assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
        server.take_in(&client.base_mut().take_written());
        let alert = rustls::AlertDescription::BadRecordMac;
        assert_eq!(server.failure, Some(rustls::Error::AlertReceived(alert)));
        assert!(matches!(
            typed(&client.read(&mut buffer).unwrap_err()),
            Error::Protocol(_)
        ));
    }
}

#[test]
fn a_fatal_alert_by_number() {
    let mut client = client(&trusting(&Authority::new()));
    let error = fails_on(&mut client, &[21, 3, 3, 0, 2, 2, 40]);
    assert!(
        matches!(typed(&error), Error::AlertReceived(alert) if alert.0 == 40),
        "{error}"
    );
    assert_eq!(
        error.to_string(),
        "the peer sent the alert handshake_failure"
    );
}

#[test]
fn a_flood_of_warnings() {
    let mut client = client(&trusting(&Authority::new()));
    let error = fails_on(&mut client, &[21, 3, 3, 0, 2, 1, 90].repeat(100));
    assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
}

#[test]
fn a_flood_of_empty_records() {
    // Content type 22 with no content is not allowed, and 23 only after the handshake.
    let mut client = client(&trusting(&Authority::new()));
    fails_on(&mut client, &[22, 3, 3, 0, 0].repeat(100));
}

#[test]
fn a_handshake_message_without_end() {
    // A ServerHello that says 60,000 bytes, in records of one byte: each costs the buffer six.
    let mut client = client(&trusting(&Authority::new()));
    let mut bytes = vec![22, 3, 3, 0, 4, 2, 0, 0xea, 0x60];
    bytes.extend([22, 3, 3, 0, 1, 7].repeat(60_000));
    let error = fails_on(&mut client, &bytes);
    if crate::IS_RUSTLS {
        assert!(matches!(typed(&error), Error::HandshakeTooLarge), "{error}");
    } else {
        // OpenSSL knows at once that no ServerHello is so long.
        assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    }
    assert!(
        client.get_ref().reads() < 100,
        "{}",
        client.get_ref().reads()
    );
}

#[test]
fn a_handshake_message_beyond_what_is_taken() {
    let mut client = client(&trusting(&Authority::new()));
    let error = fails_on(&mut client, &[22, 3, 3, 0, 4, 2, 0xff, 0xff, 0xff]);
    if crate::IS_RUSTLS {
        assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    } else {
        assert!(matches!(typed(&error), Error::HandshakeTooLarge), "{error}");
    }
}

#[test]
fn key_updates_are_followed_but_not_for_ever() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    for round in 0..100 {
        server.tls.refresh_traffic_keys().unwrap();
        let bytes = server.encrypt(b"under new keys");
        client.base_mut().push_read(bytes);
        assert_eq!(
            read_all(&mut client, 64),
            b"under new keys",
            "round {round}"
        );
        // The answer to the key update goes out before the next data.
        std::io::Write::write_all(&mut client, b"x").unwrap();
        server.take_in(&client.base_mut().take_written());
        assert_eq!(server.received.len(), round + 1, "{:?}", server.failure);
    }
    // Without data between them they are an attack to rustls. OpenSSL follows them: each costs the peer as much.
    let mut bytes = Vec::new();
    for _ in 0..100 {
        server.tls.refresh_traffic_keys().unwrap();
        bytes.extend(server.give());
    }
    if !crate::IS_RUSTLS {
        bytes.extend(server.encrypt(b"at last"));
        client.base_mut().push_read(bytes);
        assert_eq!(read_all(&mut client, 64), b"at last");
        return;
    }
    let error = fails_on(&mut client, &bytes);
    assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
}

#[test]
fn many_tickets_are_taken_and_too_many_are_a_failure() {
    // rustls sends them as one run of messages, whose records do not end where a ticket ends.
    let authority = Authority::new();
    for (tickets, taken) in [(100, true), (5000, false)] {
        let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
        server_config.send_tls13_tickets = tickets;
        let mut client = client(&trusting(&authority));
        let mut server = Server::new(Arc::new(server_config));
        while server.tls.is_handshaking() {
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            server.take_in(&client.base_mut().take_written());
            if server.tls.is_handshaking() {
                client.base_mut().push_read(server.give());
            }
        }
        let bytes = server.encrypt(b"x");
        client.base_mut().push_read(bytes);
        if !crate::IS_RUSTLS {
            // OpenSSL looks at one after the other, and the last few are kept.
            let mut plaintext = Vec::new();
            while plaintext.is_empty() {
                plaintext = read_all(&mut client, 64);
                assert!(!plaintext.is_empty() || !client.get_ref().is_read_out());
            }
            assert_eq!(plaintext, b"x");
        } else if taken {
            assert_eq!(read_all(&mut client, 64), b"x");
        } else {
            let error = fails_on(&mut client, b"");
            assert!(matches!(typed(&error), Error::HandshakeTooLarge), "{error}");
        }
    }
}

/// RFC 5246, section 7.4.1.1: a client may answer a HelloRequest by the alert no_renegotiation, and go on.
const HELLO_REQUEST: [u8; 4] = [0; 4];

#[test]
fn a_renegotiation_is_refused_and_the_connection_goes_on() {
    let (mut client, mut server) = sealed(TlsVersion::Tls12);
    let request = server.record(HANDSHAKE, &HELLO_REQUEST);
    client.base_mut().push_read(request);
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    let answer = client.base_mut().take_written();
    assert_eq!(server.open(&answer), [(ALERT, vec![1, 100])]);
    let data = server.record(DATA, b"as before");
    client.base_mut().push_read(data);
    assert_eq!(read_all(&mut client, 64), b"as before");
    client.write_all(b"here too").unwrap();
    let sent = client.base_mut().take_written();
    assert_eq!(server.open(&sent), [(DATA, b"here too".to_vec())]);
}

#[test]
fn a_flood_of_renegotiations_ends_the_connection_or_costs_the_peer_as_much() {
    let (mut client, mut server) = sealed(TlsVersion::Tls12);
    let mut bytes = Vec::new();
    for _ in 0..1000 {
        bytes.extend(server.record(HANDSHAKE, &HELLO_REQUEST));
    }
    let given = bytes.len();
    client.base_mut().push_read(bytes);
    while !client.get_ref().is_read_out() {
        if let Err(error) = client.read(&mut [0; 64])
            && error.kind() != ErrorKind::WouldBlock
        {
            assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
            break;
        }
    }
    // An alert for each request at most.
    assert!(client.get_ref().written().len() <= given);
}

#[test]
fn a_renegotiation_of_tls_1_3_is_a_violation() {
    let (mut client, mut server) = sealed(TlsVersion::Tls13);
    let request = server.record(HANDSHAKE, &HELLO_REQUEST);
    let error = fails_on(&mut client, &request);
    assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
    let answer = client.base_mut().take_written();
    assert_eq!(server.open(&answer), [(ALERT, vec![2, 10])]);
}

#[test]
fn a_flood_of_warnings_after_the_handshake() {
    for version in VERSIONS {
        let (mut client, mut server) = sealed(version);
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            bytes.extend(server.record(ALERT, &[1, 90]));
        }
        let error = fails_on(&mut client, &bytes);
        assert!(
            matches!(typed(&error), Error::Protocol(_)),
            "{version}: {error}"
        );
        assert!(client.get_ref().written().len() < 100, "one alert says it");
    }
}

#[test]
fn a_flood_of_empty_records_after_the_handshake() {
    for version in VERSIONS {
        let (mut client, mut server) = sealed(version);
        let mut bytes = Vec::new();
        for _ in 0..1000 {
            bytes.extend(server.record(DATA, b""));
        }
        bytes.extend(server.record(DATA, b"at last"));
        client.base_mut().push_read(bytes);
        // Either is right, as long as the reader gets no end that is none.
        let mut received = Vec::new();
        loop {
            match client.read(&mut [0; 64]) {
                Ok(count) => {
                    assert_eq!(count, 7);
                    received.push(count);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if client.get_ref().is_read_out() {
                        break;
                    }
                }
                Err(error) => {
                    assert!(matches!(typed(&error), Error::Protocol(_)), "{error}");
                    received.push(7);
                    break;
                }
            }
        }
        assert_eq!(received, [7]);
    }
}

#[test]
fn tickets_without_end_are_taken_one_after_the_other() {
    // RFC 8446, section 4.6.1: an hour, a nonce, a ticket of 600 bytes, no extensions.
    let ticket = |number: u16| {
        let mut body = vec![0, 0, 14, 16, 1, 2, 3, 4, 2];
        body.extend(number.to_be_bytes());
        body.extend([2, 88]);
        body.extend([7; 600]);
        body.extend([0, 0]);
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[4, 0][..], &length, &body].concat()
    };
    let (mut client, mut server) = sealed(TlsVersion::Tls13);
    for number in 0..5000 {
        let record = server.record(HANDSHAKE, &ticket(number));
        client.base_mut().push_read(record);
        assert_eq!(read_error(&mut client), ErrorKind::WouldBlock, "{number}");
        assert!(!client.has_buffered());
    }
    let data = server.record(DATA, b"at last");
    client.base_mut().push_read(data);
    assert_eq!(read_all(&mut client, 64), b"at last");
    assert!(client.get_ref().written().is_empty());
}

#[test]
fn a_record_that_is_cut_off_is_no_end() {
    for version in VERSIONS {
        let record = sealed(version).1.record(DATA, b"payload");
        for length in 1..record.len() {
            let (mut client, mut server) = sealed(version);
            let record = server.record(DATA, b"payload");
            client.base_mut().push_read(&record[..length]);
            client.base_mut().push_eof();
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            let error = client.read(&mut [0; 64]).unwrap_err();
            assert!(
                matches!(typed(&error), Error::Truncated),
                "{version}, {length}: {error}"
            );
        }
    }
}

#[test]
fn plaintext_larger_than_a_record_holds_is_refused() {
    for version in VERSIONS {
        let (mut client, mut server) = sealed(version);
        let record = server.record(DATA, &[7; (1 << 14) + 1]);
        let error = fails_on(&mut client, &record);
        assert!(
            matches!(typed(&error), Error::Protocol(_)),
            "{version}: {error}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_content_of_any_kind_after_the_handshake(
        tls12 in any::<bool>(),
        records in proptest::collection::vec((0u8..30, proptest::collection::vec(any::<u8>(), 0..80)), 1..12),
    ) {
        let (mut client, mut server) = sealed(if tls12 { TlsVersion::Tls12 } else { TlsVersion::Tls13 });
        let mut data = Vec::new();
        let mut received = Vec::new();
        for (kind, content) in records {
            // Most are of a kind that there is.
            let kind = if kind < 18 { 20 + kind % 4 } else { kind };
            if kind == DATA {
                data.extend_from_slice(&content);
            }
            client.base_mut().push_read(server.record(kind, &content));
            let mut buffer = [0; 200];
            if let Ok(count) = client.read(&mut buffer) {
                received.extend_from_slice(&buffer[..count]);
            }
        }
        prop_assert!(data.starts_with(&received));
        client.base_mut().push_eof();
        let first = client.read(&mut [0; 200]).map_err(|error| error.kind());
        let again = client.read(&mut [0; 200]).map_err(|error| error.kind());
        prop_assert!(first == again || first.is_ok_and(|count| count > 0));
    }

    #[test]
    fn any_bytes_for_a_handshake(bytes in proptest::collection::vec(any::<u8>(), 0..600), pieces in 1usize..64) {
        let mut client = client(&trusting(&Authority::new()));
        for piece in bytes.chunks(pieces) {
            client.base_mut().push_read(piece);
            let _ = client.read(&mut [0; 16]);
        }
        client.base_mut().push_eof();
        prop_assert!(client.read(&mut [0; 16]).is_err());
    }

    #[test]
    fn any_change_to_a_record_is_noticed(at in 0usize..40, flip in 1u8..) {
        let (mut client, mut server) = connected_by(TlsVersion::Tls13);
        let mut bytes = server.encrypt(b"some plaintext");
        let at = at % bytes.len();
        bytes[at] ^= flip;
        client.base_mut().push_read(bytes);
        client.base_mut().push_eof();
        let mut buffer = [0; 64];
        let first = client.read(&mut buffer);
        // The version in the header is not protected against every change; the plaintext is.
        if let Ok(count) = first {
            prop_assert_eq!(&buffer[..count], b"some plaintext");
        }
    }
}
