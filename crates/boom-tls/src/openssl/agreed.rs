//! What a connection whose handshake is done has agreed on.

use ::openssl::ssl::{SslRef, SslVersion};

use super::{choice, sys};
use crate::{CipherSuite, KeyExchangeGroup, TlsVersion};

pub(super) fn protocol_version(ssl: &SslRef) -> Option<TlsVersion> {
    match ssl.version2()? {
        SslVersion::TLS1_2 => Some(TlsVersion::Tls12),
        SslVersion::TLS1_3 => Some(TlsVersion::Tls13),
        _ => None,
    }
}

pub(super) fn cipher_suite(ssl: &SslRef) -> Option<CipherSuite> {
    let cipher = ssl.current_cipher()?;
    Some(CipherSuite(u16::from_be_bytes(cipher.protocol_id())))
}

pub(super) fn key_exchange_group(ssl: &SslRef) -> Option<KeyExchangeGroup> {
    if ssl.session_reused() && protocol_version(ssl) == Some(TlsVersion::Tls12) {
        // It tells that of the first handshake.
        return None;
    }
    sys::negotiated_group(ssl).and_then(choice::group)
}

/// In DER, the server's own first.
pub(super) fn peer_certificates(ssl: &SslRef) -> Vec<Vec<u8>> {
    let own = ssl.peer_certificate().into_iter().map(|own| own.to_der());
    match ssl.peer_cert_chain() {
        Some(chain) => chain.iter().filter_map(|one| one.to_der().ok()).collect(),
        // Of a resumed session only the server's own is kept.
        None => own.filter_map(Result::ok).collect(),
    }
}
