//! RFC 6455 §5.3, client-to-server masking.

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

/// Copies `payload` to the start of `out`, masked, in one pass.
#[inline(always)]
pub(crate) fn copy_masked(out: &mut [u8], payload: &[u8], key: [u8; 4]) {
    let word = u64::from(u32::from_ne_bytes(key)) * 0x1_0000_0001;
    let mut sources = payload.chunks_exact(8);
    let mut targets = out.chunks_exact_mut(8);
    for (target, source) in targets.by_ref().zip(sources.by_ref()) {
        let mut lane = [0; 8];
        lane.copy_from_slice(source);
        target.copy_from_slice(&(u64::from_ne_bytes(lane) ^ word).to_ne_bytes());
    }
    let done = payload.len() - sources.remainder().len();
    let tail = out.get_mut(done..).unwrap_or_default();
    for ((target, source), mask) in tail
        .iter_mut()
        .zip(sources.remainder())
        .zip(key.iter().cycle())
    {
        *target = source ^ mask;
    }
}

/// Masking keys, fresh and unpredictable for each frame (RFC 6455 §10.3).
///
/// A ChaCha12 generator, seeded once by the operating system, fills a block of keys at a time, so a key costs no
/// system call.
pub(crate) struct MaskingKeys(StdRng);

impl MaskingKeys {
    pub(crate) fn from_os() -> std::io::Result<Self> {
        StdRng::try_from_rng(&mut SysRng)
            .map(Self)
            .map_err(std::io::Error::other)
    }

    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self(StdRng::from_seed(seed))
    }

    #[inline(always)]
    pub(crate) fn next_key(&mut self) -> [u8; 4] {
        self.0.next_u32().to_ne_bytes()
    }

    /// RFC 6455 §4.1: "The nonce MUST be selected randomly for each connection."
    pub(crate) fn handshake_nonce(&mut self) -> [u8; 16] {
        let mut nonce = [0; 16];
        self.0.fill_bytes(&mut nonce);
        nonce
    }
}

/// Says nothing of the state: who knows it can foretell the keys.
impl std::fmt::Debug for MaskingKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MaskingKeys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(payload: &[u8], key: [u8; 4]) -> Vec<u8> {
        payload
            .iter()
            .enumerate()
            .map(|(index, byte)| byte ^ key[index % 4])
            .collect()
    }

    #[test]
    fn every_length_is_masked_as_the_rfc_says() {
        let payload: Vec<u8> = (0..=255).collect();
        for len in 0..payload.len() {
            let mut out = vec![0; len];
            copy_masked(&mut out, &payload[..len], [0x12, 0x34, 0x56, 0x78]);
            assert_eq!(
                out,
                naive(&payload[..len], [0x12, 0x34, 0x56, 0x78]),
                "length {len}"
            );
        }
    }

    #[test]
    fn rfc_5_7_example_of_a_masked_text() {
        let mut out = [0; 5];
        copy_masked(&mut out, b"Hello", [0x37, 0xfa, 0x21, 0x3d]);
        assert_eq!(out, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
    }

    #[test]
    fn keys_differ_between_frames_and_connections() {
        let mut first = MaskingKeys::from_os().unwrap();
        let mut second = MaskingKeys::from_os().unwrap();
        let keys: std::collections::HashSet<_> = (0..500)
            .flat_map(|_| [first.next_key(), second.next_key()])
            .collect();
        assert!(keys.len() > 990, "{} of 1000 keys are distinct", keys.len());
    }
}
