//! Data that goes out with the first message of a resumed handshake.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::{EarlyData, TlsVersion};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::support::{Client, Server, client, connected, only, read_error, server_with, trusting};

const LIMIT: u32 = 1000;

/// rustls' servers take early data only with sessions that they keep themselves.
fn server_config(authority: &Authority) -> ServerConfig {
    let identity = authority.issue(&["localhost"]);
    let chain = vec![CertificateDer::from(identity.certificate_der().to_vec())];
    let key = PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap();
    let mut config = server_with(chain, key);
    config.max_early_data_size = LIMIT;
    config
}

/// What the server has received before the handshake was done.
fn early(server: &mut Server) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut early) = server.tls.early_data() {
        early.read_to_end(&mut bytes).unwrap();
    }
    bytes
}

#[test]
fn it_reaches_the_server_before_the_handshake_is_done() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    let server_config = Arc::new(server_config(&authority));
    let (first, _) = connected(&config, server_config.clone());
    assert_eq!(first.early_data(), EarlyData::NotOffered);

    let mut client = client(&config);
    assert_eq!(client.early_data(), EarlyData::Pending);
    assert!(
        client.wants_write(),
        "the first message waits from the start"
    );
    assert_eq!(client.write_early_data(b"sub").unwrap(), 3);
    assert_eq!(client.write_early_data(b"scribe").unwrap(), 6);
    assert!(client.is_handshaking());

    let mut server = Server::new(server_config);
    server.take_in(&client.base_mut().take_written());
    assert_eq!(early(&mut server), b"subscribe");
    server.shake(&mut client);
    assert_eq!(client.early_data(), EarlyData::Accepted);
    assert_eq!(client.is_resumed(), Some(true));

    client.write_all(b"and more").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"and more");
    assert_eq!(client.write_early_data(b"too late").unwrap(), 0);
    // Tickets.
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    client.base_mut().push_read(server.encrypt(b"answer"));
    let mut buffer = [0; 64];
    assert_eq!(client.read(&mut buffer).unwrap(), 6);
    assert_eq!(&buffer[..6], b"answer");
}

#[test]
fn it_may_be_accepted_without_any() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    let server_config = Arc::new(server_config(&authority));
    connected(&config, server_config.clone());
    let (client, _) = connected(&config, server_config);
    assert_eq!(client.early_data(), EarlyData::Accepted);
}

#[test]
fn a_server_that_refuses_it_says_so_and_goes_on() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    let mut server_config = server_config(&authority);
    connected(&config, Arc::new(server_config.clone()));
    server_config.max_early_data_size = 0;

    let mut client = client(&config);
    assert_eq!(client.write_early_data(b"lost").unwrap(), 4);
    let mut server = Server::new(Arc::new(server_config));
    server.take_in(&client.base_mut().take_written());
    assert_eq!(early(&mut server), b"");
    server.shake(&mut client);
    assert_eq!(client.early_data(), EarlyData::Rejected);
    assert_eq!(client.write_early_data(b"too late").unwrap(), 0);
    client.write_all(b"again").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"again");
}

#[test]
fn a_server_that_has_forgotten_the_session_refuses_it_too() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    connected(&config, Arc::new(server_config(&authority)));

    let mut client = client(&config);
    assert_eq!(client.write_early_data(b"lost").unwrap(), 4);
    let mut server = Server::new(Arc::new(server_config(&authority)));
    server.shake(&mut client);
    assert_eq!(client.early_data(), EarlyData::Rejected);
    assert_eq!(client.is_resumed(), Some(false));
    client.write_all(b"again").unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, b"again");
}

#[test]
fn no_more_is_taken_than_the_server_takes() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    let server_config = Arc::new(server_config(&authority));
    connected(&config, server_config.clone());
    let mut client = client(&config);
    let limit = LIMIT as usize;
    assert_eq!(client.write_early_data(&[1; 600]).unwrap(), 600);
    assert_eq!(client.write_early_data(&[2; 600]).unwrap(), limit - 600);
    assert_eq!(client.write_early_data(&[3; 600]).unwrap(), 0);
    let mut server = Server::new(server_config);
    server.take_in(&client.base_mut().take_written());
    assert_eq!(early(&mut server).len(), limit);
    server.shake(&mut client);
    assert_eq!(client.early_data(), EarlyData::Accepted);
}

#[test]
fn every_byte_of_it_may_go_alone() {
    let authority = Authority::new();
    let config = trusting(&authority).with_early_data(true);
    let server_config = Arc::new(server_config(&authority));
    connected(&config, server_config.clone());
    let mut client = client(&config);
    let mut server = Server::new(server_config);
    client.base_mut().push_write_would_block();
    assert_eq!(client.write_early_data(b"subscribe").unwrap(), 9);
    while client.wants_write() {
        client.base_mut().push_write_limit(1);
        client.base_mut().push_write_would_block();
        assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
        server.take_in(&client.base_mut().take_written());
    }
    assert_eq!(early(&mut server), b"subscribe");
    let answer = server.give();
    for byte in answer {
        client.base_mut().push_read([byte]);
        assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    }
    server.shake(&mut client);
    assert_eq!(client.early_data(), EarlyData::Accepted);
}

#[test]
fn it_is_off_unless_it_is_asked_for() {
    let authority = Authority::new();
    let server_config = Arc::new(server_config(&authority));
    let off = trusting(&authority);
    for config in [
        off.clone(),
        off.clone().with_early_data(true).with_early_data(false),
        off.clone().with_early_data(true).without_resumption(),
        only(off.with_early_data(true), TlsVersion::Tls12),
    ] {
        connected(&config, server_config.clone());
        let mut client: Client = client(&config);
        assert_eq!(client.early_data(), EarlyData::NotOffered);
        assert_eq!(client.write_early_data(b"secret").unwrap(), 0);
        Server::new(server_config.clone()).shake(&mut client);
        assert_eq!(client.early_data(), EarlyData::NotOffered);
    }
}
