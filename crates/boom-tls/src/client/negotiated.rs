//! What two sides agree on in a handshake.

use std::fmt;

/// A version of TLS. Older ones are never spoken.
///
/// # Examples
///
/// ```
/// use boom_tls::TlsVersion;
///
/// assert!(TlsVersion::Tls12 < TlsVersion::Tls13);
/// assert_eq!(TlsVersion::Tls13.to_string(), "TLS 1.3");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

impl fmt::Display for TlsVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// A cipher suite, by the number IANA gives it.
///
/// # Examples
///
/// ```
/// use boom_tls::CipherSuite;
///
/// assert_eq!(CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite(0x1301));
/// assert_eq!(CipherSuite(0x1301).to_string(), "TLS_AES_128_GCM_SHA256");
/// assert_eq!(CipherSuite(0x0a0a).to_string(), "0x0a0a");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CipherSuite(pub u16);

/// Names the numbers of IANA as constants, and the constants by `name`.
macro_rules! named {
    ($type:ident, $($doc:literal $name:ident = $number:literal, $text:expr;)+) => {
        impl $type {
            $(#[doc = $doc] pub const $name: Self = Self($number);)+

            /// IANA's name of those in use today.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($text),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#06x}", self.0),
                }
            }
        }
    };
    ($type:ident, $($doc:literal $name:ident = $number:literal;)+) => {
        named!($type, $($doc $name = $number, stringify!($name);)+);
    };
}

named! {
    CipherSuite,
    "TLS 1.3, the one that every implementation has." TLS_AES_128_GCM_SHA256 = 0x1301;
    "TLS 1.3." TLS_AES_256_GCM_SHA384 = 0x1302;
    "TLS 1.3." TLS_CHACHA20_POLY1305_SHA256 = 0x1303;
    "TLS 1.2." TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 = 0xc02b;
    "TLS 1.2." TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 = 0xc02c;
    "TLS 1.2." TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 = 0xc02f;
    "TLS 1.2." TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 = 0xc030;
    "TLS 1.2." TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca8;
    "TLS 1.2." TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 = 0xcca9;
}

impl CipherSuite {
    /// What is offered unless [`with_cipher_suites`](crate::TlsConfig::with_cipher_suites) says otherwise, the preferred
    /// one first.
    ///
    /// AES-128 comes first: with the processor's AES instructions no other suite costs less a record, and its SHA-256 makes a
    /// key schedule that is a good deal cheaper than that of SHA-384, most of all in a resumed handshake, where little
    /// else is computed. ChaCha20 has the same hash, so a session of one of the two resumes with the other. All of
    /// them have forward secrecy and authenticate what they encrypt.
    pub const DEFAULT: [Self; 9] = [
        Self::TLS_AES_128_GCM_SHA256,
        Self::TLS_CHACHA20_POLY1305_SHA256,
        Self::TLS_AES_256_GCM_SHA384,
        Self::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        Self::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        Self::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        Self::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        Self::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ];
}

/// A group for the key exchange, by the number IANA gives it.
///
/// # Examples
///
/// ```
/// use boom_tls::KeyExchangeGroup;
///
/// assert_eq!(KeyExchangeGroup(0x001d), KeyExchangeGroup::X25519);
/// assert_eq!(KeyExchangeGroup::X25519.to_string(), "x25519");
/// assert_eq!(KeyExchangeGroup(0x0a0a).to_string(), "0x0a0a");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyExchangeGroup(pub u16);

named! {
    KeyExchangeGroup,
    "P-256." SECP256R1 = 0x0017, "secp256r1";
    "P-384." SECP384R1 = 0x0018, "secp384r1";
    "P-521." SECP521R1 = 0x0019, "secp521r1";
    "RFC 7748; the quickest." X25519 = 0x001d, "x25519";
    "RFC 7748." X448 = 0x001e, "x448";
    "X25519 and ML-KEM-768 together, against those who record today and have a quantum computer later." X25519MLKEM768 = 0x11ec, "X25519MLKEM768";
}

/// What has become of early data.
///
/// # Examples
///
/// ```
/// use boom_tls::EarlyData;
///
/// /// What was sent early and lost has to be sent again.
/// fn must_send_again(early: EarlyData) -> bool {
///     early == EarlyData::Rejected
/// }
/// assert!(!must_send_again(EarlyData::Accepted));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarlyData {
    /// None can be sent: it is not switched on, there is no session to resume or its server takes none.
    NotOffered,
    /// It can be sent until the handshake is done, and the server has not answered.
    Pending,
    /// The server has taken it.
    Accepted,
    /// The server has not taken it: what was sent is lost, and is to be sent again.
    Rejected,
}
