//! The configuration that every backend takes.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};
use std::time::{Duration, SystemTime};

#[cfg(feature = "openssl")]
use ::openssl::{error::ErrorStack, ssl::SslContextBuilder};
#[cfg(feature = "rustls")]
use ::rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider};
use boom_stream::{MonotonicClock, TimeSource};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};

use super::backend::Sealed;
use super::timing::Clock;
use crate::{CipherSuite, DefaultBackend, Error, KeyExchangeGroup, TlsVersion};

/// How a TLS client verifies, identifies itself and resumes.
///
/// A clone is cheap and shares the backend's configuration (built on first use, once) and with it the sessions that
/// a later connection resumes. A change of what the backend's configuration holds starts a new one, without
/// sessions: make a configuration once and clone it for each connection. [`Default`] gives clones of one
/// configuration that the whole process shares.
///
/// # Examples
///
/// ```
/// use boom_testkit::tls::Authority;
/// use boom_tls::{Roots, TlsConfig, TlsVersion};
///
/// let authority = Authority::new();
/// let config = TlsConfig::default()
///     .with_roots(Roots::OwnOnly)
///     .with_roots_pem(authority.certificate_pem().as_bytes())?
///     .with_alpn(["http/1.1"])
///     .with_min_version(TlsVersion::Tls13);
/// // Reports now what a connection would report on its first read or write.
/// config.build()?;
/// # Ok::<(), boom_tls::Error>(())
/// ```
///
/// Where a closure gets a `&mut TlsConfig`, assign to it:
///
/// ```
/// # use boom_tls::{IntoTlsStream, TlsConfig};
/// # use boom_stream::tcp::TcpStream;
/// # fn connect(stream: TcpStream, config: &TlsConfig) -> std::io::Result<()> {
/// let stream = stream.into_tls_stream_with_config(|tls| *tls = config.clone())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TlsConfig {
    shared: Arc<Shared>,
    // What follows is not part of the backend's configuration: connections that differ in it share the rest.
    server_name: Option<Arc<str>>,
    outbound_limit: usize,
    handshake_timeout_ns: Option<u64>,
    clock: Clock,
}

/// What clones share.
struct Shared {
    settings: Settings,
    #[cfg(feature = "rustls")]
    rustls: OnceLock<Result<Arc<ClientConfig>, Error>>,
    #[cfg(feature = "openssl")]
    openssl: OnceLock<Result<Arc<crate::openssl::Context>, Error>>,
}

impl Shared {
    const fn new(settings: Settings) -> Self {
        Self {
            settings,
            #[cfg(feature = "rustls")]
            rustls: OnceLock::new(),
            #[cfg(feature = "openssl")]
            openssl: OnceLock::new(),
        }
    }
}

/// What a backend's configuration is built from.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) roots: Roots,
    pub(crate) own_roots: Vec<CertificateDer<'static>>,
    pub(crate) verifies: bool,
    pub(crate) identity: Option<Arc<Identity>>,
    pub(crate) alpn: Vec<Vec<u8>>,
    pub(crate) sends_server_name: bool,
    pub(crate) min_version: TlsVersion,
    pub(crate) max_version: TlsVersion,
    /// `None`: those of [`CipherSuite::DEFAULT`] that the backend has.
    pub(crate) cipher_suites: Option<Vec<CipherSuite>>,
    /// `None`: the backend's own.
    pub(crate) groups: Option<Vec<KeyExchangeGroup>>,
    pub(crate) sessions: usize,
    pub(crate) early_data: bool,
    pub(crate) pins: Option<Arc<[SpkiHash]>>,
    pub(crate) crls: Vec<CertificateRevocationListDer<'static>>,
    pub(crate) wall_clock: Option<WallClock>,
    pub(crate) logs_keys: bool,
    #[cfg(feature = "rustls")]
    pub(crate) crypto_provider: Option<Arc<CryptoProvider>>,
    #[cfg(feature = "rustls")]
    pub(crate) rustls_config: Option<Arc<ClientConfig>>,
    #[cfg(feature = "rustls")]
    pub(crate) rustls_roots: Option<Arc<RootCertStore>>,
    #[cfg(feature = "openssl")]
    pub(crate) openssl_builder: Option<OpensslBuilder>,
}

/// The SHA-256 of a public key as it stands in a certificate.
pub(crate) type SpkiHash = [u8; 32];

/// Says what time it is, for certificates.
pub(crate) type WallClock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Has the last word on a context of OpenSSL.
#[cfg(feature = "openssl")]
pub(crate) type OpensslBuilder =
    Arc<dyn Fn(&mut SslContextBuilder) -> Result<(), ErrorStack> + Send + Sync>;

/// A client's certificate chain, its own first, and private key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

/// Which root certificates are trusted beside those given to the configuration.
///
/// # Examples
///
/// ```
/// use boom_tls::{Roots, TlsConfig};
///
/// // An exchange with its own authority: trust nobody else, and nobody at all before its root is added.
/// let config = TlsConfig::default().with_roots(Roots::OwnOnly);
/// assert!(config.build().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Roots {
    /// What the backend trusts by itself. With rustls every set whose feature is on: the Mozilla roots
    /// (`rustls-webpki`), the operating system's (`rustls-native`). With OpenSSL the operating system's.
    BuiltIn,
    /// The Mozilla roots compiled in.
    #[cfg(feature = "rustls-webpki")]
    Webpki,
    /// The operating system's roots, read once a process.
    #[cfg(any(feature = "rustls-native", feature = "openssl"))]
    Native,
    /// None but those given to the configuration.
    OwnOnly,
}

impl TlsConfig {
    /// Sessions kept for resumption, by default: as many as server names.
    pub const DEFAULT_SESSIONS: usize = 256;
    /// Bytes of ciphertext that may wait for the socket, by default.
    pub const DEFAULT_OUTBOUND_LIMIT: usize = 256 * 1024;

    /// Chooses the roots that are trusted beside those added; [`Roots::BuiltIn`] unless said.
    #[must_use]
    pub fn with_roots(self, roots: Roots) -> Self {
        self.change(|settings| settings.roots = roots)
    }

    /// Trusts a root certificate in DER.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidRoot`] where it is none.
    pub fn with_root_der(self, der: &[u8]) -> Result<Self, Error> {
        let root = usable_root(CertificateDer::from(der.to_vec()))?;
        Ok(self.change(|settings| settings.own_roots.push(root)))
    }

    /// Trusts every certificate of a PEM text.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPem`] where it holds none, [`Error::InvalidRoot`] where one cannot be a root.
    pub fn with_roots_pem(self, pem: &[u8]) -> Result<Self, Error> {
        let roots = certificates(pem)?
            .into_iter()
            .map(usable_root)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.change(|settings| settings.own_roots.extend(roots)))
    }

    /// Trusts every certificate of a PEM file.
    ///
    /// # Errors
    ///
    /// [`Error::UnreadableFile`], or as [`with_roots_pem`](Self::with_roots_pem).
    pub fn with_roots_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        let pem = std::fs::read(path).map_err(|error| Error::UnreadableFile(error.kind()))?;
        self.with_roots_pem(&pem)
    }

    /// Has rustls trust these roots too, for a store that the program has anyway. OpenSSL takes no notice of them:
    /// `with_openssl_builder` gives it a store of its own.
    #[cfg(feature = "rustls")]
    #[must_use]
    pub fn with_rustls_roots(self, roots: Arc<RootCertStore>) -> Self {
        self.change(|settings| settings.rustls_roots = Some(roots))
    }

    /// Refuses certificates that stand on these revocation lists, in PEM.
    ///
    /// Once there is a list, every certificate of the chain must have one by its issuer that is in its time, or the
    /// server is refused as one whose status is unknown: [`CertificateFault::Revoked`](crate::CertificateFault). Of the root itself rustls asks nothing;
    /// OpenSSL takes its own list for it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPem`] where it holds none. One that cannot be read shows when the configuration is
    /// [built](Self::build), as [`Error::InvalidRevocationList`].
    pub fn with_revocation_lists_pem(self, pem: &[u8]) -> Result<Self, Error> {
        let lists = CertificateRevocationListDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| Error::InvalidPem)?;
        if lists.is_empty() {
            return Err(Error::InvalidPem);
        }
        Ok(self.change(|settings| settings.crls.extend(lists)))
    }

    /// As [`with_revocation_lists_pem`](Self::with_revocation_lists_pem), for one list in DER.
    #[must_use]
    pub fn with_revocation_list_der(self, der: &[u8]) -> Self {
        let list = CertificateRevocationListDer::from(der.to_vec());
        self.change(|settings| settings.crls.push(list))
    }

    /// Accepts only servers whose public key has one of these hashes, beside all else that a certificate is
    /// verified for.
    ///
    /// The hash is the SHA-256 of the `SubjectPublicKeyInfo` of the server's own certificate, as
    /// `openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | sha256sum` prints it. The key of an issuer is not
    /// looked for. Give that of the next key too, or the server can never change its own; an empty list refuses
    /// every server. Without verification the hashes still count.
    #[must_use]
    pub fn with_pinned_spki_sha256(self, hashes: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let hashes = hashes.into_iter().collect();
        self.change(|settings| settings.pins = Some(hashes))
    }

    /// Asks this function for the time that certificates and revocation lists are judged by, instead of the operating
    /// system. A simulation owns the clock then.
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_tls::TlsConfig;
    /// use std::time::{Duration, SystemTime};
    ///
    /// // The day that is replayed.
    /// let day = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    /// let config = TlsConfig::default().with_time(move || day);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn with_time(self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.change(|settings| settings.wall_clock = Some(Arc::new(now)))
    }

    /// Identifies this side to a server that asks for it, by a certificate (its issuers after it) and its private
    /// key, both in PEM.
    ///
    /// Whether they belong together shows when the configuration is [built](Self::build).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPem`] where one is missing.
    pub fn with_client_cert_pem(self, chain: &[u8], key: &[u8]) -> Result<Self, Error> {
        let chain = certificates(chain)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| Error::InvalidPem)?;
        Ok(self.change(|settings| settings.identity = Some(Arc::new(Identity { chain, key }))))
    }

    /// Offers these protocols, the preferred one first (RFC 7301).
    #[must_use]
    pub fn with_alpn<P: Into<Vec<u8>>>(self, protocols: impl IntoIterator<Item = P>) -> Self {
        let protocols = protocols.into_iter().map(Into::into).collect();
        self.change(|settings| settings.alpn = protocols)
    }

    /// Asks for and verifies this name instead of the host that the stream connects to.
    ///
    /// Sessions are still shared with the configuration that this one was made from.
    #[must_use]
    pub fn with_server_name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Does not tell the server in clear text which name is asked for. The name is still verified.
    #[must_use]
    pub fn without_sni(self) -> Self {
        self.change(|settings| settings.sends_server_name = false)
    }

    /// Speaks no version below this one; TLS 1.2 unless said.
    #[must_use]
    pub fn with_min_version(self, version: TlsVersion) -> Self {
        self.change(|settings| settings.min_version = version)
    }

    /// Speaks no version above this one; TLS 1.3 unless said.
    #[must_use]
    pub fn with_max_version(self, version: TlsVersion) -> Self {
        self.change(|settings| settings.max_version = version)
    }

    /// Offers these cipher suites and no others, the preferred one first; [`CipherSuite::DEFAULT`] unless said.
    ///
    /// A version of TLS without a suite among them is not offered. Servers that choose by their own preference take no
    /// notice of the order.
    ///
    /// One that the backend does not have is reported when the configuration is [built](Self::build), as
    /// [`Error::UnsupportedCipherSuite`].
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_tls::{CipherSuite, TlsConfig};
    ///
    /// let config = TlsConfig::default().with_cipher_suites([
    ///     CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
    ///     CipherSuite::TLS_AES_128_GCM_SHA256,
    /// ]);
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn with_cipher_suites(self, suites: impl IntoIterator<Item = CipherSuite>) -> Self {
        let suites = distinct(suites);
        self.change(|settings| settings.cipher_suites = Some(suites))
    }

    /// Offers these groups for the key exchange and no others, the preferred one first; the backend's choice unless said.
    ///
    /// With TLS 1.3 the first one costs no round trip where the server takes it. With TLS 1.2 the groups also say which curves the
    /// key of an ECDSA certificate may be on, and OpenSSL keeps the server to it. One that the backend does not have is
    /// reported when the configuration is [built](Self::build), as [`Error::UnsupportedGroup`].
    #[must_use]
    pub fn with_groups(self, groups: impl IntoIterator<Item = KeyExchangeGroup>) -> Self {
        let groups = distinct(groups);
        self.change(|settings| settings.groups = Some(groups))
    }

    /// Keeps sessions of this many server names for resumption; none with 0.
    #[must_use]
    pub fn with_session_cache(self, sessions: usize) -> Self {
        self.change(|settings| settings.sessions = sessions)
    }

    /// Makes a full handshake each time.
    #[must_use]
    pub fn without_resumption(self) -> Self {
        self.with_session_cache(0)
    }

    /// Lets data go out with the first message of a resumed handshake (0-RTT), if `is_on`; off unless said.
    ///
    /// Only what is given to [`write_early_data`](crate::Stream::write_early_data) goes out so. **Whoever records it can
    /// send it to the server again** (RFC 8446, section 8), so it must be harmless when it is received twice: no orders.
    #[must_use]
    pub fn with_early_data(self, is_on: bool) -> Self {
        self.change(|settings| settings.early_data = is_on)
    }

    /// Gives up a handshake that takes longer than this: [`Error::HandshakeTimedOut`].
    ///
    /// The time runs from the first time that [`Layer::handle_timeout`](boom_stream::Layer::handle_timeout) tells the
    /// stream. A service does so by itself; who drives a stream alone calls it when
    /// [`Layer::poll_timeout`](boom_stream::Layer::poll_timeout) says.
    #[must_use]
    pub fn with_handshake_timeout(mut self, timeout: Duration) -> Self {
        self.handshake_timeout_ns = Some(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX));
        self
    }

    /// Measures [`handshake_duration`](crate::Stream::handshake_duration) by this clock instead of the monotonic one of
    /// the operating system.
    #[must_use]
    pub fn with_clock(mut self, clock: impl TimeSource + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Appends the secrets of each connection to the file that the environment variable `SSLKEYLOGFILE` names, so
    /// that Wireshark can read a capture. Without the variable nothing is written.
    ///
    /// Whoever has the file can read the connections.
    #[must_use]
    pub fn with_key_log_from_env(self) -> Self {
        self.change(|settings| settings.logs_keys = true)
    }

    /// Accepts every certificate, so that **anyone on the path can pose as the server**, read and change everything.
    ///
    /// The server still has to prove that it holds the key of the certificate that it shows.
    #[must_use]
    pub fn dangerous_no_verification(self) -> Self {
        self.change(|settings| settings.verifies = false)
    }

    /// Lets this many bytes of ciphertext wait for the socket (at least 1 KiB) before a write answers `WouldBlock`.
    #[must_use]
    pub const fn with_outbound_limit(mut self, bytes: usize) -> Self {
        self.outbound_limit = if bytes < 1024 { 1024 } else { bytes };
        self
    }

    /// Lets rustls use this cryptography instead of the process's default provider or, where none is installed, ring.
    ///
    /// Its suites are offered in the order of [`CipherSuite::DEFAULT`] too, and those that are not named there last.
    #[cfg(feature = "rustls")]
    #[must_use]
    pub fn with_crypto_provider(self, provider: Arc<CryptoProvider>) -> Self {
        self.change(|settings| settings.crypto_provider = Some(provider))
    }

    /// Uses a configuration of rustls as it is.
    ///
    /// Of this configuration only the server name and the outbound limit count then: roots, versions, ALPN and the
    /// rest are those of `config`.
    #[cfg(feature = "rustls")]
    #[must_use]
    pub fn with_rustls_config(self, config: Arc<ClientConfig>) -> Self {
        self.change(|settings| settings.rustls_config = Some(config))
    }

    /// Lets `change` have the last word on each context of OpenSSL that is built of this configuration.
    ///
    /// What it turns off is off: it can take away the verification of certificates and the callback that checks
    /// pinned keys. Roots that it adds count also with [`Roots::OwnOnly`]. It is called once a configuration, not for each connection.
    /// To put another builder in the place of the one lent is [`Error::Unsupported`].
    ///
    /// # Examples
    ///
    /// ```
    /// use boom_tls::TlsConfig;
    ///
    /// let config = TlsConfig::default().with_openssl_builder(|builder| {
    ///     builder.set_cipher_list("ECDHE-RSA-AES128-SHA256")
    /// });
    /// config.build_for::<boom_tls::openssl::Backend>()?;
    /// # Ok::<(), boom_tls::Error>(())
    /// ```
    #[cfg(feature = "openssl")]
    #[must_use]
    pub fn with_openssl_builder(
        self,
        change: impl Fn(&mut SslContextBuilder) -> Result<(), ErrorStack> + Send + Sync + 'static,
    ) -> Self {
        self.change(|settings| settings.openssl_builder = Some(Arc::new(change)))
    }

    /// Builds the default backend's configuration, if that has not been done, and so finds what is wrong with this one.
    ///
    /// # Errors
    ///
    /// What a connection would report on its first read or write.
    pub fn build(&self) -> Result<(), Error> {
        self.build_for::<DefaultBackend>()
    }

    /// As [`build`](Self::build), for the backend `B`.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    #[allow(private_bounds, reason = "`Backend` is sealed by it")]
    pub fn build_for<B: crate::Backend>(&self) -> Result<(), Error> {
        B::build(self)
    }

    /// The configuration of rustls that this one stands for.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    #[cfg(feature = "rustls")]
    pub fn rustls_config(&self) -> Result<Arc<ClientConfig>, Error> {
        let built = self
            .shared
            .rustls
            .get_or_init(|| crate::rustls::client_config(&self.shared.settings));
        built.clone()
    }

    /// The configuration of OpenSSL that this one stands for.
    #[cfg(feature = "openssl")]
    pub(crate) fn openssl_context(&self) -> Result<Arc<crate::openssl::Context>, Error> {
        let built = self
            .shared
            .openssl
            .get_or_init(|| crate::openssl::Context::new(&self.shared.settings).map(Arc::new));
        built.clone()
    }

    pub(crate) fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    pub(crate) const fn outbound_limit(&self) -> usize {
        self.outbound_limit
    }

    /// How long a handshake may take, in nanoseconds, where [that is said](Self::with_handshake_timeout).
    pub const fn handshake_timeout_ns(&self) -> Option<u64> {
        self.handshake_timeout_ns
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn change(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = match Arc::try_unwrap(self.shared) {
            Ok(shared) => shared.settings,
            Err(shared) => shared.settings.clone(),
        };
        change(&mut settings);
        Self {
            shared: Arc::new(Shared::new(settings)),
            ..self
        }
    }
}

/// A clone of the configuration that the process shares.
impl Default for TlsConfig {
    fn default() -> Self {
        static PROCESS: LazyLock<TlsConfig> = LazyLock::new(|| TlsConfig {
            shared: Arc::new(Shared::new(Settings::default())),
            server_name: None,
            outbound_limit: TlsConfig::DEFAULT_OUTBOUND_LIMIT,
            handshake_timeout_ns: None,
            clock: Arc::new(MonotonicClock::default()),
        });
        PROCESS.clone()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            roots: Roots::BuiltIn,
            own_roots: Vec::new(),
            verifies: true,
            identity: None,
            alpn: Vec::new(),
            sends_server_name: true,
            min_version: TlsVersion::Tls12,
            max_version: TlsVersion::Tls13,
            cipher_suites: None,
            groups: None,
            sessions: TlsConfig::DEFAULT_SESSIONS,
            early_data: false,
            pins: None,
            crls: Vec::new(),
            wall_clock: None,
            logs_keys: false,
            #[cfg(feature = "rustls")]
            crypto_provider: None,
            #[cfg(feature = "rustls")]
            rustls_config: None,
            #[cfg(feature = "rustls")]
            rustls_roots: None,
            #[cfg(feature = "openssl")]
            openssl_builder: None,
        }
    }
}

impl fmt::Debug for TlsConfig {
    /// Without the private key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.shared.settings;
        f.debug_struct("TlsConfig")
            .field("roots", &settings.roots)
            .field("own_roots", &settings.own_roots.len())
            .field("verifies", &settings.verifies)
            .field("has_client_cert", &settings.identity.is_some())
            .field("server_name", &self.server_name)
            .field("min_version", &settings.min_version)
            .field("max_version", &settings.max_version)
            .field("cipher_suites", &settings.cipher_suites)
            .field("groups", &settings.groups)
            .field("sessions", &settings.sessions)
            .field("early_data", &settings.early_data)
            .field("pins", &settings.pins.as_ref().map(|pins| pins.len()))
            .field("revocation_lists", &settings.crls.len())
            .field("handshake_timeout_ns", &self.handshake_timeout_ns)
            .field("outbound_limit", &self.outbound_limit)
            .finish_non_exhaustive()
    }
}

/// What is named twice keeps its first place.
fn distinct<T: PartialEq>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for item in items {
        if !distinct.contains(&item) {
            distinct.push(item);
        }
    }
    distinct
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| Error::InvalidPem)?;
    if certificates.is_empty() {
        Err(Error::InvalidPem)
    } else {
        Ok(certificates)
    }
}

fn usable_root(root: CertificateDer<'static>) -> Result<CertificateDer<'static>, Error> {
    DefaultBackend::check_root(&root)?;
    Ok(root)
}

#[cfg(feature = "rustls")]
#[cfg(test)]
mod tests {
    use boom_testkit::tls::Authority;

    use super::*;

    fn own(authority: &Authority) -> TlsConfig {
        TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_root_der(authority.certificate_der())
            .unwrap()
    }

    #[test]
    fn clones_share_what_is_built() {
        let config = own(&Authority::new());
        let clone = config
            .clone()
            .with_server_name("elsewhere")
            .with_outbound_limit(4096);
        assert!(Arc::ptr_eq(
            &config.rustls_config().unwrap(),
            &clone.rustls_config().unwrap()
        ));
        let changed = config.clone().with_alpn(["h2"]);
        assert!(!Arc::ptr_eq(
            &config.rustls_config().unwrap(),
            &changed.rustls_config().unwrap()
        ));
    }

    #[cfg(any(feature = "rustls-webpki", feature = "rustls-native"))]
    #[test]
    fn the_process_has_one_default() {
        let (one, other) = (TlsConfig::default(), TlsConfig::default());
        assert!(Arc::ptr_eq(
            &one.rustls_config().unwrap(),
            &other.rustls_config().unwrap()
        ));
    }

    #[test]
    fn without_roots_there_is_no_configuration() {
        let config = TlsConfig::default().with_roots(Roots::OwnOnly);
        assert!(matches!(config.build(), Err(Error::NoRoots)));
    }

    #[test]
    fn what_is_no_certificate_is_refused_at_once() {
        let config = TlsConfig::default;
        assert!(matches!(
            config().with_root_der(b"junk"),
            Err(Error::InvalidRoot(_))
        ));
        assert!(matches!(
            config().with_roots_pem(b""),
            Err(Error::InvalidPem)
        ));
        assert!(matches!(
            config().with_roots_pem(b"-----BEGIN CERTIFICATE-----\nAA"),
            Err(Error::InvalidPem)
        ));
        assert!(matches!(
            config().with_roots_file("/nonexistent/roots.pem"),
            Err(Error::UnreadableFile(std::io::ErrorKind::NotFound))
        ));
        assert!(matches!(
            config().with_client_cert_pem(b"", b""),
            Err(Error::InvalidPem)
        ));
    }

    #[test]
    fn roots_come_from_a_file_too() {
        let path = std::env::temp_dir().join(format!("boom-tls-roots-{}.pem", std::process::id()));
        std::fs::write(&path, Authority::new().certificate_pem()).unwrap();
        let config = TlsConfig::default()
            .with_roots(Roots::OwnOnly)
            .with_roots_file(&path);
        std::fs::remove_file(&path).unwrap();
        config.unwrap().build().unwrap();
    }

    #[test]
    fn versions_that_exclude_each_other_are_an_error() {
        let config = own(&Authority::new());
        let config = config
            .with_min_version(TlsVersion::Tls13)
            .with_max_version(TlsVersion::Tls12);
        assert!(matches!(config.build(), Err(Error::NoVersions)));
    }

    #[test]
    fn a_protocol_name_must_fit_its_length_byte() {
        let config = own(&Authority::new());
        assert!(matches!(
            config.clone().with_alpn([""]).build(),
            Err(Error::InvalidAlpn)
        ));
        assert!(matches!(
            config.clone().with_alpn([vec![b'a'; 256]]).build(),
            Err(Error::InvalidAlpn)
        ));
        assert!(config.with_alpn([vec![b'a'; 255]]).build().is_ok());
    }

    #[test]
    fn a_certificate_and_a_key_must_belong_together() {
        let authority = Authority::new();
        let (one, other) = (authority.issue(&["one"]), authority.issue(&["other"]));
        let with = |key: String| {
            own(&authority)
                .with_client_cert_pem(one.certificate_pem().as_bytes(), key.as_bytes())
                .unwrap()
        };
        assert!(matches!(
            with(other.private_key_pem()).build(),
            Err(Error::InvalidClientCertificate(_))
        ));
        with(one.private_key_pem()).build().unwrap();
    }
}
