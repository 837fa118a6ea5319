//! From the common configuration to that of rustls.

use std::fmt;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use ::rustls::client::danger::ServerCertVerifier;
use ::rustls::client::{ClientConfig, Resumption, VerifierBuilderError, WebPkiServerVerifier};
use ::rustls::crypto::{CryptoProvider, ring};
use ::rustls::pki_types::UnixTime;
use ::rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use ::rustls::{
    CertRevocationListError, Error as RustlsError, KeyLogFile, RootCertStore,
    SupportedProtocolVersion, version,
};

use super::verify::Verifier;
use crate::client::config::{Roots, Settings, WallClock};
use crate::{CipherSuite, Error, KeyExchangeGroup, TlsVersion};

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
    let provider = Arc::new(chosen(crypto_provider(settings), settings)?);
    let builder = ClientConfig::builder_with_details(provider.clone(), time(settings))
        .with_protocol_versions(&versions(settings))
        .map_err(|_| Error::NoVersions)?
        .dangerous()
        .with_custom_certificate_verifier(verifier(settings, provider)?);
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
    config.enable_early_data = settings.early_data;
    // What it allows, only `dangerous_take_keys` can do: nobody else gets hold of a connection.
    config.enable_secret_extraction = true;
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

/// The provider with what the configuration chooses of it, in its order.
fn chosen(provider: Arc<CryptoProvider>, settings: &Settings) -> Result<CryptoProvider, Error> {
    let mut provider = Arc::unwrap_or_clone(provider);
    match &settings.cipher_suites {
        // Stable: what is not named there stays behind in the provider's order.
        None => provider.cipher_suites.sort_by_key(|suite| {
            let suite = CipherSuite(suite.suite().into());
            let mut names = CipherSuite::DEFAULT.iter();
            names.position(|name| *name == suite).unwrap_or(usize::MAX)
        }),
        Some(wanted) => {
            let find = |wanted: &CipherSuite| {
                let mut suites = provider.cipher_suites.iter().copied();
                let found = suites.find(|suite| u16::from(suite.suite()) == wanted.0);
                found.ok_or(Error::UnsupportedCipherSuite(*wanted))
            };
            provider.cipher_suites = wanted.iter().map(find).collect::<Result<_, _>>()?;
        }
    }
    if let Some(wanted) = &settings.groups {
        if wanted.is_empty() {
            return Err(Error::NoGroups);
        }
        let known = &provider.kx_groups;
        let find = |wanted: &KeyExchangeGroup| {
            let mut groups = known.iter().copied();
            let found = groups.find(|group| u16::from(group.name()) == wanted.0);
            found.ok_or(Error::UnsupportedGroup(*wanted))
        };
        provider.kx_groups = wanted.iter().map(find).collect::<Result<_, _>>()?;
    }
    Ok(provider)
}

fn time(settings: &Settings) -> Arc<dyn TimeProvider> {
    match &settings.wall_clock {
        None => Arc::new(DefaultTimeProvider),
        Some(clock) => Arc::new(Time(clock.clone())),
    }
}

/// The user's clock.
struct Time(WallClock);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let since = (self.0)().duration_since(UNIX_EPOCH).ok()?;
        Some(UnixTime::since_unix_epoch(since))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Time")
    }
}

fn verifier(
    settings: &Settings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let chain: Option<Arc<dyn ServerCertVerifier>> = if settings.verifies {
        let roots = Arc::new(root_store(settings)?);
        let mut builder = WebPkiServerVerifier::builder_with_provider(roots, provider.clone())
            .with_crls(settings.crls.iter().cloned());
        if !settings.crls.is_empty() {
            // A list that is out of date may be one that somebody keeps back.
            builder = builder.enforce_revocation_expiration();
        }
        let verifier = builder.build().map_err(|error| match error {
            VerifierBuilderError::InvalidCrl(reason) => invalid_list(reason),
            _ => Error::NoRoots,
        })?;
        Some(verifier)
    } else {
        None
    };
    Ok(match (chain, &settings.pins) {
        (Some(chain), None) => chain,
        (chain, pins) => Arc::new(Verifier::new(chain, pins.clone(), provider)),
    })
}

fn invalid_list(reason: CertRevocationListError) -> Error {
    Error::InvalidRevocationList(RustlsError::InvalidCertRevocationList(reason).into())
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
    if let Some(roots) = &settings.rustls_roots {
        store.extend(roots.roots.iter().cloned());
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
