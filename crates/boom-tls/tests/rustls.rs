//! The behaviour of the backend rustls.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "rustls")]

#[path = "rustls/handover.rs"]
mod handover;
mod suite;

use std::io::{BufRead, Read, Write};
use std::sync::Arc;

use boom_stream::Layer;
use boom_testkit::alloc;
use boom_testkit::tls::Authority;
use boom_tls::rustls::Backend;
use boom_tls::{CipherSuite, Roots, TlsConfig, TlsVersion};
#[cfg(not(any(feature = "rustls-webpki", feature = "rustls-native")))]
use {
    boom_testkit::stream::ScriptedStream,
    boom_tls::{Error, IntoTlsStream},
    suite::support::typed,
};

use suite::support::{VERSIONS, connected, connected_by, trusting};

/// Where the libraries differ and the specifications let them.
const IS_RUSTLS: bool = true;

const MESSAGES: usize = 10_000;
const SIZE: usize = 150;

#[cfg(not(any(feature = "rustls-webpki", feature = "rustls-native")))]
#[test]
fn without_root_features_the_first_call_says_so() {
    let mut client = ScriptedStream::new().into_tls_stream_by::<Backend>();
    let error = client.read(&mut [0; 64]).unwrap_err();
    assert!(matches!(typed(&error), Error::NoRoots));
}

#[test]
fn a_configuration_of_rustls_is_taken_as_it_is() {
    let authority = Authority::new();
    let config = TlsConfig::default().with_rustls_config(authority.client_config());
    let (client, _) = connected(&config, authority.server_config(&["localhost"]));
    assert_eq!(client.protocol_version(), Some(TlsVersion::Tls13));
}

#[test]
fn the_crypto_provider_can_be_replaced() {
    let authority = Authority::new();
    let mut provider = rustls::crypto::ring::default_provider();
    provider
        .cipher_suites
        .retain(|suite| u16::from(suite.suite()) == 0x1303);
    let config = trusting(&authority).with_crypto_provider(Arc::new(provider));
    let (client, _) = connected(&config, authority.server_config(&["localhost"]));
    assert_eq!(
        client.cipher_suite().unwrap().to_string(),
        "TLS_CHACHA20_POLY1305_SHA256"
    );
}

#[test]
fn a_provider_is_used_in_the_order_of_the_configuration() {
    let authority = Authority::new();
    let mut provider = rustls::crypto::ring::default_provider();
    provider.cipher_suites.reverse();
    let config = trusting(&authority).with_crypto_provider(Arc::new(provider));
    let config = config.rustls_config().unwrap();
    let suites: Vec<_> = config
        .crypto_provider()
        .cipher_suites
        .iter()
        .map(|suite| CipherSuite(suite.suite().into()))
        .collect();
    assert_eq!(suites, CipherSuite::DEFAULT);
}

#[test]
fn a_store_of_the_programs_own_is_trusted() {
    let authority = Authority::new();
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(authority.certificate_der().to_vec().into())
        .unwrap();
    let config = TlsConfig::default()
        .with_roots(Roots::OwnOnly)
        .with_rustls_roots(Arc::new(roots));
    connected(&config, authority.server_config(&["localhost"]));
}

#[test]
fn small_fragments_of_a_configuration_of_rustls_fit_too() {
    let authority = Authority::new();
    let mut config = std::sync::Arc::unwrap_or_clone(authority.client_config());
    config.max_fragment_size = Some(100);
    let config = trusting(&authority).with_rustls_config(std::sync::Arc::new(config));
    let (mut client, mut server) = connected(&config, authority.server_config(&["localhost"]));
    client.write_all(&[9; 200_000]).unwrap();
    server.take_in(&client.base_mut().take_written());
    assert_eq!(server.received, [9; 200_000]);
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
