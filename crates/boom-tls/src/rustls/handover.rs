//! Keys that are given to someone else who makes and reads the records.

use ::rustls::ExtractedSecrets;
use ::rustls::client::ClientConnectionData;
use ::rustls::kernel::KernelConnection;

use super::connection::Connection;
use crate::client::backend::Session;
use crate::{CipherSuite, KeyExchangeGroup, TlsVersion};

/// The keys of both directions with their sequence numbers, and what makes the next ones of them.
pub(super) type Keys = (ExtractedSecrets, KernelConnection<ClientConnectionData>);

/// What was agreed on, which can be asked for after the connection that did it is gone.
pub(super) struct Agreed {
    pub(super) version: Option<TlsVersion>,
    pub(super) suite: Option<CipherSuite>,
    pub(super) group: Option<KeyExchangeGroup>,
    pub(super) alpn: Option<Vec<u8>>,
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) is_resumed: Option<bool>,
}

impl Agreed {
    pub(super) fn of(connection: &Connection) -> Self {
        Self {
            version: connection.protocol_version(),
            suite: connection.cipher_suite(),
            group: connection.key_exchange_group(),
            alpn: connection.alpn_protocol().map(<[u8]>::to_vec),
            certificates: connection.peer_certificates(),
            is_resumed: connection.is_resumed(),
        }
    }
}
