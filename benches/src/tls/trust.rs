//! Who trusts whom, and the one cipher suite that all of them use: AES-128-GCM, so that nobody is measured by another.

use std::sync::Arc;

use boom_testkit::tls::Authority;
use boom_tls::{Roots, TlsConfig, TlsVersion};
#[cfg(feature = "peers")]
use openssl::ssl::SslContext;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::cipher_suite::{
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS13_AES_128_GCM_SHA256,
};
use rustls::crypto::ring::{Ticketer, default_provider};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};

use crate::harness::Result;

/// What the certificate is for.
pub(super) const NAME: &str = "localhost";

/// The configurations of a server and of those who trust it.
pub(super) struct Trust {
    pub(super) version: TlsVersion,
    pub(super) server: Arc<ServerConfig>,
    /// Of those who use rustls as it is.
    pub(super) rustls: Arc<ClientConfig>,
    pub(super) ours: TlsConfig,
    /// Of OpenSSL as it is.
    #[cfg(feature = "peers")]
    pub(super) openssl: SslContext,
}

impl Trust {
    pub(super) fn new(version: TlsVersion, resumes: bool) -> Result<Self> {
        let authority = Authority::new();
        let identity = authority.issue(&[NAME]);
        let provider = Arc::new(CryptoProvider {
            cipher_suites: vec![
                TLS13_AES_128_GCM_SHA256,
                TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            ],
            ..default_provider()
        });
        let key = PrivatePkcs8KeyDer::from(identity.private_key_der().to_vec());
        let chain = vec![identity.certificate_der().to_vec().into()];
        let mut server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[of_rustls(version)])?
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from(key))?;
        server.ticketer = Ticketer::new()?;

        let mut roots = RootCertStore::empty();
        roots.add(authority.certificate_der().to_vec().into())?;
        let mut client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[of_rustls(version)])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut ours = TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_root_der(authority.certificate_der())?
            .with_min_version(version)
            .with_max_version(version);
        if !resumes {
            client.resumption = Resumption::disabled();
            ours = ours.without_resumption();
        }
        Ok(Self {
            version,
            server: Arc::new(server),
            rustls: Arc::new(client),
            ours,
            #[cfg(feature = "peers")]
            openssl: super::openssl::context(authority.certificate_der(), version)?,
        })
    }
}

const fn of_rustls(version: TlsVersion) -> &'static SupportedProtocolVersion {
    match version {
        TlsVersion::Tls12 => &TLS12,
        _ => &TLS13,
    }
}
