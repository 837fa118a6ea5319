//! From the secrets of rustls to keys for the kernel.

use ::rustls::ConnectionTrafficSecrets;
use boom_tls::TlsVersion;

use crate::keys::{Cipher, Keys};

/// `None`: the kernel has no such cipher.
pub(super) fn keys(
    version: TlsVersion,
    (sequence, secrets): &(u64, ConnectionTrafficSecrets),
) -> Option<Keys> {
    use ConnectionTrafficSecrets as Secrets;
    let (cipher, secret, iv) = match secrets {
        Secrets::Aes128Gcm { key, iv } => (Cipher::Aes128Gcm, key, iv),
        Secrets::Aes256Gcm { key, iv } => (Cipher::Aes256Gcm, key, iv),
        Secrets::Chacha20Poly1305 { key, iv } => (Cipher::Chacha20Poly1305, key, iv),
        _ => return None,
    };
    let mut key = [0; 32];
    let length = cipher.key_len();
    key[..length].copy_from_slice(secret.as_ref().get(..length)?);
    let iv = iv.as_ref().try_into().ok()?;
    Some(Keys {
        version,
        cipher,
        key,
        iv,
        sequence: *sequence,
    })
}
