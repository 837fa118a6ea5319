//! Keys that are given to someone else who makes and reads the records.

use std::io::{ErrorKind, Read, Write};

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::{Error, TlsConfig, TlsVersion};

use crate::suite::support::{VERSIONS, client, connected, connected_by, trusting, typed};

#[test]
fn the_keys_are_taken_with_the_numbers_of_the_next_records() {
    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        client.write_all(b"one").unwrap();
        client.base_mut().take_written();
        let record = server.encrypt(b"two");
        client.base_mut().push_read(record);
        assert_eq!(client.read(&mut [0; 8]).unwrap(), 3);
        let (secrets, keys) = client.dangerous_take_keys().unwrap().unwrap();
        // TLS 1.2 has protected `Finished` with them too, and TLS 1.3 has received tickets.
        match version {
            TlsVersion::Tls12 => assert_eq!((secrets.tx.0, secrets.rx.0), (2, 2)),
            _ => assert!(secrets.tx.0 == 1 && secrets.rx.0 >= 1),
        }
        assert_eq!(
            u16::from(keys.negotiated_cipher_suite().suite()),
            client.cipher_suite().unwrap().0
        );
    }
}

#[test]
fn what_was_agreed_on_outlives_the_keys() {
    for version in VERSIONS {
        let (mut client, _) = connected_by(version);
        let before = format!("{client:?}");
        let certificates = client.peer_certificates();
        assert_eq!(certificates.len(), 1);
        drop(client.dangerous_take_keys().unwrap().unwrap());
        assert_eq!(format!("{client:?}"), before);
        assert_eq!(client.peer_certificates(), certificates);
        assert!(!client.is_handshaking());
        for error in [
            client.read(&mut [0; 8]).unwrap_err(),
            client.write(b"late").unwrap_err(),
            client.dangerous_take_keys().map(|_| ()).unwrap_err(),
        ] {
            assert!(matches!(typed(&error), Error::HandedOver), "{error}");
        }
        assert!(!client.has_buffered() && !client.wants_write());
    }
}

#[test]
fn the_keys_are_not_taken_while_something_is_under_way() {
    let authority = Authority::new();
    let mut new = client(&trusting(&authority));
    assert!(new.dangerous_take_keys().unwrap().is_none());

    for version in VERSIONS {
        let (mut client, mut server) = connected_by(version);
        // A part of a record.
        let record = server.encrypt(b"word");
        client.base_mut().push_read(&record[..7]);
        let waiting = client.read(&mut [0; 8]).unwrap_err();
        assert_eq!(waiting.kind(), ErrorKind::WouldBlock);
        assert!(client.dangerous_take_keys().unwrap().is_none());
        // Plaintext that was not read.
        client.base_mut().push_read(&record[7..]);
        assert_eq!(client.read(&mut [0; 1]).unwrap(), 1);
        assert!(client.dangerous_take_keys().unwrap().is_none());
        assert_eq!(client.read(&mut [0; 8]).unwrap(), 3);
        assert!(client.dangerous_take_keys().unwrap().is_some());
    }
}

#[test]
fn a_configuration_that_keeps_its_secrets_is_told() {
    let authority = Authority::new();
    let config = TlsConfig::default().with_rustls_config(authority.client_config());
    let (mut client, _) = connected(&config, authority.server_config(&["localhost"]));
    let error = client.dangerous_take_keys().map(|_| ()).unwrap_err();
    assert!(matches!(typed(&error), Error::Other(_)), "{error}");
}
