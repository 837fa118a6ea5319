//! The behaviour of the backend OpenSSL.

// Helpers of tests, where a panic is the report.
#![allow(clippy::unwrap_used)]
#![cfg(feature = "openssl")]

mod suite;

use boom_testkit::tls::Authority;
use boom_tls::openssl::{Backend, backend};
use boom_tls::{Error, Roots, TlsConfig, TlsVersion};

use suite::support::{connected, trusting};

/// Where the libraries differ and the specifications let them.
const IS_RUSTLS: bool = false;

#[test]
fn the_last_word_is_the_programs() {
    let authority = Authority::new();
    let config = trusting(&authority).with_openssl_builder(|builder| {
        builder.set_max_proto_version(Some(backend::ssl::SslVersion::TLS1_2))
    });
    let (client, _) = connected(&config, authority.server_config(&["localhost"]));
    assert_eq!(client.protocol_version(), Some(TlsVersion::Tls12));
}

#[test]
fn a_store_of_the_programs_own_is_trusted() {
    let authority = Authority::new();
    let root = authority.certificate_der().to_vec();
    let config = TlsConfig::default()
        .with_roots(Roots::OwnOnly)
        .with_openssl_builder(move |builder| {
            let mut store = backend::x509::store::X509StoreBuilder::new()?;
            store.add_cert(backend::x509::X509::from_der(&root)?)?;
            builder.set_cert_store(store.build());
            Ok(())
        });
    connected(&config, authority.server_config(&["localhost"]));
}

#[test]
fn a_context_is_changed_and_not_replaced() {
    let config = trusting(&Authority::new()).with_openssl_builder(|builder| {
        *builder = backend::ssl::SslContext::builder(backend::ssl::SslMethod::tls_client())?;
        Ok(())
    });
    let error = config.build_for::<Backend>().unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)), "{error}");
}

#[test]
fn what_the_program_fails_with_is_told() {
    let config = trusting(&Authority::new())
        .with_openssl_builder(|builder| builder.set_cipher_list("no such suite"));
    let error = config.build_for::<Backend>().unwrap_err();
    assert!(
        matches!(&error, Error::Other(cause) if cause.as_openssl().is_some()),
        "{error}"
    );
}
