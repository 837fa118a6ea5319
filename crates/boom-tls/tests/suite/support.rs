//! A rustls server in memory, at the other end of a client over a scripted stream.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use crate::Backend;
use boom_stream::Layer;
use boom_testkit::stream::ScriptedStream;
use boom_testkit::tls::Authority;
use boom_tls::{Error, Roots, Stream, TlsConfig, TlsVersion};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ServerConfig, ServerConnection};

pub(crate) type Client = Stream<ScriptedStream, Backend>;

pub(crate) const VERSIONS: [TlsVersion; 2] = [TlsVersion::Tls12, TlsVersion::Tls13];

/// Trusts `authority` and nobody else.
pub(crate) fn trusting(authority: &Authority) -> TlsConfig {
    TlsConfig::default()
        .with_roots(Roots::OwnOnly)
        .with_root_der(authority.certificate_der())
        .unwrap()
}

/// Speaks `version` only.
pub(crate) fn only(config: TlsConfig, version: TlsVersion) -> TlsConfig {
    config.with_min_version(version).with_max_version(version)
}

pub(crate) fn client(config: &TlsConfig) -> Client {
    Stream::new(ScriptedStream::new(), "localhost", config).unwrap()
}

/// A server's configuration for a chain of the caller's making.
pub(crate) fn server_with(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> ServerConfig {
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap()
}

/// The configuration of a server of this name that demands a certificate of the same authority.
pub(crate) fn asking(authority: &Authority, name: &str) -> Arc<ServerConfig> {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from(authority.certificate_der().to_vec()))
        .unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .unwrap();
    let identity = authority.issue(&[name]);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(
            vec![CertificateDer::from(identity.certificate_der().to_vec())],
            PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap(),
        );
    Arc::new(config.unwrap())
}

/// The other end.
pub(crate) struct Server {
    pub(crate) tls: ServerConnection,
    /// What the server has received and decrypted.
    pub(crate) received: Vec<u8>,
    /// What the server failed with.
    pub(crate) failure: Option<rustls::Error>,
}

impl Server {
    pub(crate) fn new(config: Arc<ServerConfig>) -> Self {
        let mut tls = ServerConnection::new(config).unwrap();
        tls.set_buffer_limit(None);
        Self {
            tls,
            received: Vec::new(),
            failure: None,
        }
    }

    /// Takes ciphertext in.
    pub(crate) fn take_in(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.failure.is_none() {
            if self.tls.read_tls(&mut bytes).unwrap() == 0 {
                break;
            }
            match self.tls.process_new_packets() {
                Ok(state) => {
                    let mut plaintext = vec![0; state.plaintext_bytes_to_read()];
                    self.tls.reader().read_exact(&mut plaintext).unwrap();
                    self.received.extend_from_slice(&plaintext);
                }
                Err(error) => self.failure = Some(error),
            }
        }
    }

    /// Gives ciphertext out.
    pub(crate) fn give(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    /// Encrypts `plaintext` as one write of the server's and gives the ciphertext out.
    pub(crate) fn encrypt(&mut self, plaintext: &[u8]) -> Vec<u8> {
        self.tls.writer().write_all(plaintext).unwrap();
        self.give()
    }

    /// Carries bytes both ways and lets the client read `buffer` until nothing moves.
    pub(crate) fn shake(&mut self, client: &mut Client) {
        for _ in 0..8 {
            let result = client.write(b"");
            self.take_in(&client.base_mut().take_written());
            let answer = self.give();
            client.base_mut().push_read(&answer);
            if let Err(error) = result {
                assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
            }
            if answer.is_empty() && !client.is_handshaking() {
                return;
            }
        }
        panic!("the handshake does not end");
    }
}

/// A client and a server after the handshake, with nothing on the wire.
pub(crate) fn connected(config: &TlsConfig, server: Arc<ServerConfig>) -> (Client, Server) {
    let mut client = client(config);
    let mut server = Server::new(server);
    server.shake(&mut client);
    // Tickets.
    assert_eq!(read_error(&mut client), ErrorKind::WouldBlock);
    (client, server)
}

pub(crate) fn connected_by(version: TlsVersion) -> (Client, Server) {
    let authority = Authority::new();
    connected(
        &only(trusting(&authority), version),
        authority.server_config(&["localhost"]),
    )
}

/// Reads all that is there, in reads of `size`.
pub(crate) fn read_all(client: &mut Client, size: usize) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; size];
    loop {
        match client.read(&mut buffer) {
            Ok(0) => return all,
            Ok(count) => all.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return all,
            Err(error) => panic!("{error}"),
        }
    }
}

pub(crate) fn read_error(client: &mut Client) -> ErrorKind {
    client.read(&mut [0; 64]).unwrap_err().kind()
}

/// The error of this crate inside an `io::Error`.
pub(crate) fn typed(error: &std::io::Error) -> &Error {
    error
        .get_ref()
        .and_then(|error| error.downcast_ref())
        .unwrap_or_else(|| panic!("untyped: {error}"))
}

/// Handshakes until the client fails, and returns what with. The client's alert has reached the server then.
pub(crate) fn shake_until_failure(client: &mut Client, server: &mut Server) -> std::io::Error {
    for _ in 0..8 {
        let result = client.read(&mut [0; 64]);
        server.take_in(&client.base_mut().take_written());
        client.base_mut().push_read(server.give());
        match result {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return error,
            Ok(count) => panic!("{count} bytes instead of a failure"),
        }
    }
    panic!("no failure");
}
