//! From the errors of OpenSSL to those of this crate.

use ::openssl::error::ErrorStack;
use ::openssl::x509::X509VerifyResult;

use crate::{Alert, CertificateFault, Error};

impl From<ErrorStack> for Error {
    fn from(errors: ErrorStack) -> Self {
        Self::Other(errors.into())
    }
}

/// What a connection failed with, by what OpenSSL says of it.
pub(super) fn failure(errors: &ErrorStack, verification: X509VerifyResult) -> Error {
    let mut reasons = errors.errors().iter().map(|error| error.reason_code());
    // What was wrong with the certificate in particular may stand before it.
    if reasons
        .clone()
        .any(|reason| reason == CERTIFICATE_VERIFY_FAILED)
    {
        return Error::Certificate(fault(verification), verification.into());
    }
    match reasons.next() {
        Some(UNEXPECTED_EOF) => Error::Truncated,
        Some(reason @ ALERTS_START..=ALERTS_END) => {
            Error::AlertReceived(Alert((reason - ALERTS_START) as u8))
        }
        Some(ECC_CERT_NOT_FOR_SIGNING) => {
            Error::Certificate(CertificateFault::WrongUsage, errors.clone().into())
        }
        Some(EXCESSIVE_MESSAGE_SIZE) => Error::HandshakeTooLarge,
        Some(
            UNSUPPORTED_PROTOCOL
            | WRONG_SSL_VERSION
            | NO_PROTOCOLS_AVAILABLE
            | NO_CIPHERS_AVAILABLE,
        ) => Error::Incompatible(errors.clone().into()),
        Some(_) => Error::Protocol(errors.clone().into()),
        None => Error::Other(errors.clone().into()),
    }
}

// `openssl/sslerr.h`: these numbers are part of OpenSSL's interface and do not change.
const CERTIFICATE_VERIFY_FAILED: i32 = 134;
const EXCESSIVE_MESSAGE_SIZE: i32 = 152;
const NO_CIPHERS_AVAILABLE: i32 = 181;
const NO_PROTOCOLS_AVAILABLE: i32 = 191;
const UNSUPPORTED_PROTOCOL: i32 = 258;
const WRONG_SSL_VERSION: i32 = 266;
const UNEXPECTED_EOF: i32 = 294;
const ECC_CERT_NOT_FOR_SIGNING: i32 = 318;
/// A fatal alert that was received is this and its number.
const ALERTS_START: i32 = 1000;
const ALERTS_END: i32 = ALERTS_START + 255;

/// The numbers of `openssl/x509_vfy.h`.
fn fault(result: X509VerifyResult) -> CertificateFault {
    match result.as_raw() {
        10 => CertificateFault::Expired,
        9 => CertificateFault::NotYetValid,
        // The host, the address.
        62 | 64 => CertificateFault::WrongHost,
        // No issuer, self-signed, self-signed at the end of a chain, no issuer at hand, a leaf that nobody signed.
        2 | 18 | 19 | 20 | 21 | 27 => CertificateFault::UnknownIssuer,
        // Revoked; a revocation list that is missing, cannot be read, is not yet valid, out of date, of an issuer that is
        // missing or may not make any, or for others.
        3 | 5 | 11 | 12 | 15 | 16 | 23 | 33 | 35 | 36 | 44 => CertificateFault::Revoked,
        // What `set_verification` sets where the key is not pinned.
        50 => CertificateFault::NotPinned,
        // The signature of a certificate or of a list.
        7 | 8 => CertificateFault::BadSignature,
        26 => CertificateFault::WrongUsage,
        // Its signature or its key cannot be decoded, or one of its times.
        4 | 6 | 13 | 14 => CertificateFault::Malformed,
        _ => CertificateFault::Unsuitable,
    }
}
