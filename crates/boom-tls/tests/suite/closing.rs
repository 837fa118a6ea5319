//! The end of a connection: clean, cut off or broken, and never before the data that came first.

use std::io::{ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_tls::{Error, Stream, TlsVersion};

use super::support::{VERSIONS, connected_by, read_all, read_error, trusting, typed};
use crate::Backend;

#[test]
fn close_notify_is_the_end_after_the_data() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        let mut bytes = server.encrypt(b"last words");
        server.tls.send_close_notify();
        bytes.extend(server.give());
        client.base_mut().push_read(bytes);
        client.base_mut().push_eof();
        let mut buffer = [0; 64];
        assert_eq!(client.read(&mut buffer).unwrap(), 10);
        assert_eq!(&buffer[..10], b"last words");
        assert!(client.has_buffered(), "the end is still to be reported");
        let reads = client.get_ref().reads();
        assert_eq!(client.read(&mut buffer).unwrap(), 0);
        assert!(!client.has_buffered());
        assert_eq!(client.read(&mut buffer).unwrap(), 0);
        assert_eq!(client.get_ref().reads(), reads);
    }
}

#[test]
fn what_follows_close_notify_is_ignored() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    server.tls.send_close_notify();
    let mut bytes = server.give();
    bytes.extend(b"GET / HTTP/1.1\r\n\r\n");
    client.base_mut().push_read(bytes);
    assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
    assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
}

#[test]
fn a_peer_of_tls_1_2_gets_its_answer_and_no_more() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls12);
    server.tls.send_close_notify();
    client.base_mut().push_read(server.give());
    assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
    server.take_in(&client.base_mut().take_written());
    assert!(server.tls.process_new_packets().unwrap().peer_has_closed());
    let error = client.write(b"more").unwrap_err();
    assert!(matches!(typed(&error), Error::Closed));
    assert_eq!(error.kind(), ErrorKind::BrokenPipe);
}

#[test]
fn a_peer_of_tls_1_3_may_close_one_direction() {
    let (mut client, mut server) = connected_by(TlsVersion::Tls13);
    server.tls.send_close_notify();
    client.base_mut().push_read(server.give());
    assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
    client.write_all(b"still here").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"still here");
}

#[test]
fn this_side_may_close_one_direction() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        client.base_mut().push_write_would_block();
        client.write_all(b"first").unwrap();
        client.base_mut().push_write_would_block();
        assert_eq!(
            client.close_notify().unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        assert!(client.wants_write());
        client.close_notify().unwrap();
        client.close_notify().unwrap();
        server.take_in(&client.base_mut().take_written());
        assert_eq!(server.received, b"first");
        assert!(server.tls.process_new_packets().unwrap().peer_has_closed());
        assert!(matches!(
            typed(&client.write(b"x").unwrap_err()),
            Error::Closed
        ));

        client.base_mut().push_read(server.encrypt(b"answer"));
        assert_eq!(read_all(&mut client, 64), b"answer");
    }
}

#[test]
fn a_graceful_end_sends_what_waits_and_close_notify_and_loses_nothing_that_arrives() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        client.base_mut().push_write_would_block();
        client.write_all(b"first").unwrap();
        client.base_mut().push_write_would_block();
        assert!(!client.poll_close().unwrap());
        assert!(client.wants_write());
        client.base_mut().push_read(server.encrypt(b"last"));
        server.tls.send_close_notify();
        client.base_mut().push_read(server.give());
        client.base_mut().push_eof();
        assert!(!client.poll_close().unwrap(), "bytes are to be read");
        server.take_in(&client.base_mut().take_written());
        assert_eq!(server.received, b"first");
        assert!(server.tls.process_new_packets().unwrap().peer_has_closed());
        assert!(client.has_buffered());
        assert_eq!(read_all(&mut client, 64), b"last");
        assert_eq!(client.read(&mut [0; 64]).unwrap(), 0);
        assert!(client.poll_close().unwrap());
        assert!(client.get_ref().written().is_empty(), "one alert is enough");
    }
}

#[test]
fn a_peer_that_hangs_up_after_this_sides_close_notify_has_ended() {
    for version in VERSIONS {
        let (mut client, _) = connected_by(version);
        assert!(client.poll_close().unwrap());
        client.base_mut().push_eof();
        assert!(client.poll_close().unwrap());
        assert!(client.poll_close().unwrap());
        // The reader learns that the peer's word is missing.
        assert_eq!(read_error(&mut client), ErrorKind::UnexpectedEof);

        let (mut client, _) = connected_by(version);
        client.base_mut().push_eof();
        assert_eq!(read_error(&mut client), ErrorKind::UnexpectedEof);
        let error = client.poll_close().unwrap_err();
        assert!(matches!(typed(&error), Error::Truncated), "cut off before");
    }
}

#[test]
fn without_a_handshake_a_graceful_end_has_nothing_to_say() {
    let config = super::support::trusting(&boom_testkit::tls::Authority::new());
    let mut client = super::support::client(&config);
    assert!(client.poll_close().unwrap());
    assert!(client.get_ref().written().is_empty());
}

#[test]
fn an_end_without_close_notify_is_a_truncation() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        client.base_mut().push_read(server.encrypt(b"data"));
        client.base_mut().push_eof();
        let mut buffer = [0; 64];
        assert_eq!(client.read(&mut buffer).unwrap(), 4);
        for _ in 0..2 {
            let error = client.read(&mut buffer).unwrap_err();
            assert!(matches!(typed(&error), Error::Truncated));
            assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        }
        assert!(matches!(
            typed(&client.write(b"x").unwrap_err()),
            Error::Truncated
        ));
    }
}

#[test]
fn an_end_amid_a_record_is_a_truncation() {
    for version in VERSIONS {
        let record_length = connected_by(version).1.encrypt(b"data").len();
        for cut in 1..record_length {
            let (mut client, mut server) = connected_by(version);
            let record = server.encrypt(b"data");
            client.base_mut().push_read(&record[..cut]);
            client.base_mut().push_eof();
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
            assert_eq!(
                read_error(&mut client),
                ErrorKind::UnexpectedEof,
                "{version} cut at {cut}"
            );
            if cut > 3 {
                break;
            }
        }
    }
}

#[test]
fn an_end_amid_the_handshake_is_a_truncation() {
    let config = trusting(&boom_testkit::tls::Authority::new());
    let mut client = super::support::client(&config);
    client.base_mut().push_eof();
    assert!(matches!(
        typed(&client.read(&mut [0; 64]).unwrap_err()),
        Error::Truncated
    ));
}

#[test]
fn close_notify_amid_the_handshake_is_no_clean_end() {
    for version in VERSIONS {
        let config = super::support::only(trusting(&boom_testkit::tls::Authority::new()), version);
        let mut client = super::support::client(&config);
        // In clear text, as anyone on the path can send it.
        client.base_mut().push_read([21, 3, 3, 0, 2, 1, 0]);
        client.base_mut().push_eof();
        if crate::IS_RUSTLS {
            // It takes no notice of what is not protected, and waits for the end of the stream.
            assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
        }
        for _ in 0..2 {
            let errors = [
                client.read(&mut [0; 64]).unwrap_err(),
                client.write(b"secret").unwrap_err(),
            ];
            for error in &errors {
                let is_right = match typed(error) {
                    Error::Truncated => crate::IS_RUSTLS,
                    Error::AlertReceived(alert) => alert.0 == 0 && !crate::IS_RUSTLS,
                    _ => false,
                };
                assert!(is_right, "{version}: {error}");
            }
        }
    }
}

#[test]
fn an_error_of_the_stream_below_comes_after_the_data_and_stays() {
    use boom_testkit::stream::ScriptedStream;
    use boom_testkit::tls::Authority;
    let authority = Authority::new();
    let mut server = super::support::Server::new(authority.server_config(&["localhost"]));
    let stream = ScriptedStream::new()
        .would_block()
        .read_error(ErrorKind::ConnectionReset);
    let mut client = Stream::<_, Backend>::new(stream, "localhost", &trusting(&authority)).unwrap();
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    server.take_in(&client.base_mut().take_written());
    assert_eq!(read_error(&mut client), ErrorKind::ConnectionReset);
    client.base_mut().push_read(server.give());
    let error = client.read(&mut [0; 64]).unwrap_err();
    assert!(matches!(
        typed(&error),
        Error::Io(ErrorKind::ConnectionReset)
    ));
    assert_eq!(
        client.write(b"x").unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
}

#[test]
fn interrupted_calls_are_made_again() {
    use boom_testkit::stream::ScriptedStream;
    use boom_testkit::tls::Authority;
    let stream = ScriptedStream::new()
        .read_error(ErrorKind::Interrupted)
        .write_error(ErrorKind::Interrupted);
    let config = trusting(&Authority::new());
    let mut client = Stream::<_, Backend>::new(stream, "localhost", &config).unwrap();
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    assert_eq!(
        (client.get_ref().reads(), client.get_ref().writes()),
        (2, 2)
    );
    assert!(!client.wants_write());
}

#[test]
fn what_the_peer_said_is_heard_after_a_write_failed() {
    use boom_testkit::stream::ScriptedStream;
    use boom_testkit::tls::Authority;
    let authority = Authority::new();
    let stream = ScriptedStream::new()
        .write_limit(4096)
        .write_limit(4096)
        .write_error(ErrorKind::BrokenPipe);
    let mut client = Stream::<_, Backend>::new(stream, "localhost", &trusting(&authority)).unwrap();
    let mut server = super::support::Server::new(authority.server_config(&["localhost"]));
    server.shake(&mut client);

    let bytes = server.encrypt(b"goodbye");
    assert_eq!(
        client.write(b"order").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    assert_eq!(
        client.write(b"order").unwrap_err().kind(),
        ErrorKind::BrokenPipe
    );
    assert!(!client.wants_write());
    // A selector may bring the peer's last words later.
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    client.base_mut().push_read(bytes);
    assert_eq!(
        read_error_after(&mut client, b"goodbye"),
        ErrorKind::WouldBlock
    );
    client.base_mut().push_eof();
    let error = client.read(&mut [0; 64]).unwrap_err();
    assert!(
        matches!(typed(&error), Error::Io(ErrorKind::BrokenPipe)),
        "{error}"
    );
}

/// A server that demands a certificate ends a connection of TLS 1.3 when the client has begun to send.
#[test]
fn an_alert_is_heard_after_a_write_failed() {
    use boom_testkit::stream::ScriptedStream;
    use boom_testkit::tls::Authority;
    let authority = Authority::new();
    for kind in [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset] {
        let stream = ScriptedStream::new()
            .write_limit(4096)
            .write_limit(4096)
            .write_error(kind);
        let mut client =
            Stream::<_, Backend>::new(stream, "localhost", &trusting(&authority)).unwrap();
        let mut server = super::support::Server::new(authority.server_config(&["localhost"]));
        server.shake(&mut client);

        assert_eq!(client.write(b"order").unwrap_err().kind(), kind);
        assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
        // A record that was tampered with is one more reason for an alert.
        server.take_in(&[
            23, 3, 3, 0, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
        ]);
        assert!(server.failure.is_some());
        client.base_mut().push_read(server.give());
        let error = client.read(&mut [0; 64]).unwrap_err();
        assert!(
            matches!(typed(&error), Error::AlertReceived(alert) if alert.0 == 20),
            "{error}"
        );
    }
}

#[test]
fn a_write_that_failed_for_another_reason_is_told_to_the_reader() {
    use boom_testkit::stream::ScriptedStream;
    use boom_testkit::tls::Authority;
    let stream = ScriptedStream::new().write_error(ErrorKind::PermissionDenied);
    let config = trusting(&Authority::new());
    let mut client = Stream::<_, Backend>::new(stream, "localhost", &config).unwrap();
    assert_eq!(read_error(&mut client), ErrorKind::PermissionDenied);
}

/// Reads `data`, and then the error.
fn read_error_after(client: &mut super::support::Client, data: &[u8]) -> ErrorKind {
    let mut buffer = [0; 64];
    loop {
        match client.read(&mut buffer) {
            Ok(count) => assert_eq!(&buffer[..count], data),
            Err(error) => return error.kind(),
        }
    }
}
