//! Certificates that must be refused, by name, with the alert that says why.

use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

use boom_stream::Layer;
use boom_tls::{CertificateFault, Error, Roots, TlsConfig, TlsVersion};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::AlertDescription;
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::support::{Server, VERSIONS, client, only, server_with, shake_until_failure, typed};

pub(crate) struct Issuer(pub(crate) CertifiedIssuer<'static, KeyPair>);

impl Issuer {
    pub(crate) fn new() -> Self {
        Self::named("issuer")
    }

    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn trusted(&self) -> TlsConfig {
        TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_root_der(self.0.der())
            .unwrap()
    }

    pub(crate) fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> Server {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        Server::new(Arc::new(server_with(vec![certificate.into()], key)))
    }
}

/// Handshakes by both versions, expects the fault and the alert, and that the failure stays.
pub(crate) fn refused(
    config: &TlsConfig,
    fault: CertificateFault,
    alert: AlertDescription,
    mut server: impl FnMut() -> Server,
) {
    for version in VERSIONS {
        let mut client = client(&only(config.clone(), version));
        let mut server = server();
        let error = shake_until_failure(&mut client, &mut server);
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(
            matches!(typed(&error), Error::Certificate(found, _) if *found == fault),
            "{fault:?}: {error}"
        );
        assert_eq!(
            server.failure,
            Some(rustls::Error::AlertReceived(alert)),
            "{fault:?}"
        );

        let reads = client.get_ref().reads();
        for error in [
            client.read(&mut [0; 8]).unwrap_err(),
            client.write(b"secret").unwrap_err(),
        ] {
            assert!(
                matches!(typed(&error), Error::Certificate(found, _) if *found == fault),
                "{error}"
            );
        }
        assert_eq!(client.get_ref().reads(), reads);
        assert_eq!(client.base_mut().take_written(), b"");
    }
}

#[test]
fn expired() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::Expired,
        AlertDescription::CertificateExpired,
        || issuer.server(|params| params.not_after = date_time_ymd(2020, 1, 1)),
    );
}

#[test]
fn not_yet_valid() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::NotYetValid,
        // RFC 8446, section 6.2, has no alert for it: "certificate_expired: A certificate has expired or is not currently
        // valid" says rustls, and OpenSSL says that it is bad.
        if crate::IS_RUSTLS {
            AlertDescription::CertificateExpired
        } else {
            AlertDescription::BadCertificate
        },
        || issuer.server(|params| params.not_before = date_time_ymd(2999, 1, 1)),
    );
}

#[test]
fn issued_for_another_host() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::WrongHost,
        AlertDescription::BadCertificate,
        || {
            issuer.server(|params| {
                *params = CertificateParams::new(vec!["elsewhere.example".to_owned()]).unwrap();
            })
        },
    );
}

/// RFC 9525, section 2.
#[test]
fn a_host_that_only_the_subject_names() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::WrongHost,
        AlertDescription::BadCertificate,
        || {
            issuer.server(|params| {
                params.subject_alt_names.clear();
                params
                    .distinguished_name
                    .push(DnType::CommonName, "localhost");
            })
        },
    );
}

#[test]
fn issued_by_someone_unknown() {
    let issuer = Issuer::new();
    refused(
        &Issuer::named("another").trusted(),
        CertificateFault::UnknownIssuer,
        AlertDescription::UnknownCA,
        || issuer.server(|_| {}),
    );
}

#[test]
fn signed_by_an_impostor_of_the_same_name() {
    let issuer = Issuer::new();
    refused(
        &Issuer::new().trusted(),
        CertificateFault::BadSignature,
        AlertDescription::DecryptError,
        || issuer.server(|_| {}),
    );
}

#[test]
fn issued_by_an_authority_whose_certificate_is_missing() {
    let root = Issuer::new();
    refused(
        &root.trusted(),
        CertificateFault::UnknownIssuer,
        AlertDescription::UnknownCA,
        || {
            let mut params = CertificateParams::default();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params
                .distinguished_name
                .push(DnType::CommonName, "between");
            let between =
                CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &*root.0).unwrap();
            Issuer(between).server(|_| {})
        },
    );
}

#[test]
fn self_signed() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::UnknownIssuer,
        AlertDescription::UnknownCA,
        || {
            let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            params
                .distinguished_name
                .push(DnType::CommonName, "its own");
            let key = KeyPair::generate().unwrap();
            let certificate = params.self_signed(&key).unwrap();
            let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
            Server::new(Arc::new(server_with(vec![certificate.into()], key)))
        },
    );
}

#[test]
fn issued_for_clients_only() {
    let issuer = Issuer::new();
    refused(
        &issuer.trusted(),
        CertificateFault::WrongUsage,
        AlertDescription::UnsupportedCertificate,
        || {
            issuer.server(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]
            })
        },
    );
}

/// RFC 8446, section 4.4.2.2. The verifier of rustls does not look at it.
#[test]
fn a_key_that_is_for_no_use_in_tls() {
    let issuer = Issuer::new();
    let server = || issuer.server(|params| params.key_usages = vec![KeyUsagePurpose::CrlSign]);
    if crate::IS_RUSTLS {
        server().shake(&mut client(&issuer.trusted()));
        return;
    }
    refused(
        &issuer.trusted(),
        CertificateFault::WrongUsage,
        AlertDescription::UnsupportedCertificate,
        server,
    );
}

/// RFC 5480, section 3: such a key may not sign, and with TLS 1.2 OpenSSL looks at that. With TLS 1.3 it does not.
#[test]
fn a_key_that_is_not_for_signatures() {
    let issuer = Issuer::new();
    for version in VERSIONS {
        let mut client = client(&only(issuer.trusted(), version));
        let mut server =
            issuer.server(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]);
        if crate::IS_RUSTLS || version == TlsVersion::Tls13 {
            server.shake(&mut client);
            continue;
        }
        let error = shake_until_failure(&mut client, &mut server);
        assert!(
            matches!(
                typed(&error),
                Error::Certificate(CertificateFault::WrongUsage, _)
            ),
            "{error}"
        );
        let alert = AlertDescription::HandshakeFailure;
        assert_eq!(server.failure, Some(rustls::Error::AlertReceived(alert)));
    }
}

#[test]
fn only_a_configuration_that_says_so_accepts_any() {
    let issuer = Issuer::new();
    for version in VERSIONS {
        let mut client = client(&only(
            TlsConfig::default().dangerous_no_verification(),
            version,
        ));
        let mut server = issuer.server(|params| params.not_after = date_time_ymd(2020, 1, 1));
        server.shake(&mut client);
        client.write_all(b"open").unwrap();
        server.take_in(&client.base_mut().take_written());
        assert_eq!(server.received, b"open");
    }
}
