//! New keys amid the data, at this side's wish.

use std::io::{ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::{Error, TlsVersion};

use super::sealed::{DATA, HANDSHAKE, sealed};
use super::support::{
    Server, client, connected, connected_by, read_all, read_error, trusting, typed,
};

#[test]
fn data_goes_on_under_new_keys_in_both_directions() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    for round in 0..100 {
        client.update_keys().unwrap();
        client.write_all(b"x").unwrap();
        server.take_in(&client.base_mut().take_written());
        assert_eq!(server.received.len(), round + 1, "{:?}", server.failure);
        let answer = server.encrypt(b"under new keys");
        client.base_mut().push_read(answer);
        assert_eq!(
            read_all(&mut client, 64),
            b"under new keys",
            "round {round}"
        );
    }
}

#[test]
fn the_peer_is_asked_for_the_same() {
    let (mut client, mut server) = sealed(TlsVersion::Tls13);
    client.update_keys().unwrap();
    let update = client.base_mut().take_written();
    // RFC 8446, section 4.6.3: update_requested.
    assert_eq!(server.open(&update), [(HANDSHAKE, vec![24, 0, 0, 1, 1])]);
    client.write_all(b"x").unwrap();
    let data = client.base_mut().take_written();
    assert!(!server.can_open(&data), "the keys are others");
}

#[test]
fn what_waits_goes_before_it() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    client.base_mut().push_write_would_block();
    client.write_all(b"old keys, ").unwrap();
    client.base_mut().push_write_would_block();
    client.update_keys().unwrap();
    assert!(client.wants_write());
    client.write_all(b"new keys").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"old keys, new keys");
}

#[test]
fn records_that_wait_for_the_reader_do_no_harm() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    let mut bytes = server.encrypt(b"first");
    bytes.extend(server.encrypt(b"second"));
    client.base_mut().push_read(bytes);
    let mut buffer = [0; 5];
    assert_eq!(client.read(&mut buffer).unwrap(), 5);
    client.update_keys().unwrap();
    server.take_in(&client.base_mut().take_written());
    client.base_mut().push_read(server.encrypt(b"third"));
    assert_eq!(read_all(&mut client, 64), b"secondthird");
}

#[test]
fn amid_a_message_of_the_peers_it_waits() {
    // A ticket of 9 bytes before the ticket itself, in two records.
    let ticket = [
        4, 0, 0, 16, 0, 0, 14, 16, 1, 2, 3, 4, 1, 9, 0, 2, 7, 7, 0, 0,
    ];
    let (mut client, mut server) = sealed(TlsVersion::Tls13);
    let half = server.record(HANDSHAKE, &ticket[..10]);
    client.base_mut().push_read(half);
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    assert_eq!(
        client.update_keys().unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    assert!(client.base_mut().take_written().is_empty());
    let rest = server.record(HANDSHAKE, &ticket[10..]);
    client.base_mut().push_read(rest);
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    client.update_keys().unwrap();
    let update = client.base_mut().take_written();
    assert_eq!(server.open(&update), [(HANDSHAKE, vec![24, 0, 0, 1, 1])]);
    let data = server.record(DATA, b"at last");
    client.base_mut().push_read(data);
    assert_eq!(read_all(&mut client, 64), b"at last");
}

#[test]
fn before_the_end_of_the_handshake_it_waits() {
    let authority = Authority::new();
    let mut client = client(&trusting(&authority));
    let mut server = Server::new(authority.server_config(&["localhost"]));
    assert_eq!(
        client.update_keys().unwrap_err().kind(),
        ErrorKind::WouldBlock
    );
    server.shake(&mut client);
    client.update_keys().unwrap();
    client.write_all(b"x").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"x");
}

#[test]
fn the_queue_stays_bounded() {
    let authority = Authority::new();
    let config = trusting(&authority).with_outbound_limit(1024);
    let (mut client, mut server) = connected(&config, authority.server_config(&["localhost"]));
    client.base_mut().push_write_would_block();
    client.write_all(&[7; 900]).unwrap();
    let mut count = 0;
    loop {
        client.base_mut().push_write_would_block();
        match client.update_keys() {
            Ok(()) => count += 1,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                break;
            }
        }
    }
    assert!(count < 10, "{count}");
    client.flush().unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, [7; 900]);
    assert_eq!(server.failure, None);
}

#[test]
fn tls_1_2_cannot_and_goes_on() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls12);
    let error = client.update_keys().unwrap_err();
    assert!(matches!(typed(&error), Error::Unsupported(_)), "{error}");
    client.write_all(b"x").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"x");
}

#[test]
fn after_the_end_there_is_nothing_to_renew() {
    let (mut client, _server) = connected_by(TlsVersion::Tls13);
    client.close_notify().unwrap();
    let error = client.update_keys().unwrap_err();
    assert!(matches!(typed(&error), Error::Closed), "{error}");

    let (mut client, _server) = connected_by(TlsVersion::Tls13);
    client.base_mut().push_eof();
    assert!(client.read(&mut [0; 8]).is_err());
    let error = client.update_keys().unwrap_err();
    assert!(matches!(typed(&error), Error::Truncated), "{error}");
}
