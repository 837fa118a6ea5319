//! Certificates of the test authority convince those who trust it, and nobody else.
// The helpers are part of the tests: what they cannot do is a failure.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "tls")]

use std::io::{Read, Write};
use std::sync::Arc;

use boom_testkit::tls::Authority;
use rustls::{ClientConnection, HandshakeKind, ServerConnection};

/// Runs the handshake in memory and returns the client, or what stopped it.
fn connect(
    server: &Arc<rustls::ServerConfig>,
    client: &Arc<rustls::ClientConfig>,
    name: &'static str,
) -> Result<ClientConnection, rustls::Error> {
    let mut server = ServerConnection::new(Arc::clone(server)).unwrap();
    let mut client = ClientConnection::new(Arc::clone(client), name.try_into().unwrap()).unwrap();
    server.writer().write_all(b"hi").unwrap();
    for _ in 0..10 {
        let mut wire = Vec::new();
        while client.wants_write() {
            client.write_tls(&mut wire).unwrap();
        }
        while !wire.is_empty() {
            let taken = server.read_tls(&mut &wire[..]).unwrap();
            wire.drain(..taken);
            server.process_new_packets()?;
        }
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        while !wire.is_empty() {
            let taken = client.read_tls(&mut &wire[..]).unwrap();
            wire.drain(..taken);
            client.process_new_packets()?;
        }
    }
    assert!(!client.is_handshaking());
    let mut greeting = [0; 2];
    client.reader().read_exact(&mut greeting).unwrap();
    assert_eq!(&greeting, b"hi");
    Ok(client)
}

#[test]
fn a_client_that_trusts_the_authority_connects_by_name_and_by_address() {
    let authority = Authority::new();
    let server = authority.server_config(&["localhost", "127.0.0.1"]);
    let client = authority.client_config();
    for name in ["localhost", "127.0.0.1"] {
        let connection = connect(&server, &client, name).unwrap();
        assert_eq!(
            connection.protocol_version(),
            Some(rustls::ProtocolVersion::TLSv1_3)
        );
    }
}

#[test]
fn another_authority_is_not_trusted() {
    let server = Authority::new().server_config(&["localhost"]);
    let error = connect(&server, &Authority::new().client_config(), "localhost").unwrap_err();
    assert!(
        matches!(error, rustls::Error::InvalidCertificate(_)),
        "{error:?}"
    );
}

#[test]
fn another_name_is_not_accepted() {
    let authority = Authority::new();
    let server = authority.server_config(&["localhost"]);
    let error = connect(&server, &authority.client_config(), "example.com").unwrap_err();
    assert!(
        matches!(error, rustls::Error::InvalidCertificate(_)),
        "{error:?}"
    );
}

#[test]
fn a_client_that_comes_back_resumes() {
    let authority = Authority::new();
    let server = authority.server_config(&["localhost"]);
    let client = authority.client_config();
    let first = connect(&server, &client, "localhost").unwrap();
    assert_eq!(first.handshake_kind(), Some(HandshakeKind::Full));
    let second = connect(&server, &client, "localhost").unwrap();
    assert_eq!(second.handshake_kind(), Some(HandshakeKind::Resumed));
}

#[test]
fn pem_and_der_are_of_the_same_certificate() {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    let authority = Authority::new();
    let from_pem = CertificateDer::from_pem_slice(authority.certificate_pem().as_bytes()).unwrap();
    assert_eq!(&from_pem[..], authority.certificate_der());
    let identity = authority.issue(&["trader"]);
    let from_pem = CertificateDer::from_pem_slice(identity.certificate_pem().as_bytes()).unwrap();
    assert_eq!(&from_pem[..], identity.certificate_der());
    assert!(!format!("{identity:?}").contains("PRIVATE"));
}

#[test]
fn a_chain_with_an_intermediate_convinces_too() {
    let authority = Authority::new();
    let server = authority.server_config_by_intermediate(&["localhost"]);
    let client = connect(&server, &authority.client_config(), "localhost").unwrap();
    assert_eq!(client.peer_certificates().unwrap().len(), 2);
    let stranger = Authority::new().client_config();
    assert!(connect(&server, &stranger, "localhost").is_err());
}
