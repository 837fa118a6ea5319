//! Cipher suites and key-exchange groups: what is offered, in which order, and what becomes of it.

use std::sync::Arc;

use boom_testkit::tls::Authority;
use boom_tls::{CipherSuite, Error, KeyExchangeGroup, TlsVersion};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{NamedGroup, ServerConfig};

use super::support::{
    Client, Server, VERSIONS, client, connected, only, shake_until_failure, trusting, typed,
};
use crate::Backend;

/// A server that has `provider`'s suites and groups only.
fn server_by(authority: &Authority, provider: CryptoProvider) -> Arc<ServerConfig> {
    let identity = authority.issue(&["localhost"]);
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(identity.certificate_der().to_vec())],
            PrivateKeyDer::from_pem_slice(identity.private_key_pem().as_bytes()).unwrap(),
        );
    Arc::new(config.unwrap())
}

/// The numbers of the suites in the client's first message, without those that are no suites.
fn offered(client: &mut Client) -> Vec<CipherSuite> {
    assert!(std::io::Read::read(client, &mut [0; 1]).is_err());
    let hello = boom_stream::Layer::base_mut(client).take_written();
    // RFC 8446, section 4.1.2: the record's header, that of the message, a version, 32 random bytes, a session.
    let session = 5 + 4 + 2 + 32;
    let suites = session + 1 + usize::from(hello[session]);
    let length = usize::from(u16::from_be_bytes([hello[suites], hello[suites + 1]]));
    let suites = hello[suites + 2..suites + 2 + length].chunks(2);
    suites
        .map(|suite| CipherSuite(u16::from_be_bytes([suite[0], suite[1]])))
        // RFC 5746, section 3.3.
        .filter(|suite| *suite != CipherSuite(0x00ff))
        .collect()
}

#[test]
fn the_default_is_aes_128_first_and_the_same_for_all() {
    let config = trusting(&Authority::new());
    assert_eq!(offered(&mut client(&config)), CipherSuite::DEFAULT);
    assert_eq!(
        offered(&mut client(&only(config, TlsVersion::Tls13)))[0],
        CipherSuite::TLS_AES_128_GCM_SHA256
    );
    for version in VERSIONS {
        let authority = Authority::new();
        let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
        // As most servers that care nothing for the client's hardware do not.
        server_config.ignore_client_order = false;
        let config = only(trusting(&authority), version);
        let (client, _) = connected(&config, Arc::new(server_config));
        let suite = client.cipher_suite().unwrap().name().unwrap();
        assert!(suite.ends_with("AES_128_GCM_SHA256"), "{suite}");
    }
}

#[test]
fn the_order_is_that_of_the_configuration() {
    let wanted = [
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite::TLS_AES_256_GCM_SHA384,
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ];
    let config = trusting(&Authority::new()).with_cipher_suites(wanted);
    let mut offered = offered(&mut client(&config));
    // Each version has its own order, and OpenSSL tells that of TLS 1.3 first.
    offered.sort_by_key(|suite| suite.0 < 0x1400);
    let mut wanted = wanted;
    wanted.sort_by_key(|suite| suite.0 < 0x1400);
    assert_eq!(offered, wanted);
}

#[test]
fn each_suite_can_be_the_only_one() {
    for suite in CipherSuite::DEFAULT {
        // The test's certificates are of ECDSA.
        if suite.name().unwrap().contains("_RSA_") {
            continue;
        }
        let authority = Authority::new();
        let config = trusting(&authority).with_cipher_suites([suite]);
        let (client, _) = connected(&config, authority.server_config(&["localhost"]));
        assert_eq!(client.cipher_suite(), Some(suite));
        let version = if suite.0 < 0x1400 {
            TlsVersion::Tls13
        } else {
            TlsVersion::Tls12
        };
        assert_eq!(client.protocol_version(), Some(version), "{suite}");
    }
}

#[test]
fn suites_and_versions_must_leave_something() {
    let config = || trusting(&Authority::new());
    let modern = CipherSuite::TLS_AES_128_GCM_SHA256;
    for config in [
        config().with_cipher_suites([]),
        only(config().with_cipher_suites([modern]), TlsVersion::Tls12),
    ] {
        let error = config.build_for::<Backend>().unwrap_err();
        assert!(matches!(error, Error::NoVersions), "{error}");
    }
    let unknown = CipherSuite(0x0005);
    let error = config()
        .with_cipher_suites([modern, unknown])
        .build_for::<Backend>()
        .unwrap_err();
    assert!(matches!(error, Error::UnsupportedCipherSuite(suite) if suite == unknown));
}

#[test]
fn no_common_suite_is_told_by_the_server() {
    let authority = Authority::new();
    let mut provider = ring::default_provider();
    provider
        .cipher_suites
        .retain(|suite| u16::from(suite.suite()) == 0x1302);
    let config = trusting(&authority).with_cipher_suites([CipherSuite::TLS_AES_128_GCM_SHA256]);
    let mut client = client(&config);
    let mut server = Server::new(server_by(&authority, provider));
    let error = shake_until_failure(&mut client, &mut server);
    assert!(
        matches!(typed(&error), Error::AlertReceived(alert) if alert.name() == Some("handshake_failure")),
        "{error}"
    );
}

#[test]
fn the_group_is_chosen_and_told() {
    for group in [
        KeyExchangeGroup::X25519,
        KeyExchangeGroup::SECP256R1,
        KeyExchangeGroup::SECP384R1,
    ] {
        for version in VERSIONS {
            let authority = Authority::new();
            // The last one is that of the certificate, which OpenSSL demands in TLS 1.2.
            let groups = [group, KeyExchangeGroup::SECP256R1];
            let config = only(trusting(&authority), version).with_groups(groups);
            let server_config = authority.server_config(&["localhost"]);
            let (client, server) = connected(&config, server_config.clone());
            let told = server.tls.negotiated_key_exchange_group().unwrap().name();
            assert_eq!(u16::from(told), group.0, "{version}");
            assert_eq!(client.key_exchange_group(), Some(group));

            let (resumed, _) = connected(&config, server_config);
            assert_eq!(resumed.is_resumed(), Some(true));
            let is_agreed_on_anew = version == TlsVersion::Tls13;
            assert_eq!(
                resumed.key_exchange_group(),
                is_agreed_on_anew.then_some(group)
            );
        }
    }
}

#[test]
fn the_group_is_not_known_before_the_handshake() {
    let client = client(&trusting(&Authority::new()));
    assert_eq!(client.key_exchange_group(), None);
}

#[test]
fn a_server_that_wants_another_group_is_followed() {
    let authority = Authority::new();
    let mut provider = ring::default_provider();
    provider
        .kx_groups
        .retain(|group| group.name() == NamedGroup::secp384r1);
    let config =
        trusting(&authority).with_groups([KeyExchangeGroup::X25519, KeyExchangeGroup::SECP384R1]);
    let (client, _) = connected(&config, server_by(&authority, provider));
    assert_eq!(
        client.key_exchange_group(),
        Some(KeyExchangeGroup::SECP384R1)
    );
}

#[test]
fn groups_that_are_not_there_are_named() {
    let config = || trusting(&Authority::new());
    let unknown = KeyExchangeGroup(0x0a0a);
    let error = config()
        .with_groups([KeyExchangeGroup::X25519, unknown])
        .build_for::<Backend>()
        .unwrap_err();
    assert!(matches!(error, Error::UnsupportedGroup(group) if group == unknown));
    let error = config().with_groups([]).build_for::<Backend>().unwrap_err();
    assert!(matches!(error, Error::NoGroups));
}
