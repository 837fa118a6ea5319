//! The verifier of `dangerous_no_verification` and of pinned keys.

use std::sync::Arc;

use ::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use ::rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use ::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use ::rustls::server::ParsedCertificate;
use ::rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use ring::digest::{SHA256, digest};

use crate::client::config::SpkiHash;

/// Accepts what another verifier accepts, where there is one, if the server's own key is among those pinned, where some are.
///
/// The other certificates that a server shows do not count for the pins: whoever has a valid one of its own could show any
/// beside it. Signatures made with the key are checked in any case, so that a broken peer is noticed.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None` says that nothing is verified but what is pinned.
    chain: Option<Arc<dyn ServerCertVerifier>>,
    pins: Option<Arc<[SpkiHash]>>,
    provider: Arc<CryptoProvider>,
}

/// The key of the server is none of those pinned.
#[derive(Debug, thiserror::Error)]
#[error("the server's key is none of those pinned")]
pub(super) struct NotPinned;

impl Verifier {
    pub(super) const fn new(
        chain: Option<Arc<dyn ServerCertVerifier>>,
        pins: Option<Arc<[SpkiHash]>>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self {
            chain,
            pins,
            provider,
        }
    }

    fn check_key(&self, end_entity: &CertificateDer<'_>) -> Result<(), Error> {
        let Some(pins) = &self.pins else {
            return Ok(());
        };
        let key = ParsedCertificate::try_from(end_entity)?.subject_public_key_info();
        let hash = digest(&SHA256, &key);
        if pins.iter().any(|pin| pin[..] == *hash.as_ref()) {
            return Ok(());
        }
        Err(CertificateError::Other(OtherError(Arc::new(NotPinned))).into())
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = match &self.chain {
            Some(chain) => chain.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            )?,
            None => ServerCertVerified::assertion(),
        };
        self.check_key(end_entity)?;
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
