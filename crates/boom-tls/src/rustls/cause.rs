//! From the errors of rustls to those of this crate.

use ::rustls::{CertificateError, Error as RustlsError};

use super::verify::NotPinned;
use crate::{Alert, CertificateFault, Error};

impl From<RustlsError> for Error {
    fn from(error: RustlsError) -> Self {
        match &error {
            RustlsError::InvalidCertificate(reason) => {
                Self::Certificate(fault(reason), error.into())
            }
            // While a certificate is looked up in it: one that is only read wrong is found when it is configured.
            RustlsError::InvalidCertRevocationList(_) => {
                Self::Certificate(CertificateFault::Revoked, error.into())
            }
            RustlsError::AlertReceived(alert) => Self::AlertReceived(Alert((*alert).into())),
            RustlsError::PeerIncompatible(_) | RustlsError::NoApplicationProtocol => {
                Self::Incompatible(error.into())
            }
            RustlsError::InappropriateMessage { .. }
            | RustlsError::InappropriateHandshakeMessage { .. }
            | RustlsError::InvalidMessage(_)
            | RustlsError::NoCertificatesPresented
            | RustlsError::DecryptError
            | RustlsError::PeerMisbehaved(_)
            | RustlsError::PeerSentOversizedRecord => Self::Protocol(error.into()),
            _ => Self::Other(error.into()),
        }
    }
}

fn fault(reason: &CertificateError) -> CertificateFault {
    use CertificateError as Reason;
    match reason {
        Reason::Expired | Reason::ExpiredContext { .. } => CertificateFault::Expired,
        Reason::NotValidYet | Reason::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        Reason::NotValidForName | Reason::NotValidForNameContext { .. } => {
            CertificateFault::WrongHost
        }
        Reason::UnknownIssuer => CertificateFault::UnknownIssuer,
        Reason::Revoked
        | Reason::UnknownRevocationStatus
        | Reason::ExpiredRevocationList
        | Reason::ExpiredRevocationListContext { .. } => CertificateFault::Revoked,
        Reason::BadSignature => CertificateFault::BadSignature,
        Reason::InvalidPurpose | Reason::InvalidPurposeContext { .. } => {
            CertificateFault::WrongUsage
        }
        Reason::BadEncoding => CertificateFault::Malformed,
        Reason::Other(reason) if reason.0.is::<NotPinned>() => CertificateFault::NotPinned,
        _ => CertificateFault::Unsuitable,
    }
}
