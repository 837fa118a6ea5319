//! From the common configuration to that of rustls.

use std::sync::Arc;

use ::rustls::client::{ClientConfig, Resumption};
use ::rustls::crypto::{CryptoProvider, ring};
use ::rustls::{KeyLogFile, RootCertStore, SupportedProtocolVersion, version};

use super::verify::NoVerification;
use crate::client::config::{Roots, Settings};
use crate::{Error, TlsVersion};

pub(crate) fn client_config(settings: &Settings) -> Result<Arc<ClientConfig>, Error> {
    if let Some(config) = &settings.rustls_config {
        return Ok(config.clone());
    }
    if settings
        .alpn
        .iter()
        .any(|protocol| protocol.is_empty() || protocol.len() > 255)
    {
        return Err(Error::InvalidAlpn);
    }
    let provider = crypto_provider(settings);
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions(settings))
        .map_err(|_| Error::NoVersions)?;
    let builder = if settings.verifies {
        builder.with_root_certificates(root_store(settings)?)
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(NoVerification::new(provider)))
    };
    let mut config = match &settings.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => builder
            .with_client_auth_cert(identity.chain.clone(), identity.key.clone_key())
            .map_err(|error| Error::InvalidClientCertificate(error.into()))?,
    };
    config.alpn_protocols.clone_from(&settings.alpn);
    config.enable_sni = settings.sends_server_name;
    config.resumption = match settings.sessions {
        0 => Resumption::disabled(),
        sessions => Resumption::in_memory_sessions(sessions),
    };
    if settings.logs_keys {
        config.key_log = Arc::new(KeyLogFile::new());
    }
    Ok(Arc::new(config))
}

fn crypto_provider(settings: &Settings) -> Arc<CryptoProvider> {
    match (&settings.crypto_provider, CryptoProvider::get_default()) {
        (Some(provider), _) | (None, Some(provider)) => provider.clone(),
        (None, None) => Arc::new(ring::default_provider()),
    }
}

fn versions(settings: &Settings) -> Vec<&'static SupportedProtocolVersion> {
    let allowed = settings.min_version..=settings.max_version;
    [
        (TlsVersion::Tls13, &version::TLS13),
        (TlsVersion::Tls12, &version::TLS12),
    ]
    .into_iter()
    .filter(|(version, _)| allowed.contains(version))
    .map(|(_, supported)| supported)
    .collect()
}

fn root_store(settings: &Settings) -> Result<RootCertStore, Error> {
    let mut store = RootCertStore::empty();
    for root in &settings.own_roots {
        store
            .add(root.clone())
            .map_err(|error| Error::InvalidRoot(error.into()))?;
    }
    match settings.roots {
        Roots::OwnOnly => {}
        Roots::BuiltIn => {
            #[cfg(feature = "rustls-webpki")]
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            // Where another set is trusted too, a system without one is no error.
            #[cfg(feature = "rustls-native")]
            store.extend(native_roots().iter().cloned());
        }
        #[cfg(feature = "rustls-webpki")]
        Roots::Webpki => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        #[cfg(feature = "rustls-native")]
        Roots::Native => match native_roots() {
            [] => return Err(Error::NativeRoots),
            roots => store.extend(roots.iter().cloned()),
        },
        #[cfg(all(feature = "openssl", not(feature = "rustls-native")))]
        Roots::Native => {
            return Err(Error::Unsupported(
                "rustls reads the operating system's roots with the feature rustls-native",
            ));
        }
    }
    if store.is_empty() {
        Err(Error::NoRoots)
    } else {
        Ok(store)
    }
}

/// The operating system's roots, those it could read, once a process.
#[cfg(feature = "rustls-native")]
fn native_roots() -> &'static [::rustls::pki_types::TrustAnchor<'static>] {
    static ROOTS: std::sync::OnceLock<Vec<::rustls::pki_types::TrustAnchor<'static>>> =
        std::sync::OnceLock::new();
    ROOTS.get_or_init(|| {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        store.roots
    })
}
