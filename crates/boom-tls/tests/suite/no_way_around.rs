//! However a connection is made and whatever it is told, an untrusted server is refused, unless the configuration says in
//! so many words that it is not verified, or hands over a backend's own.

use std::io;
use std::time::{Duration, SystemTime};

use boom_stream::ConnectionInfo;
use boom_testkit::clock::ManualClock;
use boom_testkit::stream::ScriptedStream;
use boom_testkit::tls::Authority;
use boom_tls::{
    CipherSuite, Error, IntoTlsReadyStream, IntoTlsStream, KeyExchangeGroup, Roots, Stream,
    TlsConfig, TlsReadyStream, TlsVersion,
};

use super::support::{Client, Server, VERSIONS, only, shake_until_failure, trusting, typed};
use crate::Backend;

type Change = fn(TlsConfig) -> TlsConfig;

/// Every method of a configuration that is not [allowed](SAYS_SO) to end the verification.
const CHANGES: &[(&str, Change)] = &[
    ("with_roots", |config| config.with_roots(Roots::OwnOnly)),
    ("with_root_der", |config| {
        let other = Authority::new();
        config.with_root_der(other.certificate_der()).unwrap()
    }),
    ("with_roots_pem", |config| {
        let other = Authority::new();
        config
            .with_roots_pem(other.certificate_pem().as_bytes())
            .unwrap()
    }),
    ("with_roots_file", |config| {
        // Takes what `with_roots_pem` takes; a file that is not there leaves the configuration as it was.
        config
            .clone()
            .with_roots_file("/nonexistent")
            .unwrap_or(config)
    }),
    #[cfg(feature = "rustls")]
    ("with_rustls_roots", |config| {
        config.with_rustls_roots(std::sync::Arc::new(rustls::RootCertStore::empty()))
    }),
    ("with_revocation_lists_pem", |config| {
        config
            .clone()
            .with_revocation_lists_pem(b"")
            .unwrap_or(config)
    }),
    ("with_revocation_list_der", |config| config),
    ("with_client_cert_pem", |config| {
        let identity = Authority::new().issue(&["localhost"]);
        let key = identity.private_key_pem();
        config
            .with_client_cert_pem(identity.certificate_pem().as_bytes(), key.as_bytes())
            .unwrap()
    }),
    ("with_alpn", |config| config.with_alpn(["http/1.1"])),
    ("with_server_name", |config| {
        config.with_server_name("localhost")
    }),
    ("without_sni", TlsConfig::without_sni),
    ("with_min_version", |config| {
        config.with_min_version(TlsVersion::Tls12)
    }),
    ("with_max_version", |config| {
        config.with_max_version(TlsVersion::Tls13)
    }),
    ("with_cipher_suites", |config| {
        config.with_cipher_suites(CipherSuite::DEFAULT)
    }),
    ("with_groups", |config| {
        config.with_groups([KeyExchangeGroup::X25519])
    }),
    ("with_session_cache", |config| config.with_session_cache(1)),
    ("without_resumption", TlsConfig::without_resumption),
    ("with_early_data", |config| config.with_early_data(true)),
    ("with_pinned_spki_sha256", |config| {
        config.with_pinned_spki_sha256([[7; 32]])
    }),
    ("with_time", |config| config.with_time(SystemTime::now)),
    ("with_handshake_timeout", |config| {
        config.with_handshake_timeout(Duration::from_secs(5))
    }),
    ("with_clock", |config| config.with_clock(ManualClock::new())),
    ("with_key_log_from_env", TlsConfig::with_key_log_from_env),
    ("with_outbound_limit", |config| {
        config.with_outbound_limit(4096)
    }),
    #[cfg(feature = "rustls")]
    ("with_crypto_provider", |config| {
        let provider = rustls::crypto::ring::default_provider();
        config.with_crypto_provider(std::sync::Arc::new(provider))
    }),
];

/// The methods that may end the verification: by their names, or because they hand over the backend's own
/// configuration.
const SAYS_SO: &[&str] = &[
    "dangerous_no_verification",
    "with_rustls_config",
    "with_openssl_builder",
];

/// Those of other features, which are not there.
const ELSEWHERE: &[&str] = &["with_rustls_roots", "with_crypto_provider"];

/// Those that change nothing.
const TELLS: &[&str] = &[
    "build",
    "build_for",
    "rustls_config",
    "handshake_timeout_ns",
];

#[test]
fn every_method_is_walked() {
    let source = include_str!("../../src/client/config.rs");
    let methods = source.lines().filter_map(|line| {
        let name = line.trim_start().strip_prefix("pub ")?;
        let name = name
            .strip_prefix("const ")
            .unwrap_or(name)
            .strip_prefix("fn ")?;
        name.split(['(', '<']).next()
    });
    let mut count = 0;
    for method in methods.filter(|name| !TELLS.contains(name)) {
        assert!(
            CHANGES.iter().any(|(name, _)| *name == method)
                || SAYS_SO.contains(&method)
                || ELSEWHERE.contains(&method),
            "{method} is not walked"
        );
        count += 1;
    }
    assert!(count >= CHANGES.len(), "{count} methods");
}

/// Refuses a server whose authority is not trusted, by whichever reason of the certificate's.
fn refuses(what: &str, mut client: Client, untrusted: &Authority) {
    let mut server = Server::new(untrusted.server_config(&["localhost"]));
    let error = shake_until_failure(&mut client, &mut server);
    assert!(
        matches!(typed(&error), Error::Certificate(..)),
        "{what}: {error}"
    );
    assert!(server.failure.is_some(), "{what}: the server hears of it");
    assert!(server.received.is_empty(), "{what}");
}

fn over(config: &TlsConfig) -> Client {
    Stream::new(ScriptedStream::new(), "localhost", config).unwrap()
}

#[test]
fn no_method_nor_two_of_them_end_the_verification() {
    let (trusted, untrusted) = (Authority::new(), Authority::new());
    let base = trusting(&trusted);
    for (first, change) in CHANGES {
        for version in VERSIONS {
            let config = change(only(base.clone(), version));
            refuses(first, over(&config), &untrusted);
        }
        for (second, other) in CHANGES {
            let config = other(change(base.clone()));
            refuses(&format!("{first} and {second}"), over(&config), &untrusted);
        }
    }
}

#[test]
fn all_of_them_together_do_not_either() {
    let untrusted = Authority::new();
    let mut config = trusting(&Authority::new());
    for (_, change) in CHANGES {
        config = change(config);
    }
    refuses("all", over(&config), &untrusted);
    for (_, change) in CHANGES.iter().rev() {
        config = change(config);
    }
    refuses("all, and back", over(&config), &untrusted);
}

fn stream() -> ScriptedStream {
    ScriptedStream::new().with_connection_info(ConnectionInfo::new("localhost", 443))
}

fn tls(stream: io::Result<TlsReadyStream<ScriptedStream, Backend>>) -> Client {
    match stream.unwrap() {
        TlsReadyStream::Tls(stream) => stream,
        TlsReadyStream::Plain(_) => panic!("plain"),
    }
}

#[test]
fn every_constructor_verifies() {
    let (trusted, untrusted) = (Authority::new(), Authority::new());
    let config = trusting(&trusted);
    let constructors: [(&str, Client); 3] = [
        ("new", over(&config)),
        (
            "into_tls_stream_by_with_config",
            stream()
                .into_tls_stream_by_with_config(|tls| *tls = config.clone())
                .unwrap(),
        ),
        (
            "into_tls_ready_stream_by_with_config",
            tls(stream().into_tls_ready_stream_by_with_config(true, |tls| *tls = config.clone())),
        ),
    ];
    for (name, client) in constructors {
        refuses(name, client, &untrusted);
    }
}

/// Those without a configuration trust the roots of the system or of the program, of which the test's is none.
#[test]
fn the_constructors_without_a_configuration_verify_too() {
    if TlsConfig::default().build_for::<Backend>().is_err() {
        // Without roots there is no connection at all.
        let mut client: Client = stream().into_tls_stream_by();
        assert!(io::Write::write(&mut client, b"x").is_err());
        return;
    }
    let untrusted = Authority::new();
    refuses(
        "into_tls_stream_by",
        stream().into_tls_stream_by(),
        &untrusted,
    );
    refuses(
        "into_tls_ready_stream_by",
        tls(Ok(stream().into_tls_ready_stream_by(true))),
        &untrusted,
    );
    refuses(
        "into_tls_stream_by_with_config",
        stream().into_tls_stream_by_with_config(|_| {}).unwrap(),
        &untrusted,
    );
    refuses("default", over(&TlsConfig::default()), &untrusted);
}

#[test]
fn a_session_is_not_resumed_under_a_configuration_that_trusts_less() {
    let untrusted = Authority::new();
    let server_config = untrusted.server_config(&["localhost"]);
    for version in VERSIONS {
        let careless = only(
            trusting(&Authority::new()).dangerous_no_verification(),
            version,
        );
        super::support::connected(&careless, server_config.clone());
        let (resumed, _) = super::support::connected(&careless, server_config.clone());
        assert_eq!(resumed.is_resumed(), Some(true), "{version}");
        // A careful one has no session of the careless one's.
        let careful = only(trusting(&Authority::new()), version);
        let mut server = Server::new(server_config.clone());
        let error = shake_until_failure(&mut over(&careful), &mut server);
        assert!(matches!(typed(&error), Error::Certificate(..)), "{error}");
    }
}

#[test]
fn the_name_is_verified_however_it_is_given() {
    let authority = Authority::new();
    let config = trusting(&authority);
    for config in [
        config.clone().with_server_name("elsewhere.example"),
        config
            .clone()
            .without_sni()
            .with_server_name("elsewhere.example"),
        config.with_server_name("127.0.0.1"),
    ] {
        refuses("another name", over(&config), &authority);
    }
}
