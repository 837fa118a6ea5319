//! The keys of one direction, as the kernel takes them.

use std::fmt;

use boom_tls::{CipherSuite, TlsVersion};

/// What the kernel encrypts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    Chacha20Poly1305,
}

impl Cipher {
    pub(crate) const ALL: [Self; 3] = [Self::Aes128Gcm, Self::Aes256Gcm, Self::Chacha20Poly1305];

    /// `None`: the kernel has none of its kind.
    pub(crate) const fn of(suite: CipherSuite) -> Option<Self> {
        Some(match suite {
            CipherSuite::TLS_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => Self::Aes128Gcm,
            CipherSuite::TLS_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
            | CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => Self::Aes256Gcm,
            CipherSuite::TLS_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
            | CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => Self::Chacha20Poly1305,
            _ => return None,
        })
    }

    #[cfg(feature = "rustls")]
    pub(crate) const fn key_len(self) -> usize {
        match self {
            Self::Aes128Gcm => 16,
            Self::Aes256Gcm | Self::Chacha20Poly1305 => 32,
        }
    }
}

/// The key, the initialization vector and the number of the next record.
pub(crate) struct Keys {
    pub(crate) version: TlsVersion,
    pub(crate) cipher: Cipher,
    /// As many of its bytes as the cipher takes, from the first on.
    pub(crate) key: [u8; 32],
    /// As the TLS library has it: of AES-GCM in TLS 1.2, four bytes of the key block and the explicit nonce that it began with.
    pub(crate) iv: [u8; 12],
    pub(crate) sequence: u64,
}

impl Keys {
    /// The last eight bytes of the vector, as the kernel counts from them.
    ///
    /// With AES-GCM in TLS 1.2 each record carries eight bytes of its nonce (RFC 5288, section 3). rustls makes them of
    /// its first one by XOR with the number of the record, and the kernel takes the ones that it is given and adds one for
    /// each record. So the kernel must not begin with rustls' first one, which the record 0, `Finished`, has used, but
    /// behind it, as many as there were records: `x ^ i` is at most `x + i`, so none of those that were used comes back. A nonce
    /// that is used twice gives away the key that authenticates (RFC 5288, section 6).
    ///
    /// Otherwise the nonce is the vector by XOR with the number of the record on both sides (RFC 8446, section 5.3;
    /// RFC 7905, section 2).
    pub(crate) fn counter(&self) -> [u8; 8] {
        let [_, _, _, _, tail @ ..] = self.iv;
        match (self.version, self.cipher) {
            (TlsVersion::Tls12, Cipher::Aes128Gcm | Cipher::Aes256Gcm) => u64::from_be_bytes(tail)
                .wrapping_add(self.sequence)
                .to_be_bytes(),
            _ => tail,
        }
    }

    /// The first four bytes of the vector.
    pub(crate) const fn salt(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.iv;
        [a, b, c, d]
    }
}

impl Drop for Keys {
    /// Leaves no key in memory that is used again, but for the copies on the stack that went to the kernel.
    fn drop(&mut self) {
        self.key.fill(0);
        std::hint::black_box(&self.key);
    }
}

impl fmt::Debug for Keys {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("version", &self.version)
            .field("cipher", &self.cipher)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn keys(version: TlsVersion, first: u64, sequence: u64) -> Keys {
        let mut iv = [7; 12];
        iv[4..].copy_from_slice(&first.to_be_bytes());
        Keys {
            version,
            cipher: Cipher::Aes128Gcm,
            key: [0; 32],
            iv,
            sequence,
        }
    }

    /// Whatever the first nonce is, those of rustls' records and of the kernel's are different.
    #[test]
    fn no_explicit_nonce_is_used_twice() {
        for first in [
            0,
            1,
            6,
            7,
            0xff,
            0x1234_5678_9abc_def1,
            u64::MAX - 2,
            u64::MAX,
        ] {
            for sequence in [1, 2, 3, 9, 100] {
                let mut used: HashSet<u64> = (0..sequence).map(|record| first ^ record).collect();
                let start = keys(TlsVersion::Tls12, first, sequence).counter();
                let start = u64::from_be_bytes(start);
                for record in 0..200 {
                    assert!(
                        used.insert(start.wrapping_add(record)),
                        "{first} {sequence}"
                    );
                }
            }
        }
    }

    #[test]
    fn tls_1_3_has_one_vector_for_all_records() {
        assert_eq!(keys(TlsVersion::Tls13, 5, 3).counter(), 5_u64.to_be_bytes());
        assert_eq!(keys(TlsVersion::Tls13, 5, 3).salt(), [7; 4]);
    }
}
