//! How a connection is made.

use boom_tls::TlsConfig;

/// What to do where the kernel cannot do its part.
///
/// # Examples
///
/// ```
/// use boom_ktls::{KtlsConfig, KtlsPolicy};
///
/// assert_eq!(KtlsConfig::default().policy, KtlsPolicy::Prefer);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum KtlsPolicy {
    /// Go on in user space; [`KtlsStream::offload`](crate::KtlsStream::offload) says so.
    #[default]
    Prefer,
    /// Fail, before the handshake where that is known then. Both directions have to be the kernel's.
    Require,
}

/// How a connection with kernel TLS is made.
///
/// # Examples
///
/// ```
/// use boom_ktls::{KtlsConfig, KtlsPolicy};
/// use boom_tls::TlsVersion;
///
/// let mut config = KtlsConfig::default();
/// config.policy = KtlsPolicy::Require;
/// config.tls = config.tls.with_min_version(TlsVersion::Tls13);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KtlsConfig {
    /// How the handshake is made. Clones share sessions, so make it once.
    pub tls: TlsConfig,
    /// What to do where the kernel cannot do its part.
    pub policy: KtlsPolicy,
    /// Renews the keys when they have protected so many records, where that is fewer than the cipher suite allows (some 16.8
    /// million of AES-GCM, 2^24, and without bound of ChaCha20-Poly1305). Where they cannot be renewed writes end with
    /// [`KeysExhausted`](boom_tls::Error::KeysExhausted); `None`: what the suite allows.
    ///
    /// Less than 16 counts as 16, and the records of the handshake by the same key come on top. It is for records by the
    /// kernel: in user space only the suite's limit counts.
    pub records_per_key: Option<u64>,
}
