//! What can go wrong, as facts.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::{CipherSuite, KeyExchangeGroup};

/// What a configuration or a connection failed with.
///
/// A failure of a connection is final: every later read and write reports it again. As an [`io::Error`] it keeps
/// the kind of failure and this value:
///
/// ```
/// use boom_tls::{Error, IntoTlsStream};
/// use boom_stream::{ConnectionInfo, tcp::TcpStream};
/// use std::io::{ErrorKind, Read};
/// use std::net::TcpListener;
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let stream = TcpStream::connect(ConnectionInfo::new("not a host", 443), listener.local_addr()?)?;
///
/// let error = stream.into_tls_stream().read(&mut [0; 64]).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// let error = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
/// assert!(matches!(error, Some(Error::InvalidServerName)));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The host (or the name that replaces it) is neither a DNS name nor an IP address.
    #[error("the server name is neither a DNS name nor an IP address")]
    InvalidServerName,
    /// There is no root certificate to verify a server with.
    #[error(
        "no root certificates: turn on the feature rustls-webpki or rustls-native, or add roots to the configuration"
    )]
    NoRoots,
    /// The operating system's root certificates cannot be read.
    #[error("the operating system's root certificates cannot be read")]
    NativeRoots,
    /// A file of the configuration cannot be read.
    #[error("a file cannot be read: {0}")]
    UnreadableFile(io::ErrorKind),
    /// The text is no PEM, or holds nothing of what is asked for.
    #[error("invalid PEM, or none of the kind asked for in it")]
    InvalidPem,
    /// A certificate cannot be a root of trust.
    #[error("a root certificate cannot be used: {0}")]
    InvalidRoot(Cause),
    /// The client's certificate and key cannot be used, or do not belong together.
    #[error("the client certificate cannot be used: {0}")]
    InvalidClientCertificate(Cause),
    /// A protocol name for ALPN is empty or longer than 255 bytes.
    #[error("a protocol name for ALPN is empty or longer than 255 bytes")]
    InvalidAlpn,
    /// A revocation list cannot be read.
    #[error("a revocation list cannot be used: {0}")]
    InvalidRevocationList(Cause),
    /// The backend does not have a cipher suite that the configuration asks for.
    #[error("the backend does not have the cipher suite {0}")]
    UnsupportedCipherSuite(CipherSuite),
    /// The backend does not have a key-exchange group that the configuration asks for.
    #[error("the backend does not have the key-exchange group {0}")]
    UnsupportedGroup(KeyExchangeGroup),
    /// The configuration's list of key-exchange groups is empty.
    #[error("no key-exchange group is left to offer")]
    NoGroups,
    /// No TLS version lies between the lowest and the highest allowed, or there is no suite for one.
    #[error("no TLS version is left to offer")]
    NoVersions,

    /// The server's certificate was refused.
    #[error("the server's certificate was refused, {0}: {1}")]
    Certificate(CertificateFault, Cause),
    /// The peer ended the connection by a fatal alert, or by `close_notify` amid the handshake.
    #[error("the peer sent the alert {0}")]
    AlertReceived(Alert),
    /// The peer and this side have no version, suite or other needed feature in common.
    #[error("the peer is incompatible: {0}")]
    Incompatible(Cause),
    /// The peer sent what TLS does not allow, or what is no TLS.
    #[error("the peer violated the protocol: {0}")]
    Protocol(Cause),
    /// The peer's handshake messages are beyond the limit of the receive buffer.
    #[error("the peer's handshake messages are too large")]
    HandshakeTooLarge,
    /// The handshake took longer than [`with_handshake_timeout`](crate::TlsConfig::with_handshake_timeout) lets it.
    #[error("the TLS handshake took too long")]
    HandshakeTimedOut,
    /// The stream ended without the peer's `close_notify`: what was received may not be all that was sent.
    #[error("the stream ended without close_notify")]
    Truncated,
    /// This side has closed the connection for writing.
    #[error("the connection is closed for writing")]
    Closed,
    /// The keys were given to someone else, who makes and reads the records.
    #[error("the keys have been handed over")]
    HandedOver,
    /// The handshake's or the alerts' own bytes are beyond the limit of the outbound buffer.
    #[error("the outbound buffer is full")]
    OutboundFull,
    /// The keys have protected as many records as they may, and this version of TLS cannot renew them.
    #[error("the traffic keys are used up")]
    KeysExhausted,
    /// The stream below failed earlier with an error of this kind.
    #[error("the stream below failed: {0}")]
    Io(io::ErrorKind),
    /// The backend cannot do what the configuration asks for, or the version of TLS what the program does.
    #[error("this cannot be done: {0}")]
    Unsupported(&'static str),
    /// Something else.
    #[error("{0}")]
    Other(Cause),
}

const _: () = assert!(size_of::<Error>() <= 32);

impl Error {
    /// The kind that this has as an [`io::Error`].
    pub const fn kind(&self) -> io::ErrorKind {
        match self {
            Self::InvalidServerName
            | Self::NoRoots
            | Self::NativeRoots
            | Self::InvalidPem
            | Self::InvalidRoot(_)
            | Self::InvalidClientCertificate(_)
            | Self::InvalidAlpn
            | Self::InvalidRevocationList(_)
            | Self::UnsupportedCipherSuite(_)
            | Self::UnsupportedGroup(_)
            | Self::NoGroups
            | Self::NoVersions
            | Self::Unsupported(_) => io::ErrorKind::InvalidInput,
            Self::Certificate(..)
            | Self::Incompatible(_)
            | Self::Protocol(_)
            | Self::HandshakeTooLarge => io::ErrorKind::InvalidData,
            Self::AlertReceived(_) => io::ErrorKind::ConnectionAborted,
            Self::HandshakeTimedOut => io::ErrorKind::TimedOut,
            Self::Truncated => io::ErrorKind::UnexpectedEof,
            Self::Closed => io::ErrorKind::BrokenPipe,
            Self::UnreadableFile(kind) | Self::Io(kind) => *kind,
            Self::OutboundFull | Self::KeysExhausted | Self::HandedOver | Self::Other(_) => {
                io::ErrorKind::Other
            }
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Why a certificate was refused.
///
/// # Examples
///
/// ```
/// use boom_tls::{CertificateFault, Error};
///
/// /// Trying again helps only where time or the server's operator can mend it.
/// fn may_pass_later(error: &Error) -> bool {
///     matches!(error, Error::Certificate(CertificateFault::Expired | CertificateFault::NotYetValid, _))
/// }
/// assert!(!may_pass_later(&Error::Truncated));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateFault {
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Its time has not come.
    #[error("not yet valid")]
    NotYetValid,
    /// It names other hosts.
    #[error("issued for another host")]
    WrongHost,
    /// No chain leads from it to a root that is trusted; self-signed certificates end here.
    #[error("unknown issuer")]
    UnknownIssuer,
    /// Its issuer has revoked it, or could not be asked.
    #[error("revoked, or the revocation status is unknown")]
    Revoked,
    /// A signature on it or made with it does not fit.
    #[error("bad signature")]
    BadSignature,
    /// It may not be used for a TLS server.
    #[error("not issued for this use")]
    WrongUsage,
    /// Its key is none of those [pinned](crate::TlsConfig::with_pinned_spki_sha256).
    #[error("not the pinned key")]
    NotPinned,
    /// It is no certificate.
    #[error("malformed")]
    Malformed,
    /// Another reason.
    #[error("unsuitable")]
    Unsuitable,
}

/// An alert, by the number TLS gives it.
///
/// # Examples
///
/// ```
/// use boom_tls::Alert;
///
/// assert_eq!(Alert(40).to_string(), "handshake_failure");
/// assert_eq!(Alert(250).to_string(), "250");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alert(pub u8);

impl Alert {
    /// The name of RFC 8446, section 6, or of the RFC that added the alert.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "close_notify",
            10 => "unexpected_message",
            20 => "bad_record_mac",
            22 => "record_overflow",
            40 => "handshake_failure",
            42 => "bad_certificate",
            43 => "unsupported_certificate",
            44 => "certificate_revoked",
            45 => "certificate_expired",
            46 => "certificate_unknown",
            47 => "illegal_parameter",
            48 => "unknown_ca",
            49 => "access_denied",
            50 => "decode_error",
            51 => "decrypt_error",
            70 => "protocol_version",
            71 => "insufficient_security",
            80 => "internal_error",
            86 => "inappropriate_fallback",
            90 => "user_canceled",
            100 => "no_renegotiation",
            109 => "missing_extension",
            110 => "unsupported_extension",
            112 => "unrecognized_name",
            113 => "bad_certificate_status_response",
            115 => "unknown_psk_identity",
            116 => "certificate_required",
            120 => "no_application_protocol",
            _ => return None,
        })
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => self.0.fmt(f),
        }
    }
}

/// The backend's own account of a failure.
///
/// # Examples
///
/// ```
/// use boom_tls::Cause;
///
/// /// Its words; `as_rustls` and `as_openssl` lend the backend's own types.
/// fn report(cause: &Cause) -> String {
///     format!("TLS failed: {cause}")
/// }
/// # let _ = report;
/// ```
#[derive(Clone, Debug)]
pub struct Cause(Arc<Account>);

#[derive(Debug)]
enum Account {
    #[cfg(feature = "rustls")]
    Rustls(::rustls::Error),
    #[cfg(feature = "openssl")]
    Openssl(::openssl::error::ErrorStack),
    #[cfg(feature = "openssl")]
    OpensslVerification(::openssl::x509::X509VerifyResult),
}

impl Cause {
    /// The error of rustls, where it is the backend.
    #[cfg(feature = "rustls")]
    pub fn as_rustls(&self) -> Option<&::rustls::Error> {
        match &*self.0 {
            Account::Rustls(error) => Some(error),
            #[cfg(feature = "openssl")]
            _ => None,
        }
    }

    /// The errors of OpenSSL, where it is the backend and what failed was not the verification of a chain of certificates.
    #[cfg(feature = "openssl")]
    pub fn as_openssl(&self) -> Option<&::openssl::error::ErrorStack> {
        match &*self.0 {
            Account::Openssl(errors) => Some(errors),
            _ => None,
        }
    }

    /// Why OpenSSL refused a chain of certificates, where it is the backend and that has failed.
    #[cfg(feature = "openssl")]
    pub fn as_openssl_verification(&self) -> Option<::openssl::x509::X509VerifyResult> {
        match &*self.0 {
            Account::OpensslVerification(result) => Some(*result),
            _ => None,
        }
    }
}

#[cfg(feature = "rustls")]
impl From<::rustls::Error> for Cause {
    fn from(error: ::rustls::Error) -> Self {
        Self(Arc::new(Account::Rustls(error)))
    }
}

#[cfg(feature = "openssl")]
impl From<::openssl::error::ErrorStack> for Cause {
    fn from(errors: ::openssl::error::ErrorStack) -> Self {
        Self(Arc::new(Account::Openssl(errors)))
    }
}

#[cfg(feature = "openssl")]
impl From<::openssl::x509::X509VerifyResult> for Cause {
    fn from(result: ::openssl::x509::X509VerifyResult) -> Self {
        Self(Arc::new(Account::OpensslVerification(result)))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            #[cfg(feature = "rustls")]
            Account::Rustls(error) => error.fmt(f),
            #[cfg(feature = "openssl")]
            Account::Openssl(errors) => errors.fmt(f),
            #[cfg(feature = "openssl")]
            Account::OpensslVerification(result) => result.fmt(f),
        }
    }
}
