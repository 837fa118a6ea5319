//! A server that says after the handshake what no server of rustls says: records of any content, properly encrypted.

use std::sync::Arc;

use boom_stream::Layer;
use boom_testkit::tls::Authority;
use boom_tls::{CipherSuite, TlsVersion};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::ConnectionTrafficSecrets;

use super::support::{Client, connected, only, trusting};

/// The content types of TLS.
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;
pub(crate) const DATA: u8 = 23;

/// The server's end of a connection whose handshake is over.
pub(crate) struct Sealed {
    version: TlsVersion,
    to_client: Direction,
    from_client: Direction,
}

struct Direction {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

/// A client after the handshake, and what is left of the server.
pub(crate) fn sealed(version: TlsVersion) -> (Client, Sealed) {
    let authority = Authority::new();
    let config = only(trusting(&authority), version).with_cipher_suites([
        CipherSuite::TLS_AES_128_GCM_SHA256,
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ]);
    let mut server_config = Arc::unwrap_or_clone(authority.server_config(&["localhost"]));
    server_config.enable_secret_extraction = true;
    let (mut client, mut server) = connected(&config, Arc::new(server_config));
    server.take_in(&client.base_mut().take_written());
    let secrets = server.tls.dangerous_extract_secrets().unwrap();
    let sealed = Sealed {
        version,
        to_client: Direction::new(secrets.tx),
        from_client: Direction::new(secrets.rx),
    };
    (client, sealed)
}

impl Direction {
    fn new((sequence, secrets): (u64, ConnectionTrafficSecrets)) -> Self {
        let ConnectionTrafficSecrets::Aes128Gcm { key, iv } = secrets else {
            panic!("another suite");
        };
        Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, key.as_ref()).unwrap()),
            iv: iv.as_ref().try_into().unwrap(),
            sequence,
        }
    }

    fn take_sequence(&mut self) -> [u8; 8] {
        let sequence = self.sequence;
        self.sequence += 1;
        sequence.to_be_bytes()
    }

    /// RFC 8446, section 5.3.
    fn nonce_of_1_3(&mut self) -> Nonce {
        let mut nonce = self.iv;
        for (byte, count) in nonce[4..].iter_mut().zip(self.take_sequence()) {
            *byte ^= count;
        }
        Nonce::assume_unique_for_key(nonce)
    }

    /// RFC 5288, section 3: four bytes of the keys', and eight that stand in the record.
    fn nonce_of_1_2(&self, explicit: [u8; 8]) -> Nonce {
        let mut nonce = self.iv;
        nonce[4..].copy_from_slice(&explicit);
        Nonce::assume_unique_for_key(nonce)
    }
}

/// The additional data of RFC 5246, section 6.2.3.3.
fn additional(sequence: [u8; 8], kind: u8, length: usize) -> Vec<u8> {
    let length = u16::try_from(length).unwrap().to_be_bytes();
    [&sequence[..], &[kind, 3, 3], &length].concat()
}

impl Sealed {
    /// A record of this content.
    pub(crate) fn record(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        let direction = &mut self.to_client;
        let mut bytes = content.to_vec();
        if self.version == TlsVersion::Tls13 {
            bytes.push(kind);
            let header = header(DATA, bytes.len() + 16);
            let nonce = direction.nonce_of_1_3();
            let key = &direction.key;
            key.seal_in_place_append_tag(nonce, Aad::from(header), &mut bytes)
                .unwrap();
            return [&header[..], &bytes].concat();
        }
        let sequence = direction.take_sequence();
        // Far from those that rustls has used.
        let explicit = u64::from_be_bytes(sequence) | 1 << 63;
        let nonce = direction.nonce_of_1_2(explicit.to_be_bytes());
        let additional = additional(sequence, kind, content.len());
        let key = &direction.key;
        key.seal_in_place_append_tag(nonce, Aad::from(additional), &mut bytes)
            .unwrap();
        let header = header(kind, bytes.len() + 8);
        [&header[..], &explicit.to_be_bytes(), &bytes].concat()
    }

    /// The kinds and contents of records that the client has sent.
    pub(crate) fn open(&mut self, mut bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        let mut records = Vec::new();
        while let [kind, _, _, high, low, rest @ ..] = bytes {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let (body, rest) = rest.split_at(length);
            bytes = rest;
            records.push(self.open_record(*kind, body));
        }
        records
    }

    /// Returns true if a record of TLS 1.3 is under the keys of the handshake.
    pub(crate) fn can_open(&mut self, record: &[u8]) -> bool {
        let (header, body) = record.split_at(5);
        let direction = &mut self.from_client;
        let nonce = direction.nonce_of_1_3();
        let key = &direction.key;
        key.open_in_place(nonce, Aad::from(header), &mut body.to_vec())
            .is_ok()
    }

    fn open_record(&mut self, kind: u8, body: &[u8]) -> (u8, Vec<u8>) {
        let direction = &mut self.from_client;
        if self.version == TlsVersion::Tls13 {
            let nonce = direction.nonce_of_1_3();
            let mut body = body.to_vec();
            let additional = Aad::from(header(kind, body.len()));
            let plaintext = direction.key.open_in_place(nonce, additional, &mut body);
            let (kind, content) = plaintext.unwrap().split_last().unwrap();
            return (*kind, content.to_vec());
        }
        let (explicit, body) = body.split_at(8);
        let nonce = direction.nonce_of_1_2(explicit.try_into().unwrap());
        let additional = additional(direction.take_sequence(), kind, body.len() - 16);
        let mut body = body.to_vec();
        let content = direction
            .key
            .open_in_place(nonce, Aad::from(additional), &mut body);
        (kind, content.unwrap().to_vec())
    }
}

fn header(kind: u8, length: usize) -> [u8; 5] {
    let [high, low] = u16::try_from(length).unwrap().to_be_bytes();
    [kind, 3, 3, high, low]
}
