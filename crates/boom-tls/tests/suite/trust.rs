//! What else a server is judged by: pinned keys, revocation lists, the time, and roots of the program's own.

use std::time::{Duration, SystemTime};

use boom_testkit::tls::Authority;
use boom_tls::{CertificateFault, Error, TlsConfig};
use rcgen::{
    CertificateRevocationList, CertificateRevocationListParams, CertifiedIssuer, KeyIdMethod,
    KeyPair, PublicKeyData, RevokedCertParams, SerialNumber, date_time_ymd,
};
use ring::digest::{SHA256, digest};
use rustls::AlertDescription;
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::certificates::{Issuer, refused};
use super::support::{Server, VERSIONS, client, connected, only, server_with, trusting};
use crate::Backend;

/// Handshakes by both versions.
fn accepted(config: &TlsConfig, mut server: impl FnMut() -> Server) {
    for version in VERSIONS {
        server().shake(&mut client(&only(config.clone(), version)));
    }
}

/// A server by a key of the caller's, and with it a certificate of another chain.
fn server_by(issuer: &Issuer, key: &KeyPair) -> Server {
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(key, &issuer.0).unwrap();
    let chain = vec![certificate.into(), issuer.0.der().clone()];
    let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
    Server::new(server_with(chain, key).into())
}

fn spki_sha256(key: &KeyPair) -> [u8; 32] {
    let hash = digest(&SHA256, &key.subject_public_key_info());
    hash.as_ref().try_into().unwrap()
}

/// Where OpenSSL refuses because of the application, it says so in its own way.
const NOT_PINNED_ALERT: AlertDescription = if crate::IS_RUSTLS {
    AlertDescription::CertificateUnknown
} else {
    AlertDescription::HandshakeFailure
};

#[test]
fn a_key_that_is_pinned_is_accepted_and_others_are_not() {
    let issuer = Issuer::new();
    let (key, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let pinning = |key: &[&KeyPair]| {
        let hashes: Vec<_> = key.iter().map(|key| spki_sha256(key)).collect();
        issuer.trusted().with_pinned_spki_sha256(hashes)
    };
    accepted(&pinning(&[&key]), || server_by(&issuer, &key));
    accepted(&pinning(&[&other, &key]), || server_by(&issuer, &key));
    for pins in [&[&other][..], &[]] {
        refused(
            &pinning(pins),
            CertificateFault::NotPinned,
            NOT_PINNED_ALERT,
            || server_by(&issuer, &key),
        );
    }
}

#[test]
fn the_key_of_an_issuer_is_not_the_servers() {
    // Anybody can show the issuer's certificate behind a valid one of its own.
    let issuer = Issuer::new();
    let pin = spki_sha256(issuer.0.key());
    refused(
        &issuer.trusted().with_pinned_spki_sha256([pin]),
        CertificateFault::NotPinned,
        NOT_PINNED_ALERT,
        || server_by(&issuer, &KeyPair::generate().unwrap()),
    );
}

#[test]
fn a_pinned_key_does_not_stand_in_for_a_valid_certificate() {
    let issuer = Issuer::new();
    let key = KeyPair::generate().unwrap();
    let config = Issuer::named("another").trusted();
    refused(
        &config.with_pinned_spki_sha256([spki_sha256(&key)]),
        CertificateFault::UnknownIssuer,
        AlertDescription::UnknownCA,
        || {
            let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &issuer.0).unwrap();
            let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
            Server::new(server_with(vec![certificate.into()], key).into())
        },
    );
}

#[test]
fn pinned_keys_count_without_verification_too() {
    let issuer = Issuer::new();
    let key = KeyPair::generate().unwrap();
    let config = TlsConfig::default().dangerous_no_verification();
    accepted(
        &config.clone().with_pinned_spki_sha256([spki_sha256(&key)]),
        || server_by(&issuer, &key),
    );
    refused(
        &config.with_pinned_spki_sha256([[7; 32]]),
        CertificateFault::NotPinned,
        NOT_PINNED_ALERT,
        || server_by(&issuer, &key),
    );
}

#[test]
fn a_session_of_a_pinned_server_is_resumed() {
    let issuer = Issuer::new();
    let key = KeyPair::generate().unwrap();
    let config = issuer
        .trusted()
        .with_pinned_spki_sha256([spki_sha256(&key)]);
    for version in VERSIONS {
        let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer.0).unwrap();
        let private = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let server = std::sync::Arc::new(server_with(vec![certificate.into()], private));
        let config = only(config.clone(), version);
        connected(&config, server.clone());
        let (second, _) = connected(&config, server);
        assert_eq!(second.is_resumed(), Some(true), "{version}");
    }
}

const SERIAL: u64 = 4711;

/// The issuer's list of what it has revoked.
fn list(
    issuer: &CertifiedIssuer<'_, KeyPair>,
    revoked: &[u64],
    until: i32,
) -> CertificateRevocationList {
    let params = CertificateRevocationListParams {
        this_update: date_time_ymd(2020, 1, 1),
        next_update: date_time_ymd(until, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: revoked
            .iter()
            .map(|serial| RevokedCertParams {
                serial_number: SerialNumber::from(*serial),
                revocation_time: date_time_ymd(2020, 1, 1),
                reason_code: None,
                invalidity_date: None,
            })
            .collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(issuer).unwrap()
}

fn numbered(issuer: &Issuer) -> Server {
    issuer.server(|params| params.serial_number = Some(SerialNumber::from(SERIAL)))
}

#[test]
fn a_revoked_certificate_is_refused() {
    let issuer = Issuer::new();
    let config = issuer.trusted();
    let with = |revoked: &[u64]| {
        config
            .clone()
            .with_revocation_list_der(list(&issuer.0, revoked, 2999).der())
    };
    accepted(&with(&[]), || numbered(&issuer));
    accepted(&with(&[SERIAL + 1]), || numbered(&issuer));
    refused(
        &with(&[1, SERIAL]),
        CertificateFault::Revoked,
        AlertDescription::CertificateRevoked,
        || numbered(&issuer),
    );
}

#[test]
fn a_certificate_without_a_list_in_its_time_is_refused_too() {
    let (issuer, other) = (Issuer::new(), Issuer::named("other"));
    for (list, openssl) in [
        // Nobody says that it is not revoked.
        (list(&other.0, &[], 2999), AlertDescription::UnknownCA),
        (
            list(&issuer.0, &[], 2021),
            AlertDescription::CertificateExpired,
        ),
    ] {
        refused(
            &issuer.trusted().with_revocation_list_der(list.der()),
            CertificateFault::Revoked,
            if crate::IS_RUSTLS {
                AlertDescription::UnknownCA
            } else {
                openssl
            },
            || numbered(&issuer),
        );
    }
}

#[test]
fn a_list_that_another_has_signed_does_not_count() {
    let issuer = Issuer::new();
    let impostor = Issuer::new();
    let config = issuer
        .trusted()
        .with_revocation_list_der(list(&impostor.0, &[SERIAL], 2999).der());
    for version in VERSIONS {
        let mut client = client(&only(config.clone(), version));
        let error = super::support::shake_until_failure(&mut client, &mut numbered(&issuer));
        assert!(
            matches!(super::support::typed(&error), Error::Certificate(..)),
            "{error}"
        );
    }
}

#[test]
fn lists_come_in_pem_and_what_is_none_is_told() {
    let issuer = Issuer::new();
    let pem = list(&issuer.0, &[SERIAL], 2999).pem().unwrap();
    let config = issuer
        .trusted()
        .with_revocation_lists_pem(pem.as_bytes())
        .unwrap();
    refused(
        &config,
        CertificateFault::Revoked,
        AlertDescription::CertificateRevoked,
        || numbered(&issuer),
    );
    assert!(matches!(
        issuer.trusted().with_revocation_lists_pem(b"junk"),
        Err(Error::InvalidPem)
    ));
    let config = issuer.trusted().with_revocation_list_der(b"junk");
    assert!(matches!(
        config.build_for::<Backend>(),
        Err(Error::InvalidRevocationList(_))
    ));
}

#[test]
fn the_time_is_the_users() {
    let issuer = Issuer::new();
    let server = || {
        issuer.server(|params| {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        })
    };
    let at = |year: u64| {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs((year - 1970) * 31_557_600);
        issuer.trusted().with_time(move || time)
    };
    // The issuer's own certificate is valid from 1975 on.
    refused(
        &at(2019),
        CertificateFault::NotYetValid,
        if crate::IS_RUSTLS {
            AlertDescription::CertificateExpired
        } else {
            AlertDescription::BadCertificate
        },
        server,
    );
    let mut middle = at(2020);
    let summer = SystemTime::UNIX_EPOCH + Duration::from_secs(1_593_000_000);
    middle = middle.with_time(move || summer);
    accepted(&middle, server);
    refused(
        &at(2022),
        CertificateFault::Expired,
        AlertDescription::CertificateExpired,
        server,
    );
    refused(
        &issuer.trusted(),
        CertificateFault::Expired,
        AlertDescription::CertificateExpired,
        server,
    );
}

#[test]
fn the_time_is_asked_for_each_connection() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    let authority = Authority::new();
    let now = Arc::new(AtomicU64::new(1_800_000_000));
    let clock = now.clone();
    let config = trusting(&authority)
        .without_resumption()
        .with_time(move || {
            SystemTime::UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst))
        });
    let server_config = authority.server_config(&["localhost"]);
    connected(&config, server_config.clone());
    // The year 4200, when the authority has gone.
    now.store(70_400_000_000, Ordering::SeqCst);
    let mut client = client(&config);
    let error = super::support::shake_until_failure(&mut client, &mut Server::new(server_config));
    assert!(
        matches!(
            super::support::typed(&error),
            Error::Certificate(CertificateFault::Expired, _)
        ),
        "{error}"
    );
}

#[test]
fn a_time_before_1970_is_an_error() {
    let authority = Authority::new();
    let config = trusting(&authority).with_time(|| SystemTime::UNIX_EPOCH - Duration::from_secs(1));
    let stream = boom_testkit::stream::ScriptedStream::new();
    let mut server = Server::new(authority.server_config(&["localhost"]));
    match boom_tls::Stream::<_, Backend>::new(stream, "localhost", &config) {
        Err(error) => assert!(matches!(
            super::support::typed(&error),
            Error::Unsupported(_)
        )),
        Ok(mut client) => {
            super::support::shake_until_failure(&mut client, &mut server);
        }
    }
}
